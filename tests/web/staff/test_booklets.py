"""Paper at the officer's desk: printing for a family, for the call list and for anybody, and typing in what comes back."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.booklet_models import Booklet
from engage.campaigns.models import Step
from engage.core.config import Settings
from engage.people.models import HoldReason, ParentCarer
from engage.surveys.definition import Mode
from engage.surveys.formats import Format
from engage.surveys.models import Response
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, ask, begin, post, send

SignIn = Callable[[StrictClient, Staff], StrictClient]
CODE = re.compile(r"[A-Z2-9]{3}-[A-Z2-9]{3}-[A-Z2-9]{4}")
TYPED = {f"answer-{question}": value for question, value in UNHAPPY.items()} | {"received_on": "2026-03-02"}


@pytest.fixture
def on_list(session: Session, settings: Settings, amina: ParentCarer) -> Asked:
    """Amina, who answered no message and is to be rung."""
    asked = ask(session, settings, amina, next_step=Step.CLOSE, version=2)
    factories.ladder_contact(session, asked.invitation, step=Step.CALL, channel="phone")
    session.commit()
    return asked


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    """Bronwen's browser."""
    return sign_in(client, bronwen)


def child_page(asked: Asked) -> str:
    return f"/staff/families/{asked.invitation.plan_event.plan.child_id}"


def printed(officer: StrictClient, asked: Asked, **form: str) -> str:
    """Print one, and give the page it stands on."""
    data = {"invitation": str(asked.invitation.id), "language": "en", "format": "standard"} | form
    answer = officer.post(f"{child_page(asked)}/booklets", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def only(session: Session) -> Booklet:
    session.expire_all()
    return session.scalars(select(Booklet)).one()


def test_a_booklet_names_nobody_and_has_all_that_paper_needs(officer: StrictClient, on_list: Asked) -> None:
    page = officer.get(printed(officer, on_list)).text
    assert CODE.search(page)
    assert "Amina" not in page
    assert "Zain" not in page
    for words in (
        "The EHC assessment process has been positive",
        "Strongly agree",
        "Please do not write names",
        "We do not read this day and night",
        "SENDIASS",
        "localhost:8000/booklet",
        "app-square",
    ):
        assert words in page, words


def test_large_print_and_easy_read_are_said_on_the_sheet(
    officer: StrictClient, on_list: Asked, session: Session
) -> None:
    assert "app-booklet--large_print" in officer.get(printed(officer, on_list, format="large_print")).text
    easy = officer.get(printed(officer, on_list, format="easy_read")).text
    assert "app-booklet--easy_read" in easy
    assert "I agree a lot." in easy
    assert "express views" not in easy


def test_it_stands_on_the_familys_page_and_can_be_printed_again(officer: StrictClient, on_list: Asked) -> None:
    where = printed(officer, on_list)
    story = officer.get(child_page(on_list)).text
    assert "Booklet printed for Amina Invented" in story
    assert "Bronwen Officer" in story
    assert where in officer.get(f"{child_page(on_list)}/booklets").text


def test_a_held_family_is_sent_none_and_one_made_before_is_not_shown_again(
    officer: StrictClient, on_list: Asked, session: Session
) -> None:
    where = printed(officer, on_list)
    factories.hold(session, on_list.invitation.person, reason=HoldReason.BEREAVEMENT)
    session.commit()
    page = officer.get(f"{child_page(on_list)}/booklets").text
    assert "No booklet can be sent now" in page
    again = officer.post(
        f"{child_page(on_list)}/booklets",
        data={"invitation": str(on_list.invitation.id), "language": "en", "format": "standard"},
    )
    assert again.status_code == 409
    shown = officer.get(where)
    assert shown.status_code == 409
    assert "Do not send this booklet" in shown.text
    assert not CODE.search(shown.text)


def test_the_call_list_is_printed_together_without_the_held(
    officer: StrictClient, on_list: Asked, session: Session, settings: Settings
) -> None:
    held = ask(session, settings, next_step=Step.CLOSE)
    factories.ladder_contact(session, held.invitation, step=Step.CALL, channel="phone")
    factories.hold(session, held.invitation.person)
    session.commit()
    page = officer.get("/staff/booklets/call-list").text
    assert "Amina Invented" in page
    assert held.invitation.person.full_name not in page
    answer = officer.post(
        "/staff/booklets/call-list",
        data={"invitation": [str(on_list.invitation.id), str(held.invitation.id)], "format": "easy_read"},
    )
    assert answer.status_code == 303
    assert only(session).format is Format.EASY_READ
    assert len(set(CODE.findall(officer.get(answer.location).text)) - {"ABC-DEF-GHJK"}) == 1
    assert "Nobody to print for" in officer.get("/staff/booklets/call-list").text


def code_on(officer: StrictClient, where: str) -> str:
    found = CODE.search(officer.get(where).text)
    assert found
    return found[0]


def test_its_code_opens_the_whole_survey_on_one_page(officer: StrictClient, on_list: Asked) -> None:
    code = code_on(officer, printed(officer, on_list, format="easy_read"))
    answer = officer.post("/staff/booklets", data={"code": code.lower().replace("-", " ")})
    assert answer.status_code == 303
    page = officer.get(answer.location).text
    assert page.count("<fieldset") == 5
    assert "I agree a lot." in page
    assert "The day it came" in page


@pytest.mark.parametrize("typed", ["", "ABC-DEF-GHJK", "nonsense", "A" * 500])
def test_a_wrong_code_is_told_kindly(officer: StrictClient, on_list: Asked, typed: str) -> None:
    answer = officer.post("/staff/booklets", data={"code": typed})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def enter_url(officer: StrictClient, on_list: Asked, session: Session) -> str:
    printed(officer, on_list)
    return f"/staff/booklets/{only(session).id}/answers"


def test_what_is_typed_in_is_the_familys_answer(
    officer: StrictClient, on_list: Asked, session: Session, bronwen: Staff
) -> None:
    where = enter_url(officer, on_list, session)
    answer = officer.post(where, data=TYPED)
    assert answer.status_code == 303, answer.text
    response = session.scalars(select(Response)).one()
    assert (response.mode, response.interviewer) == (Mode.PAPER, f"staff:{bronwen.id}")
    assert only(session).received_on is not None
    assert "Booklet of Amina Invented came back" in officer.get(child_page(on_list)).text


def test_blanks_are_asked_about_once(officer: StrictClient, on_list: Asked, session: Session) -> None:
    where = enter_url(officer, on_list, session)
    half = TYPED | {"answer-plan_confidence": "", "answer-contact": ""}
    first = officer.post(where, data=half)
    assert first.status_code == 422
    assert "2 questions blank here" in first.text
    assert 'value="1" checked' in first.text.replace("  ", " ")
    assert session.scalars(select(Response)).all() == []
    assert officer.post(where, data=half | {"blank_meant": "yes"}).status_code == 303
    assert "plan_confidence" not in session.scalars(select(Response)).one().answers


def test_an_empty_booklet_and_a_day_that_cannot_be_are_named(
    officer: StrictClient, on_list: Asked, session: Session
) -> None:
    where = enter_url(officer, on_list, session)
    assert "This booklet is empty" in officer.post(where, data={"received_on": "2026-03-02"}).text
    for day in ("", "2026-03-03", "2026-02-28", "2026-99-99"):
        assert officer.post(where, data=TYPED | {"received_on": day}).status_code == 422, day


def test_answers_by_link_that_came_first_stand(officer: StrictClient, on_list: Asked, session: Session) -> None:
    where = enter_url(officer, on_list, session)
    answer_all(officer, on_list, HAPPY)
    send(officer, on_list)
    assert "came another way on 2 March 2026" in officer.get(where).text
    late = officer.post(where, data=TYPED)
    assert late.status_code == 409
    assert "What you typed, which was not saved" in late.text
    assert "Nobody rang us back." in late.text
    (response,) = session.scalars(select(Response).where(Response.submitted_at.is_not(None))).all()
    assert response.mode is Mode.LINK
    assert only(session).entered_at is None


def test_what_was_begun_by_link_gives_way_and_the_page_says_so(
    officer: StrictClient, on_list: Asked, session: Session
) -> None:
    where = enter_url(officer, on_list, session)
    begin(officer, on_list)
    post(officer, f"{on_list.url}/question/involved", {"answer": "5"})
    assert "They have begun to answer" in officer.get(where).text
    assert officer.post(where, data=TYPED).status_code == 303
    session.expire_all()
    assert on_list.invitation.response is not None
    assert on_list.invitation.response.answers["involved"] == "1"


def test_a_used_code_says_who_typed_it_in(officer: StrictClient, on_list: Asked, session: Session) -> None:
    where = enter_url(officer, on_list, session)
    officer.post(where, data=TYPED)
    assert "Bronwen Officer typed it in on 2 March 2026" in officer.get(where).text
    assert officer.post(where, data=TYPED).status_code == 409


def test_blank_booklets_of_what_anybody_may_answer(officer: StrictClient, session: Session) -> None:
    desk = officer.get("/staff/booklets").text
    assert 'value="sen_support"' in desk
    assert 'value="post_issuance"' not in desk
    sheet = officer.get("/staff/booklets/blank?survey=sen_support&format=large_print").text
    assert "Does your child get SEN Support?" in sheet
    assert not CODE.search(sheet)
    assert "app-square" not in sheet
    assert "Answer this only if you ticked" in sheet
    where = "/staff/booklets/blank/answers?survey=sen_support&format=large_print"
    typed = {"answer-who": "parent_carer", "answer-engagement_and_views": "4", "received_on": "2026-03-02"}
    assert officer.post(where, data=typed).status_code == 303
    response = session.scalars(select(Response)).one()
    assert (response.mode, response.format, response.is_open) == (Mode.PAPER, Format.LARGE_PRINT, True)
    assert officer.get("/staff/booklets/blank?survey=post_issuance").status_code == 404


def test_the_family_gets_from_paper_to_the_screen(
    officer: StrictClient, client: StrictClient, on_list: Asked, clock: SettableClock
) -> None:
    code = code_on(officer, printed(officer, on_list))
    clock.advance(days=3)
    answer = client.post("/booklet", data={"code": code})
    assert answer.status_code == 303
    assert "/r/" in answer.location
    assert "Amina" not in client.get(answer.location).text
    wrong = client.post("/booklet", data={"code": "ABC"})
    assert wrong.status_code == 422
    assert "not right" in wrong.text
