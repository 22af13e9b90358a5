"""Planning: which plan events are asked about, making the invitations that are missing, and following corrections."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload

from engage.campaigns import gate, ladder
from engage.campaigns.asking import finish, settings_of
from engage.campaigns.eligibility import respondents
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import INVITATION_TRANSITIONS, Campaign, CloseReason, Invitation, InvitationState, Step
from engage.campaigns.professionals import is_by_mailbox
from engage.core.audit import SYSTEM
from engage.core.batches import batches
from engage.core.clock import london_date
from engage.people.mailboxes import Mailboxes
from engage.people.models import Child, Relationship
from engage.plans.askable import why_not_askable
from engage.plans.changes import Naming
from engage.plans.models import EhcPlan, PlanEvent


def askable_events(campaign: Campaign, *, now: datetime) -> ColumnElement[bool]:
    """Which plan events a campaign asks about: of its kind, not withdrawn, not from before it began, not stale."""
    oldest = london_date(now) - timedelta(days=settings_of(campaign).stale_after_days)
    return and_(
        PlanEvent.kind == campaign.event_kind,
        PlanEvent.withdrawn_at.is_(None),
        PlanEvent.happened_on >= max(campaign.asks_from, oldest),
    )


def plan_invitations(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """Make the invitations that are missing: one for each event and person who may be asked. Safe to repeat, and
    safe beside another worker doing the same: whoever plans for one survey does so in turn."""
    same_survey = select(Campaign.id).where(Campaign.survey == campaign.survey).order_by(Campaign.id)
    session.execute(same_survey.with_for_update(key_share=True))
    in_sight = askable_events(campaign, now=now)
    invited = (
        select(Invitation.plan_event_id, Invitation.person_id)
        .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
        .where(Invitation.survey == campaign.survey, in_sight)
    )
    known = {(event_id, person_id) for event_id, person_id in session.execute(invited)}
    done = settled(session, campaign, in_sight)
    child = selectinload(PlanEvent.plan).selectinload(EhcPlan.child)
    events = session.scalars(
        select(PlanEvent)
        .where(in_sight)
        .order_by(PlanEvent.happened_on, PlanEvent.id)
        .options(child.selectinload(Child.relationships).selectinload(Relationship.parent_carer))
    )
    settings, today, mailboxes = settings_of(campaign), london_date(now), Mailboxes(session)
    made = [
        _new_invitation(campaign, event, standing.person.id, settings, now)
        for event in events
        if event.id not in done and why_not_askable(event) is None
        for standing in respondents(event.plan.child, campaign.audience, on=today, mailboxes=mailboxes)
        if standing.not_asked is None and (event.id, standing.person.id) not in known
    ]
    if made:
        session.execute(insert(Invitation), made)
    return len(made)


def settled(session: Session, campaign: Campaign, in_sight: ColumnElement[bool]) -> set[int]:
    """Events about which one mailbox has been asked: when the child moves on, no other is asked too."""
    if not is_by_mailbox(campaign):
        return set()
    asked = (
        select(Invitation.plan_event_id)
        .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
        .where(Invitation.survey == campaign.survey, Invitation.first_asked_at.is_not(None), in_sight)
    )
    return set(session.scalars(asked))


def _new_invitation(
    campaign: Campaign, event: PlanEvent, person_id: int, settings: LadderSettings, now: datetime
) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "plan_event_id": event.id,
        "person_id": person_id,
        "survey": campaign.survey,
        "state": InvitationState.PLANNED,
        "next_step": Step.INVITATION,
        "next_due_at": ladder.first_due(event.happened_on, settings, now=now),
        "created_at": now,
    }


def replan(session: Session, event_ids: Sequence[int], *, now: datetime) -> None:
    """Follow corrected events: whoever was not yet asked is asked at the new time; a withdrawn event withdraws what was
    not yet sent, and one that came back goes on where it stopped.

    An invitation that somebody else holds this moment is passed over: the gate, and the ladder at its next rung, see
    what was corrected.
    """
    for batch in batches(event_ids):
        invitations = select(Invitation).where(Invitation.plan_event_id.in_(batch)).order_by(Invitation.id)
        for invitation in session.scalars(invitations.with_for_update(skip_locked=True)):
            _replan_one(session, invitation, now)


def _replan_one(session: Session, invitation: Invitation, now: datetime) -> None:
    event, campaign = invitation.plan_event, invitation.campaign
    not_yet_asked = invitation.first_asked_at is None
    if why_not_askable(event) is not None or (not_yet_asked and event.happened_on < campaign.asks_from):
        if invitation.state in gate.OPEN:
            finish(session, invitation, CloseReason.PLAN_WITHDRAWN, by=SYSTEM, now=now)
    elif invitation.state is InvitationState.WITHDRAWN and not gate.is_named(session, invitation):
        invitation.close_reason = CloseReason.NO_LONGER_NAMED
    elif invitation.state is InvitationState.WITHDRAWN:
        _bring_back(invitation, now)
    elif invitation.state is InvitationState.PLANNED:
        _ask_first(invitation, now)


def take_up_again(session: Session, namings: Collection[Naming], *, now: datetime) -> None:
    """Let carers whom a file names again go on where they stopped, as far as the event is still asked about."""
    named = {(each.child, each.parent_carer) for each in namings}
    for batch in batches(sorted({each.parent_carer for each in namings})):
        withdrawn = (
            select(Invitation)
            .where(Invitation.person_id.in_(batch), Invitation.state == InvitationState.WITHDRAWN)
            .order_by(Invitation.id)
            .options(joinedload(Invitation.plan_event).joinedload(PlanEvent.plan))
        )
        for invitation in session.scalars(withdrawn.with_for_update(skip_locked=True, of=Invitation)):
            if (invitation.plan_event.plan.child_id, invitation.person_id) in named:
                _replan_one(session, invitation, now)


def _bring_back(invitation: Invitation, now: datetime) -> None:
    settings = settings_of(invitation.campaign)
    if ladder.is_stale(invitation.plan_event.happened_on, settings, now=now):
        return
    taken = invitation.contacts[-1].step if invitation.contacts else None
    to = InvitationState.PLANNED if taken is None else InvitationState.ASKING
    INVITATION_TRANSITIONS.check(invitation.state, to)
    invitation.state, invitation.close_reason, invitation.closed_at = to, None, None
    if taken is None:
        _ask_first(invitation, now)
    else:
        invitation.next_step = ladder.step_after(taken, settings)
        invitation.next_due_at = settings.hours.next_moment(now)


def _ask_first(invitation: Invitation, now: datetime) -> None:
    event, settings = invitation.plan_event, settings_of(invitation.campaign)
    invitation.next_step = Step.INVITATION
    invitation.next_due_at = ladder.first_due(event.happened_on, settings, now=now)
