"""The keyboard alone completes every survey; and Firefox, too, has nothing for axe to find on the way."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from engage.campaigns.models import Step
from engage.core.config import Settings
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience
from tests import factories
from tests.browser.keyboard import walk_through
from tests.browser.windows import ChromiumWindow, FirefoxWindow, Window, firefox
from tests.web.respond.family import ask

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

FAMILY_SURVEYS = {
    "post_issuance": (Audience.PARENT_CARER, PlanEventKind.PLAN_ISSUED),
    "annual_review": (Audience.PARENT_CARER, PlanEventKind.ANNUAL_REVIEW),
    "young_person": (Audience.YOUNG_PERSON, PlanEventKind.PLAN_ISSUED),
}
LANGUAGES = {"en": "ltr", "ar": "rtl", "ta": "ltr"}


@pytest.fixture(scope="module")
def fox() -> Iterator[FirefoxWindow]:
    """Debian's Firefox."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with firefox(port) as window:
        yield window


@pytest.fixture(params=["chromium", "firefox"])
def window(request: pytest.FixtureRequest) -> Window:
    """A window of each browser."""
    if request.param == "firefox":
        return request.getfixturevalue("fox")  # type: ignore[no-any-return]
    page: Page = request.getfixturevalue("page")
    return ChromiumWindow(page)


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The web service on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.port}"
    server.shutdown()


def link_to(survey: str, session: Session, settings: Settings) -> str:
    """The path of a fresh link into a survey."""
    audience, kind = FAMILY_SURVEYS[survey]
    child, parent = factories.family(session)
    person = child if audience is Audience.YOUNG_PERSON else parent
    event = factories.plan_event(session, factories.plan(session, child), kind=kind)
    campaign = factories.campaign(session, survey=survey, audience=audience, event_kind=kind)
    return ask(session, settings, campaign_=campaign, person=person, event=event, next_step=Step.REMINDER).url


@pytest.mark.parametrize("survey", FAMILY_SURVEYS)
def test_the_keyboard_alone_completes_a_survey(
    survey: str, window: Window, served: str, session: Session, settings: Settings
) -> None:
    passed = walk_through(window, served + link_to(survey, session, settings))
    assert sum("/question/" in path for path in passed) >= 4
