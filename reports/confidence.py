"""Confidence before and after an activity, each person compared with themselves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from reports.columns import PAIR_COUNTS, FrameError, PairColumn, records
from reports.comparison import SIGNIFICANT_BELOW, p_text
from reports.periods import period
from reports.rates import Proportion
from reports.tables import FRACTION_NOTE, Caption, Cell, Column, Count, ShareOf, Sum, Table

COLUMNS = (
    Column("period", "Period"),
    Column("before", "Confident before", is_share=True),
    Column("after", "Confident after", is_share=True),
    Column("more", "More confident", is_share=True),
    Column("same", "As confident", is_share=True),
    Column("less", "Less confident", is_share=True),
    Column("change", "Change"),
)
NOTES = (
    FRACTION_NOTE,
    "Only people who answered both questions are counted, so that each is compared with themselves. Confident is the top "
    "two of five answers.",
    '"No clear change" means that chance alone could explain that more people rose than fell (p of .05 or more; exact sign '
    "test).",
    "People who came and liked it are more likely to answer. Asked afterwards, people also remember themselves as less "
    "confident than they were.",
)


def confidence_table(counts: pd.DataFrame, *, survey: str, as_at: date, title: str) -> Table:
    """One row per period; `counts` as in `columns.PAIR_COUNTS`. `FrameError` when more, same and less are not all pairs."""
    rows: list[tuple[Cell, ...]] = []
    numbers: dict[Count, int] = {}
    sums: list[Sum] = []
    shares: list[ShareOf] = []
    found = sorted(records(counts, PAIR_COUNTS), key=lambda each: period(each[PairColumn.PERIOD]).after)
    for record in found:
        when = period(record[PairColumn.PERIOD])
        parts = (PairColumn.MORE, PairColumn.SAME, PairColumn.LESS)
        if record[PairColumn.PAIRS] != sum(record[part] for part in parts):
            raise FrameError("More, as and less confident must come to all pairs.")
        names = {column: Count((survey, "confidence", column), when) for column in PairColumn if column != "period"}
        numbers |= {name: record[column] for column, name in names.items()}
        sums.append(Sum(names[PairColumn.PAIRS], tuple(names[part] for part in parts)))
        printed = (PairColumn.BEFORE, PairColumn.AFTER, *parts)
        of = {column: ShareOf(names[column], names[PairColumn.PAIRS]) for column in printed}
        shares += of.values()
        rows.append(
            (
                Cell.words(str(when)),
                *(
                    Cell.fraction(Proportion(record[column], record[PairColumn.PAIRS]), of[column])
                    for column in printed
                ),
                _change(record, names),
            )
        )
    return Table(Caption(title, as_at, notes=NOTES), COLUMNS, tuple(rows), numbers, tuple(sums), tuple(shares))


def _change(record: Mapping[str, Any], names: Mapping[PairColumn, Count]) -> Cell:
    """The exact sign test over those who changed at all."""
    more, less = record[PairColumn.MORE], record[PairColumn.LESS]
    counts = (names[PairColumn.MORE], names[PairColumn.LESS])
    bases = (names[PairColumn.PAIRS],)
    if not more + less:
        return Cell("cannot tell", counts=counts, bases=bases)
    p = float(binomtest(more, more + less).pvalue)
    way = "higher" if more > less else "lower"
    said = way if p < SIGNIFICANT_BELOW else "no clear change"
    return Cell(f"{said} ({p_text(p)})", said, counts=counts, bases=bases)
