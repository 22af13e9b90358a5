"""The built style sheet and script: small, neutral, mirrored, and accessible in a real browser."""

import gzip
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from engage.web import rendering
from engage.web.theme import contrast, parse
from tests.serving import serving

ROOT = Path(rendering.__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "staff": "/sink/staff?",
    "question": "/sink/question?",
    "faulty": "/sink/question?faulty=1",
    "public": "/you-said-we-did?",
}


def built(name: str) -> str:
    manifest = rendering.read_manifest()
    return (rendering.MANIFEST.parents[1] / manifest[name]).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "most"), [("engage.css", 12 * 1024), ("engage.js", 5 * 1024)])
def test_what_a_phone_must_fetch_is_small(name: str, most: int) -> None:
    assert len(gzip.compress(built(name).encode())) < most


def test_nothing_of_gov_uk_branding_is_left() -> None:
    style = built("engage.css").lower()
    assert "gds transport" not in style
    assert "@font-face" not in style
    assert "url(" not in style
    for colour in ("#1d70b8", "#fd0", "#ffdd00", "#00703c", "#0f7a52", "#d4351c"):
        assert f"{colour};" not in style
        assert f"{colour}}}" not in style


def test_no_rule_knows_left_from_right() -> None:
    """Only the fallback of a float may, for browsers that cannot float to the start."""
    sided = re.findall(
        r"[;{]((?:margin|padding|border|inset)?-?(?:left|right)[\w-]*:|text-align:(?:left|right))", built("engage.css")
    )
    assert sided == []


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("ink", "page"),
        ("quiet", "page"),
        ("accent", "accent-tint"),
        ("accent", "page"),
        ("accent-dark", "accent-tint"),
        ("ink", "focus"),
        ("error", "page"),
        ("success", "page"),
    ],
)
def test_every_pair_of_the_palette_can_be_read(text: str, behind: str) -> None:
    palette = (ROOT / "assets" / "styles" / "_palette.scss").read_text(encoding="utf-8")
    colours = dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", palette, flags=re.MULTILINE))
    assert contrast(parse(colours[text]), parse(colours[behind])) >= 4.5


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as url:
        yield url


def open_page(chromium: Browser, url: str, width: int) -> Page:
    # axe is evaluated in the page, which our policy would refuse.
    context = chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_part_is_accessible_and_fits(chromium: Browser, address: str, width: int, language: str) -> None:
    for name, path in PAGES.items():
        page = open_page(chromium, f"{address}{path}&language={language}", width)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
        assert found == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{name}-{language}-{width}.png", full_page=True)
        page.context.close()


@pytest.mark.browser
def test_the_pages_obey_their_own_policy(chromium: Browser, address: str) -> None:
    """Nothing is refused by the browser, and the script moves the focus to the errors."""
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}/sink/question?faulty=1")
    page.wait_for_function("document.activeElement.classList.contains('govuk-error-summary')")
    page.goto(f"{address}/sink/staff")
    assert complaints == []
    page.context.close()


@pytest.mark.browser
def test_headings_step_down_one_at_a_time(chromium: Browser, address: str) -> None:
    page = open_page(chromium, f"{address}/sink/question", 320)
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    page.context.close()
