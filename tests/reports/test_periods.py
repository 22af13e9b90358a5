"""Which quarters a period covers."""

import pytest

from reports.periods import period


@pytest.mark.parametrize(
    ("name", "quarters", "same_as"),
    [
        ("2021/22", 4, "2021/22 up to Q4"),
        ("Q1 2021/22", 1, "2021/22 up to Q1"),
        ("4 quarters to Q4 2021/22", 4, "2021/22"),
        ("2021/22 up to Q3", 3, "3 quarters to Q3 2021/22"),
    ],
)
def test_two_names_for_the_same_quarters_are_the_same_period(name: str, quarters: int, same_as: str) -> None:
    assert period(name) == period(same_as)
    assert period(name).quarters == quarters
    assert str(period(name)) == name


def test_a_rolling_year_reaches_into_the_year_before() -> None:
    rolling = period("4 quarters to Q3 2021/22")
    assert rolling.first == period("Q4 2020/21").first
    assert rolling.after == period("Q4 2021/22").first


@pytest.mark.parametrize("name", ["", "2021", "2021/23", "Q5 2021/22", "Q1 2021/22 up to Q2", "2021/22 Q3"])
def test_anything_else_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="period"):
        period(name)
