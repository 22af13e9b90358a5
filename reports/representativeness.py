"""Whom are we hearing from: each group's share of those who answered, against its share of those who could have."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd

from reports.columns import COHORT_BY_GROUP, CohortColumn, EthnicGroup, FrameError, records
from reports.comparison import p_text
from reports.periods import Period, period
from reports.rates import Interval, Proportion
from reports.representation import Representation
from reports.tables import NON_RESPONSE_CAVEAT, Caption, Cell, Column, Count, ShareOf, Sum, Table


class MinorityDefinition(StrEnum):
    """Which families "minority ethnic" means; government usage is the first, the Board's older papers the second."""

    NOT_WHITE_BRITISH = "not White British"
    NON_WHITE = "non-White"


NON_WHITE_GROUPS = frozenset({EthnicGroup.MIXED, EthnicGroup.ASIAN, EthnicGroup.BLACK, EthnicGroup.OTHER})
MINORITY_GROUPS: Mapping[MinorityDefinition, frozenset[str]] = {
    MinorityDefinition.NOT_WHITE_BRITISH: NON_WHITE_GROUPS | {EthnicGroup.WHITE_MINORITY},
    MinorityDefinition.NON_WHITE: NON_WHITE_GROUPS,
}

KNOWN = "known"
UNKNOWN = "not known"

COLUMNS = (
    Column("group", "Group"),
    Column("eligible", "Could have answered", is_share=True),
    Column("eligible_percent", "% of those"),
    Column("respondents", "Answered", is_share=True),
    Column("respondents_percent", "% of those"),
    Column("interval", "95% interval"),
    Column("parity", "Parity ratio"),
    Column("risk_ratio", "Chance of answering against the rest (95% interval)"),
    Column("p", "p"),
    Column("verdict", "What this tells us"),
)
NOTES = (
    "Shares are of the families whose group we know, among those who could have been asked in the same period; "
    '"Not known" is shown beside them and is in no share.',
    "Parity ratio: the share of those who answered divided by the share of those who could have. p: Fisher's exact "
    "test, two-sided.",
    NON_RESPONSE_CAVEAT,
)


@dataclass(frozen=True)
class Combination:
    """Groups counted as one, such as "not White British"; the row stands above the groups it is made of."""

    label: str
    groups: frozenset[str]


def minority(definition: MinorityDefinition) -> Combination:
    """The minority ethnic families under one definition, of the groups in `columns.EthnicGroup`."""
    return Combination(f"Minority ethnic ({definition})", MINORITY_GROUPS[definition])


def representativeness_table(
    cohort: pd.DataFrame,
    *,
    survey: str,
    period_name: str,
    as_at: date,
    labels: Mapping[str, str],
    combined: Iterable[Combination] = (),
    dimension: str = "ethnic group",
    title: str = "Whom we hear from",
    provisional: bool = False,
) -> Table:
    """One row per combination, then per known group in the order of `labels`, then "Not known".

    `cohort` as in `columns.COHORT_BY_GROUP`, over the events eligible in that period. `FrameError` for a known
    group without a label, or more answers than events.
    """
    when = period(period_name)
    groups = _Groups(records(cohort, COHORT_BY_GROUP), labels, (survey, dimension), when)
    combinations = list(combined)
    rows = [
        *(groups.row(each.label, groups.members(each), each.label) for each in combinations),
        *(groups.row(labels[code], [code], code) for code in groups.codes),
        groups.unknown_row(),
    ]
    return Table(
        caption=Caption(title, as_at, provisional, (f"Events of {when}.", *NOTES)),
        columns=COLUMNS,
        rows=tuple(rows),
        counts=groups.counts(combinations),
        sums=groups.sums(combinations),
        shares=groups.shares(combinations),
        subgroups=True,
    )


class _Groups:
    """The known groups, the unknown, and the names of their counts."""

    def __init__(
        self, rows: list[dict[str, object]], labels: Mapping[str, str], about: tuple[str, str], when: Period
    ) -> None:
        self.about = about
        self.when = when
        self.eligible: dict[str, int] = {}
        self.respondents: dict[str, int] = {}
        self.unknown_eligible = 0
        self.unknown_respondents = 0
        for row in rows:
            self._take(row)
        strange = set(self.eligible) - set(labels)
        if strange:
            raise FrameError(f"The group {', '.join(sorted(strange))} has no label.")
        self.codes = [code for code in labels if code in self.eligible]

    def _take(self, row: dict[str, object]) -> None:
        eligible, respondents = int(str(row[CohortColumn.ELIGIBLE])), int(str(row[CohortColumn.RESPONDENTS]))
        group = str(row[CohortColumn.GROUP])
        if respondents > eligible:
            raise FrameError(f"More answers than events in the group {group}.")
        if not row[CohortColumn.KNOWN]:
            self.unknown_eligible += eligible
            self.unknown_respondents += respondents
        elif group in self.eligible:
            raise FrameError(f"The group {group} is there twice.")
        else:
            self.eligible[group] = eligible
            self.respondents[group] = respondents

    def members(self, combination: Combination) -> list[str]:
        """The combination's groups that are in the frame."""
        return [code for code in self.codes if code in combination.groups]

    def row(self, label: str, members: Iterable[str], name: str) -> tuple[Cell, ...]:
        """The cells of some groups taken as one; `name` is what their counts are called."""
        codes = list(members)
        found = Representation(
            respondents=Proportion(sum(self.respondents[code] for code in codes), sum(self.respondents.values())),
            eligible=Proportion(sum(self.eligible[code] for code in codes), sum(self.eligible.values())),
        )
        eligible, respondents, _ = self._shares(name)
        return (
            Cell.words(label),
            Cell.fraction(found.eligible, eligible),
            Cell.percent(found.eligible, eligible),
            Cell.fraction(found.respondents, respondents),
            Cell.percent(found.respondents, respondents),
            Cell.interval(found.respondents, respondents),
            *_tests(found, eligible, respondents),
        )

    def unknown_row(self) -> tuple[Cell, ...]:
        """The unknown beside the known: shares of all, so that nobody reads them as shares of the known."""
        eligible = Proportion(self.unknown_eligible, self.unknown_eligible + sum(self.eligible.values()))
        respondents = Proportion(self.unknown_respondents, self.unknown_respondents + sum(self.respondents.values()))
        of_eligible, of_respondents = self._unknown_shares()
        return (
            Cell.words("Not known (of all)"),
            Cell.fraction(eligible, of_eligible),
            Cell.percent(eligible, of_eligible),
            Cell.fraction(respondents, of_respondents),
            Cell.percent(respondents, of_respondents),
            Cell.interval(respondents, of_respondents),
            *(Cell.words("") for _ in COLUMNS[6:]),
        )

    def counts(self, combinations: Iterable[Combination]) -> dict[Count, int]:
        """Every number behind the table."""
        found: dict[Count, int] = {}
        for kind, numbers, unknown in (
            ("eligible", self.eligible, self.unknown_eligible),
            ("answered", self.respondents, self.unknown_respondents),
        ):
            known = sum(numbers.values())
            found |= {self._count(kind, code): numbers[code] for code in self.codes}
            found |= {
                self._count(kind, each.label): sum(numbers[code] for code in self.members(each))
                for each in combinations
            }
            found |= {
                self._count(kind, KNOWN): known,
                self._count(kind, UNKNOWN): unknown,
                self._all(kind): known + unknown,
            }
        return found

    def sums(self, combinations: Iterable[Combination]) -> tuple[Sum, ...]:
        """Groups make the known, the known and the unknown make all, and members make a combination."""
        found: list[Sum] = []
        for kind in ("eligible", "answered"):
            known = self._count(kind, KNOWN)
            found.append(Sum(known, tuple(self._count(kind, code) for code in self.codes)))
            found.append(Sum(self._all(kind), (known, self._count(kind, UNKNOWN))))
            for each in combinations:
                members = tuple(self._count(kind, code) for code in self.members(each))
                found.append(Sum(self._count(kind, each.label), members))
        return tuple(found)

    def shares(self, combinations: Iterable[Combination]) -> tuple[ShareOf, ...]:
        """Every n/N of the table, and each group's answers out of its own events."""
        names = [*self.codes, *(each.label for each in combinations)]
        return (*(share for name in names for share in self._shares(name)), *self._unknown_shares())

    def _shares(self, name: str) -> tuple[ShareOf, ShareOf, ShareOf]:
        """Of those who could have answered, of those who did, and how many of the group did."""
        eligible, answered = self._count("eligible", name), self._count("answered", name)
        return (
            ShareOf(eligible, self._count("eligible", KNOWN)),
            ShareOf(answered, self._count("answered", KNOWN)),
            ShareOf(answered, eligible),
        )

    def _unknown_shares(self) -> tuple[ShareOf, ShareOf]:
        return (
            ShareOf(self._count("eligible", UNKNOWN), self._all("eligible")),
            ShareOf(self._count("answered", UNKNOWN), self._all("answered")),
        )

    def _count(self, kind: str, name: str) -> Count:
        survey, dimension = self.about
        return Count((survey, kind, dimension, name), self.when)

    def _all(self, kind: str) -> Count:
        """The very counts of the response rate, so that the two tables are protected as one."""
        return Count((self.about[0], kind), self.when)


def _tests(found: Representation, eligible: ShareOf, respondents: ShareOf) -> tuple[Cell, ...]:
    """Parity, risk ratio, p and verdict, each of which gives away all four counts."""
    counts = (respondents.n, respondents.base, eligible.n, eligible.base)
    bases = (respondents.base, eligible.base) if found.respondents.base else ()
    parity, ratio = found.parity, found.risk_ratio()
    return (
        Cell("none" if parity is None else f"{parity:.2f}", parity and round(parity, 4), counts, bases),
        Cell(_ratio_text(ratio), ratio and round(ratio[0], 4), counts, bases),
        Cell("none" if found.p is None else p_text(found.p), found.p, counts, bases),
        Cell(found.sentence, str(found.verdict), counts, bases),
    )


def _ratio_text(ratio: tuple[float, Interval] | None) -> str:
    if ratio is None:
        return "none"
    high = "no limit" if math.isinf(ratio[1].high) else f"{ratio[1].high:.2f}"
    return f"{ratio[0]:.2f} ({ratio[1].low:.2f} to {high})"
