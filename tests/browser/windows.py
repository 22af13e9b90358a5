"""One way to use a page for tests that two browsers must pass: Chromium through Playwright, Firefox through Marionette."""

import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page

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

_FINDING = """(async () => {
  const found = (await axe.run({ resultTypes: ['violations'] })).violations;
  return found.map(one => one.id + ': ' + one.help + ' at ' + one.nodes.map(node => node.target).join(' '));
})()"""
_COMPLAINTS = """
  const said = Services.console.getMessageArray().filter((one) =>
    one instanceof Ci.nsIScriptError && !(one.flags & one.warningFlag) && one.sourceName.startsWith('http://localhost'));
  Services.console.reset();
  return said.map((one) => one.errorMessage);
"""


def _sending(url: str, given: Mapping[str, str]) -> str:
    """What sends a form of these values from the page that is open, with the page's own mark against forged ones."""
    return f"""(() => {{
      const form = document.createElement('form'), mark = document.querySelector('main [name=csrf_token]');
      const values = {{ ...(mark ? {{ csrf_token: mark.value }} : {{}}), ...{json.dumps(dict(given))} }};
      Object.assign(form, {{ method: 'post', action: {json.dumps(url)} }});
      for (const [name, value] of Object.entries(values)) {{
        form.append(Object.assign(document.createElement('textarea'), {{ name, value }}));
      }}
      document.body.append(form);
      setTimeout(() => form.submit());
    }})()"""


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

    def keep(self, name: str, value: str, url: str) -> None:
        """Hold a cookie for an address and whatever is below it."""

    def send(self, url: str, given: Mapping[str, str]) -> None:
        """Send a form of these values to an address, and wait for the page that answers."""

    def heard(self) -> list[str]:
        """What the console has complained of since this was last asked."""


class ChromiumWindow:
    """A window of Debian's Chromium."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "the server responded with a status of 4" not in said.text:
            self.complaints.append(said.text)

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

    def keep(self, name: str, value: str, url: str) -> None:
        place = urlsplit(url)
        cookie = {"name": name, "value": value, "domain": str(place.hostname), "path": place.path}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def send(self, url: str, given: Mapping[str, str]) -> None:
        with self.page.expect_navigation(wait_until="load"):
            self.page.evaluate(_sending(url, given))

    def heard(self) -> list[str]:
        said, self.complaints = self.complaints, []
        return said


class FirefoxWindow:
    """A window of Debian's Firefox, driven by its own Marionette."""

    def __init__(self, marionette: Marionette) -> None:
        self.firefox = marionette
        self.size = (0, 0)

    def go(self, url: str) -> None:
        self.firefox.navigate(url)

    def evaluate(self, script: str) -> Any:
        waiting = f"const done = arguments[arguments.length - 1]; Promise.resolve({script}).then(done);"
        return self.firefox.execute_async_script(waiting, sandbox=None)

    def press(self, key: str) -> None:
        pressed = _KEYS.get(key, key)
        ActionSequence(self.firefox, "key", "keyboard").key_down(pressed).key_up(pressed).perform()

    def resize(self, width: int, height: int) -> None:
        """The page's own width, which it keeps from page to page. Firefox makes no window narrower than its own bars, so a narrow page is a wide window
        at 400%, as somebody who sees little has it."""
        if (width, height) == self.size:
            return
        self.size, zoom = (width, height), 4 if width < _NARROWEST else 1
        with self.firefox.using_context(Marionette.CONTEXT_CHROME):
            self.firefox.execute_script(f"FullZoom.setZoom({zoom}, gBrowser.selectedBrowser)")
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

    def keep(self, name: str, value: str, url: str) -> None:
        self.firefox.add_cookie({"name": name, "value": value, "path": urlsplit(url).path})

    def send(self, url: str, given: Mapping[str, str]) -> None:
        self.evaluate("window.isBefore = true")
        self.evaluate(_sending(url, given))
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(MarionetteException):
                if self.evaluate("!window.isBefore && document.readyState === 'complete'"):
                    return
            time.sleep(0.02)
        raise AssertionError(f"no page answers what was sent to {url}")

    def heard(self) -> list[str]:
        with self.firefox.using_context(Marionette.CONTEXT_CHROME):
            return [str(each) for each in self.firefox.execute_script(_COMPLAINTS)]


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
    if not window.evaluate("'axe' in window"):
        window.evaluate(f"(() => {{ {AXE.read_text(encoding='utf-8')} }})()")
    return [str(one) for one in window.evaluate(_FINDING)] + sideways(window)


def sideways(window: Window) -> list[str]:
    """Whether the page is wider than its window."""
    is_wider = window.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"it scrolls sideways at {window.evaluate('innerWidth')}"] if is_wider else []
