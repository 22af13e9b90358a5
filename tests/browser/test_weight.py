"""What an old phone with little data must fetch before a question can be read: measured in a real Chromium, as it is served."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.core.db import Database
from tests.conftest import make_settings
from tests.jobs.processes import environment
from tests.web.respond.family import ask

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

MOST_BYTES = 60_000
STARTS_WITHIN_SECONDS = 60


@pytest.fixture
def served(database: Database) -> Iterator[str]:
    """Engage as `engage serve` starts it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = make_settings(database_url=database.url, log_level="ERROR")
    command = [sys.executable, "-m", "engage", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment(settings))
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(20)


def first_question(page: Page, served: str, session: Session, settings: Settings) -> str:
    """Press Start; the address of the question it leads to."""
    page.goto(served + ask(session, settings).url)
    page.get_by_role("main").get_by_role("button", name="Start").click()
    page.wait_for_url("**/question/**")
    return page.url


def weighed(page: Page) -> dict[str, Any]:
    """From now on, what crosses the wire for each address, head and body, compressed as it came."""
    wire: dict[str, Any] = {}
    addresses: dict[str, str] = {}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.on("Network.responseReceived", lambda said: addresses.update({said["requestId"]: said["response"]["url"]}))
    devtools.on(
        "Network.loadingFinished", lambda said: wire.update({addresses[said["requestId"]]: said["encodedDataLength"]})
    )
    return wire


def test_the_first_load_of_a_question_is_light(
    chromium: Browser, served: str, session: Session, settings: Settings
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    address = first_question(page, served, session, settings)
    wire = weighed(page)
    page.goto(address, wait_until="networkidle")
    context.close()
    assert len(wire) >= 3, wire  # the page, its style and its script
    assert sum(wire.values()) < MOST_BYTES, wire
    assert wire[address] < 10_000, wire


def test_a_question_can_be_read_and_answered_before_any_script_or_font_arrives(
    chromium: Browser, served: str, session: Session, settings: Settings
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()

    def only_words(route: Route) -> None:
        if route.request.resource_type in ("script", "font", "image"):
            route.abort()
        else:
            route.continue_()

    page.route("**/*", only_words)
    first_question(page, served, session, settings)
    heading = page.get_by_role("heading", level=1)
    assert heading.is_visible()
    assert len(heading.inner_text()) > 10
    page.get_by_role("radio").first.check()
    page.get_by_role("main").get_by_role("button", name="Continue").click()
    assert page.get_by_role("heading", level=1).inner_text() != ""
    # Nor does it wait for the style: without that it is plain, and whole.
    page.route("**/*.css", lambda route: route.abort())
    page.reload()
    assert page.get_by_role("radio").count() >= 3
    assert page.get_by_role("heading", level=1).is_visible()
    context.close()
