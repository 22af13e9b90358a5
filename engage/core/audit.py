"""Who did what, kept for six years beside what they did, in the same transaction and without foreign keys.

An audit row names things by kind and number only: no person's name is ever written here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Select, String, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engage.core.db import Base
from engage.core.privacy import privacy


class ActorKind(StrEnum):
    STAFF = "staff"
    FAMILY = "family"
    PUBLIC = "public"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a member of staff by number, a family through invitation number, the public, or the clock."""

    kind: ActorKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)
PUBLIC = Actor(ActorKind.PUBLIC)


def staff_actor(staff_id: int) -> Actor:
    """A signed-in member of staff."""
    return Actor(ActorKind.STAFF, str(staff_id))


class AuditEvent(Base):
    """One thing that happened."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_kind", "subject_id"),)
    __privacy__ = privacy("id at kind by subject_kind subject_id detail")

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(80))
    by: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]]


def record(
    session: Session,
    kind: str,
    subject_kind: str,
    subject_id: object,
    *,
    by: Actor,
    now: datetime,
    **detail: Any,
) -> None:
    """Add one event to the caller's transaction. `detail` holds codes and numbers, never names or free text."""
    session.add(
        AuditEvent(
            at=now,
            kind=kind,
            by=str(by),
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            detail=detail,
        )
    )


def record_each(
    session: Session,
    kind: str,
    subject_kind: str,
    details: Mapping[int, Mapping[str, Any]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Add the same event for many, each by its number and with its own detail, in one statement."""
    same = {"at": now, "kind": kind, "by": str(by), "subject_kind": subject_kind}
    rows = [same | {"subject_id": str(subject), "detail": dict(detail)} for subject, detail in details.items()]
    if rows:
        session.execute(insert(AuditEvent), rows)


def events_about(session: Session, subject_kind: str, subjects: Collection[int]) -> Sequence[AuditEvent]:
    """Everything on record about these things of one kind, the oldest first."""
    about = AuditEvent.subject_kind == subject_kind, AuditEvent.subject_id.in_([str(subject) for subject in subjects])
    return session.scalars(select(AuditEvent).where(*about).order_by(AuditEvent.id)).all()


def events(session: Session, *, room: str | None = None, skip: int = 0, most: int = 50) -> Sequence[AuditEvent]:
    """What happened, newest first; `room` is the first word of a kind, such as "case"."""
    return session.scalars(_of(room, select(AuditEvent)).order_by(AuditEvent.id.desc()).offset(skip).limit(most)).all()


def count_events(session: Session, *, room: str | None = None) -> int:
    """How many events there are."""
    return session.scalar(_of(room, select(func.count(AuditEvent.id)))) or 0


def rooms(session: Session) -> list[str]:
    """The first words of all kinds there are, in order."""
    kinds = session.scalars(select(AuditEvent.kind).distinct())
    return sorted({kind.partition(".")[0] for kind in kinds})


def _of(room: str | None, query: Select[Any]) -> Select[Any]:
    return query.where(AuditEvent.kind.startswith(f"{room}.", autoescape=True)) if room else query
