"""What every page may rely on: strict templates, honest figures, dates in words, errors that lead to their field."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import html5lib
import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from engage.core import languages
from engage.core.errors import Misconfigured
from engage.web import rendering, theme

PAGES = ["/sink/staff", "/sink/question", "/sink/question?faulty=1", "/you-said-we-did"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_layout_and_part_is_strict_html_in_both_directions(app: Flask, page: str, language: str) -> None:
    joint = "&" if "?" in page else "?"
    answer = app.test_client().get(f"{page}{joint}language={language}")
    assert answer.status_code == 200
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ur" else "ltr"}"' in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_no_page_carries_a_style_or_a_script_of_its_own(app: Flask, page: str) -> None:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(app.test_client().get(page).text)
    assert [element.tag for element in tree.iter() if "style" in element.attrib or element.tag == "style"] == []
    assert [script for script in tree.iter("script") if not script.get("src")] == []
    assert [name for element in tree.iter() for name in element.attrib if str(name).startswith("on")] == []


def test_a_missing_name_in_a_template_is_an_error_and_never_an_empty_space(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ nobody }}")
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ row.missing }}", row={"present": 1})


def test_what_a_person_wrote_is_escaped_by_our_parts_and_by_the_library(app: Flask) -> None:
    page = '{% from "parts/work.html" import quote, tag %}{{ quote(words) }}{{ tag(words) }}{{ govukInsetText({"text": words}) }}'
    with app.test_request_context():
        drawn = render_template_string(page, words="<script>alert(1)</script>")
    assert "<script" not in drawn
    assert drawn.lower().count("&lt;script&gt;") == 3


def test_the_title_says_error_and_the_summary_leads_to_each_field(app: Flask) -> None:
    answer = app.test_client().get("/sink/question?faulty=1").text
    assert "<title>Error: How well does the plan describe your child? – SEND Kingston</title>" in answer
    assert 'href="#answer"' in answer
    assert 'id="answer"' in answer
    assert 'href="#born-day"' in answer
    assert 'id="born-day"' in answer
    assert "We could not save this" in answer
    assert "#None" not in answer
    assert "<title>How well" in app.test_client().get("/sink/question").text


def test_every_form_that_changes_something_carries_a_token(app: Flask) -> None:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
        app.test_client().get("/sink/staff").text
    )
    posts = [form for form in tree.iter("form") if form.get("method") == "post"]
    assert len(posts) == 5
    for form in posts:
        assert [field for field in form.iter("input") if field.get("name") == "csrf_token"]


def test_a_familys_question_sets_no_cookie(app: Flask) -> None:
    answer = app.test_client().get("/sink/question")
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text


def test_a_browser_is_never_left_to_complain_in_its_own_words(app: Flask) -> None:
    page = app.test_client().get("/sink/question").text
    assert "required" not in page
    assert "novalidate" in page


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "9:30am, Monday 2 March 2026"),
        (datetime(2026, 7, 6, 8, 0, tzinfo=UTC), "9am, Monday 6 July 2026"),
        (datetime(2026, 3, 2, 12, 0, tzinfo=UTC), "midday, Monday 2 March 2026"),
        (datetime(2026, 7, 5, 23, 0, tzinfo=UTC), "midnight, Monday 6 July 2026"),
        (datetime(2026, 3, 2, 0, 5, tzinfo=UTC), "12:05am, Monday 2 March 2026"),
    ],
)
def test_moments_are_written_as_people_in_england_say_them(at: datetime, written: str) -> None:
    assert rendering.london(at) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("pl", "18:05"),
        ("ta", "அந்தி மாலை 6:05"),
        ("ko", "저녁 6:05"),
        ("ar", "6:05 م"),
        ("ur", "6:05 شام"),
        ("fa", "18:05"),
    ],
)
def test_a_time_of_day_is_in_the_letters_of_its_language(language: str, written: str) -> None:
    with languages.speaking(language):
        assert languages.clock_face(datetime(2026, 7, 6, 17, 5, tzinfo=UTC)) == written


def test_a_moment_without_its_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        rendering.london(datetime(2026, 3, 2, 9, 30))  # noqa: DTZ001


def test_a_day_is_the_day_in_england() -> None:
    assert rendering.day(date(2026, 3, 3)) == "3 March 2026"
    assert rendering.day(datetime(2026, 7, 5, 23, 30, tzinfo=UTC)) == "6 July 2026"
    assert rendering.weekday(date(2026, 3, 2)) == "Monday 2 March 2026"


@pytest.mark.parametrize(
    ("n", "total", "written"),
    [(9, 11, "82% (9/11)"), (29, 32, "91% (29/32)"), (1, 8, "13% (1/8)"), (0, 0, "no answers (0/0)")],
)
def test_a_share_is_written_as_the_papers_write_it(n: int, total: int, written: str) -> None:
    assert rendering.share(n, total) == written


@given(st.integers(1, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_a_percentage_never_travels_without_its_counts_and_is_within_half_a_point(pair: tuple[int, int]) -> None:
    n, total = pair
    percent, counts = rendering.share(n, total).split("% ")
    assert counts == f"({n:,}/{total:,})"
    assert abs(int(percent) - 100 * n / total) <= 0.5 + 1e-9


def test_words_and_numbers_read_as_english() -> None:
    assert rendering.plural(1, "call") == "1 call"
    assert rendering.plural(1200, "family", "families") == "1,200 families"
    assert rendering.words("action_agreed") == "Action agreed"
    assert rendering.tone("overdue") == "red"
    assert rendering.tone("something nobody thought of") == "grey"


@pytest.mark.parametrize(("code", "way"), [("en", "ltr"), ("ur", "rtl"), ("ar", "rtl"), ("ta", "ltr"), ("xx", "ltr")])
def test_each_language_has_its_direction(code: str, way: str) -> None:
    assert rendering.lang_attrs(code) == f'lang="{code}" dir="{way}"'


def test_a_council_may_choose_its_colour_but_not_an_unreadable_one(make_app: Callable[..., Flask]) -> None:
    client = make_app(accent_colour="#5b2a6e").test_client()
    assert '<link rel="stylesheet" href="/theme.css">' in client.get("/you-said-we-did").text
    assert "--govuk-brand-colour:#5b2a6e" in client.get("/theme.css").text
    with pytest.raises(Misconfigured, match="too pale"):
        theme.style_sheet("#ffcc00")
    with pytest.raises(Misconfigured, match="is not a colour"):
        theme.style_sheet("teal")


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_every_accent_that_is_accepted_can_be_read(rgb: tuple[int, int, int]) -> None:
    try:
        sheet = theme.style_sheet("#{:02x}{:02x}{:02x}".format(*rgb))
    except Misconfigured:
        return
    properties = dict(pair.split(":") for pair in sheet[len(":root{") : -2].split(";"))
    tint = theme.parse(properties["--govuk-surface-background-colour"])
    dark = theme.parse(properties["--app-accent-dark"])
    assert min(theme.contrast(rgb, tint), theme.contrast(rgb, theme.WHITE), theme.contrast(dark, theme.WHITE)) >= 4.5
