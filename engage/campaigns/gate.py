"""The gate: may this invitation be contacted now? Asked when a contact is planned and again in the transaction that
claims its message, by every path there is.

Here nobody waits for another's lock, so that no two can wait for each other: what somebody is changing at this moment
comes up again a minute later. People at a screen wait for each other in one order: invitation, then person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import CampaignState, CloseReason, Invitation, InvitationState
from engage.campaigns.professionals import is_about, is_by_mailbox
from engage.core.batches import batches
from engage.core.clock import london_date
from engage.notify.models import MessageState
from engage.people.contactability import (
    HOLD_POLICY,
    MAY_CHANGE,
    HoldPolicy,
    NotAsked,
    standing_hold,
    why_not_asked,
    why_young_person_not_asked,
)
from engage.people.models import Child, Hold, HoldReason, Person, Relationship, RoleMailbox
from engage.plans.askable import why_not_askable

OPEN = frozenset({InvitationState.PLANNED, InvitationState.ASKING})
NOT_RUNNING = "campaign_paused"
GENTLE_TEMPLATE = "survey_invitation_dispute"
"""The first and only message to a family whose complaint or appeal is open."""
SOON = timedelta(minutes=1)
A_MOMENT = timedelta(seconds=2)
"""For whoever waits at a screen."""
_BARRED_ENDS = {NotAsked.NO_LONGER_NAMED: CloseReason.NO_LONGER_NAMED}
_ENDING = {HoldReason.OPTED_OUT: CloseReason.OPTED_OUT, HoldReason.WRONG_PERSON: CloseReason.HELD}


@dataclass(frozen=True)
class Verdict:
    """Why not. `ends` names how the invitation ends; without it, contact only has to wait."""

    because: str
    ends: CloseReason | None = None
    is_over: bool = False
    """The invitation has ended already; there is nothing left to change."""
    at_close: CloseReason = CloseReason.HELD
    """How one that waits ends when its ladder would be over."""
    until: datetime | None = None
    """When it may go on, where that is known."""


IN_USE = Verdict("in_use")
"""Somebody is answering, holding or importing at this very moment."""

IN_DISPUTE = Verdict(f"hold_{HoldReason.COMPLAINT_OR_TRIBUNAL.value}")
"""A complaint or an appeal is open: one gentle message could have gone, and nothing can carry it."""


def locked(session: Session, invitation: Invitation) -> Invitation:
    """The invitation as it is now, with its row held until the end of the transaction: two tabs and a telephone call
    take turns here."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.id == invitation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def why_not_now(session: Session, invitation: Invitation, *, now: datetime) -> Verdict | None:
    """The first reason against contacting, or None. Until the transaction ends nobody can answer, and nobody can place
    a hold on the people concerned."""
    as_it_is = select(Invitation).where(Invitation.id == invitation.id).execution_options(populate_existing=True)
    if session.scalar(as_it_is.with_for_update(skip_locked=True)) is None:
        return IN_USE
    return hold_people_still(session, invitation) or foreseen(session, invitation, now=now)


def hold_people_still(session: Session, invitation: Invitation) -> Verdict | None:
    """Keep anybody from placing a hold on the people concerned until the transaction ends; `IN_USE` when somebody is
    just doing so."""
    concerned = {invitation.person_id, invitation.plan_event.plan.child_id}
    people = select(Person.id).where(Person.id.in_(concerned)).with_for_update(read=True, skip_locked=True)
    return IN_USE if len(session.scalars(people).all()) < len(concerned) else None


def let_nobody_claim(session: Session, children: Collection[int]) -> None:
    """Wait for messages about these children that are being claimed this moment, and let no other be claimed until the
    transaction ends: whoever is claimed after it sees what it changed."""
    for batch in batches(sorted(children)):
        held = select(Person.id).where(Person.id.in_(batch)).order_by(Person.id)
        session.execute(held.with_for_update(key_share=True))


def is_forbidden(session: Session, invitation: Invitation) -> bool:
    """Whether a hold, or the case system, forbids even what the family itself asked to be sent. A complaint or an appeal
    does not."""
    hold, tie = _standing_hold(session, invitation), _tie(session, invitation)
    barred = tie is not None and (not tie.contact_allowed or tie.no_longer_named_on is not None)
    return barred or (hold is not None and not _is_gentle(hold, invitation))


def is_named(session: Session, invitation: Invitation) -> bool:
    """Whether this is anybody but a carer whom the case system no longer names for the child."""
    tie = _tie(session, invitation)
    return tie is None or tie.no_longer_named_on is None


def foreseen(session: Session, invitation: Invitation, *, now: datetime) -> Verdict | None:
    """The same, only looked at: for pages that say what comes next, where nothing may be locked or changed."""
    if invitation.state not in OPEN:
        return Verdict(invitation.state.value, is_over=True)
    event = invitation.plan_event
    over = why_not_askable(event)
    if over is not None:
        return Verdict(over, CloseReason.PLAN_WITHDRAWN)
    child_id = event.plan.child_id
    hold = _standing_hold(session, invitation)
    if hold is not None and not (_is_gentle(hold, invitation) and _is_at_its_first(invitation)):
        return _held(hold, invitation)
    return _barred(session, invitation, child_id, now) or _not_running(invitation)


def in_dispute(session: Session, invitation: Invitation) -> bool:
    """Whether a complaint or an appeal about the family is open, and so only one message may go, in its own words."""
    hold = _standing_hold(session, invitation)
    return hold is not None and _is_gentle(hold, invitation)


def _is_gentle(hold: Hold, invitation: Invitation) -> bool:
    """Whether this hold lets one gentle first message through: to a family it does, to a professional nothing goes."""
    return HOLD_POLICY[hold.reason] is HoldPolicy.ONE_GENTLE_MESSAGE and not is_by_mailbox(invitation.campaign)


def _standing_hold(session: Session, invitation: Invitation) -> Hold | None:
    concerned = {invitation.person_id, invitation.plan_event.plan.child_id}
    holds = select(Hold).where(Hold.person_id.in_(concerned), Hold.lifted_at.is_(None)).order_by(Hold.id)
    return standing_hold(session.scalars(holds))


def _is_at_its_first(invitation: Invitation) -> bool:
    """Whether nothing has been taken yet but the gentle message itself, and that has not left."""
    if not invitation.contacts:
        return True
    message = invitation.contacts[-1].message
    gentle = message is not None and message.template == GENTLE_TEMPLATE and message.state is MessageState.QUEUED
    return gentle and len(invitation.contacts) == 1


def _held(hold: Hold, invitation: Invitation) -> Verdict:
    asked = _is_gentle(hold, invitation) and invitation.first_asked_at is not None
    at_close = CloseReason.NO_ANSWER if asked else CloseReason.HELD
    ends = _ENDING.get(hold.reason)
    if ends is not None and hold.person_id != invitation.person_id and is_by_mailbox(invitation.campaign):
        ends = CloseReason.HELD  # the young person asked to be left in peace, and not the setting
    return Verdict(f"hold_{hold.reason.value}", ends, at_close=at_close)


def _barred(session: Session, invitation: Invitation, child_id: int, now: datetime) -> Verdict | None:
    if is_by_mailbox(invitation.campaign):
        return _moved_on(session, invitation, child_id)
    if invitation.person_id == child_id:
        child = session.get_one(Child, child_id)
        return _verdict(why_young_person_not_asked(child, on=london_date(now)))
    tie = _tie(session, invitation)
    if tie is None:
        return Verdict("relationship_gone", CloseReason.PLAN_WITHDRAWN)
    return _verdict(why_not_asked(tie.child, tie, on=london_date(now)))


def _tie(session: Session, invitation: Invitation) -> Relationship | None:
    child_id = invitation.plan_event.plan.child_id
    return session.scalar(
        select(Relationship)
        .where(Relationship.child_id == child_id, Relationship.parent_carer_id == invitation.person_id)
        .execution_options(populate_existing=True)
    )


def _moved_on(session: Session, invitation: Invitation, child_id: int) -> Verdict | None:
    """A setting that the child has left hears no more about them."""
    child = session.get_one(Child, child_id, populate_existing=True)
    mailbox = session.get_one(RoleMailbox, invitation.person_id)
    return None if is_about(mailbox, child) else Verdict("setting_changed", CloseReason.HELD)


def _verdict(reason: NotAsked | None) -> Verdict | None:
    if reason is None:
        return None
    return Verdict(reason.value, None if reason in MAY_CHANGE else _BARRED_ENDS.get(reason, CloseReason.HELD))


def _not_running(invitation: Invitation) -> Verdict | None:
    """A paused campaign may go on; one that has ended asks nobody any more."""
    if invitation.campaign.state is CampaignState.RUNNING:
        return None
    if invitation.campaign.state is not CampaignState.ENDED:
        return Verdict(NOT_RUNNING)
    return Verdict(NOT_RUNNING, CloseReason.HELD if invitation.first_asked_at is None else CloseReason.NO_ANSWER)
