"""What families say of each statement, period by period: how many agreed, how sure we are, and has it changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.columns import STATEMENT_COUNTS, FrameError, StatementColumn, records
from reports.comparison import Baseline, Change, Comparison, compare, compare_with_baseline, p_text
from reports.periods import Period, period
from reports.rates import Proportion, positive_share
from reports.tables import (
    FRACTION_NOTE,
    NON_RESPONSE_CAVEAT,
    Caption,
    Cell,
    Column,
    Count,
    ShareOf,
    Table,
)

COLUMNS = (
    Column("statement", "Statement"),
    Column("period", "Period"),
    Column("positive", "Agree", is_share=True),
    Column("percent", "%"),
    Column("interval", "95% interval"),
    Column("change", "Compared with the period before"),
    Column("baseline", "Compared with the baseline"),
)
NOTES = (
    FRACTION_NOTE,
    "Agree is the top two of five answers. Neutral answers are in the base; don't know, not applicable, prefer "
    "not to say and no answer are not.",
    '"No clear change" means that chance alone could explain the difference (p of .05 or more; Fisher\'s exact '
    "test, and the exact binomial test against a baseline).",
    NON_RESPONSE_CAVEAT,
)


@dataclass(frozen=True)
class _Row:
    measure: str
    period: Period
    positive: Proportion

    def share_of(self, survey: str) -> ShareOf:
        """The names of the two counts."""
        return ShareOf(
            Count((survey, self.measure, "positive"), self.period),
            Count((survey, self.measure, "base"), self.period),
        )


def experience_table(
    counts: pd.DataFrame,
    *,
    survey: str,
    labels: Mapping[str, str],
    as_at: date,
    baselines: Mapping[str, Baseline] | None = None,
    title: str = "What was said",
    provisional: bool = False,
) -> Table:
    """One row per statement and period of one survey; `counts` as in `columns.STATEMENT_COUNTS`.

    `labels` gives the wording of each measure, in the order to print them; a measure without one is a
    `FrameError`, as is a base that is not positive + neutral + negative.
    """
    rows = _rows(counts, survey=survey, measures=list(labels))
    shares = [row.share_of(survey) for row in rows]
    printed = [_cells(row, rows, survey, labels[row.measure], (baselines or {}).get(row.measure)) for row in rows]
    numbers = {share.n: row.positive.n for share, row in zip(shares, rows, strict=True)}
    bases = {share.base: row.positive.base for share, row in zip(shares, rows, strict=True)}
    return Table(
        caption=Caption(title, as_at, provisional, NOTES),
        columns=COLUMNS,
        rows=tuple(printed),
        counts=numbers | bases,
        shares=tuple(shares),
    )


def period_before(now: Period, periods: Collection[Period]) -> Period | None:
    """The period to compare with, which shares no answer with this one.

    A quarter is compared with the latest earlier quarter; anything longer with the same months a year before
    or, failing that, with the latest longer period that ended before this one began.
    """
    if not now.is_quarter and now.a_year_before() in periods:
        return next(each for each in periods if each == now.a_year_before())
    earlier = [each for each in periods if each.after <= now.first and each.is_quarter == now.is_quarter]
    return max(earlier, key=lambda each: (each.after, each.quarters), default=None)


def _rows(counts: pd.DataFrame, *, survey: str, measures: list[str]) -> list[_Row]:
    rows = []
    for record in records(counts, STATEMENT_COUNTS):
        if record[StatementColumn.SURVEY] != survey:
            continue
        measure = record[StatementColumn.MEASURE]
        if measure not in measures:
            raise FrameError(f"The measure {measure} has no wording.")
        share = positive_share(
            positive=record[StatementColumn.POSITIVE],
            neutral=record[StatementColumn.NEUTRAL],
            negative=record[StatementColumn.NEGATIVE],
        )
        if share.base != record[StatementColumn.BASE]:
            raise FrameError(f"The base of {measure} is not positive + neutral + negative.")
        rows.append(_Row(measure, period(record[StatementColumn.PERIOD]), share))
    return sorted(rows, key=lambda row: (measures.index(row.measure), row.period.after, row.period.quarters))


def _cells(row: _Row, rows: Sequence[_Row], survey: str, label: str, baseline: Baseline | None) -> tuple[Cell, ...]:
    share = row.share_of(survey)
    return (
        Cell.words(label),
        Cell.words(str(row.period)),
        Cell.fraction(row.positive, share),
        Cell.percent(row.positive, share),
        Cell.interval(row.positive, share),
        _change(row, rows, survey),
        _against(row, baseline, share),
    )


def _change(row: _Row, rows: Sequence[_Row], survey: str) -> Cell:
    same = {each.period: each for each in rows if each.measure == row.measure}
    earlier = period_before(row.period, same)
    if earlier is None:
        return Cell.words("nothing earlier to compare with")
    before = same[earlier]
    found = compare(row.positive, before.positive)
    both = (row.share_of(survey), before.share_of(survey))
    return Cell(
        f"{_words(found, 'no clear change from', 'than in')} {earlier}{_p(found)}",
        str(found.change),
        counts=tuple(count for share in both for count in (share.n, share.base)),
        bases=tuple(share.base for share in both),
    )


def _against(row: _Row, baseline: Baseline | None, share: ShareOf) -> Cell:
    if baseline is None:
        return Cell.words("no baseline")
    if baseline.share is None:
        return Cell(f"cannot be tested against {baseline}", str(Change.CANNOT_TELL))
    found = compare_with_baseline(row.positive, baseline)
    words = f"{_words(found, 'no clear difference from', 'than')} {baseline}{_p(found)}"
    return Cell(words, str(found.change), counts=(share.n, share.base), bases=(share.base,))


def _words(found: Comparison, unclear: str, than: str) -> str:
    words = {
        Change.NO_CLEAR_CHANGE: unclear,
        Change.CANNOT_TELL: "cannot be compared with",
        Change.HIGHER: f"higher {than}",
        Change.LOWER: f"lower {than}",
    }
    return words[found.change]


def _p(found: Comparison) -> str:
    return "" if found.p is None else f" ({p_text(found.p)})"
