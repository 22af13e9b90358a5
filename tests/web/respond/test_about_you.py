"""About you: after the answers are safe, by choice, and never to be joined with them or with anybody."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import Invitation
from engage.core.audit import AuditEvent
from engage.core.config import Settings
from engage.core.db import Base, Database
from engage.notify.templates import Templates
from engage.surveys.equality_models import EqualityAnswers
from engage.surveys.models import Response
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, ask, dump, post, send
from tests.web.respond.test_hostile import NAUGHTY

TAMIL = {
    "ethnic_group": ["asian"],
    "background_asian": ["aslt"],
    "community": ["tamil", "another"],
    "language": ["ta"],
    "health_condition": ["no_one"],
    "sex": ["female"],
}


@pytest.fixture
def another(app: Flask, session: Session) -> StrictClient:
    """Another browser."""
    return StrictClient(app, app.response_class, before=session.commit)


def say(client: StrictClient, asked: Asked, answers: dict[str, list[str]], *, everything: bool = False) -> str:
    """Agree, and answer each page as it comes; where it ended."""
    where = post(client, f"{asked.url}/about-you", {"want": "yes", **({"all": "yes"} if everything else {})}).location
    while "/about-you/" in where:
        page = client.get(where)
        assert page.status_code == 200
        answer = post(client, where, {"answer": answers.get(where.rpartition("/")[2], [])})
        assert answer.status_code == 303, answer.text
        where = answer.location
    return where


def test_it_is_asked_after_the_answers_are_sent_and_can_be_left(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked)
    assert client.get(f"{asked.url}/about-you").status_code == 303
    send(client, asked)
    thanks = client.get(f"{asked.url}/thank-you").text
    assert "May we ask about you?" in thanks
    assert f'href="{asked.url}/about-you"' in thanks
    page = client.get(f"{asked.url}/about-you").text
    for words in ("Your feedback is sent", "About you", "About 2 minutes", "You do not have to", "No, skip this"):
        assert words.lower() in page.lower().replace("it takes about", "about"), words
    assert page.count('name="want"') == 2
    assert page.count("govuk-button--secondary") == 0  # to skip is as large as to go on
    assert post(client, f"{asked.url}/about-you", {"want": "no"}).location == f"{asked.url}/thank-you"
    assert session.scalars(select(EqualityAnswers)).all() == []


def test_a_language_and_those_who_speak_it_each_have_their_own_word(
    client: StrictClient, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Templates, "offered", lambda _: ("en", "ko"))
    answer_all(client, asked)
    send(client, asked)
    post(client, f"{asked.url}/about-you", {"want": "yes", "all": "yes"})
    people = client.get(f"{asked.url}/about-you/community?lang=ko").text
    language = client.get(f"{asked.url}/about-you/language?lang=ko").text
    assert ("폴란드인" in people, "폴란드어" in people) == (True, False)
    assert ("폴란드인" in language, "폴란드어" in language) == (False, True)


def test_each_answer_is_kept_at_once_and_each_may_be_left_out(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked)
    send(client, asked)
    assert say(client, asked, TAMIL) == f"{asked.url}/thank-you"
    row = session.scalars(select(EqualityAnswers)).one()
    assert row.answers == {
        "ethnic_group": "asian",
        "background_asian": "aslt",
        "community": ["tamil", "another"],
        "health_condition": "no_one",
        "sex": "female",
    }  # the language of a parent carer is on record, and so is not asked again
    assert (row.survey, row.version, row.local_authority) == ("post_issuance", 1, "314")
    first = post(client, f"{asked.url}/about-you/ethnic_group", {"answer": "white"})
    assert first.location == f"{asked.url}/about-you/background_white"
    session.expire_all()
    changed = session.scalars(select(EqualityAnswers.answers)).one()
    assert (changed["ethnic_group"], "background_asian" in changed) == ("white", False)
    page = client.get(first.location).text
    for label in ("Gypsy", "Irish Traveller", "Roma", "Prefer not to say"):
        assert label in page
    assert 'value="white" checked' in client.get(f"{asked.url}/about-you/ethnic_group").text


def test_to_prefer_not_to_say_is_an_answer_and_to_leave_it_out_is_none(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked)
    send(client, asked)
    say(client, asked, {"ethnic_group": ["not_said"]})
    assert session.scalars(select(EqualityAnswers.answers)).one() == {"ethnic_group": "not_said"}
    say(client, asked, {})
    session.expire_all()
    assert session.scalars(select(EqualityAnswers)).all() == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("ethnic_group", ["tamil"]),
        ("ethnic_group", ["white", "asian"]),
        ("community", ["tamil", "none"]),
        ("community", ["tamil", "nonsense"]),
    ],
)
def test_an_answer_that_is_none_is_explained(
    client: StrictClient, session: Session, asked: Asked, question: str, answer: list[str]
) -> None:
    answer_all(client, asked)
    send(client, asked)
    page = post(client, f"{asked.url}/about-you/{question}", {"answer": answer})
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert 'href="#answer"' in page.text
    assert session.scalars(select(EqualityAnswers)).all() == []


@pytest.mark.parametrize("words", [*NAUGHTY, "9" * 5_000, "²³٣"])
def test_no_words_break_it(client: StrictClient, session: Session, asked: Asked, words: str) -> None:
    answer_all(client, asked)
    send(client, asked)
    for question in ("ethnic_group", "community", "sex"):
        assert post(client, f"{asked.url}/about-you/{question}", {"answer": words}).status_code in (303, 422)
    assert post(client, f"{asked.url}/about-you", {"want": words, "all": words}).status_code == 303
    for about in ("nonsense", "background_white", "%00", "a" * 3_000):
        assert client.get(f"{asked.url}/about-you/{about}").status_code == 303
        assert post(client, f"{asked.url}/about-you/{about}", {"answer": "white"}).status_code == 303
    assert session.scalars(select(EqualityAnswers)).all() == []


def test_only_the_browser_that_sent_the_answers_may_say_it_and_for_an_hour(
    client: StrictClient, another: StrictClient, session: Session, asked: Asked, clock: SettableClock
) -> None:
    answer_all(client, asked)
    send(client, asked)
    assert "May we ask about you?" not in another.get(f"{asked.url}/thank-you").text
    assert another.get(f"{asked.url}/about-you").location == f"{asked.url}/thank-you"
    post(another, f"{asked.url}/about-you/sex", {"answer": "male"})
    clock.advance(minutes=61)
    assert client.get(f"{asked.url}/about-you").location == f"{asked.url}/thank-you"
    post(client, f"{asked.url}/about-you/sex", {"answer": "male"})
    assert session.scalars(select(EqualityAnswers)).all() == []


@pytest.mark.parametrize("choice", ["contact", "without_name", "do_not_link"])
def test_nothing_joins_what_was_said_to_the_answers_or_the_family(
    client: StrictClient, session: Session, database: Database, asked: Asked, choice: str, noise: None
) -> None:
    answer_all(client, asked, UNHAPPY | {"contact": choice})
    send(client, asked)
    before = dump(database)
    say(client, asked, TAMIL)
    after = dump(database)
    assert {name for name in after if after[name] != before[name]} == {"equality_answers"}  # the audit among the rest
    row = session.scalars(select(EqualityAnswers)).one()
    assert set(EqualityAnswers.__table__.columns.keys()) == {
        "id",
        "version",
        "survey",
        "local_authority",
        "cohort_quarter",
        "answers",
    }
    assert not EqualityAnswers.__table__.foreign_keys
    session.expunge_all()
    with database.reading() as reading:
        for table in Base.metadata.sorted_tables:
            for other in reading.execute(table.select()).mappings() if table.name != "equality_answers" else ():
                assert str(row.id) not in repr(dict(other)), table.name
    responses = session.scalars(select(Response)).all()
    assert row.id not in {response.id for response in responses}
    assert session.scalars(select(AuditEvent).where(AuditEvent.subject_kind.contains("equality"))).all() == []


def test_no_address_holds_the_ticket(client: StrictClient, asked: Asked) -> None:
    answer_all(client, asked)
    assert send(client, asked).location == f"{asked.url}/thank-you"
    where = post(client, f"{asked.url}/about-you", {"want": "yes"}).location
    assert "?" not in where
    assert "visit=" not in client.get(where).text


def test_what_the_council_holds_is_not_asked_again_and_never_shown(
    client: StrictClient, session: Session, settings: Settings
) -> None:
    young = factories.child(session, ethnicity="ASLT", first_language="TAM", sex="F")
    event = factories.plan_event(session, factories.plan(session, young))
    campaign = factories.campaign(session, survey="young_person", audience="young_person")
    invitation = factories.invitation(session, campaign, young, event)
    contact = factories.ladder_contact(session, invitation)
    from engage.campaigns.links import make_link

    token = make_link(session, invitation, contact, settings.secrets, now=factories.AT)
    asked = Asked(session.get_one(Invitation, invitation.id), contact, token, "")
    session.commit()
    answers = {"process_and_plan": "5", "process_rated": "5", "plan_rated": "5", "comment": "", "contact": "contact"}
    answer_all(client, asked, answers)
    send(client, asked)
    page = client.get(f"{asked.url}/about-you").text
    assert "Some of this the council may know already" in page
    assert "Tamil" not in page
    say(client, asked, TAMIL)
    said = session.scalars(select(EqualityAnswers.answers)).one()
    assert said == {"community": ["tamil", "another"], "health_condition": "no_one"}
    say(client, asked, TAMIL, everything=True)
    session.expire_all()
    said = session.scalars(select(EqualityAnswers.answers)).one()
    assert (said["ethnic_group"], said["language"], said["sex"]) == ("asian", "ta", "female")


def test_on_the_phone_it_is_asked_by_their_leave(
    app: Flask,
    client: StrictClient,
    session: Session,
    settings: Settings,
    asked: Asked,
    bronwen: Staff,
    sign_in: Callable[[StrictClient, Staff], StrictClient],
) -> None:
    officer = sign_in(client, bronwen)
    assert officer.get("/staff/about-you").location == "/staff/calls"
    phoned = {f"answer-{question}": value for question, value in HAPPY.items()}
    officer.post(asked.call_url, data={**phoned, "action": "send"})
    assert 'href="/staff/about-you"' in officer.get("/staff/calls").text
    page = officer.get("/staff/about-you").text
    for words in ("May I ask you a few questions about you?", "999", "Roma", "The council may know this already"):
        assert words in page, words
    assert "Amina" not in page.replace(bronwen.name, "")
    wrong = officer.post("/staff/about-you", data={"agreed": "yes", "community": ["tamil", "none"], "sex": "male"})
    assert wrong.status_code == 422
    assert 'value="male" checked' in wrong.text
    assert officer.post("/staff/about-you", data={"agreed": "yes", **TAMIL}).location == "/staff/calls"
    said = session.scalars(select(EqualityAnswers.answers)).one()
    assert (said["background_asian"], said["community"]) == ("aslt", ["tamil", "another"])
    assert officer.get("/staff/about-you").location == "/staff/calls"
    other = ask(session, settings)
    officer.post(other.call_url, data={**phoned, "action": "send"})
    officer.post("/staff/about-you", data={"agreed": "no", **TAMIL})
    assert len(session.scalars(select(EqualityAnswers)).all()) == 1
