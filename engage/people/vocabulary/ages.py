"""Ages that matter: school years, compulsory school age, and when a young person speaks for themselves."""

from datetime import date, timedelta

AGE_BANDS = ((0, 4), (5, 10), (11, 15), (16, 19), (20, 25))
"""SEN2's bands, by age on the 31 August before; both ends inside."""

_FRIDAY = 4


def age_on(born_on: date, on: date) -> int:
    """Whole years lived; someone born on 29 February has their birthday on 1 March in other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def age_at_31_august(born_on: date, on: date) -> int:
    """Age on the 31 August on or before `on`: the age SEN2 publishes."""
    year = on.year if (on.month, on.day) >= (8, 31) else on.year - 1
    return age_on(born_on, date(year, 8, 31))


def age_band(age: int) -> str | None:
    """SEN2's band for an age, such as "5 to 10"; None outside 0 to 25."""
    return next((f"{first} to {last}" for first, last in AGE_BANDS if first <= age <= last), None)


def national_curriculum_year(born_on: date, on: date) -> int:
    """The school year by age: 0 is Reception, 11 the last of compulsory schooling, below 0 before school.

    Counted from 1 September; a child may be taught in another year than this.
    """
    start = on.year if on.month >= 9 else on.year - 1
    return age_on(born_on, date(start, 8, 31)) - 4


def compulsory_school_age_ends(born_on: date) -> date:
    """The last day of compulsory school age: the last Friday in June of the school year in which the person turns 16.

    Education Act 1996, section 8, with the school leaving date set by the Education (School Leaving Date) Order 1997.
    The school year runs from 1 September: someone born in July or August stops being of compulsory school age in June,
    while still 15; someone born on 1 September goes on until the June before they turn 17.
    """
    year = born_on.year + (16 if born_on.month < 9 else 17)
    last = date(year, 6, 30)
    return last - timedelta(days=(last.weekday() - _FRIDAY) % 7)


def is_over_compulsory_school_age(born_on: date, on: date) -> bool:
    """Whether compulsory school age has ended: from then on the law addresses the person, not the parent, at any age."""
    return on > compulsory_school_age_ends(born_on)


def left_school_age_if_born_by(on: date) -> date:
    """The latest day of birth of those who are over compulsory school age on this day: the same rule, to be asked of many
    at once."""
    year = on.year if is_over_compulsory_school_age(date(on.year - 16, 8, 31), on) else on.year - 1
    return date(year - 16, 8, 31)


def is_young_person(born_on: date, on: date) -> bool:
    """Over compulsory school age and under 25: a "young person" (Children and Families Act 2014, section 83).

    Someone of 25 may keep a plan until that school year ends and is still the one to write to: to choose whom to
    address, ask `is_over_compulsory_school_age`.
    """
    return is_over_compulsory_school_age(born_on, on) and age_on(born_on, on) < 25


def mental_capacity_act_applies(born_on: date, on: date) -> bool:
    """Whether the person is 16 or over, so that capacity is presumed (Mental Capacity Act 2005, section 2(5)).

    Not the same day as becoming a young person: between late June and a July or August birthday a young person is still 15.
    """
    return age_on(born_on, on) >= 16
