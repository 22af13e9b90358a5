"""Shares, intervals and response rates, against the figures in the Kingston papers."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.columns import Disposition
from reports.rates import Proportion, positive_share, response_rate
from tests.reports.frames import POST_ISSUANCE, Q3_2019_20, SETTINGS, Golden


@pytest.mark.parametrize("row", [*Q3_2019_20, *POST_ISSUANCE, *SETTINGS])
def test_every_published_percentage_comes_out_of_its_counts(row: Golden) -> None:
    _, _, n, base, percent = row
    assert Proportion(n, base).percent == percent


@pytest.mark.parametrize(
    ("n", "base", "interval"),
    [
        (9, 11, "52% to 95%"),
        (11, 11, "74% to 100%"),
        (18, 24, "55% to 88%"),
        (27, 32, "68% to 93%"),
        (26, 36, "56% to 84%"),
        (8, 21, "21% to 59%"),
        (5, 9, "27% to 81%"),
        (30, 32, "80% to 98%"),
        (1, 4, "5% to 70%"),
    ],
)
def test_the_wilson_intervals_of_small_surveys(n: int, base: int, interval: str) -> None:
    assert str(Proportion(n, base).interval()) == interval


proportions = st.integers(1, 500).flatmap(lambda base: st.builds(Proportion, st.integers(0, base), st.just(base)))


@given(proportions)
def test_percentages_round_halves_up(proportion: Proportion) -> None:
    exact = Decimal(proportion.n * 100) / Decimal(proportion.base)
    assert proportion.percent == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(proportions)
def test_the_interval_holds_the_share_and_stays_within_0_and_1(proportion: Proportion) -> None:
    interval = proportion.interval()
    assert interval is not None
    assert -1e-12 <= interval.low <= proportion.share + 1e-12
    assert proportion.share - 1e-12 <= interval.high <= 1 + 1e-12


def test_a_share_always_says_its_count_and_base() -> None:
    assert str(Proportion(9, 11)) == "9/11, 82%"


def test_nobody_has_no_percentage() -> None:
    nobody = Proportion(0, 0)
    assert nobody.percent is None
    assert nobody.interval() is None
    assert str(nobody) == "0/0"
    with pytest.raises(ValueError, match="nobody"):
        _ = nobody.share


@pytest.mark.parametrize(("n", "base"), [(2, 1), (-1, 3)])
def test_more_than_all_or_less_than_none_is_refused(n: int, base: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        Proportion(n, base)


def test_neutral_answers_stay_in_the_base() -> None:
    assert positive_share(positive=6, neutral=3, negative=1) == Proportion(6, 10)


def test_the_response_rate_of_q3_2019_20() -> None:
    rate = response_rate({Disposition.COMPLETE: 11, Disposition.NO_RESPONSE: 42})
    assert rate.headline.fraction == "11/53"
    assert rate.headline.percent == 21


def test_families_we_could_not_reach_stay_in_the_base() -> None:
    rate = response_rate(
        {
            Disposition.COMPLETE: 8,
            Disposition.PARTIAL: 2,
            Disposition.BREAKOFF: 1,
            Disposition.REFUSED: 1,
            Disposition.NO_CONTACT_DETAILS: 3,
            Disposition.UNDELIVERABLE: 4,
            Disposition.NO_RESPONSE: 20,
            Disposition.PENDING: 1,
            Disposition.INELIGIBLE: 5,
            Disposition.HELD: 2,
        }
    )
    assert rate.headline == Proportion(10, 40)
    assert rate.complete_only == Proportion(8, 40)
    assert rate.provisional
    assert rate.left_out == {Disposition.HELD: 2, Disposition.INELIGIBLE: 5}
