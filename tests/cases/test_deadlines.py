"""What each promise comes to as a date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.cases.deadlines import appeal_until, deadlines
from engage.core.working_days import is_working_day

DATES = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_the_promises_are_working_days_after_opening_over_easter() -> None:
    due = deadlines(date(2026, 4, 1), urgent=False)  # the Wednesday before Good Friday

    assert due.triage_due_on == date(2026, 4, 7)
    assert due.contact_due_on == date(2026, 4, 10)
    assert due.close_due_on == date(2026, 5, 1)


def test_words_that_may_mean_harm_are_read_by_the_next_working_day() -> None:
    assert deadlines(date(2026, 3, 6), urgent=True).triage_due_on == date(2026, 3, 9)


@given(DATES, st.booleans())
def test_the_promises_come_in_order_and_on_working_days(opened_on: date, urgent: bool) -> None:
    due = deadlines(opened_on, urgent=urgent)

    assert opened_on < due.triage_due_on < due.contact_due_on < due.close_due_on
    assert all(map(is_working_day, (due.triage_due_on, due.contact_due_on, due.close_due_on)))


@pytest.mark.parametrize(
    ("decided_on", "until"),
    [
        (date(2026, 2, 16), date(2026, 4, 16)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 12, 30), date(2028, 2, 29)),
        (date(2026, 11, 1), date(2027, 1, 1)),
        (date(2026, 10, 15), date(2026, 12, 15)),
    ],
)
def test_an_appeal_is_open_for_two_months(decided_on: date, until: date) -> None:
    assert appeal_until(decided_on) == until


@given(DATES)
def test_an_appeal_is_never_open_for_less_than_59_days(decided_on: date) -> None:
    assert timedelta(59) <= appeal_until(decided_on) - decided_on <= timedelta(62)
