"""Whether a group is heard, in words that may be "cannot tell"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rates import Proportion
from reports.representation import LEAST_EXPECTED, Representation, Verdict, against_published_share


def represented(respondents: tuple[int, int], eligible: tuple[int, int]) -> Representation:
    return Representation(Proportion(*respondents), Proportion(*eligible))


def test_the_boards_38_per_cent_against_35_per_cent_shows_nothing() -> None:
    assert against_published_share(Proportion(8, 21), 0.35) == (
        "8 of 21, 38%; the true share could be anywhere from 21% to 59%: no evidence of difference from 35%."
    )


def test_the_same_against_a_counted_cohort() -> None:
    found = represented((8, 21), (35, 100))
    assert found.verdict == Verdict.IN_LINE
    assert found.sentence.endswith("from 21% to 59%: no evidence of difference from 35%.")


@pytest.mark.parametrize(
    ("respondents", "eligible", "verdict"),
    [
        ((1, 20), (20, 100), Verdict.INSUFFICIENT),  # 4 expected
        ((0, 0), (20, 100), Verdict.INSUFFICIENT),
        ((0, 20), (0, 100), Verdict.INSUFFICIENT),
        ((4, 60), (100, 300), Verdict.UNDER),
        ((40, 60), (100, 300), Verdict.OVER),
        ((20, 60), (100, 300), Verdict.IN_LINE),
        ((6, 21), (45, 100), Verdict.IN_LINE),  # far apart, and still only chance
    ],
)
def test_verdicts(respondents: tuple[int, int], eligible: tuple[int, int], verdict: Verdict) -> None:
    assert represented(respondents, eligible).verdict == verdict


def test_nobody_of_a_large_group_answering_is_under_representation() -> None:
    found = represented((0, 60), (100, 300))
    assert found.verdict == Verdict.UNDER
    assert found.sentence == (
        "It looks as if we hear too little from this group. 0 of 60, 0%; the true share could be anywhere from 0% to "
        "6%, where 33% would be their share."
    )


def test_a_share_that_differs_but_little_is_called_close() -> None:
    found = represented((450, 1000), (5000, 10000))
    assert found.p is not None
    assert found.p < 0.1
    assert found.sentence.endswith(": close to 50%.")


def test_cannot_tell_comes_first_in_its_sentence() -> None:
    assert represented((1, 20), (20, 100)).sentence.startswith("Cannot tell: too few answers")
    assert represented((0, 0), (20, 100)).sentence == "Cannot tell: nobody has answered yet."
    assert against_published_share(Proportion(0, 0), 0.35).startswith("Cannot tell")
    assert against_published_share(Proportion(2, 6), 0.35).startswith("Cannot tell")


def test_the_ratios_of_a_group_heard_half_as_much() -> None:
    found = represented((10, 60), (100, 300))
    assert found.parity == pytest.approx(0.5)
    ratio = found.risk_ratio()
    assert ratio is not None
    assert ratio[0] == pytest.approx((10 / 100) / (50 / 200))
    assert ratio[1].low == pytest.approx(0.2121, abs=0.001)
    assert ratio[1].high == pytest.approx(0.7544, abs=0.001)


def test_more_answers_than_events_are_refused() -> None:
    with pytest.raises(ValueError, match="not a share"):
        represented((9, 10), (8, 100))


@st.composite
def groups(draw: st.DrawFn) -> Representation:
    eligible, rest = draw(st.integers(0, 80)), draw(st.integers(0, 80))
    ours, theirs = draw(st.integers(0, eligible)), draw(st.integers(0, rest))
    return represented((ours, ours + theirs), (eligible, eligible + rest))


@given(groups())
def test_every_group_gets_a_verdict_and_a_sentence_with_its_figures(found: Representation) -> None:
    assert found.sentence.endswith(".")
    if found.respondents.base:
        assert f"{found.respondents.n} of {found.respondents.base}" in found.sentence
    if found.expected < LEAST_EXPECTED:
        assert found.verdict == Verdict.INSUFFICIENT
    if found.verdict == Verdict.UNDER:
        assert found.respondents.share < found.eligible.share
    if found.verdict == Verdict.OVER:
        assert found.respondents.share > found.eligible.share
