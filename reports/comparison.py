"""Has a share changed, or is it chance? Exact tests, and words for their answers."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import binomtest, fisher_exact

from reports.rates import Proportion, whole_percent

SIGNIFICANT_BELOW = 0.05


class Change(StrEnum):
    """What may honestly be said; anything that chance could explain is "no clear change"."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_CLEAR_CHANGE = "no clear change"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Baseline:
    """An earlier figure whose base nobody wrote down: a share from 0 to 1, or only words."""

    share: float | None
    text: str

    @classmethod
    def estimate(cls, share: float) -> "Baseline":
        """A baseline given as a share; `ValueError` unless it is from 0 to 1."""
        if not 0 <= share <= 1:
            raise ValueError(f"{share} is not a share from 0 to 1.")
        return cls(share, f"{whole_percent(share)}%")

    @classmethod
    def in_words(cls, text: str) -> "Baseline":
        """A baseline that was never a number, such as "Less than 75% (est.)"; it cannot be tested against."""
        return cls(None, f"“{text}”")

    def __str__(self) -> str:
        return f"{self.text} (estimate, base unknown)"


@dataclass(frozen=True)
class Comparison:
    """What may be said, and the two-sided p-value behind it (none when no test was possible)."""

    change: Change
    p: float | None

    def __str__(self) -> str:
        return str(self.change) if self.p is None else f"{self.change} ({p_text(self.p)})"


def p_text(p: float) -> str:
    """A p-value as statisticians print it: "p = .26", "p = .010", "p < .001"."""
    if p < 0.001:
        return "p < .001"
    if p >= 0.995:
        return "p = 1"
    return f"p = {p:.{3 if p < 0.1 else 2}f}".replace("0.", ".", 1)


def fisher_p(one: Proportion, other: Proportion) -> float:
    """The two-sided p-value of Fisher's exact test between two groups that share nobody."""
    square = np.array([[one.n, one.base - one.n], [other.n, other.base - other.n]])
    return float(fisher_exact(square).pvalue)


def compare(now: Proportion, before: Proportion) -> Comparison:
    """Fisher's exact test, two-sided, between two groups of answers that share nobody."""
    if not now.base or not before.base:
        return Comparison(Change.CANNOT_TELL, None)
    return _comparison(now.share - before.share, fisher_p(now, before))


def compare_with_share(now: Proportion, share: float) -> Comparison:
    """The exact binomial test, two-sided, against a fixed share whose base is unknown."""
    if not now.base:
        return Comparison(Change.CANNOT_TELL, None)
    return _comparison(now.share - share, float(binomtest(now.n, now.base, share).pvalue))


def compare_with_baseline(now: Proportion, baseline: Baseline) -> Comparison:
    """As `compare_with_share`; a baseline in words alone gives "cannot tell"."""
    if baseline.share is None:
        return Comparison(Change.CANNOT_TELL, None)
    return compare_with_share(now, baseline.share)


def _comparison(difference: float, p: float) -> Comparison:
    if p >= SIGNIFICANT_BELOW:
        return Comparison(Change.NO_CLEAR_CHANGE, p)
    return Comparison(Change.HIGHER if difference > 0 else Change.LOWER, p)
