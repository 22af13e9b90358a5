"""A real Chromium before the real thing: `engage run` with a small demonstration area, as `make run` starts it."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from engage.core.config import PROJECT
from tests.browser.windows import FirefoxWindow, firefox

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
STARTS_WITHIN = 120
ARRIVES_WITHIN = 30
PATIENCE_MS = 15_000


@dataclass(frozen=True)
class Running:
    """The demonstration that is up: its web service, its inbox, and the folder it was started in."""

    url: str
    inbox: str
    folder: Path

    def messages(self, **about: str) -> list[dict[str, Any]]:
        """Captured messages, newest first."""
        found: list[dict[str, Any]] = requests.get(f"{self.inbox}/inbox.json", params=about, timeout=10).json()[
            "messages"
        ]
        return found

    def links(self, message: dict[str, Any]) -> list[str]:
        """The links of a message, in order."""
        whole = requests.get(f"{self.inbox}/messages/{message['id']}.json", timeout=10).json()
        return [str(link) for link in whole["links"]]

    def wait_for_message(self, *, after: set[str], saying: str = "", **about: str) -> dict[str, Any]:
        """The first message that was not there before; fails the test when none comes."""
        until = time.monotonic() + ARRIVES_WITHIN
        while time.monotonic() < until:
            for message in self.messages(**about):
                if message["id"] not in after and any(saying in link for link in self.links(message)):
                    return message
            time.sleep(0.2)
        raise AssertionError(f"no message came for {about}")


def _two_free_ports() -> int:
    """The first of two; below those that the system itself gives away while the area is being made."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError):
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Engage as a newcomer has it after `make run`, in a folder of its own."""
    folder = tmp_path_factory.mktemp("run")
    port = _two_free_ports()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ENGAGE_")}
    command = [str(Path(sys.executable).with_name("engage")), "run", "--families", "40"]
    with (folder / "output").open("wb") as output:
        started = subprocess.Popen(
            command, cwd=folder, env=environment | {"PORT": str(port)}, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_up(f"http://localhost:{port}", started, folder)
            yield Running(f"http://localhost:{port}", f"http://localhost:{port + 1}", folder)
        finally:
            started.terminate()
            started.wait(timeout=20)


def _wait_until_up(url: str, started: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and started.poll() is None:
        try:
            if requests.get(f"{url}/healthz", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.3)
    raise AssertionError("engage run did not start:\n" + (folder / "output").read_text())


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh window, 1280 pixels wide."""
    context = chromium.new_context(viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def fox() -> Iterator[FirefoxWindow]:
    """Debian's Firefox."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with firefox(port) as window:
        yield window


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A parent's old phone: 320 pixels wide and no JavaScript."""
    context = chromium.new_context(viewport=NARROW, java_script_enabled=False)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture
def magnifier(chromium: Browser) -> Iterator[Page]:
    """A narrow window that runs scripts, to look again at what a phone without them was shown: a GET changes nothing."""
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def turn(page: Page, way: str) -> None:
    """Show the page that is loading, or has loaded, from left to right (`ltr`) or from right to left (`rtl`)."""
    page.wait_for_load_state("domcontentloaded")
    page.evaluate("way => { document.documentElement.dir = way }", way)


def then_the_page_is_accessible(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the window. The window must run scripts: axe waits for timers."""
    assert what_is_wrong(page) == []


def what_is_wrong(page: Page) -> list[str]:
    """What axe finds on a page, and whether it is wider than its window."""
    page.wait_for_load_state("domcontentloaded")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run({ resultTypes: ['violations'] })).violations")
    told = [f"{page.url}: {one['id']}: {one['help']} at {[node['target'] for node in one['nodes']]}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        told.append(f"{page.url}: it scrolls sideways")
    return told


def sign_in(page: Page, running: Running, email: str) -> None:
    """Sign in as a person does: by the link that comes to the inbox."""
    page.context.clear_cookies()
    before = {message["id"] for message in running.messages(to=email)}
    page.goto(f"{running.url}/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("main").get_by_role("button").click()
    message = running.wait_for_message(after=before, saying="/sign-in/", to=email)
    page.goto(next(link for link in running.links(message) if "/sign-in/" in link))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
