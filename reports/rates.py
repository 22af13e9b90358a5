"""Shares that never travel without their count and base: n of N, whole per cent, Wilson interval, response rate."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from scipy.stats import binomtest

from reports.columns import Disposition

ANSWERED = frozenset({Disposition.COMPLETE, Disposition.PARTIAL})
NOT_ELIGIBLE = frozenset({Disposition.INELIGIBLE, Disposition.HELD})

RESPONSE_RATE_DEFINITION = (
    "Response rate: of all the plan events that we could have asked somebody about, the share with a finished "
    "answer or one with at least half of the main questions (AAPOR RR2). Those with no email or phone, "
    "those whom our messages did not reach and those who said no are all counted in the base. "
    "Finished answers only (RR1) are shown beside it."
)


def whole_percent(share: float) -> int:
    """A share from 0 to 1 as a whole per cent, halves up."""
    return math.floor(share * 100 + 0.5)


@dataclass(frozen=True)
class Interval:
    """Where the true share could be, 95 times in 100, from chance alone; both ends from 0 to 1."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{whole_percent(self.low)}% to {whole_percent(self.high)}%"


@dataclass(frozen=True)
class Proportion:
    """`n` out of `base`; `ValueError` unless 0 <= n <= base."""

    n: int
    base: int

    def __post_init__(self) -> None:
        if not 0 <= self.n <= self.base:
            raise ValueError(f"{self.n} out of {self.base} is not a share.")

    @property
    def share(self) -> float:
        """From 0 to 1; `ValueError` when nobody is in the base."""
        if not self.base:
            raise ValueError("A share of nobody has no value.")
        return self.n / self.base

    @property
    def percent(self) -> int | None:
        """Whole per cent, halves up, in exact arithmetic; none when nobody is in the base."""
        return (200 * self.n + self.base) // (2 * self.base) if self.base else None

    @property
    def fraction(self) -> str:
        """As printed: "9/11"."""
        return f"{self.n}/{self.base}"

    def interval(self) -> Interval | None:
        """The Wilson 95% interval, with no correction for a finite population; none when nobody is in the base."""
        if not self.base:
            return None
        found = binomtest(self.n, self.base).proportion_ci(method="wilson")
        return Interval(float(found.low), float(found.high))

    def __str__(self) -> str:
        return f"{self.fraction}, {self.percent}%" if self.base else self.fraction


def positive_share(*, positive: int, neutral: int, negative: int) -> Proportion:
    """The top two of five out of all valid answers; neutral answers stay in the base."""
    return Proportion(positive, positive + neutral + negative)


@dataclass(frozen=True)
class ResponseRate:
    """The headline share (RR2), finished answers only (RR1), and how many events were left out and why."""

    headline: Proportion
    complete_only: Proportion
    pending: int = 0
    left_out: Mapping[Disposition, int] = field(default_factory=dict)

    @property
    def provisional(self) -> bool:
        """Some families are still being asked, so the share may yet rise."""
        return self.pending > 0


def response_rate(events: Mapping[Disposition, int]) -> ResponseRate:
    """The case-level response rate of events counted by disposition; see `RESPONSE_RATE_DEFINITION`.

    Source of the rule: AAPOR Standard Definitions, RR1 and RR2 for named persons on a list.
    """
    eligible = sum(n for disposition, n in events.items() if disposition not in NOT_ELIGIBLE)
    answered = sum(events.get(disposition, 0) for disposition in ANSWERED)
    return ResponseRate(
        headline=Proportion(answered, eligible),
        complete_only=Proportion(events.get(Disposition.COMPLETE, 0), eligible),
        pending=events.get(Disposition.PENDING, 0),
        left_out={disposition: events.get(disposition, 0) for disposition in sorted(NOT_ELIGIBLE)},
    )
