"""Who answered at all: the response rate of each period, and which way of asking brought the answers."""

from collections import ChainMap, Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.columns import DISPOSITIONS, Disposition, DispositionColumn, FrameError, records
from reports.periods import Period, period
from reports.rates import ANSWERED, RESPONSE_RATE_DEFINITION, Proportion, ResponseRate, response_rate
from reports.tables import Caption, Cell, Column, Count, ShareOf, Sum, Table

RATE_COLUMNS = (
    Column("period", "Period"),
    Column("answered", "Answered", is_share=True),
    Column("percent", "%"),
    Column("interval", "95% interval"),
    Column("complete", "Finished only", is_share=True),
    Column("complete_percent", "% finished"),
    Column("pending", "Still being asked"),
    Column("held", "Left out: held back for safety"),
    Column("ineligible", "Left out: not eligible"),
)
RATE_NOTES = (
    RESPONSE_RATE_DEFINITION,
    "Events count in the period they happened in, whenever the answer came. Answers after the close date are not "
    "in the rate.",
)
WAYS = (DispositionColumn.MODE, DispositionColumn.CHANNEL, DispositionColumn.WAVE)


@dataclass(frozen=True)
class _Events:
    disposition: Disposition
    way: Mapping[DispositionColumn, str]
    n: int


def response_rate_table(frame: pd.DataFrame, *, survey: str, as_at: date, title: str = "How many answered") -> Table:
    """One row per period, earliest first; `frame` as in `columns.DISPOSITIONS`.

    The table is provisional while anybody is still being asked.
    """
    rates = [(when, response_rate(_by_disposition(rows))) for when, rows in _by_period(frame)]
    shares = [share for when, _ in rates for share in _rate_shares(survey, when)]
    counts = [_rate_counts(survey, when, rate) for when, rate in rates]
    return Table(
        caption=Caption(title, as_at, any(rate.provisional for _, rate in rates), RATE_NOTES),
        columns=RATE_COLUMNS,
        rows=tuple(_rate_cells(survey, when, rate) for when, rate in rates),
        counts=dict(ChainMap(*counts)),
        shares=tuple(shares),
        sums=tuple(_finished_or_partial(survey, when) for when, _ in rates),
    )


def answers_by(
    frame: pd.DataFrame,
    *,
    survey: str,
    by: Sequence[DispositionColumn],
    as_at: date,
    labels: Mapping[str, str] | None = None,
    title: str = "What brought the answers",
) -> Table:
    """Per period, how many of the answers came by each mode, wave or channel, or by each pair of them.

    `labels` gives words for the codes in the frame; a code without words is printed as it is.
    """
    counts: dict[Count, int] = {}
    shares: list[ShareOf] = []
    sums: list[Sum] = []
    rows: list[tuple[Cell, ...]] = []
    for when, events in _by_period(frame):
        ways = _ways(events, by)
        total = Count((survey, "answered"), when)
        parts = {way: _part(survey, by, way, when) for way in ways}
        counts |= {total: sum(ways.values())} | {parts[way]: n for way, n in ways.items()}
        shares += [ShareOf(part, total) for part in parts.values()]
        if parts:
            sums.append(Sum(total, tuple(parts.values())))
        for way, n in ways.items():
            words = [Cell.words((labels or {}).get(code, code)) for code in way]
            share, figure = ShareOf(parts[way], total), Proportion(n, counts[total])
            rows.append((Cell.words(str(when)), *words, Cell.fraction(figure, share), Cell.percent(figure, share)))
    headings = [Column(str(each), str(each).capitalize()) for each in by]
    figures_headings = (Column("answers", "Answers", is_share=True), Column("percent", "%"))
    return Table(
        caption=Caption(title, as_at, notes=("Each answer is credited to the message or call that brought it.",)),
        columns=(Column("period", "Period"), *headings, *figures_headings),
        rows=tuple(rows),
        counts=counts,
        shares=tuple(shares),
        sums=tuple(sums),
    )


def _part(survey: str, by: Sequence[DispositionColumn], way: tuple[str, ...], when: Period) -> Count:
    named = (f"{column}={code}" for column, code in zip(by, way, strict=True))
    return Count((survey, "answered", *named), when)


def _by_period(frame: pd.DataFrame) -> list[tuple[Period, list[_Events]]]:
    """Apart by name, since "Q1" and "up to Q1" are the same events told twice."""
    found: dict[str, list[_Events]] = defaultdict(list)
    for record in records(frame, DISPOSITIONS):
        if record[DispositionColumn.DISPOSITION] not in set(Disposition):
            raise FrameError(f"{record[DispositionColumn.DISPOSITION]} is not a disposition.")
        found[record[DispositionColumn.PERIOD]].append(
            _Events(
                disposition=Disposition(record[DispositionColumn.DISPOSITION]),
                way={each: record[each] for each in WAYS},
                n=record[DispositionColumn.N],
            )
        )
    periods = [(period(name), events) for name, events in found.items()]
    return sorted(periods, key=lambda item: (item[0].after, item[0].quarters))


def _by_disposition(events: list[_Events]) -> Counter[Disposition]:
    found: Counter[Disposition] = Counter()
    for each in events:
        found[each.disposition] += each.n
    return found


def _ways(events: list[_Events], by: Sequence[DispositionColumn]) -> dict[tuple[str, ...], int]:
    found: Counter[tuple[str, ...]] = Counter()
    for each in events:
        if each.disposition in ANSWERED:
            found[tuple(each.way[column] for column in by)] += each.n
    return dict(sorted(found.items()))


def _rate_counts(survey: str, when: Period, rate: ResponseRate) -> dict[Count, int]:
    given: dict[str, int] = {
        "answered": rate.headline.n,
        "complete": rate.complete_only.n,
        "partial": rate.headline.n - rate.complete_only.n,
        "eligible": rate.headline.base,
        "pending": rate.pending,
        **{str(disposition): n for disposition, n in rate.left_out.items()},
    }
    return {Count((survey, part), when): n for part, n in given.items()}


def _rate_cells(survey: str, when: Period, rate: ResponseRate) -> tuple[Cell, ...]:
    answered, complete = _rate_shares(survey, when)
    return (
        Cell.words(str(when)),
        Cell.fraction(rate.headline, answered),
        Cell.percent(rate.headline, answered),
        Cell.interval(rate.headline, answered),
        Cell.fraction(rate.complete_only, complete),
        Cell.percent(rate.complete_only, complete),
        Cell.number(rate.pending, Count((survey, "pending"), when)),
        *(Cell.number(n, Count((survey, disposition), when)) for disposition, n in rate.left_out.items()),
    )


def _finished_or_partial(survey: str, when: Period) -> Sum:
    answered, complete, partial = (Count((survey, part), when) for part in ("answered", "complete", "partial"))
    return Sum(answered, (complete, partial))


def _rate_shares(survey: str, when: Period) -> tuple[ShareOf, ShareOf]:
    eligible = Count((survey, "eligible"), when)
    return (
        ShareOf(Count((survey, "answered"), when), eligible),
        ShareOf(Count((survey, "complete"), when), eligible),
    )
