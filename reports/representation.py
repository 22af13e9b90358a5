"""Is a group heard as much as its share calls for: ratios, tests, and a verdict in words that may be "cannot tell"."""

import math
from dataclasses import dataclass
from enum import StrEnum

from scipy.stats.contingency import relative_risk

from reports.comparison import SIGNIFICANT_BELOW, compare_with_share, fisher_p
from reports.rates import Interval, Proportion, whole_percent

LEAST_EXPECTED = 5
UNDER_BELOW = 0.8
OVER_ABOVE = 1 / UNDER_BELOW
NOTEWORTHY_BELOW = 0.10


class Verdict(StrEnum):
    INSUFFICIENT = "cannot tell"
    UNDER = "under-represented"
    OVER = "over-represented"
    IN_LINE = "in line"


@dataclass(frozen=True)
class Representation:
    """One group among those who answered and among those who could have; both bases are the known only.

    `ValueError` if more of anybody answered than could have.
    """

    respondents: Proportion
    eligible: Proportion

    def __post_init__(self) -> None:
        _ = (self.response_rate, self.rest_response_rate)

    @property
    def response_rate(self) -> Proportion:
        """Of the group's own events, how many were answered."""
        return Proportion(self.respondents.n, self.eligible.n)

    @property
    def rest_response_rate(self) -> Proportion:
        """The same for everybody else whose group is known."""
        return Proportion(self.respondents.base - self.respondents.n, self.eligible.base - self.eligible.n)

    @property
    def expected(self) -> float:
        """How many of those who answered would be of this group, had all groups answered alike."""
        return self.respondents.base * self.eligible.share if self.eligible.base else 0.0

    @property
    def parity(self) -> float | None:
        """1 is parity; none while nobody answered or nobody of the group could."""
        if not self.respondents.base or not self.eligible.n:
            return None
        return self.respondents.share / self.eligible.share

    def risk_ratio(self) -> tuple[float, Interval] | None:
        """The group's response rate divided by everybody else's, with its 95% interval (Katz, on the log scale).

        None when either has no events, or nobody else answered. While nobody of the group answered, the interval
        says nothing: from nought to infinity.
        """
        ours, theirs = self.response_rate, self.rest_response_rate
        if not ours.base or not theirs.n:
            return None
        found = relative_risk(ours.n, ours.base, theirs.n, theirs.base)
        if not ours.n:
            return 0.0, Interval(0.0, math.inf)
        ends = found.confidence_interval()
        return float(found.relative_risk), Interval(float(ends.low), float(ends.high))

    @property
    def p(self) -> float | None:
        """Fisher's exact test between the group's response rate and everybody else's; none without a rest."""
        ours, theirs = self.response_rate, self.rest_response_rate
        return fisher_p(ours, theirs) if ours.base and theirs.base else None

    @property
    def verdict(self) -> Verdict:
        """Whether this group is heard as much as its share calls for, if that can be told at all."""
        if self.expected < LEAST_EXPECTED or self.parity is None:
            return Verdict.INSUFFICIENT
        ratio = self.risk_ratio()
        by_chance = self.p is None or self.p >= NOTEWORTHY_BELOW
        if self.parity < UNDER_BELOW and (not by_chance or (ratio is not None and ratio[1].high < 1)):
            return Verdict.UNDER
        if self.parity > OVER_ABOVE and (not by_chance or (ratio is not None and ratio[1].low > 1)):
            return Verdict.OVER
        return Verdict.IN_LINE

    @property
    def sentence(self) -> str:
        """The verdict for a tired member of a board, with the figures it rests on."""
        if not self.respondents.base:
            return "Cannot tell: nobody has answered yet."
        cohort = f"{self.eligible.percent}%"
        close = self.verdict == Verdict.IN_LINE and self.p is not None and self.p < NOTEWORTHY_BELOW
        words = _CLOSE if close else _SENTENCES[self.verdict]
        return words.format(heard=_heard(self.respondents), cohort=cohort)


_SENTENCES = {
    Verdict.INSUFFICIENT: "Cannot tell: too few answers to compare with {cohort}. {heard}.",
    Verdict.UNDER: "It looks as if we hear too little from this group. {heard}, where {cohort} would be their share.",
    Verdict.OVER: "It looks as if we hear more from this group than from others. {heard}, where {cohort} would be their share.",
    Verdict.IN_LINE: "{heard}: no evidence of difference from {cohort}.",
}
_CLOSE = "{heard}: close to {cohort}."


def against_published_share(respondents: Proportion, share: float) -> str:
    """A verdict sentence against a share of the cohort (0 to 1) that was published without its base.

    Uses the exact binomial test at p < .05. Prefer `Representation` wherever the cohort can be counted.
    """
    if not respondents.base:
        return "Cannot tell: nobody has answered yet."
    cohort = f"{whole_percent(share)}%"
    verdict = _verdict_on_share(respondents, share)
    return _SENTENCES[verdict].format(heard=_heard(respondents), cohort=cohort)


def _verdict_on_share(respondents: Proportion, share: float) -> Verdict:
    if respondents.base * share < LEAST_EXPECTED:
        return Verdict.INSUFFICIENT
    p = compare_with_share(respondents, share).p
    if p is None or p >= SIGNIFICANT_BELOW:
        return Verdict.IN_LINE
    return Verdict.OVER if respondents.share > share else Verdict.UNDER


def _heard(respondents: Proportion) -> str:
    interval = respondents.interval()
    if interval is None:
        return "0 of 0"
    low, high = whole_percent(interval.low), whole_percent(interval.high)
    return (
        f"{respondents.n} of {respondents.base}, {respondents.percent}%; "
        f"the true share could be anywhere from {low}% to {high}%"
    )
