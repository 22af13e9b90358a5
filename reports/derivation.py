"""What a determined reader could work out: the withheld counts that the shown ones give away.

The reader is taken to know every shown count, every sum between counts, and that counts are whole and not
below nought. A withheld count is safe while at least two values of it fit all that.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from reports.tables import Count, Sum

Equation = tuple[tuple[int, int], ...]
"""How often each unknown, by its number, goes into a sum that must come to nought."""


class InconsistentCounts(ValueError):
    """Two counts contradict each other, so nothing can be promised about what they give away."""


def derivable(
    targets: Collection[Count], *, counts: Mapping[Count, int], sums: Sequence[Sum], known: Collection[Count]
) -> set[Count]:
    """Those of `targets` whose value is certain to a reader of the `known` counts.

    `counts` holds the true value of every count named in `sums`; a known target is certain, of course.
    Raises `InconsistentCounts` if a sum is not one.
    """
    for each in sums:
        if counts[each.total] != sum(counts[part] for part in each.parts):
            raise InconsistentCounts(f"{each.total} is not the sum of its parts.")
    certain = {target for target in targets if target in known}
    for unknowns, linked in heaps(sums, without=known):
        certain |= _certain(unknowns, linked, wanted=unknowns & set(targets), counts=counts)
    return certain


def heaps(sums: Sequence[Sum], *, without: Collection[Count]) -> list[tuple[set[Count], list[Sum]]]:
    """The sums sorted into heaps that share no count but those left out: each can be solved alone."""
    found: list[tuple[set[Count], list[Sum]]] = []
    for each in sums:
        counts = {count for count in (each.total, *each.parts) if count not in without}
        if not counts:
            continue
        linked = [each]
        apart = []
        for other_counts, other_sums in found:
            if counts.isdisjoint(other_counts):
                apart.append((other_counts, other_sums))
            else:
                counts |= other_counts
                linked += other_sums
        found = [*apart, (counts, linked)]
    return found


def _certain(unknowns: set[Count], sums: list[Sum], *, wanted: set[Count], counts: Mapping[Count, int]) -> set[Count]:
    """Look for another world that shows the same figures; a count that is the same in all of them is certain."""
    if not wanted:
        return set()
    order = sorted(unknowns, key=lambda count: count.order)
    place = {count: number for number, count in enumerate(order)}
    equations = _equations(sums, place)
    fixed = _fixed(equations)
    certain = {count for count in wanted if place[count] in fixed}
    undecided = {place[count] for count in wanted - certain}
    balance = np.zeros((len(equations), len(order)))
    for row, equation in enumerate(equations):
        for number, sign in equation:
            balance[row, number] = sign
    truth = np.array([counts[count] for count in order])
    while undecided:
        number = min(undecided)
        moved = _another_world(number, balance, truth)
        if moved is None:
            certain.add(order[number])
            undecided.discard(number)
        else:
            undecided -= set(np.flatnonzero(moved).tolist())
    return certain


def _equations(sums: Sequence[Sum], place: Mapping[Count, int]) -> list[Equation]:
    """What each sum says of the unknowns' moves, once: many sums say the same once the known counts are taken away."""
    said: dict[Equation, None] = {}
    for each in sums:
        signs = Counter({place[each.total]: 1} if each.total in place else {})
        signs.subtract(place[part] for part in each.parts if part in place)
        said[tuple(sorted((number, sign) for number, sign in signs.items() if sign))] = None
    return list(said)


def _fixed(equations: Sequence[Equation]) -> set[int]:
    """The unknowns that the equations alone pin down, whatever numbers there may be: none of these has to be looked for.

    Gauss and Jordan: each equation writes one unknown by those that stay free, exactly; what needs none cannot move.
    """
    written: dict[int, dict[int, int | Fraction]] = {}
    for equation in equations:
        left: dict[int, int | Fraction] = {}
        for number, sign in equation:
            _add(left, written.get(number, {number: 1}), sign)
        if not left:
            continue
        number = next((free for free, times in left.items() if times in (1, -1)), next(iter(left)))
        divisor = left.pop(number)
        by_others = {
            free: -times * divisor if divisor in (1, -1) else -times / Fraction(divisor) for free, times in left.items()
        }
        for known in written.values():
            if number in known:
                _add(known, by_others, known.pop(number))
        written[number] = by_others
    return {number for number, others in written.items() if not others}


def _add(to: dict[int, int | Fraction], row: Mapping[int, int | Fraction], times: int | Fraction) -> None:
    """Add a row, so many times; what comes to nought goes."""
    for number, share in row.items():
        if together := to.get(number, 0) + times * share:
            to[number] = together
        else:
            del to[number]


def _another_world(number: int, balance: np.ndarray, truth: np.ndarray) -> np.ndarray | None:
    """How the unknowns may move together, whole and not below nought, so that one of them differs; else none."""
    ceiling = 10.0 * (truth.max() + 1)
    for direction in (-1.0, 1.0) if truth[number] else (-1.0,):  # nought can only grow
        aim = np.zeros(len(truth))
        aim[number] = direction
        found = milp(
            c=aim,
            constraints=LinearConstraint(balance, 0, 0),
            integrality=np.ones(len(truth), dtype=int),
            bounds=Bounds(-truth.astype(float), np.full(len(truth), ceiling)),
        )
        if found.x is not None and round(found.x[number]) != 0:
            return np.rint(found.x).astype(int)
    return None
