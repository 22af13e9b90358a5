"""What families say of each statement: the published figures, and honest words about change."""

import pytest

from reports.columns import FrameError
from reports.comparison import Baseline
from reports.experience import experience_table, period_before
from reports.periods import period
from reports.suppression import POLICIES, Audience, protect
from reports.tables import ProtectedTable
from tests.reports.frames import (
    AS_AT,
    LABELS,
    POST_ISSUANCE,
    Q3_2019_20,
    SETTINGS,
    SURVEY,
    Golden,
    golden,
    statement_counts,
)

BASELINES = {
    "process_positive": Baseline.estimate(0.63),
    "confident_in_plan": Baseline.in_words("Less than 75% (est.)"),
    "involved": Baseline.estimate(0.70),
}


def inside(rows: list[Golden], labels: dict[str, str] = LABELS) -> ProtectedTable:
    table = experience_table(
        statement_counts(golden(rows)), survey=SURVEY, labels=labels, as_at=AS_AT, baselines=BASELINES
    )
    return protect(table, POLICIES[Audience.INTERNAL])


def column(table: ProtectedTable, code: str) -> list[str]:
    return [cell.text for cell in table.column(code)]


@pytest.mark.parametrize("rows", [Q3_2019_20, POST_ISSUANCE, SETTINGS])
def test_the_published_tables_come_out_of_their_counts(rows: list[Golden]) -> None:
    labels = {measure: measure for measure, *_ in rows}
    table = inside(rows, labels)
    given = list(zip(*(column(table, code) for code in ("statement", "period", "positive", "percent")), strict=True))
    assert given == [(measure, name, f"{n}/{base}", f"{percent}%") for measure, name, n, base, percent in rows]


def test_none_of_the_rises_and_falls_in_the_papers_is_more_than_chance() -> None:
    assert column(inside(POST_ISSUANCE), "change") == [
        "nothing earlier to compare with",
        "no clear change from 2019/20 (p = .50)",
        "no clear change from 2020/21 (p = .26)",
        "nothing earlier to compare with",
        "no clear change from 2019/20 (p = 1)",
        "no clear change from 2020/21 (p = .31)",
        "nothing earlier to compare with",
        "no clear change from 2019/20 (p = .39)",
        "no clear change from 2020/21 (p = .27)",
    ]


def test_the_rise_among_settings_is() -> None:
    labels = {measure: measure for measure, *_ in SETTINGS}
    assert column(inside(SETTINGS, labels), "change")[1] == "higher than in 2019/20 (p = .015)"


def test_a_baseline_is_called_an_estimate_and_words_are_not_tested() -> None:
    against = column(inside(POST_ISSUANCE), "baseline")
    assert against[1] == "higher than 63% (estimate, base unknown) (p = .010)"
    assert against[2] == "no clear difference from 63% (estimate, base unknown) (p = .30)"
    assert against[4] == "cannot be tested against “Less than 75% (est.)” (estimate, base unknown)"


def test_a_statement_nobody_answered_has_no_percentage() -> None:
    frame = statement_counts([("involved", "2020/21", 0, 0)])
    table = experience_table(frame, survey=SURVEY, labels=LABELS, as_at=AS_AT)
    for audience in Audience:
        protected = protect(table, POLICIES[audience])
        assert column(protected, "positive") == ["0/0"]
        assert column(protected, "percent") == ["no answers"]


def test_another_survey_is_left_out() -> None:
    frame = statement_counts([("involved", "2020/21", 5, 10)], survey="annual_review")
    assert experience_table(frame, survey=SURVEY, labels=LABELS, as_at=AS_AT).rows == ()


def test_a_measure_without_wording_is_refused() -> None:
    with pytest.raises(FrameError, match="no wording"):
        experience_table(statement_counts([("secret", "2020/21", 5, 10)]), survey=SURVEY, labels=LABELS, as_at=AS_AT)


def test_a_base_that_does_not_add_up_is_refused() -> None:
    frame = statement_counts([("involved", "2020/21", 5, 10)]).assign(base=11)
    with pytest.raises(FrameError, match="base of involved"):
        experience_table(frame, survey=SURVEY, labels=LABELS, as_at=AS_AT)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("Q3 2021/22", "Q2 2021/22"),
        ("Q1 2021/22", "Q4 2020/21"),
        ("2021/22", "2020/21"),
        ("2021/22 up to Q3", "2020/21 up to Q3"),
        ("2021/22 up to Q2", "2020/21"),
        ("Q4 2020/21", None),
    ],
)
def test_a_period_is_compared_with_one_that_shares_no_answer(now: str, before: str | None) -> None:
    names = ["Q4 2020/21", "Q1 2021/22", "Q2 2021/22", "2020/21", "2020/21 up to Q3", "2021/22 up to Q2"]
    expected = period(before) if before else None
    assert period_before(period(now), [period(name) for name in names]) == expected


def test_every_table_says_what_its_figures_do_not_cover() -> None:
    notes = " ".join(inside(POST_ISSUANCE).notes)
    for said in ("As at 22 March 2022", "9 out of the 11", "Those who did not answer", "don't know"):
        assert said in notes
