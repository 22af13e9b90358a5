"""Booklets that came back: taken in once, blank where the paper is blank, and never over what came another way."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import booklets
from engage.campaigns.booklet_models import Booklet
from engage.campaigns.models import Invitation, InvitationState, Step
from engage.cases import paper
from engage.cases.models import DissatisfactionCase
from engage.core.audit import AuditEvent, staff_actor
from engage.core.config import Settings
from engage.core.errors import Conflict, Invalid
from engage.surveys.definition import Mode
from engage.surveys.formats import Format
from engage.surveys.loader import Catalogue
from engage.surveys.models import Completeness, FreeText, Response
from tests import factories

AT = factories.AT + timedelta(days=8)
BRONWEN = staff_actor(7)
HAPPY: dict[str, str | None] = {
    "assessment_positive": "5",
    "plan_confidence": "4",
    "involved": "5",
    "plan_will_help": "4",
    "contact": "without_name",
}


@pytest.fixture
def booklet(session: Session, catalogue: Catalogue, settings: Settings) -> Booklet:
    """Printed in Easy Read and Arabic for somebody who is being asked."""
    asked = factories.invitation(session, state=InvitationState.ASKING, version=3, next_step=Step.CALL)
    return booklets.print_booklet(
        session,
        asked,
        catalogue,
        settings.secrets,
        language="ar",
        in_format=Format.EASY_READ,
        by=BRONWEN,
        now=factories.AT,
    )


def enter(session: Session, booklet: Booklet, catalogue: Catalogue, given: dict[str, str | None] = HAPPY) -> Response:
    return paper.enter_booklet(session, booklet, catalogue, given, received_on=AT.date(), by=BRONWEN, now=AT)


def test_its_answers_are_the_invitations_and_say_how_they_came(
    session: Session, catalogue: Catalogue, booklet: Booklet
) -> None:
    response = enter(session, booklet, catalogue)
    assert (response.mode, response.interviewer) == (Mode.PAPER, "staff:7")
    assert (response.language, response.format) == ("ar", Format.EASY_READ)
    assert response.answers["involved"] == "5"
    assert booklet.invitation.state is InvitationState.ANSWERED
    assert booklet.invitation.next_step is None
    assert (booklet.received_on, booklet.entered_by) == (AT.date(), "staff:7")
    kinds = set(session.scalars(select(AuditEvent.kind)))
    assert {"booklet.printed", "booklet.entered", "invitation.answered"} <= kinds


def test_what_is_blank_on_paper_stays_blank(session: Session, catalogue: Catalogue, booklet: Booklet) -> None:
    response = enter(session, booklet, catalogue, {"involved": "2", "comment": "Nobody rang us."})
    assert response.answers == {"involved": "2"}
    assert response.completeness is Completeness.BREAK_OFF
    assert session.scalars(select(FreeText.text)).one() == "Nobody rang us."
    assert session.scalars(select(DissatisfactionCase)).one().may_contact is False


def test_an_empty_booklet_is_refused(session: Session, catalogue: Catalogue, booklet: Booklet) -> None:
    with pytest.raises(Invalid):
        enter(session, booklet, catalogue, dict.fromkeys(HAPPY))


def test_answers_that_came_another_way_stand(session: Session, catalogue: Catalogue, booklet: Booklet) -> None:
    theirs = factories.response(session, booklet.invitation, answers={"involved": "1"})
    with pytest.raises(Conflict):
        enter(session, booklet, catalogue)
    session.refresh(theirs)
    assert theirs.answers == {"involved": "1"}


def test_a_booklet_is_typed_in_once(session: Session, catalogue: Catalogue, booklet: Booklet) -> None:
    enter(session, booklet, catalogue)
    with pytest.raises(Conflict):
        enter(session, booklet, catalogue)


def test_whoever_is_not_to_be_linked_loses_the_link_on_paper_too(
    session: Session, catalogue: Catalogue, booklet: Booklet
) -> None:
    response = enter(session, booklet, catalogue, HAPPY | {"contact": "do_not_link"})
    invitation = session.get_one(Invitation, booklet.invitation_id)
    assert invitation.response_id is None
    assert invitation.state is InvitationState.ANSWERED
    assert response.interviewer is None
    assert response.format is Format.EASY_READ


def blank(session: Session, catalogue: Catalogue, code: str, given: dict[str, str | None], **changes: Any) -> Response:
    values: dict[str, Any] = {
        "local_authority": "314",
        "language": "en",
        "in_format": Format.LARGE_PRINT,
        "received_on": AT.date(),
        "by": BRONWEN,
        "now": AT,
    }
    return paper.enter_blank(session, catalogue.current(code), catalogue, given, **(values | changes))


def test_a_blank_booklet_is_counted_like_an_open_link(session: Session, catalogue: Catalogue) -> None:
    response = blank(session, catalogue, "sen_support", {"who": "parent_carer", "engagement_and_views": "4"})
    assert response.is_open
    assert (response.mode, response.format) == (Mode.PAPER, Format.LARGE_PRINT)
    assert response.submitted_at == AT


def test_an_answer_to_a_question_that_does_not_apply_counts_for_nothing(session: Session, catalogue: Catalogue) -> None:
    response = blank(session, catalogue, "sen_support", {"who": "other", "engagement_and_views": "4"})
    assert response.answers == {"who": "other"}


@pytest.mark.parametrize("code", ["post_issuance", "young_person"])
def test_a_survey_that_is_asked_by_name_has_no_blank_booklets(
    session: Session, catalogue: Catalogue, code: str
) -> None:
    with pytest.raises(Invalid):
        blank(session, catalogue, code, HAPPY)


def test_a_blank_one_cannot_come_tomorrow(session: Session, catalogue: Catalogue) -> None:
    with pytest.raises(Invalid):
        blank(session, catalogue, "sen_support", {"who": "other"}, received_on=AT.date() + timedelta(days=1))
