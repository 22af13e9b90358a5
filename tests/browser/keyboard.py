"""Going through a survey with the keyboard alone, as somebody does who cannot use a mouse or see the screen."""

import time

from tests.browser.windows import Window

FAR_ENOUGH = 60
"""Presses of Tab after which a control counts as out of reach."""
PAGES = 30
PATIENCE = 15
_STANDS_ON = """(() => {
  const here = document.activeElement, style = getComputedStyle(here);
  const main = here.closest('main') !== null;
  return {
    kind: !main ? 'elsewhere' : here.type === 'radio' || here.tagName === 'TEXTAREA' ? here.type || 'textarea'
      : here.matches('.govuk-button:not(.govuk-button--secondary)') ? 'onwards' : 'other',
    name: here.name || here.textContent.trim().slice(0, 40),
    isSeen: here === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none'
      || here.matches('.govuk-radios__input, .govuk-checkboxes__input'),
  };
})()"""
_ASKS = """(() => {
  const form = document.querySelector('main form');
  if (!form) return null;
  if (form.querySelector('input[type=radio]')) return 'radio';
  return form.querySelector('textarea') ? 'textarea' : null;
})()"""


def walk_through(window: Window, url: str, *, words: str = "ok") -> list[str]:
    """From a link to the thank-you page by Tab, Space and Enter; the paths that were passed, in order.

    Fails when a control cannot be reached, or shows nothing when it is.
    """
    window.go(url)
    passed: list[str] = []
    for _ in range(PAGES):
        path = window.path()
        passed.append(path)
        if path.endswith("/thank-you"):
            return passed
        asks = window.evaluate(_ASKS)
        if asks:
            _tab_to(window, asks, path)
            for key in words if asks == "textarea" else ["Space"]:
                window.press(key)
        _tab_to(window, "onwards", path)
        window.press("Enter")
        _wait_for_another(window, path)
    raise AssertionError(f"no end after {PAGES} pages: {passed}")


def _tab_to(window: Window, kind: str, path: str) -> None:
    for _ in range(FAR_ENOUGH):
        window.press("Tab")
        stands = window.evaluate(_STANDS_ON)
        assert stands["isSeen"], f"{path}: nothing shows that the keyboard is on {stands['name']}"
        if stands["kind"] == kind:
            return
    raise AssertionError(f"{path}: the keyboard does not reach {kind}")


def _wait_for_another(window: Window, path: str) -> None:
    until = time.monotonic() + PATIENCE
    while window.path() == path:
        assert time.monotonic() < until, f"{path}: Enter leads nowhere"
        time.sleep(0.02)
    window.settle()
