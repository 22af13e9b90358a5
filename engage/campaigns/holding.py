"""Holding a family back: placing a hold also takes back whatever is queued, at once."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.campaigns.asking import settings_of
from engage.campaigns.climbing import look_again, open_about
from engage.core.audit import Actor
from engage.people import holds
from engage.people.models import Hold, HoldReason, Person


def hold_family(
    session: Session,
    person: Person,
    reason: HoldReason,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    review_on: date | None = None,
) -> Hold:
    """Place a hold on a parent carer, or on a child and so on everybody who is asked about the child."""
    hold = holds.place_hold(session, person, reason, by=by, now=now, note=note, review_on=review_on)
    look_again(session, [person.id], by=by, now=now)
    return hold


def lift_family_hold(session: Session, hold: Hold, *, by: Actor, now: datetime) -> None:
    """Lift a hold; whoever it made wait is looked at again at the next contact hour, and goes on at their own rung's
    day."""
    holds.lift_hold(session, hold, by=by, now=now)
    session.flush()
    for invitation in open_about(session, [hold.person_id]):
        invitation.next_due_at = settings_of(invitation.campaign).hours.next_moment(now)
