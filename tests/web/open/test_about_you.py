"""About you, after an answer by an open link: only where a family answered, only in the browser that sent it."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities.models import OpenLink
from engage.surveys.equality_models import EqualityAnswers
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.open.test_open_door import make, start


def sends(client: StrictClient, clock: SettableClock, catalogue: Catalogue, link: OpenLink, who: str) -> str:
    """Answer everything, saying who they are, and send it; the answer's address."""
    at = start(client, link)
    where = client.get(at).location
    while "/question/" in where:
        question = catalogue.current(link.survey).question(where.split("/question/")[1].split("?")[0])
        assert question
        given = who if question.id == "who" else question.options[0].code if question.is_coded else ""
        where = client.post(where, data={"answer": given}).location
    clock.advance(minutes=1)
    assert client.post(f"{at}/send").location == f"{at}/thank-you"
    return at


@pytest.mark.parametrize(
    ("survey", "who", "asked"),
    [
        ("sen_support", "parent_carer", True),
        ("sen_support", "has_plan", True),
        ("sen_support", "other", False),
        ("transition", "young_person", True),
        ("transition", "other", False),
        ("information_and_advice", "parent_carer", True),
        ("event", "parent_carer", False),
        ("training", "", False),
    ],
)
def test_it_is_offered_to_families_alone(
    client: StrictClient,
    session: Session,
    catalogue: Catalogue,
    clock: SettableClock,
    survey: str,
    who: str,
    asked: bool,
) -> None:
    at = sends(client, clock, catalogue, make(session, catalogue, survey=survey), who)
    assert ("May we ask about you?" in client.get(f"{at}/thank-you").text) is asked
    assert client.get(f"{at}/about-you").status_code == (200 if asked else 303)


def test_what_they_say_leads_to_no_answer_and_another_browser_is_not_asked(
    app: Flask, client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock
) -> None:
    at = sends(client, clock, catalogue, make(session, catalogue), "parent_carer")
    where = client.post(f"{at}/about-you", data={"want": "yes"}).location
    first = where
    while "/about-you/" in where:
        given = {"ethnic_group": ["asian"], "language": ["ta"]}.get(where.rpartition("/")[2], [])
        where = client.post(where, data={"answer": given}).location
    assert where == f"{at}/thank-you"
    session.rollback()
    said = session.scalars(select(EqualityAnswers)).one()
    assert said.answers == {"ethnic_group": "asian", "language": "ta"}
    response = session.scalars(select(Response)).one()
    assert (said.survey, said.cohort_quarter) == (response.survey, response.cohort_quarter)
    assert said.id != response.id

    another = StrictClient(app, app.response_class, before=session.commit)
    assert "May we ask" not in another.get(f"{at}/thank-you").text
    assert another.get(first).location == f"{at}/thank-you"
    assert another.post(f"{at}/about-you", data={"want": "yes"}).location == f"{at}/thank-you"


def test_the_cookie_is_for_this_one_answer_and_ends_with_the_visit(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock
) -> None:
    at = sends(client, clock, catalogue, make(session, catalogue), "parent_carer")
    assert client.get_cookie("engage-visit", path=at) is not None
    assert client.get_cookie("engage-visit", path="/") is None
    assert client.get(f"{at}/about-you").status_code == 200
    clock.advance(hours=9)
    assert client.get(f"{at}/about-you").status_code == 303
