"""What staff found out takes effect at once: who may be asked is, and whoever may not be hears nothing more."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.asking import settings_of
from engage.campaigns.climbing import look_again, open_about
from engage.campaigns.eligibility import family
from engage.campaigns.models import Campaign, CampaignState
from engage.campaigns.planning import askable_events
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.people import checks
from engage.people.contactability import NotAsked
from engage.people.models import Capacity, Child, ParentCarer
from engage.plans.askable import why_not_askable
from engage.plans.models import EhcPlan, PlanEvent


def check_carer(
    session: Session, child: Child, parent: ParentCarer, *, may_ask: bool, by: Actor, now: datetime, note: str = ""
) -> None:
    """Keep a worker's word on a parent carer of a looked-after child, and let the asking follow it."""
    checks.check_carer(session, child, parent, may_ask=may_ask, by=by, now=now, note=note)
    _follow(session, child, by, now)


def record_capacity(
    session: Session, child: Child, outcome: Capacity, *, basis: str, review_on: date, by: Actor, now: datetime
) -> None:
    """Keep what was found about a young person's capacity, and let the asking follow it."""
    checks.record_capacity(session, child, outcome, basis=basis, review_on=review_on, by=by, now=now)
    _follow(session, child, by, now)


def _follow(session: Session, child: Child, by: Actor, now: datetime) -> None:
    """Stop what may no longer go, and look soon at what may; whoever is new is planned with everybody else."""
    session.flush()
    look_again(session, [child.id], by=by, now=now)
    for invitation in open_about(session, [child.id]):
        invitation.next_due_at = settings_of(invitation.campaign).hours.next_moment(now)


TO_FIND_OUT = (NotAsked.LOOKED_AFTER_NEEDS_CHECK, NotAsked.NEEDS_REPRESENTATIVE)


def to_find_out(session: Session, campaign: Campaign, *, now: datetime) -> list[tuple[Child, NotAsked]]:
    """Children about whom somebody must find out who can be asked before this campaign can, each once, with the reason."""
    events = session.scalars(
        select(PlanEvent)
        .join(EhcPlan, EhcPlan.id == PlanEvent.plan_id)
        .join(Child, Child.id == EhcPlan.child_id)
        .where(askable_events(campaign, now=now), Child.looked_after | Child.capacity_records.any())
        .order_by(PlanEvent.happened_on, PlanEvent.id)
    )
    found: dict[int, tuple[Child, NotAsked]] = {}
    for event in events:
        child = event.plan.child
        if why_not_askable(event) is not None:
            continue
        for standing in family(child, campaign.audience, on=london_date(now)):
            if standing.not_asked in TO_FIND_OUT:
                found.setdefault(child.id, (child, standing.not_asked))
    return list(found.values())


def all_to_find_out(session: Session, *, now: datetime) -> list[tuple[Child, NotAsked]]:
    """The same for every running campaign, each child once."""
    running = select(Campaign).where(Campaign.state == CampaignState.RUNNING).order_by(Campaign.id)
    found: dict[int, tuple[Child, NotAsked]] = {}
    for campaign in session.scalars(running):
        for child, because in to_find_out(session, campaign, now=now):
            found.setdefault(child.id, (child, because))
    return list(found.values())
