"""The short way through a question: the same page and the same rows as the ordinary way, and nobody else's words."""

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from limits import parse
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from engage.campaigns.models import CloseReason, InvitationState
from engage.core.config import Settings
from engage.core.prepared import Prepared
from engage.surveys.models import FreeText, Response
from engage.web.kept_pages import KeptAnswer, KeptPages
from engage.web.respond import TRIES
from engage.web.respond.short_way import EXTENSION, ShortWay
from tests.web.respond.family import Asked, ask
from tests.web.respond.test_hostile import NAUGHTY

SCALES = ("assessment_positive", "plan_confidence", "involved", "plan_will_help")
WORDS = st.one_of(st.sampled_from(NAUGHTY), st.text(max_size=200), st.from_regex(r"gap[0-9a-f]{32}(token|typed)"))
QUERIES = st.sampled_from(
    ["", "?back=check", "?back=check&missing=yes", "?lang=en", "?format=large_print", "?lang=zz", "?x=%22%3E"]
)


def begun(app: Flask, asked: Asked) -> FlaskClient:
    """A browser that pressed Start and gave its first answer, so that the pages are its own."""
    browser = app.test_client()
    browser.post(f"{asked.url}/start")
    assert browser.post(f"{asked.url}/question/{SCALES[0]}", data={"answer": "5"}).status_code == 303
    return browser


def the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShortWay, "answer", lambda _way, _environ: None)


@hypothesis_settings(
    max_examples=8, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=WORDS, code=st.sampled_from("12345"), query=QUERIES)
def test_the_short_way_gives_the_very_page_and_keeps_the_very_rows_of_the_ordinary_way(
    app: Flask, session: Session, settings: Settings, words: str, code: str, query: str
) -> None:
    """Answered twice by the same browser: first by the one way, then by the other."""
    asked = ask(session, settings)
    browser = begun(app, asked)
    seen: list[Any] = []
    for is_short in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            if not is_short:
                the_ordinary_way(patch)
            sent = [
                browser.post(f"{asked.url}/question/{question}{query}", data={"answer": value})
                for question, value in (("involved", code), ("comment", words))
            ]
            looked = [browser.get(f"{asked.url}/question/{question}{query}") for question in ("involved", "comment")]
        session.expire_all()
        response = session.scalars(select(Response).where(Response.id == asked.invitation.response_id)).one()
        texts = session.execute(select(FreeText.question, FreeText.text, FreeText.language)).all()
        seen.append(
            (
                [(one.status_code, one.location) for one in sent],
                [(one.status_code, one.location, one.text) for one in looked],
                (response.answers, response.language, response.format, response.saved_at),
                [tuple(text) for text in texts if text.text == words.replace("\0", "")],
            )
        )
        session.commit()
    assert seen[0] == seen[1]


def test_it_is_the_usual_way_and_costs_few_statements(
    app: Flask, session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(session, settings)
    browser = begun(app, asked)
    said: list[str] = []
    database = app.extensions["engage"].database
    for engine in {database.engine, database._reads}:
        event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))

    def noted(prepared: Prepared, *given: Any) -> Any:
        said.append(str(prepared._statement))
        return written_out(prepared, *given)

    written_out = Prepared._for
    monkeypatch.setattr(Prepared, "_for", noted)
    session.commit()
    pages = app.extensions[EXTENSION].pages
    for _ in range(2):  # the first goes the ordinary way, which looks whether there are videos
        assert browser.get(f"{asked.url}/question/involved").status_code == 200
    kept = len(pages)
    said.clear()
    assert browser.get(f"{asked.url}/question/involved").status_code == 200
    assert len(pages) == kept
    # One for the clock that a demonstration can move, one for the page.
    assert len([one for one in said if one.startswith("SELECT")]) <= 2
    said.clear()
    assert browser.post(f"{asked.url}/question/involved", data={"answer": "4"}).status_code == 303
    assert len([one for one in said if "response" in one]) == 2


def test_while_the_database_cannot_be_reached_a_family_is_told_so_in_a_page(
    app: Flask, session: Session, settings: Settings, cut_off: Callable[[], None]
) -> None:
    asked = ask(session, settings)
    browser = begun(app, asked)
    app.testing = False
    cut_off()
    for answer in (
        browser.get(f"{asked.url}/question/involved"),
        browser.post(f"{asked.url}/question/involved", data={"answer": "4"}),
    ):
        assert answer.status_code == 500
        assert "<h1" in answer.text


def test_both_ways_count_together_how_often_a_link_may_send(app: Flask, session: Session, settings: Settings) -> None:
    asked = ask(session, settings)
    browser = begun(app, asked)  # whose first answer counts too
    most = parse(TRIES).amount
    went: list[bool] = []
    short = ShortWay.answer

    def noted(way: ShortWay, environ: Any) -> Any:
        answer = short(way, environ)
        went.append(answer is not None)
        return answer

    def send(times: int) -> set[int]:
        return {browser.post(f"{asked.url}/question/involved", data={"answer": "4"}).status_code for _ in range(times)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ShortWay, "answer", noted)
        assert send(most // 2) == {303}
        assert set(went) == {True}
    with pytest.MonkeyPatch.context() as patch:
        the_ordinary_way(patch)
        assert send(most - most // 2 - 1) == {303}
        assert send(1) == {429}
    assert send(1) == {429}


@pytest.mark.parametrize(
    "state",
    [
        {"state": InvitationState.CLOSED, "close_reason": CloseReason.HELD},
        {"state": InvitationState.WITHDRAWN},
        {"state": InvitationState.CLOSED, "close_reason": CloseReason.OPTED_OUT},
    ],
)
def test_whatever_is_not_plain_is_for_the_ordinary_way(
    app: Flask, session: Session, settings: Settings, state: dict[str, Any]
) -> None:
    asked = ask(session, settings)
    browser = begun(app, asked)
    for name, value in state.items():
        setattr(asked.invitation, name, value)
    session.commit()
    assert browser.get(f"{asked.url}/question/involved").location == asked.url
    assert browser.post(f"{asked.url}/question/involved", data={"answer": "4"}).status_code == 409


def test_another_browser_with_the_same_link_sees_nothing_of_it(
    app: Flask, session: Session, settings: Settings
) -> None:
    asked, other = ask(session, settings), ask(session, settings)
    browser = begun(app, asked)
    browser.post(f"{asked.url}/question/comment", data={"answer": "for nobody else"})
    stranger = begun(app, other)
    cookie = stranger.get_cookie("engage-visit", path=other.url)
    assert cookie is not None
    for path in (f"{asked.url}/question/comment", f"{other.url}/question/comment"):
        assert "for nobody else" not in stranger.get(path).text
        assert "for nobody else" not in app.test_client().get(path).text
    # The pass to one survey opens no other.
    moved = app.test_client()
    moved.set_cookie("engage-visit", cookie.value, path=asked.url)
    assert "for nobody else" not in moved.get(f"{asked.url}/question/comment").text


def test_families_who_answer_at_the_same_moment_read_only_their_own_words(
    app: Flask, session: Session, settings: Settings
) -> None:
    pages: KeptPages[KeptAnswer] = KeptPages(most=2)  # so that they are drawn again and again
    app.extensions[EXTENSION].pages = pages
    families = [ask(session, settings) for _ in range(3)]
    browsers = [begun(app, family) for family in families]
    session.commit()

    def answer_and_look(number: int) -> None:
        browser, family = browsers[number], families[number]
        others = [other for other in families if other is not family]
        for turn in range(3):
            words = f"only {family.token} {turn} </textarea>"
            browser.post(f"{family.url}/question/comment", data={"answer": words})
            browser.post(f"{family.url}/question/involved", data={"answer": str(turn % 5 + 1)})
            for question in ("comment", "involved", "contact"):
                answer = browser.get(f"{family.url}/question/{question}", headers={"Accept-Encoding": "gzip"})
                page = gzip.decompress(answer.data).decode()
                assert not any(other.token in page for other in others)
                if question == "comment":
                    assert f"only {family.token} {turn} &lt;/textarea&gt;" in page

    with ThreadPoolExecutor(len(families)) as threads:
        list(threads.map(answer_and_look, range(len(families))))
    assert len(pages) == 2


def test_nothing_of_a_family_is_kept(app: Flask, session: Session, settings: Settings) -> None:
    asked = ask(session, settings)
    browser = begun(app, asked)
    browser.post(f"{asked.url}/question/comment", data={"answer": "a word of our own"})
    for question in (SCALES[0], *SCALES, "comment", "contact"):
        browser.get(f"{asked.url}/question/{question}?back=check")
    pages = app.extensions[EXTENSION].pages
    assert len(pages) >= 6
    for page in pages._pages.values():
        for piece in (*page.page.pieces, str(page.headers).encode()):
            for own in (asked.token, "a word of our own", "engage-visit"):
                assert own.encode() not in piece
