"""Setting campaigns up and running them."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import services
from engage.campaigns.ladder import LadderSettings, read_settings
from engage.campaigns.models import Campaign, CampaignState
from engage.core.audit import AuditEvent, staff_actor
from engage.core.errors import Conflict, Invalid
from engage.plans.models import PlanEventKind
from tests import factories

BRONWEN = staff_actor(1)
MOVES = {
    "launch": services.launch,
    "pause": services.pause,
    "resume": services.resume,
    "end": services.end,
}
LAWFUL = {
    (CampaignState.DRAFT, "launch"): CampaignState.RUNNING,
    (CampaignState.RUNNING, "pause"): CampaignState.PAUSED,
    (CampaignState.RUNNING, "end"): CampaignState.ENDED,
    (CampaignState.PAUSED, "resume"): CampaignState.RUNNING,
    (CampaignState.PAUSED, "launch"): CampaignState.RUNNING,
    (CampaignState.PAUSED, "end"): CampaignState.ENDED,
    (CampaignState.DRAFT, "resume"): CampaignState.RUNNING,
}


def create(session: Session, **given: Any) -> Campaign:
    values: dict[str, Any] = {
        "name": " After a new plan ",
        "survey": "post_issuance",
        "event_kind": PlanEventKind.PLAN_ISSUED,
        "asks_from": date(2026, 3, 2),
        "ladder": LadderSettings(wait_days=10),
        "by": BRONWEN,
        "now": factories.AT,
    }
    return services.create_campaign(session, **(values | given))


def test_a_new_campaign_is_a_draft_with_its_own_ladder(session: Session) -> None:
    made = create(session)
    assert (made.name, made.state, made.created_by) == ("After a new plan", CampaignState.DRAFT, "staff:1")
    assert read_settings(made.ladder) == LadderSettings(wait_days=10)


@pytest.mark.parametrize("name", ["", "  ", "After a new plan"])
def test_a_campaign_needs_a_name_of_its_own(session: Session, name: str) -> None:
    create(session)
    with pytest.raises(Invalid) as raised:
        create(session, name=name)
    assert set(raised.value.fields) == {"name"}


@pytest.mark.parametrize("move", list(MOVES))
@pytest.mark.parametrize("state", list(CampaignState))
def test_a_campaign_moves_only_as_it_may(session: Session, state: CampaignState, move: str) -> None:
    campaign = factories.campaign(session, state=state)
    to = LAWFUL.get((state, move))
    if to is None:
        with pytest.raises(Conflict):
            MOVES[move](session, campaign, by=BRONWEN, now=factories.AT)
        assert campaign.state is state
    else:
        MOVES[move](session, campaign, by=BRONWEN, now=factories.AT)
        assert campaign.state is to
        session.flush()
        assert session.scalars(select(AuditEvent.kind)).all() == [f"campaign.{PAST[move]}"]


PAST = {"launch": "launched", "pause": "paused", "resume": "resumed", "end": "ended"}


def test_what_a_ladder_was_before_is_kept(session: Session) -> None:
    campaign = create(session)
    services.change_ladder(session, campaign, LadderSettings(wait_days=21), by=BRONWEN, now=factories.AT)
    assert read_settings(campaign.ladder).wait_days == 21
    detail = session.scalars(select(AuditEvent.detail).where(AuditEvent.kind == "campaign.ladder_changed")).one()
    assert (detail["before"]["wait_days"], detail["after"]["wait_days"]) == (10, 21)
