"""The frames that reports accept, and those they refuse."""

import pandas as pd
import pytest

from reports.columns import COHORT_BY_GROUP, STATEMENT_COUNTS, FrameError, check, records
from tests.reports.frames import cohort, statement_counts


def test_a_sound_frame_passes_unchanged() -> None:
    frame = cohort([("asian", True, 12, 3)])
    assert check(frame, COHORT_BY_GROUP) is frame


def test_an_empty_frame_passes() -> None:
    assert records(statement_counts([]), STATEMENT_COUNTS) == []


def test_records_are_plain_values() -> None:
    (record,) = records(cohort([("asian", True, 12, 3)]), COHORT_BY_GROUP)
    assert record == {"group": "asian", "known": True, "eligible": 12, "respondents": 3}
    assert [type(value) for value in record.values()] == [str, bool, int, int]


def test_a_name_cannot_come_in_by_accident() -> None:
    frame = cohort([("asian", True, 12, 3)]).assign(surname="Example")
    with pytest.raises(FrameError, match="nobody announced: surname"):
        check(frame, COHORT_BY_GROUP)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FrameError, match="lacks the column respondents"):
        check(cohort([("asian", True, 12, 3)]).drop(columns="respondents"), COHORT_BY_GROUP)


@pytest.mark.parametrize(
    ("column", "values", "fault"),
    [
        ("eligible", [1.5], "whole numbers"),
        ("eligible", [-1], "below nought"),
        ("group", [None], "must be text"),
        ("known", ["yes"], "true or false"),
    ],
)
def test_a_faulty_value_is_named_with_its_column(column: str, values: list[object], fault: str) -> None:
    frame = cohort([("asian", True, 12, 3)])
    frame[column] = pd.Series(values)
    with pytest.raises(FrameError, match=f"Column {column} .*{fault}"):
        check(frame, COHORT_BY_GROUP)
