"""The outbox: messages are rows before they are sent, and each try to send one is a row with its own reference."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code
from engage.core.privacy import Keep, privacy
from engage.core.states import TransitionTable


class MessageChannel(StrEnum):
    EMAIL = "email"
    TEXT = "text"
    LETTER = "letter"


class MessageState(StrEnum):
    """Where a message stands with us; Notify's own statuses are kept on the attempt."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


TRANSITIONS = TransitionTable(
    "message",
    {
        MessageState.QUEUED: {
            MessageState.CLAIMED,
            MessageState.WITHDRAWN,
            MessageState.FAILED,
            # An earlier try that was taken for lost turns out to have arrived: there must be no other.
            MessageState.ACCEPTED,
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
        },
        MessageState.CLAIMED: {
            MessageState.QUEUED,
            MessageState.UNKNOWN,
            MessageState.ACCEPTED,
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
            MessageState.FAILED,
        },
        MessageState.UNKNOWN: {
            MessageState.QUEUED,
            MessageState.ACCEPTED,
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
        },
        MessageState.ACCEPTED: {MessageState.DELIVERED, MessageState.UNDELIVERED},
        MessageState.DELIVERED: {MessageState.UNDELIVERED},  # a letter came back long after it was called received
        MessageState.UNDELIVERED: set(),
        MessageState.WITHDRAWN: set(),
        MessageState.FAILED: set(),
    },
)


class Message(Base):
    """Something to tell one person once."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_state_due", "state", "priority", "due_at", "id"),
        Index("ix_message_about", "about_kind", "about_id"),
    )
    __privacy__ = privacy(
        "id once_key purpose channel template language about_kind about_id person_id state state_because priority "
        "created_at due_at claimed_at lease_until attempts_made",
        recipient=Keep.MESSAGE,
        personalisation=Keep.MESSAGE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once_key: Mapped[str] = mapped_column(String(120), unique=True)
    """What this message is, in a form that can exist only once: "invitation:7:reminder"."""
    purpose: Mapped[str] = mapped_column(String(40))
    """Which part of Engage wants it sent, and so which gate is asked before it goes."""
    channel: Mapped[MessageChannel] = mapped_column(Code(MessageChannel))
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(20), default="en")
    recipient: Mapped[str] = mapped_column(String(320))
    """An email address, a mobile number, or the lines of a postal address without the addressee's name."""
    personalisation: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Values known when the message was queued; links are made at the moment of sending and never kept."""
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(index=True)
    """The person of `people` it is for, when it is for one: a number only, for this room does not know people."""
    state: Mapped[MessageState] = mapped_column(Code(MessageState), default=MessageState.QUEUED)
    state_because: Mapped[str | None] = mapped_column(String(200))
    priority: Mapped[int] = mapped_column(default=5)
    """0 is soonest: somebody is waiting at a screen."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    """Until then, by the machine's own clock, nobody but the worker that claimed it touches a claimed message, and nobody
    looks an unknown one up."""
    attempts_made: Mapped[int] = mapped_column(default=0)

    attempts: Mapped[list["Attempt"]] = relationship(back_populates="message", order_by="Attempt.id")


class Attempt(Base):
    """One try at handing a message to Notify, committed before the call with a reference of its own."""

    __tablename__ = "attempt"
    __privacy__ = privacy(
        "id message_id reference notify_id status outcome error started_at finished_at completed_at cost_parts"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    notify_id: Mapped[str | None] = mapped_column(String(36), index=True)
    status: Mapped[str | None] = mapped_column(String(40))
    """Notify's own word: created, sending, delivered, permanent-failure, ..."""
    outcome: Mapped[str | None] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(String(200))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cost_parts: Mapped[int | None]

    message: Mapped[Message] = relationship(back_populates="attempts")


class Receipt(Base):
    """What Notify told us about a message, stored as it came before it is understood."""

    __tablename__ = "receipt"
    __privacy__ = privacy("id received_at reference notify_id status completed_at applied_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    reference: Mapped[str | None] = mapped_column(String(1000))
    notify_id: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(40))
    completed_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None] = mapped_column(index=True)


class SendingPace(Base):
    """What all workers share: the row "all" holds the bucket they take from, kept below Notify's own; any row may be
    paused, and a channel's row pauses that channel alone."""

    __tablename__ = "sending_pace"
    __privacy__ = privacy("name tokens refilled_at paused_until paused_because")

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    tokens: Mapped[float] = mapped_column(default=0.0)
    refilled_at: Mapped[datetime]
    paused_until: Mapped[datetime | None]
    paused_because: Mapped[str | None] = mapped_column(String(200))
