"""Going through a survey with the keyboard alone, as somebody does who cannot use a mouse or see the screen."""

import time

from tests.browser.windows import Window

FAR_ENOUGH = 60
"""Presses of Tab after which a control counts as out of reach."""
PAGES = 30
PATIENCE = 15
_STANDS_ON = """(() => {
  const here = document.activeElement;
  (window.reached ??= new Set()).add(here);
  const isOnwards = here.matches('button.govuk-button:not(.govuk-button--secondary)');
  const isAnswer = here.matches('[type=radio], [type=checkbox]');
  const style = isAnswer ? getComputedStyle(here.labels[0], '::before') : getComputedStyle(here);
  return {
    kind: here === document.body ? 'end' : !here.closest('main') ? 'elsewhere'
      : isAnswer ? here.type : here.matches('textarea') ? 'textarea'
      : isOnwards ? 'onwards' : here.matches('[href*="/about-you"]') ? 'about you' : 'other',
    name: here.name || here.textContent.trim().slice(0, 40),
    isSeen: here === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none',
  };
})()"""
_ASKS = """(() => {
  const answer = document.querySelector('main form :is([type=radio], [type=checkbox], textarea)');
  return answer && (answer.matches('textarea') ? 'textarea' : answer.type);
})()"""
_LEFT_OUT = """(() => {
  const isReached = (one) => reached.has(one)
    || one.type === 'radio' && [...document.getElementsByName(one.name)].some((other) => reached.has(other));
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, select, summary')]
    .filter((one) => one.getClientRects().length && one.tabIndex >= 0 && !isReached(one))
    .map((one) => one.name || one.textContent.trim());
})()"""


def walk_through(window: Window, url: str, *, goes_round: bool = False) -> list[str]:
    """From a link to the thank-you page by Tab, Space and Enter; the paths that were passed, in order.

    Fails when what leads on cannot be reached, or shows nothing when it is. Whoever `goes_round` presses Tab on each page
    until it ends, and fails when a control was left out or nothing ever let them go.
    """
    window.go(url)
    return _until_thanks(window, goes_round=goes_round)


def tell_about_me(window: Window) -> list[str]:
    """From the thank-you page through the questions about the person, and back to it."""
    path = window.path()
    _tab_to(window, "about you", path)
    window.press("Enter")
    _wait_for_another(window, path)
    return _until_thanks(window)


def _until_thanks(window: Window, *, goes_round: bool = False) -> list[str]:
    passed: list[str] = []
    for _ in range(PAGES):
        path = window.path()
        passed.append(path)
        if path.endswith("/thank-you"):
            return passed
        if goes_round:
            _tab_to(window, "end", path)
            assert window.evaluate(_LEFT_OUT) == [], f"{path}: the keyboard does not reach these"
        _answer(window, path)
        _tab_to(window, "onwards", path)
        window.press("Enter")
        _wait_for_another(window, path)
    raise AssertionError(f"no end after {PAGES} pages: {passed}")


def _answer(window: Window, path: str) -> None:
    asks = window.evaluate(_ASKS)
    if asks:
        _tab_to(window, asks, path)
        for key in "ok" if asks == "textarea" else ["Space"]:
            window.press(key)


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
