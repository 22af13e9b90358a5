"""Imports and their column mappings, as the pages of the import ask for them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.plans.models import UNDECIDED, ColumnMapping, EhcPlan, ImportState, PlanEvent, PlanImport


def imports(session: Session, *, limit: int) -> Sequence[PlanImport]:
    """The newest imports, whatever became of them."""
    return session.scalars(select(PlanImport).order_by(PlanImport.id.desc()).limit(limit)).all()


def plan_import(session: Session, import_id: int) -> PlanImport:
    """One import; `NotFound` when there is none."""
    found = session.get(PlanImport, import_id)
    if found is None:
        raise NotFound("There is no such import.")
    return found


def any_plan(session: Session) -> bool:
    """Whether there is a plan on record at all."""
    return session.scalar(select(EhcPlan.id).limit(1)) is not None


def undecided_imports(session: Session) -> int:
    """How many files wait for somebody to decide."""
    return session.scalar(select(func.count()).select_from(PlanImport).where(PlanImport.state.in_(UNDECIDED))) or 0


def import_to_mend(session: Session) -> PlanImport | None:
    """The newest committed import, if it left faulty rows: the next one, with the mended rows, takes its place."""
    newest = session.scalar(
        select(PlanImport)
        .where(PlanImport.state == ImportState.COMMITTED)
        .order_by(PlanImport.committed_at.desc(), PlanImport.id.desc())
        .limit(1)
    )
    return newest if newest is not None and newest.summary.get("rows_faulty") else None


def mappings(session: Session) -> Sequence[ColumnMapping]:
    """Every saved column mapping, by name."""
    return session.scalars(select(ColumnMapping).order_by(func.lower(ColumnMapping.name), ColumnMapping.id)).all()


def mapping(session: Session, mapping_id: int) -> ColumnMapping:
    """One saved column mapping; `NotFound` when there is none."""
    found = session.get(ColumnMapping, mapping_id)
    if found is None:
        raise NotFound("There is no such column mapping.")
    return found


def events_of(session: Session, child_id: int) -> Sequence[PlanEvent]:
    """Everything that happened to a child's plans, the latest first."""
    return session.scalars(
        select(PlanEvent)
        .join(EhcPlan, EhcPlan.id == PlanEvent.plan_id)
        .where(EhcPlan.child_id == child_id)
        .order_by(PlanEvent.happened_on.desc(), PlanEvent.id.desc())
    ).all()
