"""What staff find out before somebody is asked: a worker's check of a carer, and a young person's capacity to decide."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.errors import Invalid
from engage.people.models import Capacity, CapacityRecord, Child, ContactCheck, ParentCarer


def check_carer(
    session: Session, child: Child, parent: ParentCarer, *, may_ask: bool, by: Actor, now: datetime, note: str = ""
) -> ContactCheck:
    """A worker's word on whether this parent carer may be asked about a looked-after child; `Invalid` for a stranger."""
    if parent.id not in {tie.parent_carer_id for tie in child.relationships}:
        raise Invalid("This person is not a parent carer of this child.")
    check = ContactCheck(
        child_id=child.id, parent_carer_id=parent.id, may_ask=may_ask, note=note, checked_by=str(by), checked_at=now
    )
    child.contact_checks.append(check)
    session.flush()
    audit.record(session, "carer.checked", "person", parent.id, by=by, now=now, child=child.id, may_ask=may_ask)
    return check


def record_capacity(
    session: Session, child: Child, outcome: Capacity, *, basis: str, review_on: date, by: Actor, now: datetime
) -> CapacityRecord:
    """What somebody found about a young person's capacity to decide whether to answer, on what basis, and until when;
    `Invalid` without a basis."""
    if not basis.strip():
        raise Invalid("Say what this rests on.", {"basis": "Enter what this rests on"})
    record = CapacityRecord(
        child_id=child.id,
        outcome=outcome,
        basis=basis.strip(),
        recorded_by=str(by),
        recorded_at=now,
        review_on=review_on,
    )
    child.capacity_records.append(record)
    session.flush()
    audit.record(session, "capacity.recorded", "person", child.id, by=by, now=now, record=record.id)
    return record
