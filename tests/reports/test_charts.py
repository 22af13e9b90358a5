"""Charts: sound XML, every figure in words, nothing withheld drawn, nothing that a page's look could break."""

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from reports.charts import WIDTH, Bar, Dot, cohort_dots, dot_chart, statement_dots, weekly_bars
from reports.experience import experience_table
from reports.rates import Interval
from reports.representativeness import representativeness_table
from reports.suppression import POLICIES, Audience, protect
from tests.reports.frames import AS_AT, LABELS, POST_ISSUANCE, SURVEY, cohort, golden, statement_counts

SVG = "{http://www.w3.org/2000/svg}"
DOTS = [
    Dot("2019/20", "75% (18/24)", 75, Interval(0.55, 0.88)),
    Dot("2020/21", "84% (27/32)", 84, Interval(0.68, 0.93), reference=63),
    Dot("2021/22", "[c]"),
]


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def test_a_chart_names_and_describes_itself_to_a_screen_reader() -> None:
    chart = drawn(dot_chart(DOTS, title="The process was positive", name="process", reference="baseline"))
    assert chart.get("role") == "img"
    assert chart.get("aria-labelledby") == "process-title process-desc"
    assert [chart[0].get("id"), chart[1].get("id")] == ["process-title", "process-desc"]
    assert chart[0].text == "The process was positive"
    assert chart[1].text == (
        "2019/20: 75% (18/24), 95% interval 55% to 88%. "
        "2020/21: 84% (27/32), 95% interval 68% to 93%; baseline 63%. "
        "2021/22: [c]."
    )


def test_a_withheld_figure_is_not_drawn() -> None:
    chart = drawn(dot_chart(DOTS, title="t", name="n"))
    assert len(chart.findall(f"{SVG}circle")) == 2
    assert len([line for line in chart.findall(f"{SVG}line") if line.get("class") == "chart-interval"]) == 2


def test_a_share_of_nought_with_its_interval_is_drawn() -> None:
    chart = drawn(dot_chart([Dot("x", "0% (0/20)", 0, Interval(0, 0.16), reference=0)], title="t", name="n"))
    classes = [element.get("class") for element in chart]
    assert {"chart-dot", "chart-interval", "chart-reference"} <= set(classes)


def test_a_chart_carries_no_script_style_font_or_colour() -> None:
    for svg in (dot_chart(DOTS, title="t", name="n"), weekly_bars([Bar("3 March", 4)], title="t", name="n")):
        assert not re.search(r"<script|<style|style=|font|href|#[0-9a-f]{3}|\bon[a-z]+=", svg)
        assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) <= {"currentColor", "none"}


def test_a_right_to_left_page_turns_the_labels_and_nothing_runs_out_of_the_chart() -> None:
    chart = drawn(dot_chart(DOTS, title="t", name="n", rtl=True))
    assert chart.get("direction") == "ltr"
    labels = [text for text in chart.findall(f"{SVG}text") if text.get("class") == "chart-label"]
    assert {(label.get("x"), label.get("text-anchor")) for label in labels} == {(str(WIDTH - 16), "end")}


@given(st.text(), st.text(), st.integers(0, 1000))
def test_any_text_whatever_gives_sound_xml(label: str, title: str, n: int) -> None:
    drawn(dot_chart([Dot(label, label, 50, Interval(0.4, 0.6))], title=title, name=label, reference=label))
    drawn(weekly_bars([Bar(label, n)], title=title, name=title))


@given(st.lists(st.integers(0, 500), max_size=8))
def test_bars_stay_in_the_chart_and_say_their_counts(counts: list[int]) -> None:
    for rtl in (False, True):
        chart = drawn(weekly_bars([Bar("week", n) for n in counts], title="t", name="n", rtl=rtl))
        for bar in chart.findall(f"{SVG}rect"):
            left, width = float(bar.get("x", "")), float(bar.get("width", ""))
            assert left >= 0
            assert left + width <= WIDTH
        assert chart[1].text == (" ".join(f"week: {n}." for n in counts) or "No figures.")


def test_statement_dots_draw_only_what_the_audience_may_see() -> None:
    counts = statement_counts(golden(POST_ISSUANCE))
    table = experience_table(counts, survey=SURVEY, labels=LABELS, as_at=AS_AT)
    statement = LABELS["confident_in_plan"]
    public = statement_dots(protect(table, POLICIES[Audience.PUBLIC]), statement=statement)
    inside = statement_dots(protect(table, POLICIES[Audience.INTERNAL]), statement=statement)
    assert [dot.percent for dot in public] == [None, None, 81]
    assert [dot.figure for dot in public] == ["[c]", "[c]", "81% (29/36)"]
    assert [dot.percent for dot in inside] == [92, 91, 81]


def test_cohort_dots_are_read_against_the_cohort() -> None:
    table = representativeness_table(
        cohort([("asian", True, 35, 8), ("white_british", True, 65, 13), ("?", False, 0, 0)]),
        survey=SURVEY,
        period_name="2021/22",
        as_at=AS_AT,
        labels={"asian": "Asian", "white_british": "White British"},
    )
    dots = cohort_dots(protect(table, POLICIES[Audience.INTERNAL]))
    assert [(dot.label, dot.percent, dot.reference) for dot in dots[:2]] == [
        ("Asian", 38, 35),
        ("White British", 62, 65),
    ]
