"""Every survey has figures of its own, with n and N, and none holds an answer to another."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from engage.insight.figures import Audience, figures
from engage.surveys.loader import Catalogue
from engage.surveys.models import Mode
from engage.surveys.services import save_answer, start_response, submit_response
from tests.conftest import MONDAY

CODES = ("setting", "health_professional", "sen_support", "event", "training", "transition", "information_and_advice")


@pytest.mark.parametrize("code", [*CODES, "young_person_review", "child_plan"])
def test_each_survey_is_counted_on_its_own(session: Session, catalogue: Catalogue, code: str) -> None:
    survey = catalogue.current(code)
    response = start_response(
        session, survey, about_on=date(2026, 1, 12), local_authority="314", mode=Mode.PAPER, language="en", now=MONDAY
    )
    for question in survey.questions:
        if question.is_coded:
            who = question.options[0].code
            save_answer(response, question, who, now=MONDAY)
    submit_response(response, survey, now=MONDAY)
    session.commit()
    statements = figures(
        session, catalogue, code, "2025/26", audience=Audience.INTERNAL, local_authority="314", now=MONDAY
    )[0]
    assert "1/1" in {cell.text for cell in statements.column("positive")}
