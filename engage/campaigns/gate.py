"""The gate: may this invitation be contacted now? Asked when a contact is planned and again in the transaction that
claims its message, by every path there is.

Who waits for whose lock: message, then invitation, then person. Whoever must take them the other way round passes over
what is locked, and can: the one who holds it comes to this gate and sees what was changed.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import CampaignState, CloseReason, Invitation, InvitationState
from engage.core.clock import london_date
from engage.people.contactability import standing_hold, why_not_asked
from engage.people.models import Hold, HoldReason, Person, Relationship
from engage.plans.askable import why_not_askable

OPEN = frozenset({InvitationState.PLANNED, InvitationState.ASKING})
NOT_RUNNING = "campaign_paused"
_ENDING = {HoldReason.OPTED_OUT: CloseReason.OPTED_OUT, HoldReason.WRONG_PERSON: CloseReason.HELD}


@dataclass(frozen=True)
class Verdict:
    """Why not. `ends` names how the invitation ends; without it, contact only has to wait."""

    because: str
    ends: CloseReason | None = None
    is_over: bool = False
    """The invitation has ended already; there is nothing left to change."""


def locked(session: Session, invitation: Invitation) -> Invitation:
    """The invitation as it is now, with its row held until the end of the transaction: two tabs, a telephone call and
    a message about to leave take turns here."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.id == invitation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def why_not_now(session: Session, invitation: Invitation, *, now: datetime) -> Verdict | None:
    """The first reason against contacting, or None. Until the transaction ends nobody can answer, and nobody can place
    a hold on the people concerned."""
    invitation = locked(session, invitation)
    concerned = sorted({invitation.person_id, invitation.plan_event.plan.child_id})
    session.execute(select(Person.id).where(Person.id.in_(concerned)).order_by(Person.id).with_for_update(read=True))
    return foreseen(session, invitation, now=now)


def foreseen(session: Session, invitation: Invitation, *, now: datetime) -> Verdict | None:
    """The same, only looked at: for pages that say what comes next, where nothing may be locked or changed."""
    if invitation.state not in OPEN:
        return Verdict(invitation.state.value, is_over=True)
    event = invitation.plan_event
    over = why_not_askable(event)
    if over is not None:
        return Verdict(over, CloseReason.PLAN_WITHDRAWN)
    child_id = event.plan.child_id
    concerned = {invitation.person_id, child_id}
    hold = standing_hold(
        session.scalars(select(Hold).where(Hold.person_id.in_(concerned), Hold.lifted_at.is_(None)).order_by(Hold.id))
    )
    if hold is not None:
        return Verdict(f"hold_{hold.reason.value}", _ENDING.get(hold.reason))
    return _barred(session, invitation, child_id, now) or _not_running(invitation)


def _barred(session: Session, invitation: Invitation, child_id: int, now: datetime) -> Verdict | None:
    if invitation.person_id == child_id:
        return None
    tie = session.scalar(
        select(Relationship)
        .where(Relationship.child_id == child_id, Relationship.parent_carer_id == invitation.person_id)
        .execution_options(populate_existing=True)
    )
    if tie is None:
        return Verdict("relationship_gone", CloseReason.PLAN_WITHDRAWN)
    reason = why_not_asked(tie.child, tie, on=london_date(now))
    return Verdict(reason.value, CloseReason.HELD) if reason else None


def _not_running(invitation: Invitation) -> Verdict | None:
    """A paused campaign may go on; one that has ended asks nobody any more."""
    if invitation.campaign.state is CampaignState.RUNNING:
        return None
    if invitation.campaign.state is not CampaignState.ENDED:
        return Verdict(NOT_RUNNING)
    return Verdict(NOT_RUNNING, CloseReason.HELD if invitation.first_asked_at is None else CloseReason.NO_ANSWER)
