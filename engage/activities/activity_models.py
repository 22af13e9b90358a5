"""What was done with families and young people, who came, and which answers were given there."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.activities.models import OpenLink
from engage.core.db import Base, Code
from engage.core.privacy import Keep, privacy
from engage.core.states import TransitionTable
from engage.surveys.models import Response


class ActivityKind(StrEnum):
    """The kinds that the area's papers name."""

    DROP_IN = "drop_in"
    COFFEE_MORNING = "coffee_morning"
    EVENT = "event"
    CONSORTIUM = "consortium"
    TRAINING = "training"
    WORKSHOP = "workshop"
    COPRODUCTION = "coproduction"


class CameAs(StrEnum):
    """Rough groups of those who came: counted at the door, never named."""

    PARENT_CARERS = "parent_carers"
    YOUNG_PEOPLE = "young_people"
    PROFESSIONALS = "professionals"
    OTHERS = "others"


class ActivityState(StrEnum):
    PLANNED = "planned"
    """Still to come, or held and not put away yet."""
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


ACTIVITY_TRANSITIONS = TransitionTable(
    "activity",
    {
        ActivityState.PLANNED: {ActivityState.CANCELLED, ActivityState.ARCHIVED},
        ActivityState.CANCELLED: {ActivityState.PLANNED, ActivityState.ARCHIVED},
        ActivityState.ARCHIVED: {ActivityState.PLANNED},
    },
)


class Activity(Base):
    """One event, drop-in, meeting, training or project."""

    __tablename__ = "activity"
    __privacy__ = privacy(
        "id local_authority kind name held_on time_of_day place survey came state open_link_id made_at made_by changed_at",
        run_by=Keep.ACTIVITY,
        notes=Keep.ACTIVITY,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    local_authority: Mapped[str] = mapped_column(String(3))
    kind: Mapped[ActivityKind] = mapped_column(Code(ActivityKind))
    name: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date] = mapped_column(index=True)
    time_of_day: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    run_by: Mapped[str] = mapped_column(String(200), default="")
    survey: Mapped[str] = mapped_column(String(40), default="")
    """Which survey those who come are asked; none with the empty text."""
    open_link_id: Mapped[int | None] = mapped_column(ForeignKey("open_link.id"), unique=True)
    """The public address, and so the poster, by which those who come may answer."""
    came: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many came, by `CameAs`; a group that nobody counted is not there."""
    notes: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ActivityState] = mapped_column(Code(ActivityState), default=ActivityState.PLANNED)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime]

    open_link: Mapped[OpenLink | None] = relationship()
    answers: Mapped[list["ActivityAnswer"]] = relationship(back_populates="activity", order_by="ActivityAnswer.id")


class ActivityAnswer(Base):
    """That a response was given about an activity, and who wrote it down. Those that came by its open link are known by that."""

    __tablename__ = "activity_answer"
    __privacy__ = privacy("id activity_id response_id kept_at kept_by")

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), unique=True)
    kept_at: Mapped[datetime]
    kept_by: Mapped[str] = mapped_column(String(80))

    activity: Mapped[Activity] = relationship(back_populates="answers")
    response: Mapped[Response] = relationship()


class Remark(Base):
    """Something that somebody said in passing, at a stall or after a meeting, as one of us wrote it down."""

    __tablename__ = "remark"
    __privacy__ = privacy("id local_authority response_id activity_id heard_on place kept_at kept_by")

    id: Mapped[int] = mapped_column(primary_key=True)
    local_authority: Mapped[str] = mapped_column(String(3))
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), unique=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    heard_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    kept_at: Mapped[datetime]
    kept_by: Mapped[str] = mapped_column(String(80))

    response: Mapped[Response] = relationship()
    activity: Mapped[Activity | None] = relationship()
