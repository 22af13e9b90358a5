"""The ladder's rules: days, hours and channels."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.campaigns import ladder
from engage.campaigns.ladder import CLIMB, LadderSettings, MailboxLadder
from engage.campaigns.models import Step
from engage.core.clock import LONDON, london_date
from engage.core.errors import Invalid
from engage.core.working_days import ContactHours, add_working_days, is_bank_holiday, is_working_day
from engage.people.models import Channel, ContactPoint

STANDARD = LadderSettings()
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EMAIL = ContactPoint(channel=Channel.EMAIL, value="a@example.org")
MOBILE = ContactPoint(channel=Channel.MOBILE, value="+447700900101")
LANDLINE = ContactPoint(channel=Channel.LANDLINE, value="+442079460123")


def at(text: str) -> datetime:
    """A moment as a clock in England shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "next_moment"),
    [
        ("2026-03-02T08:59", "2026-03-02T09:00"),
        ("2026-03-02T09:00", "2026-03-02T09:00"),
        ("2026-03-02T18:59", "2026-03-02T18:59"),
        ("2026-03-02T19:00", "2026-03-03T09:00"),
        ("2026-03-07T12:00", "2026-03-07T12:00"),  # a Saturday
        ("2026-03-07T19:00", "2026-03-09T09:00"),
        ("2026-03-08T12:00", "2026-03-09T09:00"),  # a Sunday
        ("2026-03-28T20:00", "2026-03-30T09:00"),  # the clocks go forward on the 29th
        ("2026-04-02T20:00", "2026-04-04T09:00"),  # Good Friday
        ("2026-04-05T12:00", "2026-04-07T09:00"),  # Easter Day and Monday
        ("2026-12-24T19:00", "2026-12-29T09:00"),  # Christmas Day, Boxing Day (Saturday), Sunday, its substitute
        ("2027-01-01T10:00", "2027-01-02T09:00"),
    ],
)
def test_contact_hours_are_england_s(moment: str, next_moment: str) -> None:
    assert ContactHours().next_moment(at(moment)) == at(next_moment)
    assert ContactHours().allows(at(moment)) == (moment == next_moment)


def test_saturdays_can_be_left_out() -> None:
    assert ContactHours(saturdays=False).next_moment(at("2026-03-07T12:00")) == at("2026-03-09T09:00")


@pytest.mark.parametrize(
    ("on", "is_holiday", "works"),
    [
        (date(2026, 5, 4), True, False),
        (date(2026, 8, 31), True, False),
        (date(2026, 12, 28), True, False),
        (date(2026, 3, 17), False, True),  # St Patrick's Day, in Northern Ireland alone
        (date(2026, 11, 30), False, True),  # St Andrew's Day, in Scotland alone
        (date(2026, 3, 7), False, False),
    ],
)
def test_bank_holidays_are_england_s(on: date, is_holiday: bool, works: bool) -> None:
    assert (is_bank_holiday(on), is_working_day(on)) == (is_holiday, works)


@pytest.mark.parametrize(
    ("on", "days", "after"),
    [
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 3, 2), 7, date(2026, 3, 11)),
    ],
)
def test_working_days_pass_over_weekends_and_bank_holidays(on: date, days: int, after: date) -> None:
    assert add_working_days(on, days) == after


@pytest.mark.parametrize(
    ("step", "days"),
    [(Step.INVITATION, 0), (Step.REMINDER, 7), (Step.OTHER_CHANNEL, 14), (Step.CALL, 21), (Step.CLOSE, 35)],
)
def test_the_standard_ladder(step: Step, days: int) -> None:
    due = ladder.due(step, STANDARD, first_asked_at=MONDAY, last_contact_at=MONDAY - timedelta(days=30))
    expected = ContactHours().next_moment(at("2026-03-02T09:00") + timedelta(days=days))
    assert (STANDARD.day_of(step), london_date(due)) == (days, london_date(expected))


def test_a_ladder_may_count_working_days_only() -> None:
    settings = LadderSettings(working_days=True)
    due = ladder.due(Step.REMINDER, settings, first_asked_at=MONDAY, last_contact_at=MONDAY)
    assert due == at("2026-03-11T09:00")
    assert ladder.first_due(date(2026, 3, 2), settings, now=MONDAY) == at("2026-03-20T09:00")


def test_the_first_message_waits_and_is_never_in_the_past() -> None:
    assert ladder.first_due(date(2026, 2, 25), STANDARD, now=MONDAY) == at("2026-03-11T09:00")
    assert ladder.first_due(date(2026, 1, 5), STANDARD, now=MONDAY) == MONDAY
    assert ladder.first_due(date(2026, 1, 5), STANDARD, now=at("2026-03-07T20:00")) == at("2026-03-09T09:00")


@pytest.mark.parametrize(("days", "stale"), [(0, False), (90, False), (91, True)])
def test_what_is_too_old_is_not_asked_about(days: int, stale: bool) -> None:
    assert ladder.is_stale(london_date(MONDAY) - timedelta(days=days), STANDARD, now=MONDAY) is stale


sound = st.builds(
    lambda kind, days, gap, working: kind(
        reminder_after_days=days[0],
        other_channel_after_days=days[1],
        call_after_days=days[2],
        close_after_days=days[3],
        smallest_gap_days=gap,
        working_days=working,
    ),
    st.sampled_from([LadderSettings, MailboxLadder]),
    st.lists(st.integers(4, 60), min_size=4, max_size=4, unique=True).map(sorted),
    st.integers(1, 30),
    st.booleans(),
)


@given(settings=sound, late=st.lists(st.integers(0, 40), min_size=5, max_size=5))
def test_however_late_each_rung_is_taken_contacts_keep_their_gap_and_the_last_its_time(
    settings: LadderSettings, late: list[int]
) -> None:
    taken = [MONDAY]
    last_rung = settings.climb[-2]
    for step, delay in zip(settings.climb[1:], late, strict=False):
        due = ladder.due(step, settings, first_asked_at=MONDAY, last_contact_at=taken[-1])
        taken.append(settings.hours.next_moment(due + timedelta(days=delay)))
        gap = london_date(taken[-1]) - london_date(taken[-2])
        rest = settings.close_after_days - settings.day_of(last_rung)
        assert gap >= timedelta(days=rest if step is Step.CLOSE else settings.smallest_gap_days)
        assert settings.hours.allows(due)


@given(settings=sound)
def test_the_close_a_family_is_told_is_the_close(settings: LadderSettings) -> None:
    last, told = MONDAY, []
    for taken, step in pairwise(settings.climb):
        told.append(ladder.closes(settings, taken=taken, first_asked_at=MONDAY, last_contact_at=last))
        last = ladder.due(step, settings, first_asked_at=MONDAY, last_contact_at=last)
    assert set(told) == {last}


def test_the_ladder_has_an_end() -> None:
    assert [ladder.step_after(step, LadderSettings()) for step in CLIMB] == [*CLIMB[1:], None]


@pytest.mark.parametrize(
    ("step", "points", "last_used", "used"),
    [
        (Step.INVITATION, [EMAIL, MOBILE], None, EMAIL),
        (Step.INVITATION, [MOBILE, LANDLINE], None, MOBILE),
        (Step.INVITATION, [LANDLINE], None, None),
        (Step.INVITATION, [], None, None),
        (Step.REMINDER, [EMAIL, MOBILE], Channel.EMAIL, EMAIL),
        (Step.REMINDER, [EMAIL, MOBILE], Channel.MOBILE, MOBILE),
        (Step.REMINDER, [MOBILE], Channel.EMAIL, MOBILE),
        (Step.OTHER_CHANNEL, [EMAIL, MOBILE], Channel.EMAIL, MOBILE),
        (Step.OTHER_CHANNEL, [EMAIL, MOBILE], Channel.MOBILE, EMAIL),
        (Step.OTHER_CHANNEL, [EMAIL], Channel.EMAIL, EMAIL),
        (Step.OTHER_CHANNEL, [MOBILE, LANDLINE], Channel.MOBILE, MOBILE),
        (Step.OTHER_CHANNEL, [EMAIL, MOBILE], None, EMAIL),
    ],
)
def test_which_address_a_step_uses(
    step: Step, points: list[ContactPoint], last_used: Channel | None, used: ContactPoint | None
) -> None:
    assert ladder.channel_for(step, points, last_used=last_used) is used


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reminder_after_days": 14}, "close_after_days"),
        ({"close_after_days": 21}, "close_after_days"),
        ({"opens": time(19), "closes": time(9)}, "close_after_days"),
        ({"wait_days": -1}, "wait_days"),
        ({"smallest_gap_days": 0}, "smallest_gap_days"),
        ({"stale_after_days": "soon"}, "stale_after_days"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_settings_that_do_not_fit_are_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        ladder.read_settings(values)
    assert set(raised.value.fields) == {field}


def test_settings_come_back_from_the_database_as_they_went() -> None:
    settings = LadderSettings(opens=time(10), saturdays=False, working_days=True)
    assert ladder.read_settings(settings.model_dump(mode="json")) == settings
