"""A survey at a public address: anybody may answer it once, nobody is known by it, and machines get no further."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import open_links
from engage.activities.models import OpenLink, OpenVisit
from engage.activities.open_link_queries import answers_by_week, listed
from engage.campaigns.models import Invitation
from engage.cases.models import DissatisfactionCase
from engage.core.audit import SYSTEM
from engage.core.db import Database
from engage.core.errors import Conflict, Invalid
from engage.jobs.forgetting import forget_open_answers
from engage.surveys.loader import Catalogue
from engage.surveys.models import ContactChoice, FreeText, Mode, Response
from engage.web.security import who_knocks
from tests.browser_client import StrictClient
from tests.conftest import MONDAY, SettableClock

TODAY = MONDAY.date()


def make(session: Session, catalogue: Catalogue, **given: Any) -> OpenLink:
    """A link for SEN Support families, open from today."""
    values: dict[str, Any] = {
        "survey": "sen_support",
        "name": "Newsletter",
        "local_authority": "314",
        "opens_on": TODAY,
        "is_listed": True,
    }
    return open_links.create_open_link(session, catalogue, **(values | given), by=SYSTEM, now=MONDAY)


@pytest.fixture
def link(session: Session, catalogue: Catalogue) -> OpenLink:
    return make(session, catalogue)


def start(client: StrictClient, link: OpenLink, **fields: str) -> str:
    """Press Start on a fresh page; where it leads."""
    once = re.search(r'name="once" value="(\w+)"', client.get(f"/s/{link.slug}").text)
    assert once
    answer = client.post(f"/s/{link.slug}/start", data={"once": once[1], **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def answer_all(client: StrictClient, at: str, catalogue: Catalogue, survey: str, words: str = "Some words") -> str:
    """Answer every question that comes; the address of the check."""
    where = client.get(at).location
    while "/question/" in where:
        question = catalogue.current(survey).question(where.split("/question/")[1].split("?")[0])
        assert question
        given = question.options[0].code if question.is_coded else words
        where = client.post(where, data={"answer": given}).location
    return str(where)


@pytest.mark.parametrize("survey", ["sen_support", "transition", "information_and_advice", "training", "event"])
def test_anybody_answers_page_by_page_and_is_known_by_nothing(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, survey: str
) -> None:
    link = make(session, catalogue, survey=survey)
    check = answer_all(client, start(client, link), catalogue, survey)
    assert "Nothing has been sent yet" in client.get(check).text
    clock.advance(minutes=3)
    done = client.post(check.replace("/check", "/send"))
    page = client.get(done.location)
    assert "Thank you for your feedback" in page.text
    assert "We do not know who you are" in page.text
    session.expire_all()
    response = session.scalars(select(Response)).one()
    assert response.is_open
    assert (response.survey, response.mode, response.local_authority) == (survey, Mode.LINK, "314")
    assert response.submitted_at is not None
    assert response.contact_choice in (None, ContactChoice.WITHOUT_NAME)
    assert session.scalars(select(Invitation)).all() == []


def test_easy_read_goes_from_the_first_page_to_the_last(
    client: StrictClient, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    assert "govuk-list--bullet" not in client.get(f"/s/{link.slug}?format=easy_read").text
    begun = start(client, link).partition("?")[0]
    check = answer_all(client, f"{begun}?format=easy_read", catalogue, "sen_support")
    page = client.get(check).text
    assert "Is it right? You can change each answer." in page
    assert "Please read your answers" in client.post(check.replace("/check", "/send")).text
    clock.advance(minutes=3)
    done = client.get(client.post(check.replace("/check", "/send")).location).text
    assert "app-idea" in done
    assert "Someone reads what you wrote by the next working day." in done
    assert "We do not know who you are" in done


def test_start_pressed_twice_begins_one_answer_but_never_shows_what_somebody_said(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    once = re.search(r'name="once" value="(\w+)"', client.get(f"/s/{link.slug}").text)
    assert once
    press = lambda: client.post(f"/s/{link.slug}/start", data={"once": once[1]}).location  # noqa: E731
    first = press()
    assert press() == first
    question = client.get(first).location
    options = catalogue.current("sen_support").questions[0].options
    client.post(question, data={"answer": options[0].code})
    assert press() != first
    clock.advance(minutes=5)
    later = press()
    assert later != first
    assert len(session.scalars(select(OpenVisit)).all()) == 3


def test_send_pressed_twice_is_one_answer(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    check = answer_all(client, start(client, link), catalogue, "sen_support")
    clock.advance(minutes=1)
    send = check.replace("/check", "/send")
    assert client.post(send).location == client.post(send).location
    assert client.get(check).location.endswith("/thank-you")
    assert len(session.scalars(select(Response)).all()) == 1


def test_what_comes_quicker_than_reading_is_asked_to_be_sent_again(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    check = answer_all(client, start(client, link), catalogue, "sen_support")
    answer = client.post(check.replace("/check", "/send"))
    assert answer.status_code == 422
    assert "very quick" in answer.text
    clock.advance(seconds=10)
    assert client.post(check.replace("/check", "/send")).status_code == 303


def test_who_fills_in_the_hidden_field_begins_nothing(client: StrictClient, session: Session, link: OpenLink) -> None:
    session.commit()
    answer = client.post(f"/s/{link.slug}/start", data={"once": "x", "website": "https://spam.example.org"})
    assert answer.status_code == 422
    assert session.scalars(select(OpenVisit)).all() == []


@pytest.mark.parametrize("once", ["", "'; drop table", "x" * 5000, "A" * 32])
def test_a_made_up_number_still_begins_an_answer_of_its_own(client: StrictClient, link: OpenLink, once: str) -> None:
    one = client.post(f"/s/{link.slug}/start", data={"once": once})
    assert one.status_code == 303


def test_from_one_address_only_so_many_begin(client: StrictClient, link: OpenLink) -> None:
    answers = [client.post(f"/s/{link.slug}/start", data={"once": ""}).status_code for _ in range(62)]
    assert answers.count(303) == 60
    assert answers[-1] == 429


def test_by_one_link_only_so_many_begin_from_wherever_and_however_it_is_spelt(
    client: StrictClient, link: OpenLink
) -> None:
    link.closed_at, link.closed_by = MONDAY, "system"
    spelt = [link.slug, link.slug.upper(), link.slug.capitalize()]
    answers = [
        client.post(f"/s/{spelt[n % 3]}/start", environ_base={"REMOTE_ADDR": f"192.0.2.{n % 200}"}).status_code
        for n in range(301)
    ]
    assert answers == [409] * 300 + [429]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_a_household_with_a_network_of_its_own_is_one(app: Flask, address: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert who_knocks() == counted


def test_a_closed_link_says_so_and_who_has_begun_may_still_send(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    check = answer_all(client, start(client, link), catalogue, "sen_support")
    open_links.close_open_link(session, link, by=SYSTEM, now=MONDAY)
    session.commit()
    assert "This survey is closed" in client.get(f"/s/{link.slug}").text
    assert client.post(f"/s/{link.slug}/start", data={"once": ""}).status_code == 409
    clock.advance(minutes=1)
    assert client.post(check.replace("/check", "/send")).status_code == 303


def test_an_address_that_never_was_says_so(client: StrictClient) -> None:
    for path in ("/s/nothing-here", "/o/aaaaaaaaaaaaaaaaaaaaaaaaaa", "/o/short/check"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "We do not know this address" in answer.text


def test_a_missing_answer_is_asked_for_and_looking_changes_nothing(
    client: StrictClient, session: Session, database: Database, link: OpenLink
) -> None:
    at = start(client, link)
    first = client.get(at).location
    assert client.post(first, data={}).status_code == 422
    assert client.get(f"{at}/check").location.startswith(f"{at}/question/")
    assert client.get(f"{at}/question/nonsense").status_code == 303
    assert client.post(f"{at}/send").location.endswith("/check")
    assert client.get(f"{at}/send").status_code == 303
    assert client.get(f"{at}/thank-you").status_code == 303
    assert client.get(f"/s/{link.slug}/start").location.endswith(link.slug)


def test_hostile_words_are_kept_as_typed(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    words = "<script>alert(1)</script> \u202e עברית 🎉"
    check = answer_all(client, start(client, link), catalogue, "sen_support", words)
    assert "<script>alert" not in client.get(check).text
    clock.advance(minutes=1)
    client.post(check.replace("/check", "/send"))
    assert words in [text.text for text in session.scalars(select(FreeText))]


def test_words_that_worry_somebody_open_an_urgent_case_that_leads_to_nobody(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    worry = catalogue.flagged_words.root[0].words[0]
    check = answer_all(client, start(client, link), catalogue, "sen_support", f"I am worried: {worry}")
    clock.advance(minutes=1)
    client.post(check.replace("/check", "/send"))
    case = session.scalars(select(DissatisfactionCase)).one()
    assert (case.urgent, case.invitation_id, case.may_contact) == (True, None, False)


def test_the_home_page_leads_to_it_while_it_is_open(
    client: StrictClient, session: Session, catalogue: Catalogue, clock: SettableClock, link: OpenLink
) -> None:
    assert f"/s/{link.slug}" in client.get("/").text
    make(session, catalogue, survey="transition", opens_on=TODAY + timedelta(days=7))
    assert [one.survey for one in listed(session, now=MONDAY)] == ["sen_support"]
    open_links.close_open_link(session, link, by=SYSTEM, now=MONDAY)
    session.commit()
    assert f"/s/{link.slug}" not in client.get("/").text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"survey": "post_issuance"}, "survey"),
        ({"survey": "setting"}, "survey"),
        ({"name": "  "}, "name"),
        ({"closes_on": TODAY - timedelta(days=1)}, "closes_on"),
    ],
)
def test_what_cannot_be_an_open_link_says_why(
    session: Session, catalogue: Catalogue, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make(session, catalogue, **given)
    assert field in refused.value.fields


def test_it_is_open_from_its_first_day_to_its_last(session: Session, catalogue: Catalogue) -> None:
    link = make(session, catalogue, opens_on=TODAY, closes_on=TODAY + timedelta(days=1))
    moments = [MONDAY + timedelta(days=days) for days in (-1, 0, 1, 2)]
    assert [open_links.is_open(link, now=at) for at in moments] == [False, True, True, False]


def test_closing_twice_and_opening_what_is_open_are_refused(session: Session, link: OpenLink) -> None:
    with pytest.raises(Conflict):
        open_links.open_again(session, link, by=SYSTEM, now=MONDAY)
    open_links.close_open_link(session, link, by=SYSTEM, now=MONDAY)
    with pytest.raises(Conflict):
        open_links.close_open_link(session, link, by=SYSTEM, now=MONDAY)
    open_links.open_again(session, link, by=SYSTEM, now=MONDAY)
    assert open_links.is_open(link, now=MONDAY)


def test_an_answer_counts_in_the_quarter_of_the_event(session: Session, catalogue: Catalogue) -> None:
    link = make(session, catalogue, survey="event", about_on=date(2025, 12, 6))
    response = open_links.enter(session, link, catalogue, {}, mode=Mode.PAPER, by=SYSTEM, now=MONDAY)
    assert response.cohort_quarter == date(2025, 10, 1)
    assert answers_by_week(session, link, now=MONDAY)[-1] == (TODAY, 1)


def test_a_survey_is_not_entered_in_a_way_it_does_not_have(session: Session, catalogue: Catalogue) -> None:
    link = make(session, catalogue, survey="training")
    with pytest.raises(Invalid):
        open_links.enter(session, link, catalogue, {}, mode=Mode.PHONE, by=SYSTEM, now=MONDAY)


def test_what_was_begun_and_never_sent_goes_after_thirty_days(
    client: StrictClient, session: Session, link: OpenLink
) -> None:
    start(client, link)
    assert forget_open_answers(session, MONDAY + timedelta(days=29)) == 0
    assert forget_open_answers(session, MONDAY + timedelta(days=31)) == 1
    assert session.scalars(select(Response)).all() == []
