"""Days and hours on which families may be contacted: bank and school holidays, and a window of the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from engage.core.clock import LONDON, london_moment

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


@cache
def _england(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_bank_holiday(on: date) -> bool:
    """Whether England has a bank holiday that day, substitute days included."""
    return on in _england(on.year)


def is_working_day(on: date) -> bool:
    """Monday to Friday, bank holidays left out."""
    return on.weekday() < SATURDAY and not is_bank_holiday(on)


def add_working_days(on: date, days: int) -> date:
    """The working day that many working days after a date."""
    while days > 0:
        on += timedelta(days=1)
        days -= is_working_day(on)
    return on


@dataclass(frozen=True)
class Days:
    """From one day to another, both inside."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "Days":
        """Read "2026-12-21/2027-01-01", or one day alone; `ValueError` says what is wrong."""
        first, _, last = text.strip().partition("/")
        days = cls(date.fromisoformat(first), date.fromisoformat(last or first))
        if days.first > days.last:
            raise ValueError(f"{days.first} is after {days.last}")
        return days

    def __contains__(self, on: object) -> bool:
        return isinstance(on, date) and self.first <= on <= self.last

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"


_school_holidays: tuple[Days, ...] = ()


def keep_school_holidays(holidays_: Iterable[Days]) -> None:
    """Take over the area's school holidays: a calendar of the whole process, as bank holidays are, from its settings."""
    global _school_holidays
    _school_holidays = tuple(holidays_)


def is_school_holiday(on: date) -> bool:
    """Whether the area's schools are closed that day, as far as its settings say."""
    return any(on in days for days in _school_holidays)


@dataclass(frozen=True)
class ContactHours:
    """When a message may reach a family, in Europe/London."""

    opens: time = time(9)
    closes: time = time(19)
    saturdays: bool = True
    school_holidays: bool = True
    """Whether school holidays count as any other day."""

    def allows(self, at: datetime) -> bool:
        """Whether this moment is inside the window."""
        local = at.astimezone(LONDON)
        return self._day_allowed(local.date()) and self.opens <= local.time() < self.closes

    def next_moment(self, at: datetime) -> datetime:
        """The earliest moment at or after `at` that is inside the window."""
        if self.allows(at):
            return at
        local = at.astimezone(LONDON)
        on = local.date()
        if local.time() >= self.closes or not self._day_allowed(on):
            on += timedelta(days=1)
        while not self._day_allowed(on):
            on += timedelta(days=1)
        return london_moment(on, self.opens)

    def _day_allowed(self, on: date) -> bool:
        if on.weekday() == SUNDAY or is_bank_holiday(on):
            return False
        if not self.school_holidays and is_school_holiday(on):
            return False
        return self.saturdays or on.weekday() != SATURDAY
