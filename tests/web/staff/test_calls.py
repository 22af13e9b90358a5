"""Whom to ring now, and one call: script, answers and outcome on one page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import CallAttempt, CallOutcome, CloseReason, InvitationState, LadderContact, Step
from engage.cases.models import DissatisfactionCase
from engage.core.audit import AuditEvent
from engage.core.config import Settings
from engage.people.models import ContactPoint, ContactState, Hold, HoldReason, MailboxKind, ParentCarer
from engage.surveys.definition import Audience
from engage.surveys.models import FreeText, Mode, Response
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, ask, begin, post, send

SignIn = Callable[[StrictClient, Staff], StrictClient]
ANSWERS = {f"answer-{question}": value for question, value in UNHAPPY.items()}


@pytest.fixture
def on_list(session: Session, settings: Settings, amina: ParentCarer) -> Asked:
    """Amina, who answered no message and is to be rung."""
    asked = ask(session, settings, amina, next_step=Step.CLOSE)
    factories.ladder_contact(session, asked.invitation, step=Step.CALL, channel="phone")
    session.commit()
    return asked


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    """Bronwen's browser."""
    return sign_in(client, bronwen)


def test_the_list_says_whom_to_ring_why_how_and_in_which_language(
    officer: StrictClient, session: Session, on_list: Asked
) -> None:
    factories.call_attempt(session, on_list.invitation, called_at=factories.AT - timedelta(days=3), note="Rang at noon")
    page = officer.get("/staff/calls").text
    for words in (
        "Amina Invented",
        "Not reached yet",
        'href="tel:07700900123"',
        "Urdu. Book an interpreter first",
        "1 call",
        "Nobody answered, 9:30am, Friday 27 February 2026",
        "Rang at noon",
        on_list.call_url,
    ):
        assert words in page, words
    assert "Zain" not in page


def test_an_empty_list_says_what_will_appear(officer: StrictClient, on_list: Asked, session: Session) -> None:
    on_list.invitation.state = InvitationState.CLOSED
    assert "No calls to make" in officer.get("/staff/calls").text


def test_the_call_page_holds_all_the_call_needs_and_its_reading_is_recorded(
    officer: StrictClient, session: Session, bronwen: Staff, on_list: Asked
) -> None:
    page = officer.get(on_list.call_url).text
    for words in (
        "Zain. Plan issued on 16 February 2026",
        'href="tel:07700900123"',
        "Is now a good time?",
        "confidential",
        "020 7946 0101",
        "I was fully engaged in the assessment and writing of the plan",
        "Strongly agree",
        "They asked to be called back",
        "Monday 2 March 2026",
        "9:30am",
    ):
        assert words in page, words
    for outcome in set(CallOutcome) - {CallOutcome.ANSWERED_SURVEY}:
        assert f'value="{outcome}"' in page
    viewed = session.scalars(select(AuditEvent).where(AuditEvent.kind == "call.viewed")).one()
    assert (viewed.by, viewed.subject_id) == (f"staff:{bronwen.id}", on_list.call_url.rpartition("/")[2])


@pytest.mark.parametrize("who", ["callum", "devi", "esther", "administrator"])
def test_only_those_who_make_calls_may_open_them(
    client: StrictClient, on_list: Asked, sign_in: SignIn, request: pytest.FixtureRequest, who: str
) -> None:
    sign_in(client, request.getfixturevalue(who))
    assert client.get("/staff/calls").status_code == 403
    assert client.get(on_list.call_url).status_code == 403
    assert client.post(on_list.call_url, data={**ANSWERS, "action": "send"}).status_code == 403


def test_the_answers_given_on_the_phone_are_one_response_with_its_interviewer(
    officer: StrictClient, session: Session, bronwen: Staff, on_list: Asked
) -> None:
    answer = officer.post(on_list.call_url, data={**ANSWERS, "note": "Kind talk", "action": "send"})
    assert (answer.status_code, answer.location) == (303, "/staff/calls")
    response = session.scalars(select(Response)).one()
    assert (response.mode, response.interviewer) == (Mode.PHONE, f"staff:{bronwen.id}")
    assert response.answers == {key: value for key, value in UNHAPPY.items() if key != "comment"}
    assert session.scalars(select(FreeText.text)).one() == "Nobody rang us back."
    session.refresh(on_list.invitation)
    assert on_list.invitation.state is InvitationState.ANSWERED
    call = session.scalars(select(CallAttempt)).one()
    assert (call.outcome, call.note) == (CallOutcome.ANSWERED_SURVEY, "Kind talk")
    credited = session.scalars(select(LadderContact).where(LadderContact.brought_answer_at.is_not(None))).one()
    assert credited.step is Step.CALL
    assert session.scalars(select(DissatisfactionCase)).one().may_contact
    assert "No calls to make" in officer.get("/staff/calls").text


def test_an_answer_that_is_not_to_be_linked_does_not_say_who_took_it(
    officer: StrictClient, session: Session, on_list: Asked
) -> None:
    officer.post(on_list.call_url, data={**ANSWERS, "answer-contact": "do_not_link", "action": "send"})
    response = session.scalars(select(Response)).one()
    assert (response.mode, response.interviewer) == (Mode.PHONE, None)
    session.refresh(on_list.invitation)
    assert on_list.invitation.response_id is None
    assert "has already sent their answers" in officer.get(on_list.call_url).text


def test_a_missing_answer_is_named_and_nothing_typed_is_lost(
    officer: StrictClient, session: Session, on_list: Asked
) -> None:
    given = {key: value for key, value in ANSWERS.items() if key != "answer-involved"}
    page = officer.post(on_list.call_url, data={**given, "note": "A note", "outcome": "no_reply", "action": "send"})
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert 'href="#answer-involved"' in page.text
    assert 'id="answer-involved"' in page.text
    assert page.text.count("Select how much you agree or disagree") == 2
    for words in ("Nobody rang us back.", "A note", 'value="contact" checked', 'value="no_reply" checked'):
        assert words in page.text, words
    assert session.scalars(select(Response)).all() == []
    assert session.scalars(select(CallAttempt)).all() == []


def test_what_was_begun_by_link_gives_way_to_what_is_said_on_the_phone(
    client: StrictClient, session: Session, bronwen: Staff, sign_in: SignIn, on_list: Asked
) -> None:
    begin(client, on_list)
    post(client, f"{on_list.url}/question/comment", {"answer": "Not yet sent"})
    officer = sign_in(client, bronwen)
    page = officer.get(on_list.call_url).text
    assert "They have begun to answer by their own link" in page
    assert "Not yet sent" not in page
    officer.post(on_list.call_url, data={**ANSWERS, "answer-comment": "", "action": "send"})
    sent = session.scalars(select(Response).where(Response.submitted_at.is_not(None))).one()
    assert (sent.mode, sent.texts) == (Mode.PHONE, [])
    session.refresh(on_list.invitation)
    assert on_list.invitation.response_id == sent.id


def test_an_answer_sent_by_link_meanwhile_wins_and_nothing_typed_is_lost(
    client: StrictClient, session: Session, bronwen: Staff, sign_in: SignIn, on_list: Asked
) -> None:
    answer_all(client, on_list, HAPPY)
    send(client, on_list)
    officer = sign_in(client, bronwen)
    page = officer.post(on_list.call_url, data={**ANSWERS, "note": "A note", "action": "send"})
    assert page.status_code == 409
    for words in ("Those count", "Strongly disagree", "Nobody rang us back.", "A note"):
        assert words in page.text, words
    assert session.scalars(select(Response.mode)).one() is Mode.LINK
    assert officer.post(on_list.call_url, data={"note": "A note", "action": "note"}).status_code == 303
    assert session.scalars(select(CallAttempt.note)).one() == "A note"


@pytest.mark.parametrize("outcome", sorted(set(CallOutcome) - {CallOutcome.ANSWERED_SURVEY, CallOutcome.CALL_BACK}))
def test_every_outcome_can_be_written_down(
    officer: StrictClient, session: Session, bronwen: Staff, on_list: Asked, outcome: CallOutcome
) -> None:
    answer = officer.post(on_list.call_url, data={"outcome": outcome, "note": "As it was", "action": "outcome"})
    assert (answer.status_code, answer.location) == (303, "/staff/calls")
    call = session.scalars(select(CallAttempt)).one()
    assert (call.outcome, call.note, call.called_by) == (outcome, "As it was", f"staff:{bronwen.id}")
    assert "Written down" in officer.get("/staff/calls").text
    session.refresh(on_list.invitation)
    ended = {CallOutcome.DECLINED: CloseReason.REFUSED_ON_PHONE, CallOutcome.STOP_ASKING: CloseReason.OPTED_OUT}
    assert on_list.invitation.close_reason is ended.get(outcome)
    holds = {CallOutcome.STOP_ASKING: [HoldReason.OPTED_OUT], CallOutcome.DISTRESS: [HoldReason.DO_NOT_SEND]}
    assert session.scalars(select(Hold.reason)).all() == holds.get(outcome, [])
    number = session.scalars(select(ContactPoint.state).where(ContactPoint.value == "+447700900123")).one()
    assert (number is ContactState.WRONG_PERSON) == (outcome is CallOutcome.WRONG_NUMBER)


def test_a_promised_call_comes_back_at_its_hour(
    officer: StrictClient, session: Session, clock: SettableClock, on_list: Asked
) -> None:
    data = {"outcome": "call_back", "back_on": "2026-04-02", "back_at": "14:30", "action": "outcome"}
    clock.set(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    assert officer.post(on_list.call_url, data=data).status_code == 303
    assert session.scalars(select(CallAttempt.call_back_at)).one() == datetime(2026, 4, 2, 13, 30, tzinfo=UTC)
    session.commit()
    clock.set(datetime(2026, 4, 2, 13, 29, tzinfo=UTC))
    assert "No calls to make" in officer.get("/staff/calls").text
    clock.set(datetime(2026, 4, 2, 13, 30, tzinfo=UTC))
    assert "Asked to be called back now" in officer.get("/staff/calls").text


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"back_on": "2026-03-02"},
        {"back_at": "10:00"},
        {"back_on": "2026-03-02", "back_at": "08:00"},
        {"back_on": "x", "back_at": "\0"},
    ],
)
def test_a_call_back_needs_a_moment_to_come(
    officer: StrictClient, session: Session, on_list: Asked, when: dict[str, str]
) -> None:
    page = officer.post(on_list.call_url, data={"outcome": "call_back", "note": "Keep me", "action": "outcome", **when})
    assert page.status_code == 422
    assert "Enter a day and time from now on" in page.text
    assert 'href="#back_on"' in page.text
    assert "Keep me" in page.text
    assert session.scalars(select(CallAttempt)).all() == []


def test_answers_that_were_filled_in_are_never_thrown_away_unasked(
    officer: StrictClient, session: Session, on_list: Asked
) -> None:
    data = {"answer-involved": "2", "outcome": "no_reply"}
    page = officer.post(on_list.call_url, data={**data, "action": "outcome"})
    assert page.status_code == 422
    assert "You have filled in answers" in page.text
    assert "Save it without the answers" in page.text
    assert 'value="2" checked' in page.text
    assert officer.post(on_list.call_url, data={**data, "action": "outcome_alone"}).status_code == 303
    assert session.scalars(select(CallAttempt.outcome)).one() is CallOutcome.NO_REPLY
    assert session.scalars(select(Response)).all() == []


@pytest.mark.parametrize(
    "data", [{}, {"action": "outcome"}, {"action": "note"}, {"action": "outcome", "outcome": "answered_survey"}]
)
def test_a_form_that_says_nothing_is_explained(
    officer: StrictClient, session: Session, on_list: Asked, data: dict[str, str]
) -> None:
    page = officer.post(on_list.call_url, data=data)
    assert page.status_code == 422
    assert "Select what came of the call" in page.text
    assert session.scalars(select(CallAttempt)).all() == []


@pytest.mark.parametrize("reason", [HoldReason.COURT_RESTRICTION, HoldReason.SAFEGUARDING, HoldReason.BEREAVEMENT])
@pytest.mark.parametrize("on_child", [True, False])
def test_a_held_family_is_not_on_the_list_and_its_page_gives_no_number(
    officer: StrictClient, session: Session, on_list: Asked, amina: ParentCarer, reason: HoldReason, on_child: bool
) -> None:
    child = on_list.invitation.plan_event.plan.child
    factories.hold(session, child if on_child else amina, reason=reason)
    assert "No calls to make" in officer.get("/staff/calls").text
    page = officer.get(on_list.call_url).text
    assert "Do not ring this family now" in page
    assert "900123" not in page


def test_somebody_who_may_no_longer_be_asked_about_the_child_is_not_rung(
    officer: StrictClient, session: Session, on_list: Asked
) -> None:
    for tie in on_list.invitation.plan_event.plan.child.relationships:
        tie.contact_allowed = False
    assert "No calls to make" in officer.get("/staff/calls").text
    assert "Do not ring this family now" in officer.get(on_list.call_url).text


@pytest.mark.parametrize("number", ["999999", "2147483648", "9" * 40, "0", "-1", "x"])
def test_a_call_to_nobody_is_not_found(officer: StrictClient, number: str) -> None:
    assert officer.get(f"/staff/calls/{number}").status_code == 404


@pytest.mark.parametrize("words", ["\0", "\x0b\ufffe", "\u202e<b>", "👪" * 3000, "a" * 100_001])
def test_no_words_break_the_call_page(officer: StrictClient, session: Session, on_list: Asked, words: str) -> None:
    data = {"answer-comment": words, "answer-involved": words, "note": words, "outcome": words}
    for action in ("send", "outcome", "outcome_alone", "note", words):
        assert officer.post(on_list.call_url, data={**data, "action": action}).status_code < 500
    assert officer.get("/staff/calls").status_code == 200


def test_the_menu_counts_the_calls_that_wait(officer: StrictClient, session: Session, on_list: Asked) -> None:
    assert 'Calls <span class="app-count">1</span>' in officer.get("/staff/calls").text


@pytest.mark.parametrize(
    ("audience", "kind", "whom", "known_as"),
    [
        (Audience.SETTING, MailboxKind.SETTING, "the SEN co-ordinator of Greenfield School", "Z.S., plan issued"),
        (Audience.HEALTH_PROFESSIONAL, MailboxKind.HEALTH, "of Greenfield School", "Z.S., born in 2016, plan issued"),
    ],
)
def test_a_setting_is_spoken_to_as_one(
    officer: StrictClient,
    session: Session,
    settings: Settings,
    audience: Audience,
    kind: MailboxKind,
    whom: str,
    known_as: str,
) -> None:
    child = factories.child(session, forename="Zain", surname="Secretname", setting_urn="100001")
    event = factories.plan_event(session, factories.plan(session, child))
    mailbox = factories.role_mailbox(session, serves=kind, name="Greenfield School", urn="100001", is_default=True)
    campaign = factories.campaign(session, survey=audience.value, audience=audience)
    asked = ask(session, settings, mailbox, event, campaign_=campaign, version=None)
    page = officer.get(asked.call_url).text
    assert whom in page
    assert known_as in page
    assert "find one first" not in page
    assert "It will not change the help you get" not in page
    assert officer.get(f"/staff/families/face-to-face/{asked.invitation.id}").status_code == 404
    asked.invitation.state = InvitationState.ANSWERED
    page = officer.get(asked.call_url).text
    assert "has already sent its answers" in page
    assert "This family" not in page
