"""The keyboard alone completes every survey that somebody can answer on a page."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from engage.core.config import PROJECT, Settings
from engage.notify.templates import Templates
from engage.surveys.definition import Mode, Survey
from engage.surveys.loader import load
from tests.browser.families import link_to
from tests.browser.keyboard import tell_about_me, walk_through
from tests.browser.windows import ChromiumWindow, Window
from tests.conftest import SettableClock
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]


class Walk(NamedTuple):
    """One way through one survey."""

    survey: Survey
    browser: str = "chromium"
    language: str = "en"

    def __str__(self) -> str:
        return f"{self.survey.code}-{self.survey.version}-{self.browser}-{self.language}"


CATALOGUE = load(PROJECT / "surveys")
ON_PAGES = [
    survey for survey in (CATALOGUE.get(*one) for one in sorted(CATALOGUE.published)) if Mode.LINK in survey.modes
]
WALKS = [
    *map(Walk, ON_PAGES),
    Walk(CATALOGUE.current("post_issuance"), "firefox", "ar"),
    Walk(CATALOGUE.current("sen_support"), "firefox"),
    Walk(CATALOGUE.current("sen_support"), "chromium", "ar"),
    Walk(CATALOGUE.current("young_person"), "chromium", "ta"),
]
"""Each survey once in Chromium and in English; what another browser or language may change, with some of them."""
GO_ROUND = {Walk(CATALOGUE.current(code)) for code in ("post_issuance", "sen_support", "setting")}
"""Walks on which, one for each kind of pages, every control is tried as well."""


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Families may read Arabic and Tamil, wherever their translators stand."""
    monkeypatch.setattr(Templates, "offered", lambda _self: ("en", "ar", "ta"))


@pytest.fixture
def window(walk: Walk, request: pytest.FixtureRequest) -> Window:
    """A window of the browser that is walked in."""
    if walk.browser == "firefox":
        return request.getfixturevalue("fox")  # type: ignore[no-any-return]
    page: Page = request.getfixturevalue("page")
    return ChromiumWindow(page)


@pytest.fixture
def served(app: Flask, clock: SettableClock) -> Iterator[str]:
    """The web service on a port of its own. Nobody is quicker there than reading takes."""

    @app.before_request
    def time_passes() -> None:
        clock.advance(seconds=1)

    with serving(app) as url:
        yield url


@pytest.mark.parametrize("walk", WALKS, ids=str)
def test_the_keyboard_alone_completes_a_survey(
    walk: Walk, window: Window, served: str, session: Session, settings: Settings
) -> None:
    goes_round = walk in GO_ROUND
    link = link_to(walk.survey, session, settings)
    passed = walk_through(window, f"{served}{link}?lang={walk.language}", goes_round=goes_round)
    assert sum("/question/" in path for path in passed) >= min(4, len(walk.survey.questions))
    assert window.evaluate("document.documentElement.lang") == walk.language
    if goes_round and walk.survey.audience.is_family:
        assert sum("/about-you/" in path for path in tell_about_me(window)) >= 4
