"""What may be said of a difference, against the p-values worked out for the Kingston papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.comparison import Baseline, Change, compare, compare_with_baseline, compare_with_share, p_text
from reports.rates import Proportion


@pytest.mark.parametrize(
    ("before", "now", "p", "change"),
    [
        ((27, 32), (26, 36), 0.26, Change.NO_CLEAR_CHANGE),
        ((29, 32), (29, 36), 0.31, Change.NO_CLEAR_CHANGE),
        ((30, 32), (30, 36), 0.27, Change.NO_CLEAR_CHANGE),
        ((18, 24), (27, 32), 0.50, Change.NO_CLEAR_CHANGE),
        ((5, 9), (30, 32), 0.015, Change.HIGHER),
        ((30, 32), (5, 9), 0.015, Change.LOWER),
    ],
)
def test_changes_between_years(before: tuple[int, int], now: tuple[int, int], p: float, change: Change) -> None:
    found = compare(Proportion(*now), Proportion(*before))
    assert found.change == change
    assert found.p == pytest.approx(p, abs=0.005)


@pytest.mark.parametrize(
    ("n", "base", "share", "p"),
    [(27, 32, 0.63, 0.010), (26, 36, 0.63, 0.30), (30, 32, 0.70, 0.002), (30, 36, 0.70, 0.10), (8, 21, 0.35, 0.82)],
)
def test_shares_against_a_baseline_without_a_base(n: int, base: int, share: float, p: float) -> None:
    found = compare_with_share(Proportion(n, base), share)
    assert found.p == pytest.approx(p, abs=0.005)
    assert (found.change == Change.HIGHER) == (p < 0.05)


def test_a_baseline_in_words_cannot_be_tested_against() -> None:
    baseline = Baseline.in_words("Less than 75% (est.)")
    assert compare_with_baseline(Proportion(22, 24), baseline).change == Change.CANNOT_TELL
    assert str(baseline) == "“Less than 75% (est.)” (estimate, base unknown)"


def test_a_baseline_says_that_its_base_is_unknown() -> None:
    assert str(Baseline.estimate(0.63)) == "63% (estimate, base unknown)"


def test_a_baseline_is_a_share() -> None:
    with pytest.raises(ValueError, match="63 is not a share"):
        Baseline.estimate(63)


def test_nobody_cannot_be_compared() -> None:
    nobody, some = Proportion(0, 0), Proportion(1, 2)
    assert compare(nobody, some).change == Change.CANNOT_TELL
    assert compare(some, nobody).change == Change.CANNOT_TELL
    assert compare_with_share(nobody, 0.5).change == Change.CANNOT_TELL


@given(st.integers(0, 12), st.integers(0, 12))
def test_a_survey_is_never_different_from_itself(positive: int, other: int) -> None:
    share = Proportion(positive, positive + other)
    expected = Change.NO_CLEAR_CHANGE if share.base else Change.CANNOT_TELL
    assert compare(share, share).change == expected


@pytest.mark.parametrize(
    ("p", "text"), [(0.257, "p = .26"), (0.0104, "p = .010"), (0.0002, "p < .001"), (1.0, "p = 1")]
)
def test_p_values_are_printed_as_statisticians_do(p: float, text: str) -> None:
    assert p_text(p) == text
