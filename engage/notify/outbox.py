"""The outbox: queueing a message, taking it back, and asking for its last words at the moment of sending."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.core.db import rows_changed
from engage.notify.models import Message, MessageChannel, MessageState


@dataclass(frozen=True)
class Refusal:
    """Why a message may not go after all. `later` keeps it waiting; otherwise it is withdrawn for good."""

    because: str
    later: datetime | None = None


Composer = Callable[[Session, Message, Settings, datetime], Mapping[str, str] | Refusal]
"""Asked in the very transaction that claims a message: may it go, and what does it say? The links it returns are
made for this one sending and never stored."""


def queue(
    session: Session,
    *,
    once_key: str,
    purpose: str,
    channel: MessageChannel,
    template: str,
    recipient: str,
    about: tuple[str, int],
    due_at: datetime,
    now: datetime,
    language: str = "en",
    person_id: int | None = None,
    personalisation: Mapping[str, str] | None = None,
    priority: int = 5,
) -> Message:
    """Put one message into the outbox, in the caller's transaction. The `once_key` can exist only once: a second
    message with it fails at the database, whatever else went wrong."""
    message = Message(
        once_key=once_key,
        purpose=purpose,
        channel=channel,
        template=template,
        language=language,
        recipient=recipient,
        personalisation=dict(personalisation or {}),
        about_kind=about[0],
        about_id=about[1],
        person_id=person_id,
        priority=priority,
        created_at=now,
        due_at=due_at,
    )
    session.add(message)
    session.flush()
    return message


def withdraw(session: Session, message_ids: list[int], *, because: str) -> int:
    """Take back whatever of these has not been claimed yet; how many were. One that a worker is claiming this moment is
    left to its gate, for that worker may be waiting for what we hold."""
    if not message_ids:
        return 0
    waiting = select(Message.id).where(Message.id.in_(message_ids), Message.state == MessageState.QUEUED)
    return rows_changed(
        session,
        update(Message)
        .where(Message.id.in_(session.scalars(waiting.with_for_update(skip_locked=True)).all()))
        .values(state=MessageState.WITHDRAWN, state_because=because),
    )
