"""One way to use a page for tests that two browsers must pass: Chromium through Playwright, Firefox through Marionette."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import Page

from engage.core.config import PROJECT

with warnings.catch_warnings():  # its oldest parts hold escapes that newer Pythons warn of
    warnings.simplefilter("ignore")
    from marionette_driver.errors import MarionetteException
    from marionette_driver.keys import Keys
    from marionette_driver.marionette import ActionSequence, Marionette

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
STARTS_WITHIN = 60
_NARROWEST = 500
_PREFERENCES = {
    "accessibility.tabfocus": 7,  # every control, as on every system but one
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
_KEYS = {"Tab": Keys.TAB, "Space": Keys.SPACE, "Enter": Keys.ENTER, "ArrowDown": Keys.ARROW_DOWN}


class Window(Protocol):
    """A page of one browser."""

    def go(self, url: str) -> None: ...

    def evaluate(self, script: str) -> Any:
        """The value of an expression on the page; a promise is waited for."""

    def press(self, key: str) -> None:
        """One key, by its DOM name: Tab, Space, Enter, ArrowDown, or a letter."""

    def resize(self, width: int, height: int) -> None: ...

    def path(self) -> str:
        """The path of the page's address, as far as the browser has come."""

    def settle(self) -> None:
        """Wait until the page is whole."""


class ChromiumWindow:
    """A window of Debian's Chromium."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, url: str) -> None:
        self.page.goto(url)

    def evaluate(self, script: str) -> Any:
        return self.page.evaluate(script)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def path(self) -> str:
        self.page.wait_for_timeout(20)  # only while it waits does Playwright hear from the browser
        return urlsplit(self.page.url).path

    def settle(self) -> None:
        self.page.wait_for_load_state("load")


class FirefoxWindow:
    """A window of Debian's Firefox, driven by its own Marionette."""

    def __init__(self, marionette: Marionette) -> None:
        self.firefox = marionette

    def go(self, url: str) -> None:
        self.firefox.navigate(url)

    def evaluate(self, script: str) -> Any:
        waiting = f"const done = arguments[arguments.length - 1]; Promise.resolve({script}).then(done);"
        return self.firefox.execute_async_script(waiting, sandbox=None)

    def press(self, key: str) -> None:
        pressed = _KEYS.get(key, key)
        ActionSequence(self.firefox, "key", "keyboard").key_down(pressed).key_up(pressed).perform()

    def resize(self, width: int, height: int) -> None:
        """The page's own width. Firefox makes no window narrower than its own bars, so a narrow page is a wide window
        at 400%, as somebody who sees little has it."""
        zoom = 4 if width < _NARROWEST else 1
        with self.firefox.using_context(Marionette.CONTEXT_CHROME):
            self.firefox.execute_script(f"gBrowser.selectedBrowser.fullZoom = {zoom}")
        self.firefox.set_window_rect(width=width * zoom, height=height)

    def path(self) -> str:
        return urlsplit(self.firefox.get_url()).path

    def settle(self) -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(MarionetteException):
                if self.firefox.execute_script("return document.readyState", sandbox=None) == "complete":
                    return
            time.sleep(0.05)


@contextlib.contextmanager
def firefox(port: int) -> Iterator[FirefoxWindow]:
    """Start Debian's Firefox with an empty profile, without a screen."""
    path = shutil.which("firefox-esr")
    assert path, "install Debian's Firefox: make browser"
    with tempfile.TemporaryDirectory() as profile:
        wanted = _PREFERENCES | {"marionette.port": port}
        lines = (f'user_pref("{name}", {str(value).lower()});' for name, value in wanted.items())
        (Path(profile) / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [
            path,
            "--headless",
            "--marionette",
            "--remote-allow-system-access",
            "--no-remote",
            "--profile",
            profile,
        ]
        started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            driven = _driven(port)
            yield FirefoxWindow(driven)
            driven.delete_session()
        finally:
            started.terminate()
            started.wait(timeout=20)


def _driven(port: int) -> Marionette:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "Firefox did not start"
            time.sleep(0.2)
        else:
            driven = Marionette(host="127.0.0.1", port=port)
            driven.start_session()
            return driven


def what_is_wrong(window: Window) -> list[str]:
    """What axe finds on a page, and whether it is wider than its window."""
    axe = AXE.read_text(encoding="utf-8")
    finding = f"""(async () => {{
      if (!window.axe) {{ {axe} }}
      const found = (await axe.run({{ resultTypes: ['violations'] }})).violations;
      const told = found.map(one => one.id + ': ' + one.help + ' at ' + one.nodes.map(node => node.target).join(' '));
      if (document.documentElement.scrollWidth > window.innerWidth) told.push('it scrolls sideways');
      return told.map(each => location.pathname + ': ' + each);
    }})()"""
    return [str(one) for one in window.evaluate(finding)]
