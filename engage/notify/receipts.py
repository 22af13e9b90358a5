"""Receipts: what Notify tells us about a message, in any order, as often as it likes, even before our own commit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from engage.core.db import lock
from engage.core.errors import Invalid
from engage.notify.client import Status, moment
from engage.notify.models import TRANSITIONS, Attempt, Message, MessageState, Receipt

RETURNED = "returned-letter"
DELIVERED = frozenset({"delivered", "received"})
NOT_DELIVERED = frozenset(
    {
        "permanent-failure",
        "temporary-failure",
        "technical-failure",
        "failed",
        "cancelled",
        "validation-failed",
        "virus-scan-failed",
        RETURNED,
    }
)
UNMATCHED_KEPT = timedelta(days=8)
"""Longer than Notify keeps a message; after that nothing can match any more."""


def take(session: Session, payload: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Store a receipt as it came, and apply it if its message is known yet. `Invalid` when it is no receipt.

    The body is the one of docs.notifications.service.gov.uk, "Callbacks: message status"; the recipient in it is not
    kept, for the message has it already.
    """
    status, reference, notify_id = payload.get("status"), payload.get("reference"), payload.get("id")
    if not isinstance(status, str) or not isinstance(notify_id, str):
        raise Invalid("This is not a receipt: it needs a status and an id.")
    completed = payload.get("completed_at")
    at = moment(completed) if isinstance(completed, str) else None
    return _keep(session, notify_id, reference, status, at, now=now)


def take_returned(session: Session, payload: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Store that a letter came back, and apply it. `Invalid` when the body is another.

    Notify tells it by a callback of its own (ibid., "returned letters"), days or weeks after it called the letter
    received, and the letter's own status never says so.
    """
    notify_id = payload.get("notification_id")
    if not isinstance(notify_id, str):
        raise Invalid("This is not about a returned letter: it needs a notification_id.")
    return _keep(session, notify_id, payload.get("reference"), RETURNED, None, now=now)


def _keep(
    session: Session, notify_id: str, reference: object, status: str, completed_at: datetime | None, *, now: datetime
) -> Receipt:
    receipt = Receipt(
        received_at=now,
        reference=str(reference)[:1000] if reference else None,
        notify_id=notify_id[:64],
        status=status[:40],
        completed_at=completed_at,
    )
    session.add(receipt)
    session.flush()
    apply(session, receipt, now=now)
    return receipt


def apply(session: Session, receipt: Receipt, *, now: datetime) -> bool:
    """Let a receipt move its message; False while no attempt of ours matches it."""
    attempt = _attempt_of(session, receipt)
    if attempt is None:
        return False
    attempt.notify_id = attempt.notify_id or receipt.notify_id
    settle(attempt, receipt.status, receipt.completed_at, now=now)
    receipt.applied_at = now
    return True


def _attempt_of(session: Session, receipt: Receipt) -> Attempt | None:
    matches = or_(Attempt.reference == receipt.reference, Attempt.notify_id == receipt.notify_id)
    found = session.scalar(select(Attempt).where(matches).order_by(Attempt.id.desc()).limit(1))
    if found is not None:
        _hold(session, found)
    return found


def _hold(session: Session, attempt: Attempt) -> None:
    """Lock the attempt's message first, and only then see how both stand: who came before us has committed."""
    lock(session, attempt.message)
    session.refresh(attempt)


def settle(attempt: Attempt, status: str, completed_at: datetime | None, *, now: datetime) -> None:
    """Note Notify's word on an attempt, and move the message where it follows. A final word is never overwritten, save
    that a message "sent" abroad may still turn out delivered or not, and a letter "received" may come back."""
    comes_back = status == RETURNED and attempt.status in DELIVERED
    if attempt.status in DELIVERED | NOT_DELIVERED and not comes_back:
        return
    attempt.status, attempt.outcome = status, "accepted"
    attempt.completed_at = completed_at or now if status in DELIVERED | NOT_DELIVERED else attempt.completed_at
    message = attempt.message
    to = _state_for(status)
    if TRANSITIONS.allows(message.state, to):
        message.state = to
        message.state_because = status if to is MessageState.UNDELIVERED else None
        message.lease_until = None


def _state_for(status: str) -> MessageState:
    if status in DELIVERED:
        return MessageState.DELIVERED
    if status in NOT_DELIVERED:
        return MessageState.UNDELIVERED
    return MessageState.ACCEPTED


def apply_waiting(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Apply receipts whose attempt is known by now, and let go of those that nothing can match any more; how many
    found theirs. Receipts of other systems that share our callback address never match, and keep nobody waiting."""
    too_old = (Receipt.applied_at.is_(None), Receipt.received_at < now - UNMATCHED_KEPT)
    session.execute(update(Receipt).where(*too_old).values(applied_at=now))
    known = or_(
        exists().where(Attempt.reference == Receipt.reference), exists().where(Attempt.notify_id == Receipt.notify_id)
    )
    waiting = select(Receipt).where(Receipt.applied_at.is_(None), known).order_by(Receipt.id).limit(limit)
    return sum(apply(session, one, now=now) for one in session.scalars(waiting.with_for_update(skip_locked=True)).all())


def record_status(session: Session, attempt_id: int, status: Status, *, now: datetime) -> Message:
    """Note what was found by asking Notify, just as a receipt would have said it; the message as it then stands."""
    attempt = session.get_one(Attempt, attempt_id)
    _hold(session, attempt)
    attempt.notify_id = status.notify_id
    settle(attempt, status.status, status.completed_at, now=now)
    return attempt.message
