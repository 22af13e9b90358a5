"""What becomes of an accepted message: created, sending, and at last delivered or failed."""

from engage.notify.standin.clock import Clock, Timetable
from engage.notify.standin.config import StandinConfig
from engage.notify.standin.faults import FaultKind, Faults
from engage.notify.standin.messages import Message, MessageStore
from engage.notify.standin.receipts import ReceiptSender
from engage.notify.standin.recipients import simulated_outcome
from engage.notify.standin.statuses import TOLD_BY_RECEIPT, UNFINISHED, Channel, Status

GIVEN_UP_SECONDS = 72 * 3600
"""A message without word from its provider for so long becomes a temporary failure."""

_FAILURES = {
    FaultKind.PERMANENT_FAILURE: Status.PERMANENT_FAILURE,
    FaultKind.TEMPORARY_FAILURE: Status.TEMPORARY_FAILURE,
    FaultKind.TECHNICAL_FAILURE: Status.TECHNICAL_FAILURE,
}


class Delivery:
    """Moves messages to their final status and has the receipts sent."""

    def __init__(
        self,
        config: StandinConfig,
        *,
        clock: Clock,
        timetable: Timetable,
        faults: Faults,
        messages: MessageStore,
        receipts: ReceiptSender,
    ) -> None:
        self._config = config
        self._clock = clock
        self._timetable = timetable
        self._faults = faults
        self._messages = messages
        self._receipts = receipts

    def outcome_of(self, channel: Channel, *, to: str, recipient: str, international: bool) -> Status:
        """The final status this message will come to; `sending` for one that gets stuck."""
        if self._faults.take(FaultKind.STUCK):
            return Status.SENDING
        for kind, failure in _FAILURES.items():
            if self._faults.take(kind):
                return failure
        if to in self._config.outcomes:
            return self._config.outcomes[to]
        if international:
            return Status.SENT
        return simulated_outcome(channel, to, recipient)

    def start(self, message: Message) -> None:
        """Set an accepted message on its way, at the service's pace."""
        early = self._faults.take(FaultKind.RECEIPT_EARLY)
        if early:
            self._finish(message.id, message.outcome, wait=True)
            return
        delay = self._config.delivery_seconds
        if message.outcome is Status.SENDING:
            self._set(message.id, Status.SENDING)
            left = GIVEN_UP_SECONDS - (self._clock.now() - message.created_at).total_seconds()
            self._timetable.after(left, lambda: self._finish(message.id, Status.TEMPORARY_FAILURE))
        elif delay is None:
            return
        elif delay == 0:
            self._finish(message.id, message.outcome)
        else:
            self._timetable.after(delay / 2, lambda: self._set(message.id, Status.SENDING))
            self._timetable.after(delay, lambda: self._finish(message.id, message.outcome))

    def resume(self) -> None:
        """Set on their way again the messages that a restart left unfinished."""
        for message in reversed(self._messages.newest_first(where=_unfinished)):
            self.start(message)

    def advance(self) -> int:
        """Bring every waiting message to its final status now, oldest first; how many there were."""
        waiting = self._messages.newest_first(where=_waiting)
        for message in reversed(waiting):
            self._finish(message.id, message.outcome)
        return len(waiting)

    def set_status(self, message_id: str, status: Status) -> bool:
        """Give a message a status, with its receipt where Notify sends one; False where it was final already."""
        if status in UNFINISHED:
            return self._set(message_id, status) is not None
        return self._finish(message_id, status)

    def _finish(self, message_id: str, status: Status, *, wait: bool = False) -> bool:
        message = self._set(message_id, status)
        if message is None:
            return False
        if status in TOLD_BY_RECEIPT and message.channel is not Channel.LETTER:
            self._receipts.send(message, wait=wait)
        return True

    def _set(self, message_id: str, status: Status) -> Message | None:
        now = self._clock.now()

        def change(message: Message) -> bool:
            if message.finished or (message.status is Status.SENT and status in UNFINISHED):
                return False
            message.status = status
            if status is not Status.CREATED:
                message.sent_at = message.sent_at or now
            if status not in UNFINISHED:
                message.completed_at = now
            return True

        return self._messages.change(message_id, change)


def _unfinished(message: Message) -> bool:
    return not message.finished and message.status is not Status.SENT


def _waiting(message: Message) -> bool:
    """Unfinished and not stuck for good."""
    return _unfinished(message) and message.outcome is not Status.SENDING
