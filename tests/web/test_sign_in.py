"""Signing in through the door."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.messages import compose_sign_in
from engage.accounts.models import SignInLink, Staff
from engage.app import create_app
from engage.core.config import Settings
from engage.jobs.wiring import House
from engage.notify.models import Message
from tests.browser_client import StrictClient
from tests.conftest import MONDAY, SettableClock, make_settings

SignIn = Callable[[StrictClient, Staff], StrictClient]


@pytest.fixture
def ask_for_link(
    client: StrictClient, session: Session, settings: Settings, clock: SettableClock
) -> Callable[[Staff], str]:
    """Ask for a link as this person would, and get its path as the email would carry it."""

    def ask(staff: Staff) -> str:
        session.flush()
        assert client.post("/sign-in", data={"email": f" {staff.email.upper()} "}).status_code == 302
        message = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert message is not None
        assert message.recipient == staff.email
        assert message.priority == 0
        values = compose_sign_in(session, message, settings, clock.now())
        assert isinstance(values, dict)
        return str(values["link"]).removeprefix("http://localhost:8000")

    return ask


def test_a_link_signs_in_and_lands_on_the_first_page_the_role_may_see(
    client: StrictClient, administrator: Staff, ask_for_link: Callable[[Staff], str]
) -> None:
    link = ask_for_link(administrator)
    assert "Sign in" in client.get(link).text
    answer = client.post(link)
    assert answer.location == "/staff/people"
    assert "Farid Administrator" in client.get("/staff/people").text


def test_opening_the_link_spends_nothing(
    client: StrictClient, administrator: Staff, ask_for_link: Callable[[Staff], str]
) -> None:
    link = ask_for_link(administrator)
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert client.post(link).status_code == 302


def test_somebody_sent_to_sign_in_comes_back_to_where_they_were_going(
    client: StrictClient, administrator: Staff, ask_for_link: Callable[[Staff], str]
) -> None:
    sent = client.get("/staff/people/add?from=menu")
    assert sent.location == "/sign-in"
    assert client.post(ask_for_link(administrator)).location == "/staff/people/add?from=menu"


def test_a_used_link_says_so_kindly_and_offers_a_new_one(
    client: StrictClient, administrator: Staff, ask_for_link: Callable[[Staff], str]
) -> None:
    link = ask_for_link(administrator)
    client.post(link)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "This link has been used" in answer.text
        assert 'href="/sign-in"' in answer.text


def test_an_old_link_says_so(
    client: StrictClient, administrator: Staff, ask_for_link: Callable[[Staff], str], clock: SettableClock
) -> None:
    link = ask_for_link(administrator)
    clock.advance(minutes=20)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "too old" in answer.text


@pytest.mark.parametrize("token", ["nonsense", "a" * 26])
def test_a_link_that_never_was_does_not_work(client: StrictClient, token: str) -> None:
    assert "This link does not work" in client.get(f"/sign-in/{token}").text
    assert client.post(f"/sign-in/{token}").status_code == 404


def test_a_stranger_is_told_the_same_as_a_member_of_staff(
    client: StrictClient, bronwen: Staff, session: Session
) -> None:
    known = client.post("/sign-in", data={"email": bronwen.email})
    pages = [client.get(known.location).text]
    unknown = client.post("/sign-in", data={"email": "stranger@example.org"})
    pages.append(client.get(unknown.location).text)
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert pages[0] == pages[1]
    assert len(session.scalars(select(SignInLink)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "words"), [("", "Enter your email address"), ("nobody", "Enter an email address in the correct format")]
)
def test_an_address_that_cannot_be_one_is_shown_again_with_its_mistake(
    client: StrictClient, typed: str, words: str
) -> None:
    answer = client.post("/sign-in", data={"email": typed})
    assert answer.status_code == 422
    assert answer.text.count(words) == 2  # in the summary and beside the field
    assert f'value="{typed}"' in answer.text or not typed
    assert "<title>Error: " in answer.text


def test_asking_too_often_is_refused_for_a_while(client: StrictClient) -> None:
    statuses = [client.post("/sign-in", data={"email": "stranger@example.org"}).status_code for _ in range(31)]
    assert statuses == [302] * 30 + [429]


def test_signing_out_ends_the_session_in_the_database_too(
    app: Flask, client: StrictClient, administrator: Staff, sign_in: SignIn
) -> None:
    sign_in(client, administrator)
    cookie = client.get_cookie("engage")
    assert cookie is not None
    assert client.get("/staff/people").status_code == 200
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get_cookie("engage") is None
    client.set_cookie("engage", cookie.value)
    assert client.get("/staff/people").location == "/sign-in"


def test_a_session_ends_after_its_hours(
    client: StrictClient,
    administrator: Staff,
    ask_for_link: Callable[[Staff], str],
    clock: SettableClock,
    settings: Settings,
) -> None:
    client.post(ask_for_link(administrator))
    clock.set(clock.now() + timedelta(hours=settings.session_hours, seconds=-1))
    assert client.get("/staff/people").status_code == 200
    clock.advance(seconds=1)
    assert client.get("/staff/people").location == "/sign-in"


def test_without_the_token_against_forged_forms_nothing_happens(
    client: StrictClient, bronwen: Staff, session: Session
) -> None:
    answer = client.post("/sign-in", data={"email": bronwen.email}, csrf=False)
    assert answer.status_code == 400
    assert "out of date" in answer.text
    assert session.scalars(select(SignInLink)).all() == []


def test_the_cookie_cannot_be_read_by_a_script_or_sent_by_another_site(
    client: StrictClient, administrator: Staff, ask_for_link: Callable[[Staff], str]
) -> None:
    answer = client.post(ask_for_link(administrator))
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("engage=")]
    assert re.search(r"; HttpOnly", cookie)
    assert re.search(r"; SameSite=Lax", cookie)


def test_a_demonstration_lists_whom_to_try(client: StrictClient, bronwen: Staff, settings: Settings) -> None:
    page = client.get("/sign-in").text
    assert bronwen.email in page
    assert str(settings.notify_url) in page


def test_over_https_no_other_host_or_path_can_set_our_cookies_and_none_travels_in_the_clear(
    house: House, session: Session, administrator: Staff, settings: Settings
) -> None:
    secure = replace(
        house, settings=make_settings(database_url=settings.database_url, public_url="https://engage.example.org")
    )
    app = create_app(house=secure)
    client = StrictClient(app, app.response_class, before=session.commit)
    here: dict[str, Any] = {
        "base_url": "https://engage.example.org",
        "headers": {"Referer": "https://engage.example.org/"},
    }
    client.post("/sign-in", data={"email": administrator.email}, **here)
    message = session.scalars(select(Message)).one()
    values = compose_sign_in(session, message, secure.settings, MONDAY)
    assert isinstance(values, dict)
    link = values["link"]
    assert link.startswith("https://engage.example.org/sign-in/")
    answer = client.post(link.removeprefix("https://engage.example.org"), **here)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-engage", "__Host-engage_form"}
    for cookie in cookies:
        assert "; Secure" in cookie
        assert "; Path=/" in cookie
        assert "Domain" not in cookie
    assert client.get("/staff/people", **here).status_code == 200
