"""Overlapping releases: the sums that hold between quarters, years to date, years and what lies between them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from reports.derivation import InconsistentCounts
from reports.periods import Period
from reports.tables import Count, Sum

Runs = dict[tuple[int, int], int]


def period_sums(counts: Mapping[Count, int], *, sensitive_below: int) -> tuple[dict[Count, int], list[Sum]]:
    """The counts and sums that follow from the same thing being counted over overlapping periods.

    A year to date less an earlier one is a quarter, whether or not anybody printed that quarter. Returned are
    the shortest runs of quarters that can be told apart, every printed period as a sum of them, and every
    other run that holds 1 to `sensitive_below` - 1. Raises `InconsistentCounts` if a run would be below nought.
    """
    runs_of: dict[tuple[str, ...], Runs] = defaultdict(dict)
    for count, n in counts.items():
        if count.period:
            runs_of[count.subject][count.period.first, count.period.after] = n
    implied: dict[Count, int] = {}
    sums: list[Sum] = []
    for subject, printed in runs_of.items():
        for upto in _told_apart(printed):
            shortest = list(pairwise(sorted(upto)))
            for first, after in combinations(sorted(upto), 2):
                n = upto[after] - upto[first]
                run = _run(subject, first, after)
                if n < 0:
                    raise InconsistentCounts(f"{run.subject} would be {n} in {run.period}.")
                if (first, after) in shortest:
                    implied[run] = n
                elif (first, after) in printed or 0 < n < sensitive_below:
                    implied[run] = n
                    parts = [_run(subject, *each) for each in shortest if first <= each[0] and each[1] <= after]
                    sums.append(Sum(run, tuple(parts)))
    return implied, sums


def _run(subject: tuple[str, ...], first: int, after: int) -> Count:
    return Count(subject, Period(first, after - first, f"quarters {first} to {after - 1}"))


def _told_apart(printed: Runs) -> Iterator[dict[int, int]]:
    """Heaps of moments between which a count is known, each with the running count from an arbitrary nought."""
    steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (first, after), n in printed.items():
        steps[first].append((after, n))
        steps[after].append((first, -n))
    unseen = set(steps)
    while unseen:
        start = min(unseen)
        upto = {start: 0}
        waiting = [start]
        while waiting:
            here = waiting.pop()
            for there, n in steps[here]:
                if there not in upto:
                    upto[there] = upto[here] + n
                    waiting.append(there)
                elif upto[there] != upto[here] + n:
                    raise InconsistentCounts("The same thing was counted differently over overlapping periods.")
        unseen -= set(upto)
        yield upto
