"""What a determined reader could work out."""

import pytest

from reports.derivation import InconsistentCounts, derivable
from reports.overlaps import period_sums
from reports.periods import period
from reports.tables import Count, Sum

ALL, A, B, C = Count(("all",)), Count(("a",)), Count(("b",)), Count(("c",))
SUMS = [Sum(ALL, (A, B, C))]


def test_one_unknown_part_is_certain() -> None:
    counts = {ALL: 10, A: 2, B: 3, C: 5}
    assert derivable([A], counts=counts, sums=SUMS, known={ALL, B, C}) == {A}


def test_two_unknown_parts_shield_each_other() -> None:
    counts = {ALL: 10, A: 2, B: 3, C: 5}
    assert derivable([A, B], counts=counts, sums=SUMS, known={ALL, C}) == set()


def test_parts_of_nothing_are_certain_since_no_count_is_below_nought() -> None:
    counts = {ALL: 5, A: 0, B: 0, C: 5}
    assert derivable([A, B], counts=counts, sums=SUMS, known={ALL, C}) == {A, B}


def test_what_is_known_is_certain_and_what_nothing_is_tied_to_is_not() -> None:
    assert derivable([A, B], counts={A: 3, B: 3}, sums=[], known={A}) == {A}


def test_a_sum_that_is_none_is_refused() -> None:
    with pytest.raises(InconsistentCounts):
        derivable([A], counts={ALL: 10, A: 2, B: 3, C: 6}, sums=SUMS, known={ALL})


def test_a_year_to_date_less_an_earlier_one_is_the_run_between() -> None:
    subject = ("involved",)
    printed = {
        Count(subject, period("2021/22 up to Q1")): 20,
        Count(subject, period("2021/22 up to Q3")): 23,
        Count(subject, period("2021/22")): 40,
    }
    implied, _ = period_sums(printed, sensitive_below=5)
    assert implied[Count(subject, period("2 quarters to Q3 2021/22"))] == 3
    assert implied[Count(subject, period("Q4 2021/22"))] == 17


def test_years_apart_tell_nothing_of_each_other() -> None:
    printed = {Count(("x",), period("2019/20")): 5, Count(("x",), period("2021/22")): 9}
    implied, sums = period_sums(printed, sensitive_below=5)
    assert implied == printed
    assert sums == []


def test_a_part_larger_than_the_whole_is_refused() -> None:
    printed = {Count(("x",), period("Q1 2021/22")): 9, Count(("x",), period("2021/22")): 5}
    with pytest.raises(InconsistentCounts, match="-4"):
        period_sums(printed, sensitive_below=5)
