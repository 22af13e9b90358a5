"""The same small world at the end of real wires: messages go through the real dispatcher to a Notify kept in memory, whose
answers get lost, whose receipts come twice and in any order, and whose workers die."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import gate, merging, messages
from engage.campaigns.household import SURVEY_MESSAGE
from engage.campaigns.models import Invitation
from engage.core.config import Settings
from engage.jobs import sending
from engage.notify import pacing
from engage.notify.client import Fault, NotifyError, Status
from engage.notify.client import Sent as Taken
from engage.notify.dispatch import Dispatcher
from engage.notify.models import Message, MessageChannel, MessageState
from engage.notify.outbox import Composer, Refusal
from engage.notify.polling import poll
from engage.notify.receipts import take
from engage.notify.templates import Rendered
from tests.campaigns.world import Sent, World

MOMENT = timedelta(seconds=1)


class Mishap(StrEnum):
    """What may go wrong between the worker and Notify with one message."""

    TIME_OUT_BEFORE = "time_out_before"  # no answer, and it was not taken
    TIME_OUT_AFTER = "time_out_after"  # no answer, though it was
    KILLED_BEFORE = "killed_before"  # the worker dies with the message in its hands
    KILLED_AFTER = "killed_after"  # the worker dies before it can write down that it was taken
    EARLY_RECEIPT = "early_receipt"  # taken, and the receipt is there before our own commit
    TIMED_OUT_WITH_RECEIPT = "timed_out_with_receipt"  # no answer, but the receipt comes all the same
    BUSY = "busy"
    RATE_LIMIT = "rate_limit"
    DAILY_LIMIT = "daily_limit"
    WRONG_KEY = "wrong_key"


TAKEN = frozenset({Mishap.TIME_OUT_AFTER, Mishap.KILLED_AFTER, Mishap.EARLY_RECEIPT, Mishap.TIMED_OUT_WITH_RECEIPT})
FAULTS = {
    Mishap.TIME_OUT_BEFORE: Fault.UNKNOWN,
    Mishap.TIME_OUT_AFTER: Fault.UNKNOWN,
    Mishap.TIMED_OUT_WITH_RECEIPT: Fault.UNKNOWN,
    Mishap.BUSY: Fault.TRY_AGAIN,
    Mishap.RATE_LIMIT: Fault.RATE_LIMIT,
    Mishap.DAILY_LIMIT: Fault.DAILY_LIMIT,
    Mishap.WRONG_KEY: Fault.STOP,
}


class Killed(BaseException):
    """The worker's process is no more: whatever it had not written down is lost with it."""


class AtOnce(Executor):
    """Threads of a dispatcher that do all in turn, so that the same history always goes the same way."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # the dispatcher meets it where it asks for the result
            done.set_exception(error)
        return done


@dataclass
class NotifyInMemory:
    """What Notify took, by reference, in the order in which it did."""

    heard: Callable[[str, str], None]
    """Called with a reference and a status: the receipt that Notify sends."""
    left: Callable[[int], None]
    """Called with a message's number, once Notify has it."""
    mishaps: list[Mishap] = field(default_factory=list)
    """What goes wrong with the next messages, one each."""
    deaf: int = 0
    """How many look-ups fail from now on."""
    taken: dict[str, str] = field(default_factory=dict)
    """Each reference with the word there is of it."""

    def send(
        self,
        channel: MessageChannel,
        recipient: str,
        rendered: Rendered,
        *,
        reference: str,
        unsubscribe_url: str | None,
    ) -> Taken:
        mishap = self.mishaps.pop(0) if self.mishaps else None
        if mishap is None or mishap in TAKEN:
            self.taken[reference] = "sending"
            self.left(number_in(reference))
        if mishap in (Mishap.EARLY_RECEIPT, Mishap.TIMED_OUT_WITH_RECEIPT):
            self.tell(reference, "delivered")
        if mishap in (Mishap.KILLED_BEFORE, Mishap.KILLED_AFTER):
            raise Killed
        if mishap in FAULTS:
            raise NotifyError(FAULTS[mishap], mishap.value)
        return Taken(f"n-{reference}")

    def tell(self, reference: str, final: str) -> None:
        """A receipt of how it ended; the first such word is the last."""
        if self.taken[reference] == "sending":
            self.taken[reference] = final
        self.heard(reference, self.taken[reference])

    def find(self, reference: str) -> Status | None:
        if self.deaf:
            self.deaf -= 1
            raise NotifyError(Fault.UNKNOWN, "no answer")
        return self.status(f"n-{reference}")

    def status(self, notify_id: str) -> Status | None:
        reference = notify_id.removeprefix("n-")
        if reference not in self.taken:
            return None
        return Status(notify_id, reference, self.taken[reference], None)

    def preview_text(self, rendered: Rendered) -> str:
        return rendered.body


def number_in(reference: str) -> int:
    """The message of which this is a try."""
    return int(reference.split("-")[1])


@dataclass
class WiredWorld(World):
    """A world whose messages go through the dispatcher."""

    claimed: dict[int, Sent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.notify = NotifyInMemory(self._receipt, self._left)
        self.composers: dict[str, Composer] = {SURVEY_MESSAGE: self._compose}

    def dispatch(self, *, taken: bool = True) -> list[Sent]:
        """One worker empties the outbox, or dies at it; `taken` False is a Notify that is away."""
        if not taken:
            self.notify.mishaps = [Mishap.BUSY] * 100
        before = len(self.sent)
        worker = Dispatcher(
            database=self.house.database,
            settings=self.house.settings,
            clock=self.clock,
            templates=self.house.templates,
            composers=self.composers,
            connect=lambda _: self.notify,
            machine=self.clock,
            paced=False,
        )
        worker._threads = AtOnce()  # type: ignore[assignment]
        try:
            while worker.run_once():
                pass
        except Killed:
            pass
        if not taken:
            self.notify.mishaps = []
        sending.apply_receipts(self.house, self.now)
        return self.sent[before:]

    def _left(self, number: int) -> None:
        if number in self.claimed:  # a message of the ladder, and no code
            self.sent.append(self.claimed[number])

    def _compose(self, session: Session, message: Message, settings: Settings, now: datetime) -> Any:
        """The real gate and the real words; whatever passes may go at this very moment."""
        words = messages.compose(session, message, settings, now)
        if isinstance(words, Refusal):
            return words
        carried = merging.riding(session, message.id)
        for one in carried:
            assert gate.foreseen(session, one.invitation, now=now) is None
        first = carried[0]
        self.claimed[message.id] = Sent(
            message.id,
            first.invitation_id,
            first.step,
            first.fallback,
            message.recipient,
            now,
            words["link"],
            words["closes_on"],
            first.invitation.person_id,
            {one.invitation_id: (one.step, one.fallback) for one in carried},
        )
        return words

    def hear(self, sent: Sent, status: str) -> None:
        """Notify's receipt of a message."""
        reference = next(one for one in self.notify.taken if number_in(one) == sent.message_id)
        self.notify.tell(reference, status)

    def _receipt(self, reference: str, status: str) -> None:
        told = {"id": f"n-{reference}", "reference": reference, "status": status}
        with self.house.database.writing() as session:
            take(session, told, now=self.now)
            session.commit()

    def old_receipts(self, chance: Random) -> None:
        """Some of all receipts there could be come once more, or for the first time, in no order at all."""
        known = list(self.notify.taken)
        for reference in chance.choices(known, k=4) if known else []:
            if chance.random() < 0.5:
                self._receipt(reference, "sending")
            else:
                self.notify.tell(reference, chance.choice(["delivered", "temporary-failure"]))

    def sweep(self) -> None:
        """The worker asks Notify what no receipt told."""
        poll(self.house.database, self.notify, self.clock)

    def leap(self) -> bool:
        """Let time pass until something can happen next, a lease or a pause that ends among it."""
        with self.house.database.reading() as session:
            pauses = [one.paused_until for one in pacing.standing_pauses(session, now=self.now).values()]
            moments = [
                *session.scalars(select(Invitation.next_due_at).where(Invitation.state.in_(gate.OPEN))),
                *session.scalars(select(Message.due_at).where(Message.state == MessageState.QUEUED)),
                *(one + MOMENT for one in session.scalars(select(Message.lease_until)) if one is not None),
                *pauses,
            ]
        coming = [moment for moment in moments if moment is not None and moment > self.now]
        if coming:
            self.clock.set(min(coming))
        return bool(coming)
