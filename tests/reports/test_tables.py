"""Printing protected tables: for a terminal, a spreadsheet and a program."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.experience import experience_table
from reports.suppression import POLICIES, Audience, protect
from reports.tables import Caption, Cell, Column, ProtectedTable, Table
from tests.reports.frames import AS_AT, LABELS, SURVEY, statement_counts

ROWS = [("involved", "2019/20", 20, 24), ("involved", "2020/21", 30, 32)]


def table_for(audience: Audience, *, provisional: bool = False) -> ProtectedTable:
    table = experience_table(statement_counts(ROWS), survey=SURVEY, labels=LABELS, as_at=AS_AT, provisional=provisional)
    return protect(table, POLICIES[audience])


def words(*texts: str) -> ProtectedTable:
    table = Table(
        Caption("Words", AS_AT), tuple(Column(f"c{n}", "") for n in range(len(texts))), (tuple(map(Cell.words, texts)),)
    )
    return protect(table, POLICIES[Audience.PUBLIC])


def test_the_text_of_a_table_is_aligned_and_ends_with_its_notes() -> None:
    lines = table_for(Audience.INTERNAL).to_text().splitlines()
    assert lines[0] == "What was said"
    assert lines[4].index("20/24") == lines[5].index("30/32") == lines[2].index("Agree")
    assert "As at 22 March 2022." in lines
    assert lines[-1].startswith("[u]")


def test_provisional_figures_say_so() -> None:
    assert table_for(Audience.PUBLIC, provisional=True).notes[0].startswith("Provisional:")


def test_each_symbol_is_explained_once_and_only_if_used() -> None:
    public, inside = table_for(Audience.PUBLIC), table_for(Audience.INTERNAL)
    assert [note for note in public.notes if note.startswith("[c]")] == [
        "[c] withheld so that nobody can be recognised."
    ]
    assert not [note for note in inside.notes if note.startswith("[c]")]


def test_a_share_is_two_columns_since_9_11_is_a_day_to_a_spreadsheet() -> None:
    heading, first, second, *_ = table_for(Audience.INTERNAL).csv_rows()
    assert heading[2:5] == ["positive_n", "positive_base", "percent"]
    assert first[2:5] == [20, 24, "83% [u]"]
    assert second[2:5] == [30, 32, 94]


def test_a_withheld_share_keeps_its_base() -> None:
    _, first, *_ = table_for(Audience.PUBLIC).csv_rows()
    assert first[2:5] == ["[c]", 24, "[c]"]
    assert table_for(Audience.PUBLIC).to_json()["rows"][0]["positive"] == {  # type: ignore[index]
        "text": "[c]/24",
        "value": {"n": None, "base": 24},
        "withheld": "withheld so that nobody can be recognised",
    }


@pytest.mark.parametrize("text", ["=1+1", "+44", "-2", "@SUM(A1)", "\tx", "\r=1"])
def test_no_cell_can_start_a_formula(text: str) -> None:
    _, row, *_ = words(text).csv_rows()
    assert row == [f"'{text}"]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_no_text_whatever_starts_a_formula(texts: list[str]) -> None:
    for row in words(*texts).csv_rows():
        assert not any(str(value).startswith(("=", "+", "-", "@", "\t", "\r")) for value in row)


@pytest.mark.parametrize("audience", list(Audience))
def test_json_and_csv_take_a_table_as_it_is(audience: Audience) -> None:
    table = table_for(audience)
    again = json.loads(json.dumps(table.to_json(), allow_nan=False))
    assert again["audience"] == audience
    assert again["policy_version"] == POLICIES[audience].version
    assert again["as_at"] == "2022-03-22"
    assert "interval" in again["rows"][0]
    out = io.StringIO()
    csv.writer(out).writerows(table.csv_rows())
    assert "What was said" in out.getvalue()


def test_a_column_is_found_by_its_code() -> None:
    assert [cell.text for cell in table_for(Audience.PUBLIC).column("period")] == ["2019/20", "2020/21"]
    with pytest.raises(KeyError):
        table_for(Audience.PUBLIC).column("nonsense")
