"""Every word that a family reads: gathered, translated soundly, easy to read, and on every page in its language."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engage.cli.reading_age import measure, too_hard
from engage.cli.translations import po_faults, pot_faults
from engage.core import catalogues, languages
from engage.core.catalogues import Entry
from engage.core.config import PROJECT, Settings
from engage.core.translation_checks import faults
from engage.notify.templates import Templates
from tests.browser_client import StrictClient
from tests.house.test_doors import address, one_of_each, ways

FAMILY_DOORS = frozenset({"public", "respond", "open", "visits"})
PSEUDO = "pl"
"""A language that is written from left to right: every string of it is the English between «»."""
ASKS_FOR_WORDS = frozenset({"_", "gettext", "lazy_gettext", "ngettext", "pgettext"})
MARKED = re.compile(r"«[^«»]*(?:«[^«»]*»[^«»]*)*»")


def test_every_string_of_families_has_been_gathered() -> None:
    assert list(pot_faults()) == []


def test_no_string_hides_from_the_gathering_inside_an_f_string() -> None:
    asked_within = [
        f"{path.relative_to(PROJECT)}:{call.lineno}"
        for path in (PROJECT / "engage").rglob("*.py")
        for formatted in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ASKS_FOR_WORDS
    ]
    assert asked_within == []


def test_every_translation_is_there_and_sound() -> None:
    assert list(po_faults()) == []


def test_the_english_is_easy_to_read() -> None:
    assert list(too_hard()) == []


def test_long_words_and_long_sentences_need_an_older_reader() -> None:
    easy = measure("a page", ["We read what you wrote. Then we call you."])
    hard = measure("a page", ["Representatives subsequently communicate determinations regarding provision."])
    assert easy.age < 9 < hard.age


SENTENCE = Entry("See %(page)s, or <strong>call</strong> us.")
COUNTED = Entry("%(num)s day", plural="%(num)s days")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Zobacz %(page)s albo <strong>zadzwoń</strong>.", None),
        ("Zobacz albo <strong>zadzwoń</strong>.", "It lacks %(page)s"),
        ("Zobacz %(strona)s %(page)s, <strong>zadzwoń</strong>.", "It has %(strona)s"),
        ("Zobacz %(page)s, <b>zadzwoń</b>.", "Its HTML is not that of the English"),
        ("Zobacz %(page)s < <strong>zadzwoń</strong>.", "It has a < or >"),
        ("Zobacz %(page)s <strong>100% </strong>", "It has a % sign"),
        ("Zobacz %(page)s\u202e <strong>zadzwoń</strong>.", "a mark that nobody sees"),
        (" Zobacz %(page)s <strong>zadzwoń</strong>.", "begins or ends with another space"),
        (SENTENCE.msgid, "It is still the English"),
    ],
)
def test_every_mistake_in_a_translation_is_named(words: str, named: str | None) -> None:
    found = list(faults(SENTENCE, Entry(SENTENCE.msgid, strings=(words,)), "pl"))
    assert found == [] if named is None else any(named in fault for fault in found)


def test_a_plural_needs_every_form_of_its_language_and_may_leave_the_number_out() -> None:
    def translated(*forms: str) -> list[str]:
        return list(faults(COUNTED, Entry(COUNTED.msgid, COUNTED.plural, strings=forms), "pl"))

    assert translated("jeden dzień", "%(num)s dni", "%(num)s dni") == []
    assert translated("jeden dzień", "%(num)s dni") == ["Polish has 3 plural forms: give every msgstr[...] its words."]


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which every string is there: the English, between «»."""

    def lookup(
        language: str, _domain: str, message: str, *, plural: str | None = None, num: int | None = None, **_: Any
    ) -> str | None:
        if language == languages.SOURCE:
            return None
        return f"«{message if plural is None or num == 1 else plural}»"

    monkeypatch.setattr(catalogues, "lookup", lookup)
    monkeypatch.setattr(Templates, "offered", lambda _self: ("en", PSEUDO))


def unmarked(page: TestResponse) -> Iterator[str]:
    """The English words of a page that did not come by way of the translators."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    html = html.replace("– SEND Kingston</title>", "</title>")
    html = re.sub(r">(?:English|Polski|Español)<", "><", html)
    html = re.sub(r'<(\w+)[^>]*\blang="en"[^>]*>.*?</\1>', " ", html, flags=re.DOTALL)
    html = re.sub(r"<bdi.*?</bdi>", " ", html, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'(?:aria-label|alt|placeholder|title)="([^"]*)"', html))
    for text in (re.sub(r"<[^>]+>", "", html), spoken):
        while MARKED.search(text):
            text = MARKED.sub(" ", text)
        yield from re.findall(r"[A-Za-z]{3,}(?: [A-Za-z]+)*", text)


@pytest.mark.usefixtures("marked")
def test_no_word_of_a_family_page_stays_english(
    app: Flask, client: StrictClient, session: Session, settings: Settings
) -> None:
    sample = one_of_each(session, settings)
    session.commit()
    found: dict[str, list[str]] = {}
    for method, rule in ways(app):
        if method == "GET" and rule.endpoint.partition(".")[0] in FAMILY_DOORS:
            page = client.get(address(rule, sample), query_string={"lang": PSEUDO}, follow_redirects=True)
            if page.mimetype == "text/html" and (left := list(unmarked(page))):
                found[rule.rule] = left
    assert found == {}


@pytest.mark.usefixtures("marked")
def test_no_word_of_what_is_wrong_stays_english(client: StrictClient, session: Session, settings: Settings) -> None:
    token = one_of_each(session, settings)["/r/"]
    session.commit()
    client.post(f"/r/{token}/start")
    question = f"/r/{token}/question/assessment_positive?lang={PSEUDO}"
    for address_of_form in (question, f"/r/{token}/not-for-me?lang={PSEUDO}", f"/register/join?lang={PSEUDO}"):
        page = client.post(address_of_form, data={})
        assert list(unmarked(page)) == [], address_of_form
    for missing in (f"/nowhere?lang={PSEUDO}", f"/r/{'x' * 26}?lang={PSEUDO}"):
        assert list(unmarked(client.get(missing))) == [], missing
