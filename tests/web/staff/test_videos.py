"""Videos of questions: set at a desk, and shown to a family as one plain link."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.core.config import Settings
from engage.surveys.video_models import QuestionVideo
from tests.browser_client import StrictClient
from tests.web.respond.family import ask, begin

SignIn = Callable[[StrictClient, Staff], StrictClient]
FORM = {
    "about": "post_issuance:involved",
    "language": "bfi",
    "address": "https://vimeo.com/12345",
    "minutes": "1",
    "seconds": "10",
}


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    """Bronwen's browser."""
    return sign_in(client, bronwen)


def test_a_linked_video_stands_beside_its_question_as_a_plain_link(
    officer: StrictClient, session: Session, settings: Settings
) -> None:
    asked = ask(session, settings, version=2)
    begin(officer, asked)
    assert "vimeo" not in officer.get(f"{asked.url}/question/involved").text
    assert officer.post("/staff/videos", data=FORM).status_code == 303
    page = officer.get(f"{asked.url}/question/involved").text
    assert "Watch this question in British Sign Language</a><br>About 1 minute." in page
    assert 'href="https://vimeo.com/12345"' in page
    assert "<iframe" not in page
    assert "vimeo" not in officer.get(f"{asked.url}/question/plan_confidence").text


def test_the_start_page_can_have_one_and_in_easy_read_too(
    officer: StrictClient, session: Session, settings: Settings
) -> None:
    officer.post("/staff/videos", data=FORM | {"about": "post_issuance:start", "minutes": "3"})
    asked = ask(session, settings, version=2)
    for address in (asked.url, f"{asked.url}?format=easy_read"):
        assert "in British Sign Language</a><br>About 3 minutes." in officer.get(address).text


def test_a_video_in_another_language_is_for_those_who_read_it(
    officer: StrictClient, session: Session, settings: Settings
) -> None:
    officer.post("/staff/videos", data=FORM | {"about": "post_issuance:start", "language": "ta"})
    assert "vimeo" not in officer.get(ask(session, settings, version=2).url).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"about": ""}, "Select what it is a video of"),
        ({"about": "post_issuance:unheard"}, "Select a question"),
        ({"language": "xx"}, "Select its language"),
        ({"address": "http://vimeo.com/1"}, "starts with https://"),
        ({"address": "https://evil.example/1"}, "not on the list"),
        ({"minutes": "x"}, "how long the video is"),
    ],
)
def test_every_mistake_is_named_and_nothing_is_lost(
    officer: StrictClient, session: Session, changed: dict[str, str], words: str
) -> None:
    answer = officer.post("/staff/videos", data=FORM | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert (FORM | changed)["address"] in answer.text
    assert session.scalars(select(QuestionVideo)).all() == []


def test_it_can_be_taken_away(officer: StrictClient, session: Session) -> None:
    officer.post("/staff/videos", data=FORM)
    video = session.scalars(select(QuestionVideo)).one()
    assert officer.post(f"/staff/videos/{video.id}/remove").status_code == 303
    assert "No video is linked" in officer.get("/staff/videos").text
