"""Easy Read, large print and paper in a real Chromium: read aloud in the right order, large without being lost, printed whole."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.core.config import Settings
from engage.surveys.formats import Format
from tests import factories
from tests.browser.conftest import NARROW, WIDE, then_the_page_is_accessible, turn
from tests.conftest import SettableClock
from tests.serving import serving
from tests.web.respond.family import ask

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

QUESTION = """
- main:
  - paragraph: Question 1 of 6
  - group "Making the plan went well for me.":
    - heading "Making the plan went well for me." [level=1]
    - text: Before the plan, people found out what help your child needs. Do you agree that this went well?
    - radio "I agree a lot."
    - text: I agree a lot.
    - radio "I agree."
    - text: I agree.
    - radio "I am in the middle."
    - text: I am in the middle.
    - radio "I do not agree."
    - text: I do not agree.
    - radio "I do not agree at all."
    - text: I do not agree at all. or
    - radio "I do not know. Or this is not about me."
    - text: I do not know. Or this is not about me.
  - button "Continue"
"""
"""What somebody hears who listens: the heading once, what helps to understand it, each answer; no picture twice."""


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The web service on a port of its own."""
    with serving(app) as url:
        yield url


@pytest.fixture
def address(session: Session, settings: Settings, served: str) -> str:
    """Where one family answers."""
    asked = ask(session, settings, version=2)
    session.commit()
    return served + asked.url


def start(page: Page, address: str, named: str) -> None:
    page.goto(f"{address}?format={named}")
    page.get_by_role("button", name="Start").click()


def look(page: Page) -> None:
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for way in ("ltr", "rtl"):
            turn(page, way)
            then_the_page_is_accessible(page)


def test_a_question_is_read_aloud_in_order_and_no_picture_is_read(page: Page, address: str) -> None:
    start(page, address, "easy_read")
    heard = page.get_by_role("main").aria_snapshot()
    assert heard == QUESTION.strip()
    assert "img" not in heard


def test_the_answers_can_be_given_with_the_keyboard_alone(page: Page, address: str) -> None:
    start(page, address, "easy_read")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="I agree.", exact=True).is_checked()


def test_large_print_is_half_as_large_again(page: Page, address: str) -> None:
    size = "() => parseFloat(getComputedStyle(document.querySelector('.govuk-radios__label')).fontSize)"
    start(page, address, "standard")
    standard = page.evaluate(size)
    page.get_by_role("button", name="Large print").click()
    assert page.evaluate(size) == pytest.approx(standard * 1.5)


def test_changing_the_format_keeps_the_answer_that_was_selected(page: Page, address: str) -> None:
    start(page, address, "standard")
    page.get_by_role("radio", name="Disagree", exact=True).check()
    page.get_by_role("button", name="Easy Read").click()
    assert page.get_by_role("radio", name="I do not agree.", exact=True).is_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Back").click()
    assert page.get_by_role("radio", name="I do not agree.", exact=True).is_checked()


def test_with_colours_of_ones_own_every_picture_keeps_its_lines(page: Page, address: str) -> None:
    start(page, address, "easy_read")
    page.emulate_media(forced_colors="active", color_scheme="dark")
    seen = page.evaluate(
        """() => {
          const picture = document.querySelector('.app-picture')
          const shape = picture.querySelector('[fill]:not([fill="none"], [fill="currentColor"])')
          const [line, fill] = [getComputedStyle(shape).stroke, getComputedStyle(shape).fill]
          return {line, fill, text: getComputedStyle(document.querySelector('h1')).color}
        }"""
    )
    assert seen["line"] == seen["text"]
    assert seen["fill"] != seen["line"]


def test_the_picture_of_an_answer_is_part_of_what_can_be_pressed(page: Page, address: str) -> None:
    start(page, address, "easy_read")
    page.locator(".govuk-radios__label .app-picture").first.click()
    assert page.get_by_role("radio").first.is_checked()


@pytest.mark.parametrize("in_format", list(Format))
def test_on_paper_no_question_is_cut_and_the_type_is_large_enough(
    page: Page,
    session: Session,
    settings: Settings,
    bronwen: Staff,
    clock: SettableClock,
    served: str,
    in_format: Format,
) -> None:
    invitation = ask(session, settings, version=2).invitation
    number = factories.booklet(session, invitation, settings=settings, version=2, format=in_format).id
    token = factories.session_token(session, bronwen, settings=settings, now=clock.now())
    session.commit()
    page.context.add_cookies([{"name": "engage", "value": token, "url": served}])
    page.goto(f"{served}/staff/booklets/{number}")
    look(page)
    page.emulate_media(media="print")
    points = page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.app-booklet')).fontSize) * 0.75")
    assert points >= {Format.STANDARD: 12, Format.EASY_READ: 14, Format.LARGE_PRINT: 16}[in_format]
    kept_whole = page.evaluate(
        "() => [...document.querySelectorAll('.app-booklet__question')].map((one) => getComputedStyle(one).breakInside)"
    )
    assert set(kept_whole) == {"avoid"}
    heights = page.evaluate(
        "() => [...document.querySelectorAll('.app-booklet__question')].map((one) => one.getBoundingClientRect().height)"
    )
    assert max(heights) < 263 * 96 / 25.4, "a question must fit on one page of A4"
    assert not page.locator(".app-sheets__bar").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_number_selects_an_answer_and_goes_on(
    page: Page, session: Session, settings: Settings, bronwen: Staff, clock: SettableClock, served: str
) -> None:
    invitation = ask(session, settings, version=2).invitation
    number = factories.booklet(session, invitation, settings=settings, version=2).id
    token = factories.session_token(session, bronwen, settings=settings, now=clock.now())
    session.commit()
    page.context.add_cookies([{"name": "engage", "value": token, "url": served}])
    page.goto(f"{served}/staff/booklets/{number}/answers")
    then_the_page_is_accessible(page)
    page.get_by_role("radio").first.focus()
    page.keyboard.type("2145")
    chosen = page.evaluate("() => [...document.querySelectorAll('input:checked')].map((one) => one.value)")
    assert chosen == ["4", "5", "2", "1"]
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
