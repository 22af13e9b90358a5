"""A family that was asked and answered."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation
from engage.cases.models import DissatisfactionCase
from engage.cases.services import consider
from engage.core.config import PROJECT
from engage.surveys.loader import Catalogue, load
from engage.surveys.models import ContactChoice, Response
from tests import factories

WEDNESDAY = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

CONTENT = {"assessment_positive": "4", "plan_confidence": "4", "involved": "5", "plan_will_help": "4"}


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load(PROJECT / "surveys")


@pytest.fixture
def answered(session: Session) -> Callable[..., tuple[Response, Invitation]]:
    """A response to the survey after a plan, and the invitation that brought it."""

    def answer(
        contact: ContactChoice = ContactChoice.CONTACT, *, low: bool = True, text: str = "", at: datetime = WEDNESDAY
    ) -> tuple[Response, Invitation]:
        invitation = factories.invitation(session)
        response = factories.response(
            session,
            invitation,
            version=2,
            answers=CONTENT | {"contact": contact.value} | ({"plan_confidence": "1"} if low else {}),
            contact_choice=contact,
            started_at=at,
            saved_at=at,
            submitted_at=at,
        )
        if text:
            factories.free_text(session, response, text)
        return response, invitation

    return answer


@pytest.fixture
def considered(
    session: Session, catalogue: Catalogue
) -> Callable[[tuple[Response, Invitation]], DissatisfactionCase | None]:
    """Consider an answer by the survey's own rules."""

    def look(answer: tuple[Response, Invitation]) -> DissatisfactionCase | None:
        response, invitation = answer
        survey, at = catalogue.get(response.survey, response.version), response.submitted_at or WEDNESDAY
        return consider(session, response, survey, invitation=invitation, flagged=catalogue.flagged_words, now=at)

    return look


@pytest.fixture
def opened(
    answered: Callable[..., tuple[Response, Invitation]],
    considered: Callable[[tuple[Response, Invitation]], DissatisfactionCase | None],
) -> Callable[..., DissatisfactionCase]:
    """A case, opened from an unhappy answer."""

    def make(contact: ContactChoice = ContactChoice.CONTACT, **what: object) -> DissatisfactionCase:
        case = considered(answered(contact, **what))
        assert case is not None
        return case

    return make
