"""Whom we hear from, group by group, the unknown beside the known."""

import json

import pytest

from reports.columns import EthnicGroup, FrameError
from reports.participation import response_rate_table
from reports.representativeness import MinorityDefinition, minority, representativeness_table
from reports.suppression import POLICIES, Audience, protect, protect_together
from reports.tables import Table
from tests.reports.frames import AS_AT, SURVEY, cohort, dispositions

LABELS = {str(group): str(group).replace("_", " ").capitalize() for group in EthnicGroup}
BOTH = [minority(definition) for definition in MinorityDefinition]
ROWS = [
    ("white_british", True, 80, 13),
    ("white_minority", True, 18, 3),
    ("mixed", True, 25, 4),
    ("asian", True, 30, 1),
    ("black", True, 9, 0),
    ("other", True, 8, 0),
    ("refused", False, 4, 1),
    ("never asked", False, 8, 1),
]


def table_of(rows: list[tuple[str, bool, int, int]] = ROWS) -> Table:
    return representativeness_table(
        cohort(rows), survey=SURVEY, period_name="2021/22", as_at=AS_AT, labels=LABELS, combined=BOTH
    )


def test_shares_are_of_the_known_and_the_unknown_stand_beside_them() -> None:
    table = protect(table_of(), POLICIES[Audience.INTERNAL])
    groups = [cell.text for cell in table.column("group")]
    assert groups == [
        "Minority ethnic (not White British)",
        "Minority ethnic (non-White)",
        *LABELS.values(),
        "Not known (of all)",
    ]
    assert [cell.text for cell in table.column("respondents")][:3] == ["8/21", "5/21", "13/21"]
    assert [cell.text for cell in table.column("eligible")][:3] == ["90/170", "72/170", "80/170"]
    assert [cell.text for cell in table.rows[-1][1:5]] == ["12/182", "7%", "2/23", "9%"]


def test_the_definition_of_minority_changes_the_figure_and_is_named() -> None:
    table = protect(table_of(), POLICIES[Audience.INTERNAL])
    verdicts = [cell.value for cell in table.column("verdict")]
    assert verdicts[0] == "in line"
    assert verdicts[3] == "cannot tell"


def test_the_public_sees_no_small_group_and_cannot_subtract_to_one() -> None:
    table = protect(table_of(), POLICIES[Audience.PUBLIC])
    shown = {cell.text for cell in table.column("respondents")}
    assert shown.isdisjoint({"3/21", "4/21", "1/21", "0/21", "5/21"})


def test_it_is_protected_as_one_with_the_response_rate() -> None:
    """2 unknown of 23: whoever knows both 23 and 21 would know them."""
    rate = response_rate_table(
        dispositions(
            [("2021/22", "complete", "online", "email", "1", 23), ("2021/22", "no_response", "", "", "", 159)]
        ),
        survey=SURVEY,
        as_at=AS_AT,
    )
    protected = protect_together([table_of(), rate], POLICIES[Audience.PUBLIC])
    bases = {cell.text.split("/")[-1] for cell in protected[0].column("respondents")}
    answered = [cell.text for cell in protected[1].column("answered")]
    assert not ("21" in bases and answered == ["23/182"])


def test_a_quarter_shows_the_public_no_percentage_and_no_verdict() -> None:
    rows = [("white_british", True, 80, 13), ("asian", True, 70, 12)]
    table = representativeness_table(cohort(rows), survey=SURVEY, period_name="Q3 2021/22", as_at=AS_AT, labels=LABELS)
    protected = protect(table, POLICIES[Audience.BOARD])
    assert [cell.text for cell in protected.column("respondents")][:2] == ["13/25", "12/25"]
    assert {cell.text for cell in protected.column("verdict")[:2]} == {"[x]"}


def test_nobody_having_answered_is_no_fault() -> None:
    table = protect(table_of([("asian", True, 30, 0)]), POLICIES[Audience.INTERNAL])
    assert table.rows[2][-1].text == "Cannot tell: nobody has answered yet."
    json.dumps(table.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("asian", True, 3, 4)], "More answers than events"),
        ([("asian", True, 30, 4), ("asian", True, 30, 4)], "twice"),
        ([("martian", True, 30, 4)], "no label"),
    ],
)
def test_faulty_cohorts_are_refused(rows: list[tuple[str, bool, int, int]], fault: str) -> None:
    with pytest.raises(FrameError, match=fault):
        table_of(rows)


def test_none_of_a_small_group_cannot_be_had_by_subtracting_quarters() -> None:
    """6 of 15 by the first quarter and 6 of 27 by the second: none of the 12 between."""
    first = [("white_british", True, 80, 23), ("asian", True, 15, 6)]
    second = [("white_british", True, 160, 49), ("asian", True, 27, 6)]
    tables = [
        representativeness_table(cohort(rows), survey=SURVEY, period_name=name, as_at=AS_AT, labels=LABELS)
        for rows, name in ((first, "Q1 2021/22"), (second, "2021/22 up to Q2"))
    ]
    asian = [table.column("respondents")[1].text for table in protect_together(tables, POLICIES[Audience.PUBLIC])]
    assert asian != ["6/29", "6/55"]
