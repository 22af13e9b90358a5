"""Every state of a family's pages and of a call, in a real Chromium: narrow and wide, from left to right and from right to left."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from engage.accounts.models import Staff
from engage.campaigns.models import CloseReason, InvitationState, Step
from engage.core.config import Settings
from tests import factories
from tests.browser.conftest import NARROW, WIDE, then_the_page_is_accessible, turn
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.respond.family import UNHAPPY, answer_all, ask, begin, post, send

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

LONG_WORD = "a" * 120
WORDS = f"Nobody rang us back.\n\n\u202eنکلا {LONG_WORD}"


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The web service on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.port}"
    server.shutdown()


@pytest.fixture
def addresses(client: StrictClient, session: Session, settings: Settings) -> list[str]:
    """One family in each state a link can be in, and the pages each can open."""
    fresh, begun, full, sent, cut = (ask(session, settings) for _ in range(5))
    begin(client, begun)
    answer_all(client, full, UNHAPPY | {"comment": WORDS})
    for one, choice in ((sent, "contact"), (cut, "do_not_link")):
        answer_all(client, one, UNHAPPY | {"contact": choice})
        send(client, one)
    closed = ask(session, settings, state=InvitationState.CLOSED, close_reason=CloseReason.HELD)
    stopped, back, told = (ask(session, settings) for _ in range(3))
    post(client, f"{stopped.url}/stop")
    post(client, f"{back.url}/not-for-me", {"why": "wrong_person"})
    post(client, f"{told.url}/not-for-me", {"why": "not_this_one"})
    on_list = ask(session, settings, next_step=Step.CLOSE)
    factories.ladder_contact(session, on_list.invitation, step=Step.CALL, channel="phone")
    factories.call_attempt(session, on_list.invitation, note=WORDS)
    held = ask(session, settings)
    factories.hold(session, held.invitation.person)
    session.commit()
    return [
        *(fresh.url + path for path in ("", "/not-for-me", "/stop")),
        *(begun.url + path for path in ("", "/question/involved", "/question/involved?missing=yes")),
        *(full.url + path for path in ("/question/comment", "/question/contact", "/check")),
        *(sent.url, f"{sent.url}/thank-you", f"{cut.url}/thank-you", closed.url, stopped.url, f"{stopped.url}/stop"),
        *(back.url, told.url, f"{told.url}/not-for-me/told", f"/r/{'a' * 26}"),
        *("/staff/calls", on_list.call_url, begun.call_url, sent.call_url, held.call_url),
    ]


def test_every_state_of_every_page_is_accessible_at_both_widths_and_in_both_directions(
    page: Page,
    served: str,
    addresses: list[str],
    session: Session,
    settings: Settings,
    bronwen: Staff,
    clock: SettableClock,
) -> None:
    token = factories.session_token(session, bronwen, settings=settings, now=clock.now())
    session.commit()
    page.context.add_cookies([{"name": "engage", "value": token, "url": served}])
    for address in addresses:
        page.goto(served + address)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for way in ("ltr", "rtl"):
                turn(page, way)
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
