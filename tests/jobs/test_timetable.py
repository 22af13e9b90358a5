"""Periods: when a day's or a week's work is due, in London's time, across summer and winter."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.clock import LONDON
from engage.jobs.timetable import TIMETABLE, Daily, Often, Weekly, job

WEEKLY, DAILY = Weekly(time(7)), Daily(time(3))


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (london("2026-03-02T06:59:59"), None),
        (london("2026-03-02T07:00:00"), "2026-W10"),
        (london("2026-03-08T23:59:59"), "2026-W10"),
        (london("2026-03-09T00:00:00"), None),
        (datetime(2026, 3, 30, 5, 59, 59, tzinfo=UTC), None),  # the first Monday of summer time
        (datetime(2026, 3, 30, 6, 0, tzinfo=UTC), "2026-W14"),
        (datetime(2026, 10, 26, 6, 59, 59, tzinfo=UTC), None),  # the first Monday of winter time
        (datetime(2026, 10, 26, 7, 0, tzinfo=UTC), "2026-W44"),
        (london("2027-01-01T12:00:00"), "2026-W53"),
        (london("2027-01-04T07:00:00"), "2027-W01"),
    ],
)
def test_a_weeks_work_is_due_from_monday_at_seven_in_london(at: datetime, period: str | None) -> None:
    assert WEEKLY.period(at) == period


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (london("2026-03-02T02:59:59"), None),
        (london("2026-03-02T03:00:00"), "2026-03-02"),
        (datetime(2026, 3, 29, 1, 59, 59, tzinfo=UTC), None),  # the clock goes from one to two
        (datetime(2026, 3, 29, 2, 0, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 10, 25, 2, 59, 59, tzinfo=UTC), None),  # the clock goes back from two to one
        (datetime(2026, 10, 25, 3, 0, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), None),  # half past midnight in London
    ],
)
def test_a_days_work_is_due_from_its_time_in_london(at: datetime, period: str | None) -> None:
    assert DAILY.period(at) == period


@given(st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2031, 1, 1)))  # noqa: DTZ001 - UTC is put on
def test_every_week_and_every_day_comes_exactly_once(start: datetime) -> None:
    at = start.replace(tzinfo=UTC)
    moments = [at + timedelta(hours=n) for n in range(24 * 15)]
    weeks = [period for moment in moments if (period := WEEKLY.period(moment))]
    days = [period for moment in moments if (period := DAILY.period(moment))]
    assert len(set(weeks)) in (2, 3, 4)
    assert len(set(days)) in (15, 16)
    assert weeks == sorted(weeks)
    assert days == sorted(days)


def test_every_job_has_a_name_of_its_own_and_says_what_it_does() -> None:
    assert len({one.name for one in TIMETABLE}) == len(TIMETABLE)
    for one in TIMETABLE:
        assert job(one.name) is one
        assert one.does.endswith(".")
        assert str(one.when).startswith("every ")
    assert job("nothing") is None
    assert str(Often(timedelta(seconds=1))) == "every second"
    assert str(Often(timedelta(minutes=10))) == "every 10 minutes"
