"""Placing and lifting holds. Whoever lifts a hold is never the one who placed it."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.db import lock
from engage.core.errors import Conflict, NotAllowed
from engage.people.models import Hold, HoldReason, Person

ASKED_FOR_BY_THE_FAMILY = frozenset({HoldReason.OPTED_OUT, HoldReason.WRONG_PERSON})
"""Holds the family itself asked for need no review date."""
LOOKED_AT_AFTER = timedelta(days=28)
"""When somebody looks again at a hold for which nobody gave a day: one placed by an import, or in the middle of a call."""


def place_hold(
    session: Session,
    person: Person,
    reason: HoldReason,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    review_on: date | None = None,
) -> Hold:
    """Hold a person back from all contact; the same reason twice is one hold. Whatever the family did not ask for is
    looked at again on `review_on`, or after four weeks when none is given. The person's row is locked first, so
    that a message being claimed at this moment is either already claimed or sees the hold."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    standing = session.scalar(
        select(Hold).where(Hold.person_id == person.id, Hold.reason == reason, Hold.lifted_at.is_(None))
    )
    if standing:
        return standing
    if review_on is None and reason not in ASKED_FOR_BY_THE_FAMILY:
        review_on = london_date(now) + LOOKED_AT_AFTER
    hold = Hold(person_id=person.id, reason=reason, note=note, placed_at=now, placed_by=str(by), review_on=review_on)
    session.add(hold)
    session.flush()
    audit.record(session, "hold.placed", "person", person.id, by=by, now=now, reason=reason, hold=hold.id)
    return hold


def lift_hold(session: Session, hold: Hold, *, by: Actor, now: datetime) -> None:
    """Lift a hold; `NotAllowed` for the one who placed it, `Conflict` when it is lifted already."""
    lock(session, hold)
    if hold.lifted_at is not None:
        raise Conflict("This hold has already been lifted.")
    if hold.placed_by == str(by):
        raise NotAllowed("A second person must lift this hold, because you placed it.")
    hold.lifted_at, hold.lifted_by = now, str(by)
    audit.record(session, "hold.lifted", "person", hold.person_id, by=by, now=now, reason=hold.reason, hold=hold.id)
