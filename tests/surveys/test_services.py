"""Starting, saving and sending a response."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.errors import Conflict, Misconfigured
from engage.surveys.definition import Survey
from engage.surveys.loader import Catalogue
from engage.surveys.models import Completeness, ContactChoice, Mode, Response, SentVersion
from engage.surveys.services import lock_version, save_answer, start_response, submit_response, texts_of
from tests import factories

NOW = datetime(2026, 3, 17, 20, 15, tzinfo=UTC)


@pytest.fixture
def survey(catalogue: Catalogue) -> Survey:
    return catalogue.current("post_issuance")


def start(session: Session, survey: Survey) -> Response:
    return start_response(
        session,
        survey,
        about_on=date(2026, 2, 16),
        local_authority="314",
        mode=Mode.LINK,
        language="en",
        now=factories.AT,
    )


def fill_in(response: Response, survey: Survey, answers: Mapping[str, str | None]) -> None:
    for question_id, value in answers.items():
        question = survey.question(question_id)
        assert question is not None
        save_answer(response, question, value, now=NOW)


HAPPY = {"assessment_positive": "5", "plan_confidence": "4", "involved": "5", "plan_will_help": "4"}


def test_a_response_knows_the_quarter_and_never_the_day_or_the_person(session: Session, survey: Survey) -> None:
    response = start(session, survey)
    assert (response.cohort_quarter, response.answers, response.submitted_at) == (date(2026, 1, 1), {}, None)
    assert (response.survey, response.version) == (survey.code, survey.version)
    assert not set(response.reference) & set("01ILO")
    assert len({start(session, survey).reference for _ in range(20)}) == 20


def test_a_version_is_locked_by_its_first_use_and_its_words_never_change_after(
    session: Session, survey: Survey
) -> None:
    lock_version(session, survey, now=factories.AT)
    lock_version(session, survey, now=NOW)
    assert session.scalars(select(SentVersion.first_used_at)).one() == factories.AT
    with pytest.raises(Misconfigured, match="was changed after families had been asked"):
        lock_version(session, Survey.model_construct(**(dict(survey) | {"topic": "something else"})), now=NOW)


def test_answers_are_saved_changed_and_taken_back(session: Session, survey: Survey) -> None:
    response = start(session, survey)
    fill_in(response, survey, {"involved": "2", "comment": "First words"})
    fill_in(response, survey, {"involved": "3", "comment": "Other words"})
    assert (response.answers, texts_of(response), response.saved_at) == (
        {"involved": "3"},
        {"comment": "Other words"},
        NOW,
    )
    fill_in(response, survey, {"involved": None, "comment": None})
    session.flush()
    assert (response.answers, texts_of(response)) == ({}, {})


def test_what_was_sent_is_sent(session: Session, survey: Survey) -> None:
    response = start(session, survey)
    fill_in(response, survey, HAPPY | {"contact": "contact"})
    assert submit_response(response, survey, now=NOW) is ContactChoice.CONTACT
    assert (response.completeness, response.submitted_at) == (Completeness.COMPLETE, NOW)
    with pytest.raises(Conflict):
        submit_response(response, survey, now=NOW)
    with pytest.raises(Conflict):
        fill_in(response, survey, {"involved": "1"})


def test_without_a_choice_nobody_contacts_them_or_uses_their_name(session: Session, survey: Survey) -> None:
    response = start(session, survey)
    fill_in(response, survey, HAPPY)
    assert submit_response(response, survey, now=NOW) is ContactChoice.WITHOUT_NAME


def test_whoever_would_not_be_linked_loses_the_day(session: Session, survey: Survey) -> None:
    response = start(session, survey)
    fill_in(response, survey, HAPPY | {"contact": "do_not_link"})
    assert submit_response(response, survey, now=NOW) is ContactChoice.DO_NOT_LINK
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert {response.started_at, response.saved_at, response.submitted_at} == {noon}


def test_an_empty_response_is_a_break_off(session: Session, survey: Survey) -> None:
    response = start(session, survey)
    submit_response(response, survey, now=NOW)
    assert response.completeness is Completeness.BREAK_OFF
