"""What docs/import.md and the sample file promise is what the reading does."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engage.plans.reading import COLUMNS, read
from tests.plans.reading import SETTINGS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("column", COLUMNS.values(), ids=list(COLUMNS))
def test_every_column_is_documented_as_it_is(column: object) -> None:
    each = COLUMNS[column.name]  # type: ignore[attr-defined]
    name = f"**{each.name}**" if each.needed else each.name
    assert f"| {name} | {each.meaning} | {each.example} | {', '.join(each.also)} |" in (DOCS / "import.md").read_text(
        "utf-8"
    )


def test_every_example_is_what_its_column_takes() -> None:
    for column in COLUMNS.values():
        if column.example:
            column.parse(column.example, SETTINGS)


@pytest.mark.parametrize("today", [date(2026, 11, 2), date(2031, 6, 1)])
def test_the_sample_file_is_sound_on_any_later_day(today: date) -> None:
    found = read(
        (DOCS / "sample-import.csv").read_bytes(), "sample-import.csv", settings=replace(SETTINGS, today=today)
    )
    assert (found.faults, found.notices, found.unknown_columns) == ((), (), ())
    assert (len(found.rows), len(found.children)) == (14, 12)
