"""Easy Read and large print: chosen on the start page, changed on any page, and never at the price of an answer."""

import re

import pytest
from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.surveys.formats import Format
from engage.surveys.models import Response
from tests import factories
from tests.browser_client import StrictClient
from tests.web.respond.family import HAPPY, Asked, ask, post

EASY = "format=easy_read"


@pytest.fixture
def asked(session: Session, settings: Settings) -> Asked:
    """A family that is asked with a version that has Easy Read."""
    return ask(session, settings, version=2)


def response_of(session: Session, asked: Asked) -> Response:
    session.expire_all()
    found = asked.invitation.response
    assert found is not None
    return found


def test_the_start_page_offers_every_way_to_read(client: StrictClient, asked: Asked) -> None:
    page = client.get(asked.url).text
    assert "Easy Read: short words and pictures" in page
    assert "Large print" in page
    assert "app-idea" not in page


def test_easy_read_begins_with_short_words_and_pictures_and_names_nobody(client: StrictClient, asked: Asked) -> None:
    page = client.get(f"{asked.url}?{EASY}").text
    assert "The plan says what help your child gets." in page
    assert "app-easy" in page
    assert page.count("<svg") > 10
    assert asked.invitation.person.forename not in page


def test_the_format_goes_with_every_address_and_no_cookie_holds_it(client: StrictClient, asked: Asked) -> None:
    started = post(client, f"{asked.url}/start?{EASY}")
    assert EASY in started.location
    page = client.get(started.location).text
    assert "Making the plan went well for me." in page
    assert "easy_read" not in "".join(started.headers.getlist("Set-Cookie"))


def test_a_whole_survey_in_easy_read_gives_the_same_codes(client: StrictClient, session: Session, asked: Asked) -> None:
    post(client, f"{asked.url}/start?{EASY}")
    for question, value in HAPPY.items():
        answer = post(client, f"{asked.url}/question/{question}?{EASY}", {"answer": value})
        assert answer.status_code == 303, answer.text
        assert EASY in answer.location
    check = client.get(f"{asked.url}/check?{EASY}").text
    assert "I agree a lot." in check
    assert "You left this out." in check
    thanks = client.get(post(client, f"{asked.url}/send?{EASY}").location).text
    assert "We will not send you more reminders about this." in thanks
    assert "999" in thanks
    response = response_of(session, asked)
    assert response.format is Format.EASY_READ
    assert response.answers == {key: value for key, value in HAPPY.items() if key != "comment"}


def test_another_format_shows_what_was_answered_before(client: StrictClient, session: Session, asked: Asked) -> None:
    post(client, f"{asked.url}/start")
    post(client, f"{asked.url}/question/involved", {"answer": "2"})
    assert response_of(session, asked).format is Format.STANDARD
    page = client.get(f"{asked.url}/question/involved?{EASY}").text
    assert re.search(r'value="2"\s+checked', page)


def test_changing_the_format_keeps_what_was_typed_and_not_yet_sent(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    post(client, f"{asked.url}/start")
    page = client.get(f"{asked.url}/question/comment").text
    assert 'formaction="' in page
    switched = post(
        client,
        f"{asked.url}/question/comment?format=large_print",
        {"answer": "Half a sent", "switch_language": "large_print"},
    )
    assert switched.status_code == 200
    assert "Half a sent" in switched.text
    assert "app-large" in switched.text
    assert response_of(session, asked).texts == []


def test_whoever_comes_back_finds_the_format_they_began_in(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    post(client, f"{asked.url}/start?{EASY}")
    post(client, f"{asked.url}/question/involved?{EASY}", {"answer": "2"})
    assert "app-easy" in client.get(f"{asked.url}/question/involved").text
    assert "app-easy" not in client.get(f"{asked.url}/question/involved?format=standard").text


def test_a_version_without_easy_read_does_not_offer_it(
    client: StrictClient, session: Session, settings: Settings
) -> None:
    older = ask(session, settings, version=1)
    page = client.get(f"{older.url}?{EASY}")
    assert page.status_code == 200
    assert "short words and pictures" not in page.text
    assert "Large print" in page.text


@pytest.mark.parametrize("named", ["", "huge", "EASY_READ", "easy_read%00x", "<script>"])
def test_a_format_nobody_knows_is_the_standard_one(client: StrictClient, asked: Asked, named: str) -> None:
    page = client.get(f"{asked.url}?format={named}")
    assert page.status_code == 200
    assert "app-easy" not in page.text


def test_pictures_are_silent_because_the_words_stand_beside_them(client: StrictClient, asked: Asked) -> None:
    post(client, f"{asked.url}/start?{EASY}")
    page = client.get(f"{asked.url}/question/involved?{EASY}").text
    pictures = re.findall(r"<svg[^>]*>", page)
    assert pictures
    assert all('aria-hidden="true"' in one and "style=" not in one for one in pictures)


def test_the_format_of_an_unlinked_answer_is_kept_without_the_link(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    factories.noise(session)
    post(client, f"{asked.url}/start?{EASY}")
    for question, value in (HAPPY | {"contact": "do_not_link"}).items():
        post(client, f"{asked.url}/question/{question}?{EASY}", {"answer": value})
    thanks = client.get(post(client, f"{asked.url}/send?{EASY}").location).text
    assert "Nobody can find out it was you." in thanks
    session.expire_all()
    assert asked.invitation.response_id is None
    kept = session.query(Response).filter(Response.format == Format.EASY_READ).one()
    assert kept.answers["involved"] == HAPPY["involved"]


def test_a_survey_that_anybody_may_answer_is_there_in_easy_read_too(client: StrictClient, session: Session) -> None:
    link = factories.open_link(session, slug="moving-on", survey="transition")
    session.commit()
    page = client.get(f"/s/{link.slug}?{EASY}").text
    assert "Moving on is a big change." in page
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    begun = post(client, f"/s/moving-on/start?{EASY}", {"once": once[1]})
    question = post(client, client.get(begun.location).location, {"answer": "other"})
    assert question.status_code == 303
    assert EASY in question.location
    assert session.query(Response).one().format is Format.EASY_READ
