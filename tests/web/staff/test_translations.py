"""Translations in the browser: what is left, files out and in, reviews; and every process follows."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.core import catalogues, translation_changes
from engage.core.audit import AuditEvent
from engage.core.config import PROJECT, Settings
from engage.core.db import Database
from engage.core.languages import gettext, speaking, survey_gettext
from engage.core.translation_changes import TranslationChange
from engage.core.translation_uploads import name_of
from engage.jobs.wiring import House
from engage.notify.templates import Templates
from tests import factories
from tests.browser_client import StrictClient
from tests.web.respond.family import ask, post

PAGE = "/staff/translations/pl/messages"
WORDS = "Check your answers"


@pytest.fixture
def esther(
    client: StrictClient, session: Session, sign_in: Callable[[StrictClient, Staff], StrictClient]
) -> StrictClient:
    account = factories.staff(session, "Ada, Administrator", Role.ADMINISTRATOR)
    session.commit()
    return sign_in(client, account)


def po(words: str, language: str = "pl", msgid: str = WORDS) -> dict[str, object]:
    text = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "{msgid}"\nmsgstr "{words}"\n'
    return {"file": (BytesIO(text.encode()), "messages.pl.po")}


def test_a_correction_reaches_families_without_a_restart(
    esther: StrictClient, database: Database, session: Session
) -> None:
    answer = esther.post(PAGE, data=po("Sprawdź, co piszesz"), follow_redirects=True)
    assert "Strings that changed: 1" in answer.text
    translation_changes.follow(database, at_once=True)
    with speaking("pl"):
        assert gettext(WORDS) == "Sprawdź, co piszesz"
    assert "Sprawdź, co piszesz" in esther.get(f"{PAGE}.po").text
    assert session.scalars(select(AuditEvent).where(AuditEvent.kind == "translation.uploaded")).one().detail == {
        "strings": 1
    }


@pytest.mark.parametrize(
    ("file", "named"),
    [
        (po(WORDS), "It is still the English"),
        (po("%(nie)s"), "It has %(nie)s"),
        (po("Witaj", msgid="No such words of ours"), "This is not a string of ours"),
        (po("Witaj", language="ur"), "This file is not in Polish"),
        ({"file": (BytesIO(b"\xff\xfe not a file"), "x.po")}, "This is not a sound .po file"),
        ({}, "Choose a .po file"),
    ],
)
def test_of_a_wrong_file_nothing_is_taken_and_the_mistake_is_named(
    esther: StrictClient, session: Session, file: dict[str, object], named: str
) -> None:
    answer = esther.post(PAGE, data=file)
    assert answer.status_code == 422
    assert named in answer.text.replace(
        "Upload the file whose header says “Language: pl”", "This file is not in Polish"
    ).replace("Upload the file that you downloaded here, corrected", "This is not a sound .po file")
    assert session.scalars(select(TranslationChange)).all() == []


def test_a_review_says_who_and_when_and_a_new_correction_takes_it_away(
    esther: StrictClient, database: Database, session: Session
) -> None:
    esther.post(PAGE, data=po("Sprawdź"))
    translation_changes.follow(database, at_once=True)
    esther.post(PAGE, data={"review": "yes", "string": [name_of(("", WORDS))]})
    translation_changes.follow(database, at_once=True)
    review = catalogues.entries("pl", "messages")["", WORDS].review
    assert review is not None
    assert review.name == "Ada Administrator"
    assert "# reviewed: Ada Administrator, " in esther.get(f"{PAGE}.po").text
    esther.post(PAGE, data=po("Sprawdź jeszcze raz"))
    translation_changes.follow(database, at_once=True)
    assert catalogues.entries("pl", "messages")["", WORDS].review is None


NEW_WORDS = "What else do you want to tell us?"
V3 = (PROJECT / "surveys" / "post_issuance" / "v3.yaml").read_text()
V4 = V3.replace("version: 3", "version: 4").replace("Is there anything you want to tell us?", NEW_WORDS)
SURVEYS_PAGE = "/staff/translations/pl/surveys"


def test_a_survey_brought_in_is_translated_like_any_other_and_withdraws_no_language(
    esther: StrictClient, house: House, session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Templates, "offered", lambda _: ("en", "pl"))
    assert esther.post("/staff/surveys/upload", data={"survey": V4, "measures": ""}).status_code == 302
    assert esther.post("/staff/surveys/post_issuance/4/publish").status_code == 302
    asked = ask(session, settings, version=4)
    post(esther, f"{asked.url}/start")
    page = f"{asked.url}/question/comment?lang=pl"
    assert '<div lang="en" dir="ltr">' in esther.get(page).text

    assert f'msgid "{NEW_WORDS}"\nmsgstr ""' in esther.get(f"{SURVEYS_PAGE}.po").text
    assert "0/1 translated" in esther.get("/staff/translations").text
    before = house.templates.progress("pl")
    answer = esther.post(SURVEYS_PAGE, data=po("Co jeszcze?", msgid=NEW_WORDS), follow_redirects=True)
    assert "Strings that changed: 1" in answer.text
    assert house.templates.progress("pl") == before

    assert "Co jeszcze?" not in esther.get(page).text  # a draft, and drafts will not do here
    esther.post(SURVEYS_PAGE, data={"review": "yes", "string": [name_of(("", NEW_WORDS))]})
    translation_changes.follow(house.database, at_once=True)
    assert "Co jeszcze?" in esther.get(page).text
    assert "Co jeszcze?" in esther.get("/staff/surveys/post_issuance/4/preview/comment?lang=pl").text
    assert f'msgid "{NEW_WORDS}"\nmsgstr "Co jeszcze?"' in esther.get(f"{SURVEYS_PAGE}.po").text


def test_where_drafts_will_do_a_draft_of_a_survey_brought_in_is_spoken(
    esther: StrictClient, database: Database, session: Session
) -> None:
    esther.post("/staff/surveys/upload", data={"survey": V4, "measures": ""})
    esther.post(SURVEYS_PAGE, data=po("Co jeszcze?", msgid=NEW_WORDS))
    translation_changes.follow(database, at_once=True, drafts=("pl",))
    assert survey_gettext(NEW_WORDS, "pl") == "Co jeszcze?"


def test_the_list_says_how_far_each_language_is(esther: StrictClient) -> None:
    page = esther.get("/staff/translations").text
    assert "Tamil" in page
    assert "translated" in page
