"""Setting campaigns up and running them."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import CAMPAIGN_TRANSITIONS, Campaign, CampaignState
from engage.core import audit
from engage.core.audit import Actor
from engage.core.db import lock
from engage.core.errors import Invalid
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience


def create_campaign(
    session: Session,
    *,
    name: str,
    survey: str,
    audience: Audience = Audience.PARENT_CARER,
    event_kind: PlanEventKind,
    asks_from: date,
    ladder: LadderSettings,
    by: Actor,
    now: datetime,
) -> Campaign:
    """A draft campaign: nothing is asked until it is launched."""
    name = name.strip()
    if not name:
        raise Invalid("Enter a name for the campaign.", {"name": "Enter a name for the campaign"})
    if not audience.is_known:
        raise Invalid("Nobody is sent this survey.", {"survey": "Select a survey that is sent to somebody"})
    if session.scalar(select(Campaign.id).where(Campaign.name == name)):
        raise Invalid("There is a campaign with this name.", {"name": "Enter a name no other campaign has"})
    campaign = Campaign(
        name=name,
        survey=survey,
        audience=audience,
        event_kind=event_kind,
        ladder=ladder.model_dump(mode="json"),
        asks_from=asks_from,
        created_at=now,
        created_by=str(by),
    )
    session.add(campaign)
    session.flush()
    audit.record(session, "campaign.created", "campaign", campaign.id, by=by, now=now, survey=survey)
    return campaign


def change_ladder(session: Session, campaign: Campaign, ladder: LadderSettings, *, by: Actor, now: datetime) -> None:
    """New days and hours, for every contact not yet planned."""
    lock(session, campaign)
    before = campaign.ladder
    campaign.ladder = ladder.model_dump(mode="json")
    audit.record(
        session,
        "campaign.ladder_changed",
        "campaign",
        campaign.id,
        by=by,
        now=now,
        before=before,
        after=campaign.ladder,
    )


def _move(session: Session, campaign: Campaign, to: CampaignState, kind: str, by: Actor, now: datetime) -> None:
    lock(session, campaign)
    CAMPAIGN_TRANSITIONS.check(campaign.state, to)
    campaign.state = to
    audit.record(session, kind, "campaign", campaign.id, by=by, now=now)


def launch(session: Session, campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Start asking."""
    _move(session, campaign, CampaignState.RUNNING, "campaign.launched", by, now)


def pause(session: Session, campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Stop all contact for now; messages already queued wait at the gate, and everybody keeps their place."""
    _move(session, campaign, CampaignState.PAUSED, "campaign.paused", by, now)


def resume(session: Session, campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Go on asking; whoever became overdue meanwhile is contacted next, each gap kept."""
    _move(session, campaign, CampaignState.RUNNING, "campaign.resumed", by, now)


def end(session: Session, campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Stop for good: what is open ends when it next comes up. Answers given are kept, and late ones still welcome."""
    _move(session, campaign, CampaignState.ENDED, "campaign.ended", by, now)
