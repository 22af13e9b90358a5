"""The disclosure policy, and the last step before anybody may print a figure: withhold what could point at a family.

The people behind the figures are few, and their neighbours read the reports. A count of 1 to 4 is withheld; so is
one whose complement is that small; so is whatever else would let a reader work those out from margins, or from
another release about an overlapping period. The thresholds are this service's own policy: the Department for
Education publishes its own EHC plan figures without any suppression, but those are not families' opinions.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product

from reports.derivation import InconsistentCounts, derivable, heaps
from reports.overlaps import period_sums
from reports.tables import Cell, Count, OutOf, ProtectedCell, ProtectedTable, ShareOf, Sum, Symbol, Table, Withheld

CONFIDENTIAL = Withheld(Symbol.CONFIDENTIAL, "withheld so that nobody can be recognised")
QUARTERLY = Withheld(Symbol.NOT_AVAILABLE, "a quarter holds too few answers for a percentage: see the year")


class Audience(StrEnum):
    INTERNAL = "internal"  # those who may read single answers
    BOARD = "board"
    FORUM = "forum"
    PUBLIC = "public"


@dataclass(frozen=True)
class DisclosurePolicy:
    """What one audience may see; a new version whenever a number changes."""

    audience: Audience
    version: str
    smallest_shown: int = 5  # a count from 1 to one less than this is withheld; 1 withholds nothing
    percent_from: int = 10  # the smallest base for a percentage
    caution_below: int = 30  # a percentage on a smaller base carries a warning
    none_or_all_from: int = 20  # the smallest base for "none" or "all" of a group of people
    percent_by_quarter: bool = False


VERSION = "2026-11"
POLICIES: Mapping[Audience, DisclosurePolicy] = {
    Audience.INTERNAL: DisclosurePolicy(
        Audience.INTERNAL,
        VERSION,
        smallest_shown=1,
        percent_from=1,
        none_or_all_from=0,
        percent_by_quarter=True,
    ),
    **{each: DisclosurePolicy(each, VERSION) for each in (Audience.BOARD, Audience.FORUM, Audience.PUBLIC)},
}


def protect(
    table: Table, policy: DisclosurePolicy, *, already_shown: Mapping[Count, int] | None = None
) -> ProtectedTable:
    """One table, safe for the policy's audience; see `protect_together`."""
    return protect_together([table], policy, already_shown=already_shown)[0]


def protect_together(
    tables: Sequence[Table], policy: DisclosurePolicy, *, already_shown: Mapping[Count, int] | None = None
) -> list[ProtectedTable]:
    """The same tables with every figure withheld that the audience could trace to a family.

    Hand over together all tables that the same readers hold, earlier releases too, and in `already_shown` the
    counts that those showed (`ProtectedTable.shown`), which cannot be taken back. Counts over overlapping periods
    are recognised by their names. Promise: no count from 1 to `smallest_shown` - 1 stands in the result, and
    neither those nor any other withheld count can be worked out from everything shown, except what earlier
    releases had already given away. Raises `InconsistentCounts` when the figures contradict each other or what
    was shown, and `ValueError` when a count was shown whose table was not handed over.
    """
    figures = _Figures(tables, policy, already_shown or {})
    withheld = figures.withheld()
    return [_protected(table, policy, withheld) for table in tables]


class _Figures:
    """All counts that one audience will hold, and how they hang together."""

    def __init__(self, tables: Sequence[Table], policy: DisclosurePolicy, already_shown: Mapping[Count, int]) -> None:
        self.tables = tables
        self.policy = policy
        self.already_shown = already_shown
        self.counts: dict[Count, int] = {}
        self.sums: list[Sum] = []
        for table in tables:
            self._add(table.counts)
        self.shares = [share for table in tables for share in table.shares]
        self._add({share.rest: self.counts[share.base] - self.counts[share.n] for share in self.shares})
        self.sums += [Sum(each.base, (each.n, each.rest)) for each in self.shares]
        self.sums += [each for table in tables for each in table.sums]
        if not set(already_shown) <= set(self.counts):
            raise ValueError("An earlier release was left out: hand over its tables again, beside the new ones.")
        self._add(already_shown)
        implied, sums = period_sums(self.counts, sensitive_below=policy.smallest_shown)
        self._add(implied)
        self.sums += sums

    def _add(self, counts: Mapping[Count, int]) -> None:
        for count, n in counts.items():
            if self.counts.setdefault(count, n) != n:
                raise InconsistentCounts(
                    f"{count} is {n} here and {self.counts[count]} elsewhere. "
                    "Figures that were shown may only change as a correction of the whole release."
                )

    @cached_property
    def cells(self) -> list[Cell]:
        """Every printed figure that has a count behind it."""
        return [cell for table in self.tables for row in table.rows for cell in row if cell.counts]

    @cached_property
    def _cells_with(self) -> Mapping[Count, list[Cell]]:
        found: dict[Count, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            for count in cell.counts:
                found[count].append(cell)
        return found

    @cached_property
    def sensitive(self) -> set[Count]:
        """Counts that no reader may learn, printed or not."""
        small = {count for count, n in self.counts.items() if 0 < n < self.policy.smallest_shown}
        return small | {share.n for share in self._group_shares() if self._none_or_all(share)}

    def _group_shares(self) -> Iterator[ShareOf]:
        """Every share of a group of people, over every period in which it can be told, printed or not."""
        groups = {(each.n.subject, each.base.subject) for t in self.tables if t.subgroups for each in t.shares}
        for (n, base), when in product(groups, {count.period for count in self.counts}):
            share = ShareOf(Count(n, when), Count(base, when))
            if share.n in self.counts and share.base in self.counts:
                yield share

    def _none_or_all(self, share: ShareOf) -> bool:
        n, base = self.counts[share.n], self.counts[share.base]
        return n in (0, base) and base < self.policy.none_or_all_from

    def withheld(self) -> set[Count]:
        """The small ones and their complements, then one more at a time until nothing withheld is certain."""
        withheld = self.sensitive | {share.n for share in self.shares if share.rest in self.sensitive}
        withheld -= set(self.already_shown)
        for sums in self._heaps():
            self._shield_all(withheld, sums)
        return withheld

    def _heaps(self) -> list[list[Sum]]:
        """The sums in heaps that share no count, so that nothing in one gives anything away about another."""
        return [linked for _, linked in heaps(self.sums, without=())]

    def _shield_all(self, withheld: set[Count], sums: Sequence[Sum]) -> None:
        """Withhold more of these counts until nothing withheld among them is certain."""
        here = {count for each in sums for count in (each.total, *each.parts)}
        beyond_help: set[Count] = set()
        if self.already_shown:
            beyond_help = self._certain(self._targets(withheld) & here, self.already_shown, sums)
        while certain := self._certain((self._targets(withheld) & here) - beyond_help, self.shown(withheld), sums):
            exposed = min(certain, key=lambda count: count.order)
            shield = self._shield(exposed, withheld, sums)
            if shield is None:
                beyond_help.add(exposed)
            else:
                withheld.add(shield)

    def shown(self, withheld: Set[Count]) -> set[Count]:
        """The counts a reader holds: from what every cell still prints, and from before."""
        return {count for cell in self.cells for count in cell.readable(withheld)} | set(self.already_shown)

    def _targets(self, withheld: Set[Count]) -> set[Count]:
        printed = {count for cell in self.cells for count in cell.counts}
        return (self.sensitive | (printed - self.shown(withheld))) - set(self.already_shown)

    def _certain(self, targets: Collection[Count], known: Collection[Count], sums: Sequence[Sum]) -> set[Count]:
        return derivable(targets, counts=self.counts, sums=sums, known=known)

    def _shield(self, exposed: Count, withheld: set[Count], sums: Sequence[Sum]) -> Count | None:
        """The shown count whose absence makes the exposed one uncertain and costs the fewest figures.

        The nearest one, when no single one is enough; none when nothing shown now has to do with it, because
        it follows from the very shape of the table.
        """
        cost = Counter(count for cell in self.cells for count in cell.readable(withheld))
        totals = {each.total for each in sums}
        distance = self._distances(exposed)
        # Fewest figures lost; parts before totals; a nought hides little by its absence; the smaller is missed less.
        candidates = sorted(
            (self.shown(withheld) - set(self.already_shown)) & set(distance),
            key=lambda each: (cost[each], each in totals, not self.counts[each], self.counts[each], each.order),
        )
        shown, tied = self.shown(withheld), self._tied_to(exposed, withheld, sums)
        for candidate in candidates:
            hidden = self._hidden_by(candidate, withheld)
            if tied.isdisjoint(hidden):
                continue  # what it hides has nothing to do with the exposed one
            if exposed not in self._certain([exposed], shown - hidden, sums):
                return candidate
        return min(candidates, key=lambda each: distance[each], default=None)

    def _hidden_by(self, candidate: Count, withheld: set[Count]) -> set[Count]:
        """The counts that no cell would print any more if this one were withheld as well."""
        beside = {count for cell in self._cells_with[candidate] for count in cell.readable(withheld)}
        more = withheld | {candidate}
        return {
            count
            for count in beside - set(self.already_shown)
            if not any(count in cell.readable(more) for cell in self._cells_with[count])
        }

    def _tied_to(self, exposed: Count, withheld: set[Count], sums: Sequence[Sum]) -> set[Count]:
        """Every count in a sum with one that is unknown together with the exposed one: hiding any other changes nothing."""
        for unknowns, linked in heaps(sums, without=self.shown(withheld)):
            if exposed in unknowns:
                return {exposed} | {count for each in linked for count in (each.total, *each.parts)}
        return {exposed}

    def _distances(self, start: Count) -> dict[Count, int]:
        """Every count that a chain of sums ties to this one, with the length of the chain."""
        distance = {start: 0}
        layer = {start}
        while layer:
            linked = [each for each in self.sums if not layer.isdisjoint((each.total, *each.parts))]
            layer = {count for each in linked for count in (each.total, *each.parts)} - set(distance)
            distance |= dict.fromkeys(layer, max(distance.values()) + 1)
        return distance


def _protected(table: Table, policy: DisclosurePolicy, withheld: Set[Count]) -> ProtectedTable:
    shown = {count for row in table.rows for cell in row for count in cell.readable(withheld)}
    return ProtectedTable(
        caption=table.caption,
        columns=table.columns,
        rows=tuple(tuple(_protected_cell(cell, table, policy, withheld) for cell in row) for row in table.rows),
        audience=policy.audience,
        policy_version=policy.version,
        shown={count: table.counts[count] for count in shown},
    )


def _protected_cell(cell: Cell, table: Table, policy: DisclosurePolicy, withheld: Set[Count]) -> ProtectedCell:
    bases = [table.counts[base] for base in cell.bases]
    quarterly = any(base.period and base.period.is_quarter for base in cell.bases)
    if cell.share and cell.readable(withheld) == {cell.share.base}:
        base = table.counts[cell.share.base]
        return ProtectedCell(f"{CONFIDENTIAL.symbol}/{base}", OutOf(base), withheld=CONFIDENTIAL)
    if cell.readable(withheld) != set(cell.counts):
        return _in_its_place(CONFIDENTIAL)
    if bases and min(bases) < policy.percent_from:
        few = f"too few answers for a percentage: fewer than {policy.percent_from}"
        return _in_its_place(Withheld(Symbol.NOT_AVAILABLE, few))
    if quarterly and not policy.percent_by_quarter:
        return _in_its_place(QUARTERLY)
    return ProtectedCell(cell.text, cell.value, caution=bool(bases) and min(bases) < policy.caution_below)


def _in_its_place(withheld: Withheld) -> ProtectedCell:
    return ProtectedCell(str(withheld.symbol), withheld=withheld)
