"""Two tabs, two devices and a telephone call at the same moment, with real threads on one database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import CallAttempt, InvitationState, LadderContact
from engage.cases.models import DissatisfactionCase
from engage.surveys.models import Mode, Response
from tests.browser_client import StrictClient
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, begin, post, send

SENT = select(Response).where(Response.submitted_at.is_not(None))
SignIn = Callable[[StrictClient, Staff], StrictClient]
PHONED = {f"answer-{question}": value for question, value in (UNHAPPY | {"comment": "Said on the phone"}).items()}


def browser(app: Flask) -> StrictClient:
    """A browser of its own for one thread."""
    return StrictClient(app, app.response_class)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these things at the same moment."""
    gate = Barrier(len(acts))

    def started(act: Callable[[], Any]) -> Any:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(started, acts))


def test_start_pressed_in_many_tabs_makes_one_response(app: Flask, session: Session, asked: Asked) -> None:
    answers = at_once(*[lambda: begin(browser(app), asked)] * 6)
    assert {answer.status_code for answer in answers} == {303}
    assert len(session.scalars(select(Response)).all()) == 1


def test_answers_from_many_tabs_are_all_kept(app: Flask, client: StrictClient, session: Session, asked: Asked) -> None:
    begin(client, asked)
    questions = ["assessment_positive", "plan_confidence", "involved", "plan_will_help"]
    at_once(*[lambda q=q: post(browser(app), f"{asked.url}/question/{q}", {"answer": "4"}) for q in questions])
    assert session.scalars(select(Response.answers)).one() == dict.fromkeys(questions, "4")


def test_sent_from_many_tabs_it_is_one_answer_and_one_case(
    app: Flask, client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked, UNHAPPY)
    answers = at_once(*[lambda: send(browser(app), asked)] * 6)
    assert {answer.location for answer in answers} == {f"{asked.url}/thank-you"}
    assert len(session.scalars(select(Response)).all()) == 1
    assert len(session.scalars(select(DissatisfactionCase)).all()) == 1


@pytest.mark.parametrize("turn", range(4))
def test_a_call_and_the_link_at_the_same_moment_give_one_answer_and_lose_nothing(
    app: Flask,
    client: StrictClient,
    session: Session,
    asked: Asked,
    bronwen: Staff,
    sign_in: SignIn,
    turn: int,
) -> None:
    answer_all(client, asked, HAPPY | {"comment": "Written by link"})
    officer = sign_in(StrictClient(app, app.response_class, before=lambda: None), bronwen)
    phone, web = at_once(
        lambda: officer.post(asked.call_url, data={**PHONED, "action": "send"}),
        lambda: send(browser(app), asked),
    )
    session.refresh(asked.invitation)
    response = session.scalars(SENT).one()
    assert asked.invitation.state is InvitationState.ANSWERED
    assert web.location == f"{asked.url}/thank-you"
    if response.mode is Mode.PHONE:
        assert phone.status_code == 303
        assert response.answers["involved"] == "1"
        assert [text.text for text in response.texts] == ["Said on the phone"]
        assert len(session.scalars(select(CallAttempt)).all()) == 1
    else:
        assert phone.status_code == 409
        assert "Those count" in phone.text
        assert "Said on the phone" in phone.text
        assert response.answers["involved"] == "5"
        assert session.scalars(select(CallAttempt)).all() == []


@pytest.mark.parametrize("phone_first", [True, False])
def test_whichever_is_sent_first_stands(
    client: StrictClient,
    app: Flask,
    session: Session,
    asked: Asked,
    bronwen: Staff,
    sign_in: SignIn,
    phone_first: bool,
) -> None:
    answer_all(client, asked)
    officer = sign_in(StrictClient(app, app.response_class), bronwen)
    acts: list[Callable[[], Any]] = [
        lambda: officer.post(asked.call_url, data={**PHONED, "action": "send"}),
        lambda: send(client, asked),
    ]
    answered = [act() for act in (acts if phone_first else reversed(acts))]
    assert [answer.status_code for answer in answered] == ([303, 303] if phone_first else [303, 409])
    assert ("Those count" in answered[-1].text) is not phone_first
    response = session.scalars(SENT).one()
    assert response.mode is (Mode.PHONE if phone_first else Mode.LINK)
    credited = session.scalars(select(LadderContact).where(LadderContact.brought_answer_at.is_not(None))).all()
    assert [contact.id for contact in credited] == ([] if phone_first else [asked.contact.id])
    assert "You have already told us" in client.get(asked.url).text
