"""Debian's Chromium for tests: one for a whole run, for Playwright's simple interface allows no second beside it."""

import shutil

from playwright.sync_api import Browser, Playwright


def launch(playwright: Playwright) -> Browser:
    """Start it, kept from looking outside."""
    path = shutil.which("chromium")
    assert path, "install Debian's chromium: make browser"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return playwright.chromium.launch(executable_path=path, args=quiet)
