"""Joining through the public door."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.core.tokens import remake
from engage.forum.models import Membership
from engage.notify.models import Message
from engage.register.models import Registration
from engage.web.public.register import PUBLIC_LIMIT
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock

FILLED = {
    "name": "Amina Invented",
    "email": "amina@example.org",
    "phone": "07700 900123",
    "written_language": "ur",
    "children-0-forename": "Zain",
    "children-0-surname": "Invented",
    "children-0-born_on": ["1", "6", "2015"],
    "children-0-sen_need": "ASD",
    "children-0-has_plan": "plan",
}


@pytest.fixture
def token(session: Session, settings: Settings, client: StrictClient) -> Callable[[], str]:
    """Ask to join, if nobody has, and give the token of the emailed link."""

    def token() -> str:
        session.rollback()
        kept = session.scalars(select(Registration)).one()
        text = remake(settings.secrets, "register", kept.nonce, kept.digest)
        session.rollback()
        assert text
        return text

    return token


def join(client: StrictClient, **changes: object) -> None:
    assert client.post("/register/join", data=FILLED | changes).location == "/register/check-your-email"


def rows(session: Session, kind: type) -> list[object]:
    session.rollback()
    found = list(session.scalars(select(kind)))
    session.expunge_all()
    session.rollback()
    return found


def test_the_form_says_what_joining_is_and_nothing_is_ticked(client: StrictClient) -> None:
    page = client.get("/register/join").text
    assert "You do not have to join" in page
    assert "It is another group, not the council" in page
    assert "checked" not in page
    assert 'type="email"' in page
    assert 'type="tel"' in page


def test_somebody_joins_from_the_form_to_being_counted(
    client: StrictClient, session: Session, token: Callable[[], str]
) -> None:
    join(client)
    assert "Check your email" in client.get("/register/check-your-email").text
    link = f"/register/link/{token()}"

    for _ in range(3):  # scanners open links
        assert "Yes, I want to join" in client.get(link).text
    assert client.post(link).location == link
    assert "You are on the SEND Register" in client.get(link).text

    (kept,) = rows(session, Registration)
    assert isinstance(kept, Registration)
    assert (kept.state, kept.phone, kept.written_language, kept.joins_forum) == (
        "confirmed",
        "+447700900123",
        "ur",
        False,
    )
    assert rows(session, Membership) == []


def test_only_a_ticked_choice_confirmed_makes_a_member_of_the_forum(
    client: StrictClient, session: Session, token: Callable[[], str]
) -> None:
    join(client, joins_forum="y")
    assert rows(session, Membership) == []
    link = f"/register/link/{token()}"
    client.post(link)
    client.post(link)

    (member,) = rows(session, Membership)
    assert isinstance(member, Membership)
    assert (member.name, member.email, member.source) == ("Amina Invented", "amina@example.org", "register")
    assert member.consent_wording.startswith("forum-")


def test_confirming_again_does_not_bring_back_somebody_who_left_the_forum(
    client: StrictClient, session: Session, token: Callable[[], str]
) -> None:
    join(client, joins_forum="y")
    link = f"/register/link/{token()}"
    client.post(link)
    session.delete(session.scalars(select(Membership)).one())
    session.commit()
    client.post(link)
    assert rows(session, Membership) == []


def test_nobody_can_tell_who_is_on_the_register(client: StrictClient, session: Session) -> None:
    factories.registration(session, email="amina@example.org")
    session.commit()
    answers = [
        client.post("/register/join", data=FILLED | {"email": email})
        for email in ("amina@example.org", "b@example.org")
    ]
    assert answers[0].data == answers[1].data
    assert answers[0].location == answers[1].location
    purposes = [message.purpose for message in rows(session, Message)]  # type: ignore[attr-defined]
    assert purposes == ["register.already", "register.confirmation"]


def test_mistakes_are_shown_beside_their_fields_and_what_was_typed_stays(
    client: StrictClient, session: Session
) -> None:
    wrong = {"email": "amina@", "children-0-born_on": ["31", "2", "2015"], "joins_forum": "y"}
    answer = client.post("/register/join", data=FILLED | wrong)

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'href="#children-0-born_on-day"' in answer.text
    assert "Enter the date of birth" in answer.text
    assert 'value="amina@"' in answer.text
    assert 'value="Zain"' in answer.text
    assert "checked" in answer.text
    assert rows(session, Registration) == []


@pytest.mark.parametrize("nothing", [{}, {"children-0-born_on": ["1"]}, {"children-0-has_plan": "x"}])
def test_a_form_that_no_page_of_ours_sends_is_refused_kindly(client: StrictClient, nothing: dict[str, object]) -> None:
    assert client.post("/register/join", data=nothing).status_code == 422


def test_another_child_can_be_added_and_left_empty(client: StrictClient, session: Session) -> None:
    page = client.post("/register/join", data=FILLED | {"another": "yes"})
    assert page.status_code == 200
    assert 'id="children-1-forename"' in page.text
    assert 'value="Zain"' in page.text

    empty = {"children-1-forename": "", "children-1-surname": "", "children-1-born_on": ["", "", ""]}
    join(client, **empty)
    session.rollback()
    assert len(session.scalars(select(Registration)).one().children) == 1


def test_a_mistake_about_the_second_child_stands_beside_it(client: StrictClient) -> None:
    second = {"children-1-forename": "Sara", "children-1-surname": "", "children-1-born_on": ["1", "1", "2012"]}
    answer = client.post("/register/join", data=FILLED | second)
    assert answer.status_code == 422
    assert 'href="#children-1-surname"' in answer.text


def test_a_link_too_old_or_unknown_says_what_can_still_be_done(
    client: StrictClient, clock: SettableClock, token: Callable[[], str]
) -> None:
    join(client)
    link = f"/register/link/{token()}"
    clock.advance(days=8)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "This link is too old" in answer.text
    unknown = "/register/link/" + "a" * 26
    for answer in (client.get(unknown), client.post(unknown), client.get(f"{unknown}/leave")):
        assert answer.status_code == 404
        assert "We do not know this link" in answer.text


def test_somebody_leaves_by_the_same_link(client: StrictClient, session: Session, token: Callable[[], str]) -> None:
    join(client)
    link = f"/register/link/{token()}"
    client.post(link)
    assert "Do you want to leave?" in client.get(f"{link}/leave").text

    assert client.post(f"{link}/leave").location == "/register/left"

    assert "You have left" in client.get("/register/left").text
    (kept,) = rows(session, Registration)
    assert isinstance(kept, Registration)
    assert (kept.state, kept.email) == ("removed", "")
    assert client.get(link).status_code == 404


def test_a_form_without_our_token_is_refused(client: StrictClient, session: Session) -> None:
    assert client.post("/register/join", data=FILLED, csrf=False).status_code == 400
    assert rows(session, Registration) == []


def test_strangers_may_knock_only_so_often(client: StrictClient, app: Flask) -> None:
    answers = [client.post("/register/join", data={}).status_code for _ in range(int(PUBLIC_LIMIT.split()[0]) + 1)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_the_links_are_kept_from_search_engines_and_other_sites(client: StrictClient, token: Callable[[], str]) -> None:
    join(client)
    answer = client.get(f"/register/link/{token()}")
    assert "noindex" in answer.text
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "/register/link/" in client.get("/robots.txt").text


def test_a_form_that_is_shown_again_with_a_family_in_it_is_kept_by_no_cache(client: StrictClient) -> None:
    answer = client.post("/register/join", data={"name": "Amina Invented"})
    assert "Amina Invented" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
