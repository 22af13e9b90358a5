"""What a family finds behind its link."""

import re

import pytest
from sqlalchemy.orm import Session

from engage.campaigns.models import CloseReason, InvitationState
from engage.core.config import Settings
from engage.core.db import Database
from engage.people.models import ParentCarer
from tests.browser_client import StrictClient
from tests.web.respond.family import HAPPY, Asked, answer_all, ask, begin, dump, post, send

UNKNOWN = ["a" * 26, "x", "A" * 26, "%00", "é" * 13, "a" * 5000, "..%2F..%2Fetc"]


def test_the_start_page_says_who_asks_why_how_long_and_who_will_see_it(client: StrictClient, asked: Asked) -> None:
    page = client.get(asked.url).text
    for words in (
        "Tell us about getting your child&#39;s plan",
        "Kingston Council and Achieving for Children",
        "About 2 minutes",
        "confidential. It is not anonymous",
        "020 7946 0100",
        "This is not for me",
        "Please stop asking me",
        ">\n  Start\n<",
    ):
        assert words in page, words


@pytest.mark.parametrize("state", ["open", "started", "answered", "closed"])
def test_no_page_before_the_questions_holds_anything_personal(
    client: StrictClient, session: Session, asked: Asked, state: str
) -> None:
    if state == "started":
        begin(client, asked)
    if state == "answered":
        answer_all(client, asked)
        send(client, asked)
    if state == "closed":
        asked.invitation.state, asked.invitation.close_reason = InvitationState.CLOSED, CloseReason.HELD
    for path in ("", "/stop", "/not-for-me"):
        page = client.get(asked.url + path).text
        for word in ("Amina", "Zain", "Invented", "amina@example.org", "900123", "16 February"):
            assert word not in page


def test_the_door_sets_one_cookie_and_only_once_start_was_pressed(client: StrictClient, asked: Asked) -> None:
    before = [client.get(asked.url + path) for path in ("", "/stop", "/not-for-me")]
    answers = [begin(client, asked), client.get(f"{asked.url}/question/involved")]
    answer_all(client, asked)
    answers += [client.get(f"{asked.url}/check"), send(client, asked), client.get(f"{asked.url}/thank-you")]
    for answer in before:
        assert "Set-Cookie" not in answer.headers
    assert [answer.headers.get("Set-Cookie", "").partition("=")[0] for answer in answers] == [
        "engage-visit",
        "",
        "",
        "engage-visit",
        "",
    ]
    for part in ("HttpOnly", f"Path={asked.url}", "SameSite=Lax", "Max-Age=3600"):
        assert part in answers[0].headers["Set-Cookie"]
    for answer in before + answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize("token", UNKNOWN)
@pytest.mark.parametrize("path", ["", "/question/involved", "/check", "/thank-you", "/not-for-me", "/stop"])
def test_an_unknown_link_gets_a_kind_page_that_says_nothing_of_anybody(
    client: StrictClient, asked: Asked, token: str, path: str
) -> None:
    answer = client.get(f"/r/{token}{path}")
    assert answer.status_code == 404
    if token == "a" * 26:
        assert "We do not know this link" in answer.text
        assert "020 7946 0100" in answer.text
        assert post(client, f"/r/{token}{path or '/start'}").status_code in (404, 405)


@pytest.mark.parametrize("path", ["start", "send"])
def test_an_address_that_only_a_form_leads_to_leads_to_the_beginning_when_looked_at(
    client: StrictClient, asked: Asked, path: str
) -> None:
    answer = client.get(f"{asked.url}/{path}")
    assert (answer.status_code, answer.location) == (303, asked.url)


@pytest.mark.parametrize("state", ["open", "started", "answered", "stopped"])
def test_looking_fifty_times_changes_nothing(
    client: StrictClient, database: Database, asked: Asked, state: str
) -> None:
    if state in ("started", "answered"):
        answer_all(client, asked)
    if state == "answered":
        send(client, asked)
    if state == "stopped":
        post(client, f"{asked.url}/stop")
    before = dump(database)
    paths = [
        "",
        "/",
        "/start",
        "/question/involved",
        "/question/nonsense",
        "/check",
        "/send",
        "/thank-you",
        "/not-for-me",
    ]
    paths += ["/not-for-me/told", "/stop"]
    for _ in range(5):
        for path in paths:
            assert client.get(asked.url + path).status_code in (200, 303)
            assert client.head(asked.url + path).status_code in (200, 303)
            assert client.options(asked.url + path).status_code == 200
    assert dump(database) == before


def test_whoever_has_begun_carries_on_at_the_first_question_without_an_answer(
    client: StrictClient, asked: Asked
) -> None:
    assert begin(client, asked).location == f"{asked.url}/question/assessment_positive"
    post(client, f"{asked.url}/question/assessment_positive", {"answer": "2"})
    assert "Carry on" in client.get(asked.url).text
    assert begin(client, asked).location == f"{asked.url}/question/plan_confidence"
    answer_all(client, asked, dict(list(HAPPY.items())[:4]))
    assert begin(client, asked).location == f"{asked.url}/question/comment"
    answer_all(client, asked)
    assert begin(client, asked).location == f"{asked.url}/check"


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (InvitationState.CLOSED, CloseReason.OPTED_OUT, "You asked us to stop"),
        (InvitationState.CLOSED, CloseReason.NOT_FOR_ME, "did not want to answer this one"),
        (InvitationState.CLOSED, CloseReason.REFUSED_ON_PHONE, "did not want to answer this one"),
        (InvitationState.CLOSED, CloseReason.HELD, "can no longer be answered here"),
        (InvitationState.WITHDRAWN, CloseReason.PLAN_WITHDRAWN, "can no longer be answered here"),
    ],
)
def test_a_closed_survey_says_so_kindly_and_what_can_still_be_done(
    client: StrictClient, asked: Asked, state: InvitationState, reason: CloseReason, words: str
) -> None:
    asked.invitation.state, asked.invitation.close_reason = state, reason
    page = client.get(asked.url).text
    for expected in (words, "020 7946 0100", "SENDIASS", "complaint", "020 7946 0101"):
        assert expected in page
    assert begin(client, asked).location == asked.url
    for path in ("/question/involved", "/check", "/thank-you"):
        assert client.get(asked.url + path).location == asked.url


@pytest.mark.parametrize("reason", [CloseReason.NO_ANSWER, CloseReason.NO_WORKING_CONTACT])
def test_a_late_answer_is_still_welcome(
    client: StrictClient, session: Session, asked: Asked, reason: CloseReason
) -> None:
    asked.invitation.state, asked.invitation.close_reason = InvitationState.CLOSED, reason
    answer_all(client, asked)
    send(client, asked)
    session.refresh(asked.invitation)
    assert asked.invitation.state is InvitationState.ANSWERED


def test_two_families_links_do_not_mix(
    client: StrictClient, session: Session, settings: Settings, asked: Asked
) -> None:
    other = ask(session, settings)
    answer_all(client, asked)
    begin(client, other)
    post(client, f"{other.url}/question/involved", {"answer": "1"})
    send(client, asked)
    session.refresh(other.invitation)
    session.refresh(asked.invitation)
    assert other.invitation.state is InvitationState.ASKING
    assert asked.invitation.response is not other.invitation.response
    assert other.invitation.response is not None
    assert other.invitation.response.answers == {"involved": "1"}


def test_every_address_inside_the_door_carries_this_link_alone(
    client: StrictClient, asked: Asked, amina: ParentCarer
) -> None:
    answer_all(client, asked)
    for path in ("", "/question/comment", "/check", "/not-for-me", "/stop"):
        found = set(re.findall(r'(?:href|action)="/r/([^/"?]+)', client.get(asked.url + path).text))
        assert found <= {asked.token}
