"""EHC plans, what happens to them, and the imports that tell us so."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code
from engage.core.privacy import Keep, privacy
from engage.people.models import Child
from engage.people.vocabulary.ehcp import CeaseReason


class PlanState(StrEnum):
    ACTIVE = "active"
    CEASED = "ceased"
    CANCELLED = "cancelled"


class PlanEventKind(StrEnum):
    """What a family is asked about. A plan moved in from another area is not an issue of ours."""

    PLAN_ISSUED = "plan_issued"
    ANNUAL_REVIEW = "annual_review"


class ImportState(StrEnum):
    UNMATCHED = "unmatched"  # kept, but its headings are not understood yet
    PREVIEWED = "previewed"
    COMMITTED = "committed"
    DISCARDED = "discarded"


UNDECIDED = frozenset({ImportState.UNMATCHED, ImportState.PREVIEWED})


class EhcPlan(Base):
    """An education, health and care plan of one child (Children and Families Act 2014 s37)."""

    __tablename__ = "ehc_plan"
    __table_args__ = (UniqueConstraint("child_id", "source_ref"),)
    __privacy__ = privacy(
        "id child_id state",
        source_ref=Keep.WHILE_ON_RECORD,
        started_on=Keep.WHILE_ON_RECORD,
        transferred_in=Keep.WHILE_ON_RECORD,
        ceased_on=Keep.WHILE_ON_RECORD,
        cease_reason=Keep.WHILE_ON_RECORD,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    source_ref: Mapped[str] = mapped_column(String(80))
    state: Mapped[PlanState] = mapped_column(Code(PlanState), default=PlanState.ACTIVE)
    started_on: Mapped[date]
    transferred_in: Mapped[bool] = mapped_column(default=False)
    ceased_on: Mapped[date | None]
    cease_reason: Mapped[CeaseReason | None] = mapped_column(Code(CeaseReason))

    child: Mapped[Child] = relationship()
    events: Mapped[list["PlanEvent"]] = relationship(back_populates="plan", order_by="PlanEvent.happened_on")


class PlanEvent(Base):
    """A plan issued, or an annual review finished: each is asked about once."""

    __tablename__ = "plan_event"
    __table_args__ = (
        UniqueConstraint("plan_id", "kind", "source_ref"),
        Index("ix_plan_event_kind_happened_on", "kind", "happened_on"),
    )
    __privacy__ = privacy(
        "id plan_id kind recorded_at withdrawn_at withdrawn_because",
        source_ref=Keep.WHILE_ON_RECORD,
        happened_on=Keep.WHILE_ON_RECORD,
        outcome=Keep.WHILE_ON_RECORD,
        phase_transfer=Keep.WHILE_ON_RECORD,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("ehc_plan.id"))
    kind: Mapped[PlanEventKind] = mapped_column(Code(PlanEventKind))
    source_ref: Mapped[str] = mapped_column(String(80))
    """What tells this event from others of its kind on the plan: the review meeting's date, or "issue"."""
    happened_on: Mapped[date]
    """The day the family was sent the plan or the decision: what the wait before asking is counted from."""
    outcome: Mapped[str | None] = mapped_column(String(20))
    phase_transfer: Mapped[str | None] = mapped_column(String(10))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None] = mapped_column(String(80))

    plan: Mapped[EhcPlan] = relationship(back_populates="events")


class PlanImport(Base):
    """One file from the case system: looked at first, then committed or discarded."""

    __tablename__ = "plan_import"
    __privacy__ = privacy(
        "id file_sha256 state uploaded_at uploaded_by committed_at committed_by summary mapping_id",
        file_name=Keep.MESSAGE,
        content=Keep.SIGN_IN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    file_sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The file itself, kept only between the preview and the decision."""
    state: Mapped[ImportState] = mapped_column(Code(ImportState), default=ImportState.PREVIEWED)
    mapping_id: Mapped[int | None] = mapped_column(ForeignKey("column_mapping.id"))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(String(80))
    committed_at: Mapped[datetime | None]
    committed_by: Mapped[str | None] = mapped_column(String(80))
    summary: Mapped[dict[str, Any]]


class ColumnMapping(Base):
    """Another system's headings and the columns of ours they stand for, saved under a name."""

    __tablename__ = "column_mapping"
    __privacy__ = privacy("id name headings saved_at saved_by")

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    headings: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(80))
