"""Every state of a call, narrow and wide, and what a family is led to when something is missing, in a real Chromium."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import Step
from engage.core.config import Settings
from tests import factories
from tests.browser.conftest import NARROW, WIDE, then_the_page_is_accessible
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.serving import serving
from tests.web.respond.family import UNHAPPY, answer_all, ask, begin, send

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

LONG_WORD = "a" * 120
WORDS = f"Nobody rang us back.\n\n\u202eنکلا {LONG_WORD}"


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The web service on a port of its own."""
    with serving(app) as url:
        yield url


@pytest.fixture
def calls(client: StrictClient, session: Session, settings: Settings) -> list[str]:
    """The pages of calls to a family on the list, one that has begun, one that has sent its answers, and one on hold."""
    on_list = ask(session, settings, next_step=Step.CLOSE)
    factories.ladder_contact(session, on_list.invitation, step=Step.CALL, channel="phone")
    factories.call_attempt(session, on_list.invitation, note=WORDS)
    begun, sent, held = (ask(session, settings) for _ in range(3))
    begin(client, begun)
    answer_all(client, sent, UNHAPPY)
    send(client, sent)
    factories.hold(session, held.invitation.person)
    session.commit()
    return ["/staff/calls", *(one.call_url for one in (on_list, begun, sent, held))]


def test_every_state_of_a_call_is_accessible_at_both_widths(
    page: Page,
    served: str,
    calls: list[str],
    session: Session,
    settings: Settings,
    bronwen: Staff,
    clock: SettableClock,
) -> None:
    token = factories.session_token(session, bronwen, settings=settings, now=clock.now())
    session.commit()
    page.context.add_cookies([{"name": "engage", "value": token, "url": served}])
    for address in calls:
        page.goto(served + address)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            then_the_page_is_accessible(page)


def test_a_mistake_is_shown_first_and_its_link_leads_to_the_answer(
    page: Page, served: str, client: StrictClient, session: Session, settings: Settings
) -> None:
    asked = ask(session, settings)
    begin(client, asked)
    for path, field in (("/question/involved", "#answer"), ("/not-for-me", "#why")):
        page.goto(served + asked.url + path)
        page.get_by_role("button", name="Continue").click()
        summary = page.get_by_role("alert")
        assert page.title().startswith("Error: ")
        then_the_page_is_accessible(page)
        summary.get_by_role("link").click()
        assert page.evaluate("'#' + document.activeElement.id") == field
