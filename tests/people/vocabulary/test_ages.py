"""The ages that decide who is written to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.people.vocabulary.ages import (
    age_at_31_august,
    age_band,
    age_on,
    compulsory_school_age_ends,
    is_over_compulsory_school_age,
    is_young_person,
    left_school_age_if_born_by,
    mental_capacity_act_applies,
    national_curriculum_year,
)


@pytest.mark.parametrize(
    ("born_on", "ends_on"),
    [
        (date(2009, 9, 1), date(2026, 6, 26)),  # turns 16 as the school year begins: stays to the next June
        (date(2010, 1, 15), date(2026, 6, 26)),
        (date(2010, 8, 31), date(2026, 6, 26)),  # still 15
        (date(2010, 9, 1), date(2027, 6, 25)),
        (date(2009, 12, 31), date(2026, 6, 26)),
        (date(2007, 3, 1), date(2023, 6, 30)),  # the last Friday is the last day
    ],
)
def test_compulsory_school_age_ends_on_the_last_friday_in_june(born_on: date, ends_on: date) -> None:
    assert compulsory_school_age_ends(born_on) == ends_on


def test_an_august_birthday_makes_a_young_person_of_15_to_whom_the_capacity_act_does_not_yet_apply() -> None:
    born_on, on = date(2010, 8, 20), date(2026, 7, 1)
    assert age_on(born_on, on) == 15
    assert is_young_person(born_on, on)
    assert not mental_capacity_act_applies(born_on, on)
    assert mental_capacity_act_applies(born_on, date(2026, 8, 20))


def test_a_birthday_does_not_make_a_young_person() -> None:
    born_on = date(2009, 10, 2)
    assert mental_capacity_act_applies(born_on, date(2025, 10, 2))
    assert not is_young_person(born_on, date(2026, 6, 26))
    assert is_young_person(born_on, date(2026, 6, 27))


def test_at_25_the_person_is_still_the_one_to_write_to() -> None:
    born_on = date(2001, 5, 5)
    assert is_young_person(born_on, date(2026, 5, 4))
    assert not is_young_person(born_on, date(2026, 5, 5))
    assert is_over_compulsory_school_age(born_on, date(2026, 5, 5))


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)))
def test_compulsory_school_age_ends_in_the_school_year_of_the_sixteenth_birthday(born_on: date) -> None:
    ends_on = compulsory_school_age_ends(born_on)
    assert ends_on.weekday() == 4
    assert ends_on.month == 6
    assert (ends_on + timedelta(days=7)).month == 7
    assert age_on(born_on, date(ends_on.year, 8, 31)) == 16
    assert national_curriculum_year(born_on, ends_on) == 11


@pytest.mark.parametrize(
    ("born_on", "on", "year"),
    [
        (date(2021, 9, 1), date(2026, 9, 1), 0),
        (date(2021, 8, 31), date(2026, 9, 1), 1),
        (date(2010, 9, 1), date(2026, 8, 31), 10),
    ],
)
def test_school_years_turn_on_1_september(born_on: date, on: date, year: int) -> None:
    assert national_curriculum_year(born_on, on) == year


def test_sen2_ages_are_those_of_the_31_august_before() -> None:
    assert age_at_31_august(date(2015, 8, 31), date(2026, 8, 31)) == 11
    assert age_at_31_august(date(2015, 9, 1), date(2026, 12, 1)) == 10
    assert age_at_31_august(date(2015, 9, 1), date(2026, 8, 30)) == 9
    assert [age_band(age) for age in (0, 4, 5, 15, 19, 25, 26)] == [
        "0 to 4",
        "0 to 4",
        "5 to 10",
        "11 to 15",
        "16 to 19",
        "20 to 25",
        None,
    ]


def test_a_leap_day_birthday_comes_on_1_march() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.dates(date(2006, 1, 1), date(2050, 12, 31)))
def test_asked_of_many_at_once_school_age_ends_on_the_same_day(born_on: date, on: date) -> None:
    assert is_over_compulsory_school_age(born_on, on) is (born_on <= left_school_age_if_born_by(on))
