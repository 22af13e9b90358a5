"""What came of handing messages over: each moves on as Notify's answer says, if it is still in our hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from engage.core.log import log
from engage.notify import pacing
from engage.notify.client import Fault, NotifyError, Sent, Status
from engage.notify.models import TRANSITIONS, Attempt, Message, MessageChannel, MessageState
from engage.notify.receipts import settle

SETTLING = timedelta(seconds=60)
"""How long an unknown attempt is left before it is looked up: Notify gives up on a request after 30 seconds."""
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
MOST_TRIES = len(BACKOFF) + 1
QUIET_AFTER_429 = timedelta(seconds=5)
QUIET_AFTER_STOP = timedelta(minutes=15)
UNCOUNTED = frozenset({Fault.STOP, Fault.DAILY_LIMIT, Fault.RATE_LIMIT, Fault.NOT_SENT})
"""Faults that say nothing about the message: such a try does not count."""
CHARACTERS_LOST = "characters lost"

Outcome = Sent | NotifyError


@dataclass(frozen=True)
class Unknown:
    """An attempt whose outcome must be asked for."""

    message_id: int
    attempt_id: int
    reference: str


Found = tuple[Unknown, Status | None] | NotifyError
"""What a look-up told: where the message stands, or None if Notify does not hold it; or that there was no telling."""


def move(message: Message, to: MessageState) -> None:
    """Move a message on, unless a receipt was faster. Whoever leaves our hands has no lease."""
    if TRANSITIONS.allows(message.state, to):
        message.state = to
    if message.state not in (MessageState.CLAIMED, MessageState.UNKNOWN):
        message.lease_until = None


def record(
    session: Session, outcomes: Iterable[tuple[int, int, Outcome]], *, now: datetime, machine_now: datetime
) -> None:
    """Note what came of attempts, given as (message id, attempt id, outcome).

    An attempt that another has followed, because its worker was taken for dead, no longer moves its message unless
    Notify took it: then no further try may be made.
    """
    outcomes = list(outcomes)
    messages, tries = _hold(session, [message_id for message_id, _, _ in outcomes])
    for message_id, attempt_id, outcome in outcomes:
        message, attempts = messages[message_id], tries[message_id]
        attempt = next(one for one in attempts if one.id == attempt_id)
        attempt.finished_at = now
        if isinstance(outcome, Sent):
            _taken(message, attempt, outcome)
            continue
        attempt.outcome, attempt.error = outcome.fault.value, outcome.detail[:200]
        log.warning("not handed over", message_id=message_id, code=outcome.fault.value, error=outcome.detail)
        _pause(session, message, outcome, now)
        if attempt is attempts[-1] and message.state is MessageState.CLAIMED:
            _after_fault(message, attempts, outcome, now, machine_now)


def _hold(session: Session, message_ids: Sequence[int]) -> tuple[dict[int, Message], dict[int, list[Attempt]]]:
    """The messages, locked in one order by whoever locks many, and then their attempts as they stand."""
    held = select(Message).where(Message.id.in_(message_ids)).order_by(Message.id)
    messages = {
        one.id: one for one in session.scalars(held.with_for_update().execution_options(populate_existing=True))
    }
    tries: dict[int, list[Attempt]] = {message_id: [] for message_id in messages}
    made = select(Attempt).where(Attempt.message_id.in_(message_ids)).order_by(Attempt.id)
    for attempt in session.scalars(made.execution_options(populate_existing=True)):
        tries[attempt.message_id].append(attempt)
    return messages, tries


def _taken(message: Message, attempt: Attempt, sent: Sent) -> None:
    attempt.outcome, attempt.notify_id = "accepted", sent.notify_id
    attempt.status = attempt.status or "created"
    if sent.characters_lost:
        attempt.error = CHARACTERS_LOST
        log.error("a text lost characters on its way", message_id=message.id)
    move(message, MessageState.ACCEPTED)


def _after_fault(
    message: Message, attempts: Sequence[Attempt], error: NotifyError, now: datetime, machine_now: datetime
) -> None:
    if error.fault is Fault.UNKNOWN:
        move(message, MessageState.UNKNOWN)
        message.lease_until = machine_now + SETTLING
    elif error.fault is Fault.REFUSED:
        move(message, MessageState.FAILED)
        message.state_because = error.detail
    elif error.fault is Fault.TRY_AGAIN:
        _try_again(message, attempts, error.detail, now)
    else:  # nothing is wrong with the message: it waits with everybody else
        message.state_because = error.detail
        move(message, MessageState.QUEUED)


def _try_again(message: Message, attempts: Sequence[Attempt], because: str, now: datetime) -> None:
    """Back into the queue, a little later each time; after the last try it has failed, and staff can see why."""
    message.state_because = because
    move(message, MessageState.QUEUED)
    tries = sum(one.outcome not in UNCOUNTED for one in attempts)
    if tries >= MOST_TRIES:
        move(message, MessageState.FAILED)
    else:
        message.due_at = now + BACKOFF[tries - 1]


def _pause(session: Session, message: Message, error: NotifyError, now: datetime) -> None:
    """What one message's refusal means for the others."""
    if error.fault is Fault.DAILY_LIMIT:
        pacing.pause(session, message.channel.value, pacing.next_midnight_utc(now), error.detail, now=now)
    elif error.fault is Fault.RATE_LIMIT:
        pacing.pause(session, pacing.EVERYBODY, now + QUIET_AFTER_429, error.detail, now=now)
    elif error.fault is Fault.STOP:
        # A trial or team key is refused letters and nothing else; if the key itself is wrong, the next email says so.
        whom = message.channel.value if message.channel is MessageChannel.LETTER else pacing.EVERYBODY
        pacing.pause(session, whom, now + QUIET_AFTER_STOP, error.detail, now=now)


def expire_leases(session: Session, *, machine_now: datetime) -> None:
    """Claims nobody finished: their worker is gone, and whether Notify has the message is unknown."""
    stale = (Message.state == MessageState.CLAIMED, Message.lease_until < machine_now)
    session.execute(update(Message).where(*stale).values(state=MessageState.UNKNOWN))


def take_unknown(session: Session, *, machine_now: datetime, limit: int) -> list[Unknown]:
    """Attempts to look up now, the longest waiting first. They are this worker's for a while: a look-up that fails is
    made again after it."""
    settled = or_(Message.lease_until.is_(None), Message.lease_until <= machine_now)
    waiting = select(Message).where(Message.state == MessageState.UNKNOWN, settled)
    waiting = waiting.order_by(Message.lease_until, Message.id).limit(limit).with_for_update(skip_locked=True)
    messages = session.scalars(waiting).all()
    for message in messages:
        message.lease_until = machine_now + SETTLING
    newest = select(func.max(Attempt.id)).where(Attempt.message_id.in_([one.id for one in messages]))
    found = session.scalars(select(Attempt).where(Attempt.id.in_(newest.group_by(Attempt.message_id))))
    return [Unknown(attempt.message_id, attempt.id, attempt.reference) for attempt in found]


def record_found(session: Session, answers: Iterable[tuple[Unknown, Status | None]], *, now: datetime) -> None:
    """Note what looking up told: what Notify holds is accepted; only what it does not hold is tried again."""
    answers = list(answers)
    messages, tries = _hold(session, [asked.message_id for asked, _ in answers])
    for asked, status in answers:
        message, attempts = messages[asked.message_id], tries[asked.message_id]
        if attempts[-1].id != asked.attempt_id or message.state is not MessageState.UNKNOWN:
            continue  # a receipt told us meanwhile
        if status is None:
            _try_again(message, attempts, "not taken by Notify", now)
        else:
            attempts[-1].notify_id = status.notify_id
            settle(attempts[-1], status.status, status.completed_at, now=now)
