"""Reporting periods: the financial year from April to March, its quarters, and the year to date."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engage.core.errors import Invalid


class PeriodType(StrEnum):
    QUARTER = "quarter"
    YEAR_TO_DATE = "year to date"
    YEAR = "year"


@dataclass(frozen=True, order=True)
class Period:
    """A run of days, first and last both inside it."""

    first: date
    last: date
    type: PeriodType
    name: str

    def __contains__(self, on: date) -> bool:
        return self.first <= on <= self.last


def _year_name(start: int) -> str:
    return f"{start}/{(start + 1) % 100:02d}"


def start_year(on: date) -> int:
    """The calendar year in which the financial year holding this date began."""
    return on.year if on.month >= 4 else on.year - 1


def year(start: int) -> Period:
    """The financial year beginning on 1 April `start`."""
    return Period(date(start, 4, 1), date(start + 1, 3, 31), PeriodType.YEAR, _year_name(start))


def quarter(start: int, number: int) -> Period:
    """Quarter 1 (April to June) to 4 (January to March) of the financial year beginning in `start`."""
    months = 4 + 3 * (number - 1)
    first = date(start + (months - 1) // 12, (months - 1) % 12 + 1, 1)
    after = months + 3
    following = date(start + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return Period(first, following - timedelta(days=1), PeriodType.QUARTER, f"Q{number} {_year_name(start)}")


def year_to_date(start: int, number: int) -> Period:
    """From 1 April to the end of the quarter: what the Board's papers call "up to Q3"."""
    name = f"{_year_name(start)} up to Q{number}"
    return Period(date(start, 4, 1), quarter(start, number).last, PeriodType.YEAR_TO_DATE, name)


def quarter_of(on: date) -> Period:
    """The quarter that holds a date."""
    return quarter(start_year(on), (on.month - 4) % 12 // 3 + 1)


def year_of(on: date) -> Period:
    """The financial year that holds a date."""
    return year(start_year(on))


_WRITTEN = re.compile(
    r"^(?:Q(?P<q>[1-4]) )?(?P<start>\d{4})/(?P<end>\d{2})(?: (?:up ?to) Q(?P<to>[1-4]))?$", re.IGNORECASE
)


def parse_period(text: str) -> Period:
    """Read "2021/22", "Q3 2019/20" or "2021/22 up to Q3"; `Invalid` says how to write one."""
    found = _WRITTEN.match(text.strip())
    cure = f'"{text}" is not a period. Write a financial year such as 2021/22, Q3 2019/20, or 2021/22 up to Q3.'
    if not found or (found["q"] and found["to"]):
        raise Invalid(cure)
    start = int(found["start"])
    if (start + 1) % 100 != int(found["end"]):
        raise Invalid(cure)
    if found["q"]:
        return quarter(start, int(found["q"]))
    if found["to"]:
        return year_to_date(start, int(found["to"]))
    return year(start)


def periods_of_year(start: int) -> list[Period]:
    """Each quarter with its year to date, then the whole year."""
    both = [[quarter(start, n), year_to_date(start, n)] for n in (1, 2, 3, 4)]
    return [period for pair in both for period in pair] + [year(start)]
