"""Holding a family back: placing a hold also takes back whatever is queued, at once."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.answering import end_open_invitations
from engage.campaigns.asking import put_back, settings_of
from engage.campaigns.models import CloseReason, Invitation, InvitationState
from engage.core.audit import Actor
from engage.notify import outbox
from engage.people import holds
from engage.people.contactability import ENDS_FOR_GOOD
from engage.people.models import Hold, HoldReason, Person
from engage.plans.models import EhcPlan, PlanEvent


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
    if reason in ENDS_FOR_GOOD:
        end_open_invitations(session, person.id, CloseReason.OPTED_OUT, by=by, now=now)
    for invitation in _open_invitations_about(session, person.id):
        put_back(session, invitation, by=by, now=now)
        invitation.waits_because = f"hold_{reason.value}"
    outbox.withdraw(session, outbox.queued_for_person(session, person.id), because=f"hold_{reason.value}")
    return hold


def lift_family_hold(session: Session, hold: Hold, *, by: Actor, now: datetime) -> None:
    """Lift a hold; whoever it made wait is looked at again at the next contact hour."""
    holds.lift_hold(session, hold, by=by, now=now)
    session.flush()
    for invitation in _open_invitations_about(session, hold.person_id):
        invitation.next_due_at = settings_of(invitation.campaign).hours.next_moment(now)


def _open_invitations_about(session: Session, person_id: int) -> Sequence[Invitation]:
    """Open invitations to this person, or about them when they are a child; their rows are held."""
    return session.scalars(
        select(Invitation)
        .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
        .join(EhcPlan, EhcPlan.id == PlanEvent.plan_id)
        .where(
            (Invitation.person_id == person_id) | (EhcPlan.child_id == person_id),
            Invitation.state.in_([InvitationState.PLANNED, InvitationState.ASKING]),
        )
        .with_for_update(of=Invitation)
    ).all()
