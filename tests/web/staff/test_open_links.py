"""Open links as staff keep them: made, counted week by week, printed, closed, and answered by phone or on paper."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.activities.models import OpenLink
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from engage.web.survey_pages import phone_name
from tests.browser_client import StrictClient

NEW = {
    "survey": "sen_support",
    "name": "Spring newsletter",
    "opens_on": ["2", "3", "2026"],
    "closes_on": ["", "", ""],
    "is_listed": "y",
}


@pytest.fixture
def officer(
    client: StrictClient, sign_in: Callable[[StrictClient, Staff], StrictClient], bronwen: Staff
) -> StrictClient:
    return sign_in(client, bronwen)


def made(officer: StrictClient, session: Session) -> OpenLink:
    assert officer.post("/staff/open-links/new", data=NEW).status_code == 302
    return session.scalars(select(OpenLink)).one()


def test_a_link_is_made_listed_printed_closed_and_opened_again(officer: StrictClient, session: Session) -> None:
    link = made(officer, session)
    path = f"/staff/open-links/{link.id}"
    assert "Spring newsletter" in officer.get("/staff/open-links").text
    assert f"/s/{link.slug}" in officer.get(path).text.replace("<wbr>", "")
    poster = officer.get(f"{path}/poster").text
    assert "<svg" in poster
    assert f"localhost:8000/s/{link.slug}" in poster.replace("<wbr>", "")
    assert officer.post(f"{path}/close").status_code == 302
    assert "Closed" in officer.get(path).text
    assert officer.post(f"{path}/open-again").status_code == 302
    assert officer.post(f"{path}/open-again").status_code == 409


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"survey": ""}, "Select a survey"),
        ({"survey": "post_issuance"}, "not asked by an open link"),
        ({"name": ""}, "Enter a name"),
        ({"opens_on": ["31", "2", "2026"]}, "Enter a real date"),
        ({"closes_on": ["1", "3", "2026"]}, "must not come before"),
    ],
)
def test_a_mistake_stands_beside_its_field(officer: StrictClient, given: dict[str, object], said: str) -> None:
    answer = officer.post("/staff/open-links/new", data=NEW | given)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("mode", ["phone", "paper", "face_to_face"])
def test_answers_by_phone_or_on_paper_are_kept_apart_and_counted(
    officer: StrictClient, session: Session, catalogue: Catalogue, mode: str
) -> None:
    link = made(officer, session)
    survey = catalogue.current("sen_support")
    path = f"/staff/open-links/{link.id}/enter/{mode}"
    assert officer.get(path).status_code == 200
    assert officer.post(path, data={}).status_code == 422
    given = {phone_name(one): one.options[0].code for one in survey.questions if one.is_coded}
    assert officer.post(path, data=given).status_code == 302
    response = session.scalars(select(Response)).one()
    assert (response.mode.value, response.is_open, bool(response.interviewer)) == (mode, True, True)
    assert "This week" in officer.get("/staff/open-links").text


def test_paper_is_taken_in_with_what_was_left_blank(
    officer: StrictClient, session: Session, catalogue: Catalogue
) -> None:
    link = made(officer, session)
    first = next(one for one in catalogue.current("sen_support").questions if one.is_coded)
    given = {phone_name(first): first.options[0].code}
    assert officer.post(f"/staff/open-links/{link.id}/enter/phone", data=given).status_code == 422
    assert officer.post(f"/staff/open-links/{link.id}/enter/paper", data=given).status_code == 302
