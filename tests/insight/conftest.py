"""A house of families that were asked, for figures to be made of."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.campaigns.models import Campaign, Invitation
from engage.core.periods import quarter_of
from engage.plans.models import PlanEvent
from tests import factories

ISSUED = date(2025, 11, 3)
"""In Q3 2025/26."""


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return factories.campaign(session, asks_from=date(2025, 4, 1))


@pytest.fixture
def event(session: Session) -> Callable[..., PlanEvent]:
    """`event(ethnicity="ASLT")`: a plan issued to a child of a family."""

    def made(happened_on: date = ISSUED, **of_child: Any) -> PlanEvent:
        child = factories.child(session, **of_child)
        factories.relationship(session, child, factories.parent_carer(session))
        return factories.plan_event(session, factories.plan(session, child, started_on=happened_on))

    return made


@pytest.fixture
def asked(session: Session, campaign: Campaign) -> Callable[..., Invitation]:
    """`asked(event, close_reason=...)`: an invitation of one parent about an event."""

    def made(about: PlanEvent, **given: Any) -> Invitation:
        parent = factories.parent_carer(session)
        factories.relationship(session, about.plan.child, parent)
        return factories.invitation(session, campaign, parent, about, **given)

    return made


@pytest.fixture
def answered(session: Session, asked: Callable[..., Invitation]) -> Callable[..., Invitation]:
    """`answered(event, agreed=False)`: one parent's whole answer."""

    def made(about: PlanEvent, *, agreed: bool = True, linked: bool = True, **given: Any) -> Invitation:
        invitation = asked(about, answered_at=datetime(2026, 1, 5, tzinfo=UTC), **given)
        factories.response(
            session,
            invitation,
            version=2,
            cohort_quarter=quarter_of(about.happened_on).first,
            answers={"assessment_positive": "4" if agreed else "2"},
        )
        if not linked:
            invitation.response_id = None
        session.flush()
        return invitation

    return made
