"""Meetings with children and young people in which they say what they think, and what they chose to leave with us."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code, KeyWithoutOrder, key_without_order
from engage.core.privacy import Keep, privacy
from engage.core.states import TransitionTable
from engage.people.models import Child
from engage.surveys.models import Response


class SessionKind(StrEnum):
    ONE_CHILD = "one_child"
    GROUP = "group"


class SessionState(StrEnum):
    PLANNED = "planned"
    FINISHED = "finished"
    CANCELLED = "cancelled"


SESSION_TRANSITIONS = TransitionTable(
    "session",
    {
        SessionState.PLANNED: {SessionState.FINISHED, SessionState.CANCELLED},
        SessionState.FINISHED: set(),
        SessionState.CANCELLED: set(),
    },
)


class AlsoThere(StrEnum):
    """Who else was in the room, by what they are and never by name."""

    PARENT_CARER = "parent_carer"
    TEACHER = "teacher"
    SUPPORT_WORKER = "support_worker"
    SOCIAL_WORKER = "social_worker"
    HEALTH_WORKER = "health_worker"
    ADVOCATE = "advocate"
    INTERPRETER = "interpreter"
    OTHER = "other"


class Permission(StrEnum):
    """On whose word a child may be asked at all. The child's own yes comes after it, and is always needed as well."""

    PARENT = "parent"
    DECIDES = "decides"
    """Sixteen or over, and presumed able to decide (Mental Capacity Act 2005)."""
    UNDERSTANDS = "understands"
    """Under sixteen, and understands enough to decide this (Gillick)."""
    REPRESENTATIVE = "representative"
    """Sixteen or over, and found unable to decide this: somebody who may decide for them said yes."""


class Shown(StrEnum):
    """How a child showed that they wanted to."""

    WORDS = "words"
    SYMBOL = "symbol"
    GESTURE = "gesture"
    DEVICE = "device"


class FacilitatedSession(Base):
    """One meeting, with one child or a group."""

    __tablename__ = "facilitated_session"
    __privacy__ = privacy(
        "id local_authority kind held_on place survey version facilitator also_there state last_number did_not_want "
        "group_size group_counts group_response_id made_at finished_at",
        group_observed=Keep.SESSION,
    )

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False, default=key_without_order)
    local_authority: Mapped[str] = mapped_column(String(3))
    kind: Mapped[SessionKind] = mapped_column(Code(SessionKind))
    held_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(200))
    survey: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    """The words that every child of this session is asked with."""
    facilitator: Mapped[str] = mapped_column(String(80))
    also_there: Mapped[list[str]] = mapped_column(default=list)
    """Codes of `AlsoThere`."""
    state: Mapped[SessionState] = mapped_column(Code(SessionState), default=SessionState.PLANNED)
    last_number: Mapped[int] = mapped_column(default=0)
    """The number of the child who began last. A number is never given twice."""
    did_not_want: Mapped[int] = mapped_column(default=0)
    """How many said no, at the start or later. Nothing else is kept of them."""
    group_size: Mapped[int] = mapped_column(default=0)
    """How many children are counted together in `group_counts`."""
    group_counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many of the group chose each answer: question id to code to number."""
    group_response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"), unique=True)
    """What the group said in words, as a response without answers."""
    group_observed: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    voices: Mapped[list["ChildVoice"]] = relationship(
        back_populates="meeting", order_by="ChildVoice.number", cascade="all, delete-orphan"
    )
    expected: Mapped[list["ExpectedChild"]] = relationship(order_by="ExpectedChild.id", cascade="all, delete-orphan")
    drawings: Mapped[list["Drawing"]] = relationship(order_by="Drawing.made_at", cascade="all, delete-orphan")
    group_response: Mapped[Response | None] = relationship()


class ExpectedChild(Base):
    """A child whom the facilitator expects to meet: kept until the session is over, so that a hold is seen before it."""

    __tablename__ = "expected_child"
    __table_args__ = (UniqueConstraint("session_id", "child_id"),)
    __privacy__ = privacy("id session_id child_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("facilitated_session.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))

    child: Mapped[Child] = relationship()


class ChildVoice(Base):
    """One child's part in a session, begun when they said yes. What they said is the response; what was seen is apart."""

    __tablename__ = "child_voice"
    __table_args__ = (UniqueConstraint("session_id", "number"),)
    __privacy__ = privacy(
        "id session_id number permission shown assented_at response_id stopped finished_at",
        permission_note=Keep.SESSION,
        child_id=Keep.SESSION,
        observed=Keep.SESSION,
    )

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False, default=key_without_order)
    session_id: Mapped[int] = mapped_column(ForeignKey("facilitated_session.id"))
    number: Mapped[int]
    permission: Mapped[Permission] = mapped_column(Code(Permission))
    permission_note: Mapped[str] = mapped_column(Text, default="")
    shown: Mapped[Shown] = mapped_column(Code(Shown))
    assented_at: Mapped[datetime]
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), unique=True)
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"))
    """Who it was: only when the child agreed that this should be known."""
    observed: Mapped[str] = mapped_column(Text, default="")
    """What the facilitator saw. It is never an answer, and never counted."""
    stopped: Mapped[bool] = mapped_column(default=False)
    """Whether the child asked to stop before the end, and let us keep what they had said."""
    finished_at: Mapped[datetime | None]

    meeting: Mapped[FacilitatedSession] = relationship(back_populates="voices")
    response: Mapped[Response] = relationship()
    child: Mapped[Child | None] = relationship()
    drawings: Mapped[list["Drawing"]] = relationship(
        back_populates="voice", order_by="Drawing.made_at", overlaps="drawings"
    )


class Drawing(Base):
    """A picture that a child drew or made, as new pixels without anything that the camera wrote beside them."""

    __tablename__ = "drawing"
    __privacy__ = privacy(
        "id name session_id voice_id width height size made_at kept_by",
        content=Keep.DRAWING,
    )

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False, default=key_without_order)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    """What stands in its address: nobody can guess it."""
    session_id: Mapped[int] = mapped_column(ForeignKey("facilitated_session.id"), index=True)
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("child_voice.id"), index=True)
    """Whose it is; None for one that a group made together."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    """In bytes."""
    made_at: Mapped[datetime]
    kept_by: Mapped[str] = mapped_column(String(80))

    voice: Mapped[ChildVoice | None] = relationship(back_populates="drawings", overlaps="drawings")
