"""Faults on demand: what may go wrong between Engage and Notify, for the next few times or by chance."""

import random
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """The faults there are: of the answer, of the message's way, of the receipt."""

    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    ERROR_500 = "error_500"
    UNAVAILABLE_503 = "unavailable_503"
    TIMEOUT_504_BEFORE = "timeout_504_before"
    TIMEOUT_504_AFTER = "timeout_504_after"
    SPURIOUS_404 = "spurious_404"
    SPURIOUS_400 = "spurious_400"
    STUCK = "stuck"
    PERMANENT_FAILURE = "permanent_failure"
    TEMPORARY_FAILURE = "temporary_failure"
    TECHNICAL_FAILURE = "technical_failure"
    RECEIPT_EARLY = "receipt_early"
    RECEIPT_DROPPED = "receipt_dropped"
    RECEIPT_REPEATED = "receipt_repeated"
    RECEIPT_LATE = "receipt_late"
    RECEIPT_REORDERED = "receipt_reordered"


class Requests(StrEnum):
    """Which requests a fault of the answer strikes."""

    SEND = "send"
    READ = "read"


BEFORE_ACCEPTING = (
    FaultKind.TIMEOUT_BEFORE,
    FaultKind.DROP_BEFORE,
    FaultKind.ERROR_500,
    FaultKind.UNAVAILABLE_503,
    FaultKind.TIMEOUT_504_BEFORE,
    FaultKind.SPURIOUS_404,
    FaultKind.SPURIOUS_400,
)
AFTER_ACCEPTING = (FaultKind.TIMEOUT_AFTER, FaultKind.DROP_AFTER, FaultKind.TIMEOUT_504_AFTER)


@dataclass
class Fault:
    """A fault that strikes `count` more times, or each time with `probability`.

    `seconds` is how long a time-out hangs before the connection is dropped, how late a receipt comes, or how long a
    receipt waits for another to overtake it.
    """

    kind: FaultKind
    count: int | None = None
    probability: float | None = None
    seconds: float = 35.0
    on: Requests = Requests.SEND


class Faults:
    """The faults in force; safe to use from many threads. Chance is drawn from a seeded generator."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """No faults, and chance as at the start."""
        with self._lock:
            self._faults: list[Fault] = []
            self._random = random.Random(self._seed)  # noqa: S311  # chance for tests, no secret

    def add(
        self,
        kind: FaultKind,
        *,
        count: int | None = None,
        probability: float | None = None,
        seconds: float = 35.0,
        on: Requests = Requests.SEND,
    ) -> Fault:
        """Ask for a fault: the next `count` times, or with a `probability`; the next once if neither is given.

        Raises ValueError when both are given or either makes no sense.
        """
        if count is not None and probability is not None:
            raise ValueError("Give a count or a probability, not both")
        if probability is not None and not 0 <= probability <= 1:
            raise ValueError("A probability is between 0 and 1")
        if (count is not None and count < 1) or seconds < 0:
            raise ValueError("A count is at least 1 and seconds are not negative")
        if probability is None and count is None:
            count = 1
        fault = Fault(kind, count, probability, seconds, on)
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, *kinds: FaultKind, on: Requests = Requests.SEND) -> Fault | None:
        """The fault of one of these kinds that strikes now, if any; it is used up by that."""
        with self._lock:
            for fault in self._faults:
                if fault.kind in kinds and fault.on is on and self._strikes(fault):
                    return fault
            return None

    def listed(self) -> list[dict[str, object]]:
        """The faults in force, as JSON."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def _strikes(self, fault: Fault) -> bool:
        if fault.probability is not None:
            return self._random.random() < fault.probability
        if fault.count is None:
            return False
        fault.count -= 1
        if fault.count == 0:
            self._faults.remove(fault)
        return True
