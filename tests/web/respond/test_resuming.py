"""Coming back: the same browser goes on; any other sees nothing of what was typed without a code sent to where the link went."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns import answering, resuming
from engage.campaigns.links import make_link
from engage.campaigns.models import Beginning, ResumeCode, Step
from engage.core.audit import AuditEvent
from engage.core.config import Settings
from engage.core.db import Base, Database
from engage.jobs.dispatching import COMPOSERS
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageChannel
from engage.notify.outbox import Refusal
from engage.people.models import ContactState, HoldReason, ParentCarer
from engage.surveys.models import FreeText, Mode, Response
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, ask, begin, dump, post, send

SECRET = "Only I may read this"
BEGUN = HAPPY | {"comment": SECRET, "involved": "1"}


@pytest.fixture
def asked(session: Session, settings: Settings, amina: ParentCarer) -> Asked:
    """Amina, whose first message went to her email address."""
    made = ask(session, settings, amina)
    made.contact.message = factories.message(session, recipient="amina@example.org", person_id=amina.id)
    session.commit()
    return made


@pytest.fixture
def another(app: Flask, session: Session) -> StrictClient:
    """Another browser."""
    return StrictClient(app, app.response_class, before=session.commit)


@pytest.fixture
def cookieless(app: Flask, session: Session) -> StrictClient:
    """A browser that keeps no cookies."""
    made = StrictClient(app, app.response_class, before=session.commit)
    made._cookies = Forgetful()
    return made


class Forgetful(dict[object, object]):
    """Keeps nothing."""

    def __setitem__(self, key: object, value: object) -> None:
        """Forget it at once."""


def code_sent(session: Session, settings: Settings) -> str:
    """The newest code, as the message says it."""
    session.expire_all()
    code = session.scalars(select(ResumeCode).order_by(ResumeCode.id.desc())).first()
    assert code is not None
    return resuming.digits_of(code, settings.secrets[0])


def ask_for_code(client: StrictClient, asked: Asked) -> None:
    """Press "Send me a code"."""
    assert post(client, f"{asked.url}/carry-on", {"how": "code"}).location == f"{asked.url}/carry-on/code"


def link_by(session: Session, settings: Settings, asked: Asked, channel: MessageChannel, to: str) -> Asked:
    """A later message about the same invitation, and its link."""
    step = Step.REMINDER if channel is MessageChannel.TEXT else Step.OTHER_CHANNEL
    contact = factories.ladder_contact(session, asked.invitation, step=step, channel=channel)
    contact.message = factories.message(session, recipient=to, channel=channel, person_id=asked.invitation.person_id)
    token = make_link(session, asked.invitation, contact, settings.secrets, now=factories.AT)
    session.commit()
    return Asked(asked.invitation, contact, token, asked.call_url)


PAGES = (
    "",
    "/question/comment",
    "/question/involved",
    "/check",
    "/carry-on",
    "/carry-on/code",
    "/surveys",
    "/thank-you",
)


def test_no_other_browser_sees_what_was_typed(client: StrictClient, another: StrictClient, asked: Asked) -> None:
    answer_all(client, asked, BEGUN)
    for path in PAGES:
        page = another.get(asked.url + path, follow_redirects=True).text
        assert SECRET not in page
        assert 'value="1" checked' not in page
    assert another.get(f"{asked.url}/question/comment").location == f"{asked.url}/carry-on"
    assert begin(another, asked).location == f"{asked.url}/carry-on"
    assert SECRET in client.get(f"{asked.url}/check").text


def test_the_same_browser_goes_on_until_it_has_rested_too_long(
    client: StrictClient, asked: Asked, clock: SettableClock
) -> None:
    answer_all(client, asked, BEGUN)
    clock.advance(minutes=59)
    assert SECRET in client.get(f"{asked.url}/check").text  # and a look is no rest
    clock.advance(minutes=59)
    assert SECRET in client.get(f"{asked.url}/check").text
    clock.advance(minutes=61)
    assert client.get(f"{asked.url}/check").location == f"{asked.url}/carry-on"


def test_what_is_sent_after_a_long_rest_is_kept_and_the_rest_is_not_shown(
    client: StrictClient, session: Session, asked: Asked, clock: SettableClock
) -> None:
    answer_all(client, asked, {"assessment_positive": "5"})
    clock.advance(hours=3)
    answer = post(client, f"{asked.url}/question/comment", {"answer": "Typed for three hours"})
    assert answer.location == f"{asked.url}/carry-on?kept=yes"
    assert "What you sent just now is kept" in client.get(answer.location).text
    assert session.scalars(select(FreeText.text)).one() == "Typed for three hours"
    late = post(client, f"{asked.url}/question/comment", {"answer": "é" * 60_000})
    assert late.status_code == 409
    assert "é" * 60_000 in late.text


def test_send_pressed_after_a_long_rest_sends(
    client: StrictClient, session: Session, asked: Asked, clock: SettableClock
) -> None:
    answer_all(client, asked, BEGUN)
    check = client.get(f"{asked.url}/check").text
    begun = re.search(r'name="begun" value="(\d+)"', check)
    assert begun is not None
    clock.advance(hours=3)
    assert post(client, f"{asked.url}/send", {"begun": begun[1]}).location == f"{asked.url}/thank-you"
    assert session.scalars(select(Response.submitted_at)).one() is not None


def test_a_code_sent_to_where_the_link_went_shows_the_answers_again(
    client: StrictClient, another: StrictClient, session: Session, settings: Settings, asked: Asked
) -> None:
    answer_all(client, asked, BEGUN)
    page = another.get(asked.url).text
    for words in ("Carry on with your answers", "Send me a code", "by email", "Start again", "020 7946 0100"):
        assert words in page, words
    assert "amina@example.org" not in page
    ask_for_code(another, asked)
    message = session.scalars(select(Message).where(Message.purpose == resuming.PURPOSE)).one()
    assert (message.recipient, message.channel, message.priority) == ("amina@example.org", MessageChannel.EMAIL, 0)
    assert message.personalisation == {}
    assert "Enter the code" in another.get(f"{asked.url}/carry-on/code").text
    typed = f" {code_sent(session, settings)[:3]} {code_sent(session, settings)[3:]} "
    let_in = post(another, f"{asked.url}/carry-on/code", {"code": typed})
    assert let_in.location.startswith(f"{asked.url}/check")
    assert SECRET in another.get(let_in.location).text
    assert SECRET in another.get(f"{asked.url}/question/comment").text
    assert SECRET in client.get(f"{asked.url}/check").text
    assert send(another, asked).location == f"{asked.url}/thank-you"
    assert len(session.scalars(select(Response)).all()) == 1
    assert session.scalars(select(Beginning)).all() == []
    assert session.scalars(select(ResumeCode)).all() == []


def test_the_message_holds_the_code_and_the_records_do_not(
    client: StrictClient, another: StrictClient, session: Session, house: House, database: Database, asked: Asked
) -> None:
    answer_all(client, asked, BEGUN)
    ask_for_code(another, asked)
    code = code_sent(session, house.settings)
    message = session.scalars(select(Message).where(Message.purpose == resuming.PURPOSE)).one()
    words = COMPOSERS[resuming.PURPOSE](session, message, house.settings, house.clock.now())
    assert not isinstance(words, Refusal)
    assert words["code"] == code
    for channel in (MessageChannel.EMAIL, MessageChannel.TEXT):
        assert code in house.templates.render(house.templates.find("resume_code", channel, "en"), words).body
    session.commit()
    kept = {name: rows for name, rows in dump(database).items() if name in ("resume_code", "message", "audit_event")}
    assert code not in repr(kept)


def test_a_wrong_code_can_be_tried_a_few_times_only(
    client: StrictClient, another: StrictClient, session: Session, settings: Settings, asked: Asked
) -> None:
    answer_all(client, asked, BEGUN)
    ask_for_code(another, asked)
    right = code_sent(session, settings)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(resuming.TRIES - 1):
        answer = post(another, f"{asked.url}/carry-on/code", {"code": wrong})
        assert answer.location == f"{asked.url}/carry-on/code?wrong=yes"
    assert "That is not the code we sent" in another.get(answer.location).text
    assert post(another, f"{asked.url}/carry-on/code", {"code": wrong}).location == f"{asked.url}/carry-on?old=yes"
    assert "no longer works" in another.get(f"{asked.url}/carry-on?old=yes").text
    assert post(another, f"{asked.url}/carry-on/code", {"code": right}).location == f"{asked.url}/carry-on?old=yes"
    assert another.get(f"{asked.url}/carry-on/code").location == f"{asked.url}/carry-on"


@pytest.mark.parametrize("typed", ["", "\0", "12345", "1234567", "٠١٢٣٤٥", "²²²²²²", "é" * 50_000, "\u202e000000"])
def test_whatever_is_typed_for_a_code_breaks_nothing(
    client: StrictClient, another: StrictClient, asked: Asked, typed: str
) -> None:
    answer_all(client, asked, BEGUN)
    ask_for_code(another, asked)
    answer = post(another, f"{asked.url}/carry-on/code", {"code": typed})
    assert answer.location == f"{asked.url}/carry-on/code?wrong=yes"


def test_a_code_works_for_a_quarter_of_an_hour_and_only_the_newest(
    client: StrictClient,
    another: StrictClient,
    session: Session,
    settings: Settings,
    asked: Asked,
    clock: SettableClock,
) -> None:
    answer_all(client, asked, BEGUN)
    ask_for_code(another, asked)
    first = code_sent(session, settings)
    clock.advance(minutes=1)
    ask_for_code(another, asked)
    second = code_sent(session, settings)
    if first != second:
        assert "wrong" in post(another, f"{asked.url}/carry-on/code", {"code": first}).location
    clock.advance(minutes=15)
    assert post(another, f"{asked.url}/carry-on/code", {"code": second}).location == f"{asked.url}/carry-on?old=yes"


def test_only_so_many_codes_are_sent(
    client: StrictClient, another: StrictClient, session: Session, asked: Asked, clock: SettableClock
) -> None:
    answer_all(client, asked, BEGUN)
    for _ in range(resuming.CODES_AN_HOUR):
        ask_for_code(another, asked)
    assert post(another, f"{asked.url}/carry-on", {"how": "code"}).status_code == 409
    page = another.get(f"{asked.url}/carry-on").text
    assert "We have sent you several codes" in page
    assert "Send me a code" not in page
    clock.advance(hours=2)
    for _ in range(resuming.CODES_A_DAY - resuming.CODES_AN_HOUR):
        ask_for_code(another, asked)
    clock.advance(hours=2)
    assert post(another, f"{asked.url}/carry-on", {"how": "code"}).status_code == 409
    codes = session.scalars(select(Message).where(Message.purpose == resuming.PURPOSE)).all()
    assert len(codes) == resuming.CODES_A_DAY


@pytest.mark.parametrize("reason", [HoldReason.BEREAVEMENT, HoldReason.SAFEGUARDING, HoldReason.DO_NOT_SEND])
def test_where_nothing_may_go_no_code_goes(
    client: StrictClient,
    another: StrictClient,
    session: Session,
    house: House,
    asked: Asked,
    amina: ParentCarer,
    reason: HoldReason,
) -> None:
    answer_all(client, asked, BEGUN)
    ask_for_code(another, asked)
    factories.hold(session, amina, reason=reason)
    session.commit()
    assert "Send me a code" not in another.get(asked.url).text
    assert post(another, f"{asked.url}/carry-on", {"how": "code"}).status_code == 409
    message = session.scalars(select(Message).where(Message.purpose == resuming.PURPOSE)).one()
    assert isinstance(COMPOSERS[resuming.PURPOSE](session, message, house.settings, house.clock.now()), Refusal)


def test_a_complaint_keeps_nobody_from_their_own_answers(
    client: StrictClient, another: StrictClient, session: Session, asked: Asked, amina: ParentCarer
) -> None:
    answer_all(client, asked, BEGUN)
    factories.hold(session, amina, reason=HoldReason.COMPLAINT_OR_TRIBUNAL)
    session.commit()
    ask_for_code(another, asked)


def test_no_code_goes_to_an_address_that_is_no_longer_theirs_nor_by_post(
    client: StrictClient, another: StrictClient, session: Session, settings: Settings, asked: Asked, amina: ParentCarer
) -> None:
    letter = link_by(session, settings, asked, MessageChannel.LETTER, "1 Made Up Road\nKT1 1EU")
    answer_all(client, letter, BEGUN)
    assert "Send me a code" not in another.get(letter.url).text
    assert "Start again" in another.get(letter.url).text
    post(another, f"{letter.url}/carry-on", {"how": "again"})
    answer_all(another, asked, BEGUN)
    point = next(point for point in amina.contact_points if point.value == "amina@example.org")
    point.state = ContactState.BOUNCED
    session.commit()
    third = StrictClient(client.application, client.application.response_class, before=session.commit)
    assert "Send me a code" not in third.get(asked.url).text


def test_by_another_link_the_code_still_goes_to_where_the_answers_were_begun(
    client: StrictClient, another: StrictClient, session: Session, settings: Settings, asked: Asked
) -> None:
    """The text may have reached a stranger: the number it went to gives nobody the answers that were begun by email."""
    answer_all(client, asked, BEGUN)
    text = link_by(session, settings, asked, MessageChannel.TEXT, "+447700900123")
    page = another.get(text.url).text
    assert "by email" in page
    ask_for_code(another, text)
    assert session.scalars(select(Message.recipient).where(Message.purpose == resuming.PURPOSE)).one() == (
        "amina@example.org"
    )


def test_starting_again_shows_nothing_keeps_everything_and_is_one_answer(
    client: StrictClient, another: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked, BEGUN)
    begun = post(another, f"{asked.url}/carry-on", {"how": "again"})
    assert begun.location.startswith(f"{asked.url}/question/assessment_positive")
    assert "checked" not in another.get(begun.location).text
    for question, value in UNHAPPY.items():
        assert SECRET not in another.get(f"{asked.url}/question/{question}").text
        post(another, f"{asked.url}/question/{question}", {"answer": value})
    page = another.get(f"{asked.url}/check").text
    assert SECRET not in page
    assert "Nobody rang us back." in page
    assert SECRET in client.get(f"{asked.url}/check").text  # whoever began first goes on
    assert send(another, asked).location == f"{asked.url}/thank-you"
    sent = session.scalars(select(Response).where(Response.submitted_at.is_not(None))).one()
    assert [text.text for text in sent.texts] == ["Nobody rang us back."]
    late = post(client, f"{asked.url}/question/involved", {"answer": "2"})
    assert late.status_code == 409
    assert SECRET in late.text  # what cannot be added is given back
    assert SECRET in client.get(f"{asked.url}/thank-you").text
    assert SECRET not in another.get(f"{asked.url}/thank-you").text


def test_whoever_started_again_may_come_back_to_what_was_set_aside_by_a_code(
    client: StrictClient,
    another: StrictClient,
    session: Session,
    settings: Settings,
    asked: Asked,
    clock: SettableClock,
) -> None:
    answer_all(client, asked, BEGUN)
    text = link_by(session, settings, asked, MessageChannel.TEXT, "+447700900123")
    post(another, f"{text.url}/carry-on", {"how": "again"})
    post(another, f"{text.url}/question/comment", {"answer": "Of somebody else"})
    clock.advance(hours=2)
    ask_for_code(client, asked)
    let_in = post(client, f"{asked.url}/carry-on/code", {"code": code_sent(session, settings)})
    page = client.get(let_in.location).text
    assert SECRET in page
    assert "Of somebody else" not in page
    assert send(client, asked).location == f"{asked.url}/thank-you"
    sent = session.scalars(select(Response).where(Response.submitted_at.is_not(None))).one()
    assert [each.text for each in sent.texts] == [SECRET]


def test_of_two_browsers_that_start_together_the_first_to_answer_is_the_one_that_sees(
    client: StrictClient, another: StrictClient, asked: Asked
) -> None:
    begin(client, asked)
    begin(another, asked)
    post(client, f"{asked.url}/question/comment", {"answer": SECRET})
    assert another.get(f"{asked.url}/question/comment").location == f"{asked.url}/carry-on"
    assert SECRET in client.get(f"{asked.url}/question/comment").text


def test_a_pass_opens_its_own_link_alone_and_cannot_be_made_up(
    client: StrictClient, another: StrictClient, session: Session, settings: Settings, asked: Asked, amina: ParentCarer
) -> None:
    other = ask(session, settings, amina)
    answer_all(client, asked, BEGUN)
    answer_all(client, other, BEGUN)
    kept = client.get_cookie("engage-visit", path=asked.url)
    assert kept is not None
    for text in (kept.value, kept.value[:-2], "", "x.y", "é", "[1,2]", "a" * 5_000):
        another.set_cookie("engage-visit", text[:3_000], path=other.url)
        assert another.get(f"{other.url}/check").location == f"{other.url}/carry-on"
        assert another.get(f"{other.url}/check?visit={text}").location == f"{other.url}/carry-on"


def test_a_browser_without_cookies_answers_all_the_same(
    cookieless: StrictClient, another: StrictClient, session: Session, asked: Asked
) -> None:
    where = begin(cookieless, asked).location
    for value in BEGUN.values():
        page = cookieless.get(where)
        assert page.status_code == 200
        action = page.request.path + ("?" + page.request.query_string.decode() if page.request.query_string else "")
        where = post(cookieless, action, {"answer": value}).location
        assert "visit=" in where
    page = cookieless.get(where)
    assert SECRET in page.text
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert action is not None
    thanked = cookieless.get(post(cookieless, action[1]).location)
    assert "Your reference is" in thanked.text
    assert "Your reference is" not in another.get(f"{asked.url}/thank-you").text


def test_the_pass_leaves_the_address_of_a_browser_that_keeps_the_cookie(
    client: StrictClient, another: StrictClient, session: Session, settings: Settings, asked: Asked
) -> None:
    answer_all(client, asked, {"assessment_positive": "5"})
    ask_for_code(another, asked)
    let_in = post(another, f"{asked.url}/carry-on/code", {"code": code_sent(session, settings)})
    assert "visit=" in let_in.location
    cleaned = another.get(let_in.location)
    assert cleaned.location == f"{asked.url}/question/plan_confidence"
    assert "visit=" not in another.get(cleaned.location).text


def test_no_link_ever_shows_what_one_of_ours_took_down(
    client: StrictClient, session: Session, house: House, asked: Asked
) -> None:
    response = answering.start(
        session, asked.invitation, house.catalogue, mode=Mode.PHONE, language="en", now=factories.AT
    )
    response.answers = {"involved": "1"}
    response.texts.append(FreeText(question="comment", text=SECRET))
    session.commit()
    for path in PAGES:
        page = client.get(asked.url + path, follow_redirects=True).text
        assert SECRET not in page
        assert "Send me a code" not in page
    assert post(client, f"{asked.url}/question/involved", {"answer": "2"}).location == f"{asked.url}/carry-on"
    given_back = post(client, f"{asked.url}/question/comment", {"answer": "My own words"})
    assert given_back.status_code == 409
    assert "My own words" in given_back.text
    session.refresh(response)
    assert response.answers == {"involved": "1"}
    post(client, f"{asked.url}/carry-on", {"how": "again"})
    assert SECRET not in client.get(f"{asked.url}/question/comment").text


def test_a_call_that_comes_first_gives_back_what_was_begun_by_link(
    app: Flask,
    client: StrictClient,
    session: Session,
    asked: Asked,
    bronwen: Staff,
    sign_in: Callable[[StrictClient, Staff], StrictClient],
) -> None:
    answer_all(client, asked, BEGUN)
    officer = sign_in(StrictClient(app, app.response_class, before=session.commit), bronwen)
    phoned = {f"answer-{question}": value for question, value in UNHAPPY.items()}
    assert officer.post(asked.call_url, data={**phoned, "action": "send"}).status_code == 303
    assert send(client, asked).location == f"{asked.url}/thank-you"
    page = client.get(f"{asked.url}/thank-you").text
    assert SECRET in page
    assert "Nobody rang us back" not in page
    assert "Your reference" not in page


def test_somebody_else_deletes_only_what_their_own_link_began(
    client: StrictClient, another: StrictClient, session: Session, settings: Settings, asked: Asked
) -> None:
    answer_all(client, asked, BEGUN)
    text = link_by(session, settings, asked, MessageChannel.TEXT, "+447700900123")
    post(another, f"{text.url}/carry-on", {"how": "again"})
    post(another, f"{text.url}/question/comment", {"answer": "A stranger's words"})
    post(another, f"{text.url}/not-for-me", {"why": "wrong_person"})
    assert session.scalars(select(FreeText.text)).all() == [SECRET]
    session.refresh(asked.invitation)
    assert asked.invitation.response is not None
    assert SECRET in client.get(f"{asked.url}/check").text
    assert send(client, asked).location == f"{asked.url}/thank-you"


def test_do_not_link_leaves_nothing_of_any_beginning_or_code(
    client: StrictClient,
    another: StrictClient,
    session: Session,
    settings: Settings,
    database: Database,
    asked: Asked,
) -> None:
    answer_all(client, asked, BEGUN)
    ask_for_code(another, asked)
    post(another, f"{asked.url}/carry-on/code", {"code": code_sent(session, settings)})
    third = StrictClient(client.application, client.application.response_class, before=session.commit)
    post(third, f"{asked.url}/carry-on", {"how": "again"})
    answer_all(third, asked, UNHAPPY | {"contact": "do_not_link"})
    send(third, asked)
    response = session.scalars(select(Response)).one()
    assert session.scalars(select(FreeText.text)).all() == ["Nobody rang us back."]
    session.commit()
    with database.reading() as reading:
        for name in ("beginning", "resume_code"):
            assert reading.execute(Base.metadata.tables[name].select()).all() == []
    details = [event.detail for event in session.scalars(select(AuditEvent))]
    assert not [detail for detail in details if response.reference in repr(detail) or str(response.id) in repr(detail)]


def test_what_is_left_over_goes_the_night_after(
    client: StrictClient, another: StrictClient, session: Session, house: House, asked: Asked
) -> None:
    from engage.jobs.forgetting import forget_what_is_due

    answer_all(client, asked, BEGUN)
    post(another, f"{asked.url}/carry-on", {"how": "again"})
    answer_all(another, asked, UNHAPPY)
    send(another, asked)
    assert len(session.scalars(select(Response)).all()) == 2
    session.commit()
    forget_what_is_due(house, house.clock.now() + timedelta(hours=23))
    assert len(session.scalars(select(Response)).all()) == 2
    session.commit()
    assert "set aside" in forget_what_is_due(house, house.clock.now() + timedelta(hours=25))
    session.expire_all()
    assert session.scalars(select(Response)).one().submitted_at is not None
