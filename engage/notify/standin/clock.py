"""The stand-in's time, which tests may turn forward, and the list of things to do later."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

Action = Callable[[], object]


class Clock:
    """Real time plus what was turned forward. The age of a client's token is not measured by it."""

    def __init__(self) -> None:
        self._turned = 0.0

    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._turned)

    def seconds(self) -> float:
        """Seconds on a line that never runs backwards."""
        return time.monotonic() + self._turned

    def turn(self, seconds: float) -> None:
        """Move time forward."""
        self._turned += seconds


class Timetable:
    """Actions to be done later, run by one background thread in the order of their time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._doing = threading.RLock()
        self._entries: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._open = True
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, action: Action) -> None:
        """Do this after so many seconds of the stand-in's time."""
        with self._changed:
            heapq.heappush(self._entries, (self._clock.seconds() + seconds, next(self._order), action))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="standin-timetable", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Turn time forward and do, before returning, everything that has thereby fallen due."""
        self._clock.turn(seconds)
        while self._do_next():
            pass

    def clear(self) -> None:
        """Forget everything that is not done yet."""
        with self._changed:
            self._entries.clear()

    def close(self) -> None:
        """Forget everything and end the thread."""
        with self._changed:
            self._open = False
            self._entries.clear()
            self._changed.notify_all()

    def _do_next(self) -> bool:
        """Do one action that is due; False if there is none. Whoever comes second waits until the first is done."""
        with self._doing:
            action = self._take_due()
            if action is not None:
                self._do(action)
            return action is not None

    def _take_due(self) -> Action | None:
        with self._changed:
            if self._entries and self._entries[0][0] <= self._clock.seconds():
                return heapq.heappop(self._entries)[2]
            return None

    def _run(self) -> None:
        while self._wait():
            self._do_next()

    def _wait(self) -> bool:
        """Sleep until the next entry may be due; False once closed."""
        with self._changed:
            if not self._open:
                return False
            wait = self._entries[0][0] - self._clock.seconds() if self._entries else None
            if wait is None or wait > 0:
                self._changed.wait(wait)
            return self._open

    @staticmethod
    def _do(action: Action) -> None:
        try:
            action()
        except Exception as error:  # the thread must outlive one faulty action; no names in the log
            log.error("A planned action of the stand-in failed: %s", type(error).__name__)  # noqa: TRY400
