"""School holidays in the hours of contact, and how their setting is read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from engage.core import working_days
from engage.core.config import Settings
from engage.core.working_days import ContactHours, Days

FRIDAY, IN_JANUARY = datetime(2026, 12, 18, 12, tzinfo=UTC), datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.fixture
def christmas() -> Iterator[None]:
    """The area's schools are closed for Christmas."""
    working_days.keep_school_holidays([Days.parse("2026-12-21/2027-01-01"), Days.parse("2027-02-15")])
    yield
    working_days.keep_school_holidays([])


@pytest.mark.parametrize(
    ("at", "counts_as_any", "expected"),
    [
        (FRIDAY, False, FRIDAY),
        (datetime(2026, 12, 21, 12, tzinfo=UTC), False, datetime(2027, 1, 2, 9, tzinfo=UTC)),  # a Saturday, open
        (datetime(2026, 12, 21, 12, tzinfo=UTC), True, datetime(2026, 12, 21, 12, tzinfo=UTC)),
        (datetime(2027, 2, 15, 12, tzinfo=UTC), False, datetime(2027, 2, 16, 9, tzinfo=UTC)),
    ],
)
def test_contact_waits_for_the_end_of_the_holidays_where_they_are_skipped(
    christmas: None, at: datetime, counts_as_any: bool, expected: datetime
) -> None:
    assert ContactHours(school_holidays=counts_as_any).next_moment(at) == expected


@pytest.mark.parametrize("text", ["2026-13-01", "2026-12-21/2026-12-01", "Christmas", "2026-12-21/"])
def test_what_is_no_range_of_days_is_refused_or_one_day(settings: Settings, text: str) -> None:
    given = settings.model_dump() | {"school_holidays": text}
    if text == "2026-12-21/":
        assert Settings(**given).school_holiday_days == (Days(date(2026, 12, 21), date(2026, 12, 21)),)
        return
    with pytest.raises(ValidationError):
        Settings(**given)


def test_ranges_are_given_with_commas_between(settings: Settings) -> None:
    given = settings.model_dump() | {"school_holidays": "2026-12-21/2027-01-01, 2027-02-15/2027-02-19"}
    assert [str(days) for days in Settings(**given).school_holiday_days] == [
        "2026-12-21/2027-01-01",
        "2027-02-15/2027-02-19",
    ]
