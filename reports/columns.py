"""The columns and codes of the frames that reports accept, and the check that nothing else slips in."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype


class FrameError(ValueError):
    """The frame is not one that reports can trust; the message names the column and the cure."""


class Disposition(StrEnum):
    """What became of one case event; the event's own date decides its period, not the answer's."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # at least half of the core questions
    BREAKOFF = "breakoff"
    REFUSED = "refused"
    NO_CONTACT_DETAILS = "no_contact_details"
    UNDELIVERABLE = "undeliverable"
    NO_RESPONSE = "no_response"  # an answer after the close date leaves the event here
    INELIGIBLE = "ineligible"
    HELD = "held"  # held back before the first message, to keep somebody safe
    PENDING = "pending"  # still being asked


class EthnicGroup(StrEnum):
    """The coarsest groups that both the DfE and the census lists can be carried to, white split in two."""

    WHITE_BRITISH = "white_british"
    WHITE_MINORITY = "white_minority"
    MIXED = "mixed"
    ASIAN = "asian"
    BLACK = "black"
    OTHER = "other"


class ColumnKind(StrEnum):
    TEXT = "text"  # never null; "" where there is nothing to say
    COUNT = "count"  # a whole number, nought or more
    FLAG = "flag"


class StatementColumn(StrEnum):
    """One row per period, survey and measure."""

    PERIOD_TYPE = "period_type"
    PERIOD = "period"
    SURVEY = "survey"
    MEASURE = "measure"
    POSITIVE = "positive"  # the top two of five
    NEGATIVE = "negative"  # the bottom two
    NEUTRAL = "neutral"
    BASE = "base"  # valid answers: neutral is in; don't know, not applicable, prefer not and blank are out


class DispositionColumn(StrEnum):
    """One row per period, disposition, and (for an answer) its mode and the wave and channel that brought it."""

    PERIOD = "period"
    DISPOSITION = "disposition"
    MODE = "mode"
    CHANNEL = "channel"
    WAVE = "wave"
    N = "n"


class CohortColumn(StrEnum):
    """One row per group among the events eligible in one period; `known` is false for "not known" rows."""

    GROUP = "group"
    KNOWN = "known"
    ELIGIBLE = "eligible"
    RESPONDENTS = "respondents"


class ChoiceColumn(StrEnum):
    """One row per period, question and answer: children's voices, each answer counted on its own."""

    PERIOD = "period"
    QUESTION = "question"
    ANSWER = "answer"
    N = "n"


class PairColumn(StrEnum):
    """One row per period: people who said how confident they were before and after, each compared with themselves."""

    PERIOD = "period"
    PAIRS = "pairs"
    BEFORE = "before"  # how many of them were confident before
    AFTER = "after"
    MORE = "more"  # how many are more confident than they were
    SAME = "same"
    LESS = "less"


STATEMENT_COUNTS: Mapping[str, ColumnKind] = {
    StatementColumn.PERIOD_TYPE: ColumnKind.TEXT,
    StatementColumn.PERIOD: ColumnKind.TEXT,
    StatementColumn.SURVEY: ColumnKind.TEXT,
    StatementColumn.MEASURE: ColumnKind.TEXT,
    StatementColumn.POSITIVE: ColumnKind.COUNT,
    StatementColumn.NEGATIVE: ColumnKind.COUNT,
    StatementColumn.NEUTRAL: ColumnKind.COUNT,
    StatementColumn.BASE: ColumnKind.COUNT,
}
DISPOSITIONS: Mapping[str, ColumnKind] = {
    DispositionColumn.PERIOD: ColumnKind.TEXT,
    DispositionColumn.DISPOSITION: ColumnKind.TEXT,
    DispositionColumn.MODE: ColumnKind.TEXT,
    DispositionColumn.CHANNEL: ColumnKind.TEXT,
    DispositionColumn.WAVE: ColumnKind.TEXT,
    DispositionColumn.N: ColumnKind.COUNT,
}
CHOICE_COUNTS: Mapping[str, ColumnKind] = {
    ChoiceColumn.PERIOD: ColumnKind.TEXT,
    ChoiceColumn.QUESTION: ColumnKind.TEXT,
    ChoiceColumn.ANSWER: ColumnKind.TEXT,
    ChoiceColumn.N: ColumnKind.COUNT,
}
PAIR_COUNTS: Mapping[str, ColumnKind] = {
    column: ColumnKind.TEXT if column is PairColumn.PERIOD else ColumnKind.COUNT for column in PairColumn
}
COHORT_BY_GROUP: Mapping[str, ColumnKind] = {
    CohortColumn.GROUP: ColumnKind.TEXT,
    CohortColumn.KNOWN: ColumnKind.FLAG,
    CohortColumn.ELIGIBLE: ColumnKind.COUNT,
    CohortColumn.RESPONDENTS: ColumnKind.COUNT,
}


def check(frame: pd.DataFrame, columns: Mapping[str, ColumnKind]) -> pd.DataFrame:
    """The same frame, once it holds exactly these columns and sound values; else `FrameError`.

    A column that was not announced is refused too: that is how a name cannot come in by accident.
    """
    missing = [str(name) for name in columns if name not in frame.columns]
    if missing:
        raise FrameError(f"The frame lacks the column {', '.join(missing)}.")
    strange = [str(name) for name in frame.columns if name not in columns]
    if strange:
        raise FrameError(f"The frame has a column nobody announced: {', '.join(strange)}. Leave it out.")
    for name, kind in columns.items():
        fault = None if frame.empty else _FAULTS[kind](frame[str(name)])
        if fault:
            raise FrameError(f"Column {name} {fault}.")
    return frame


def records(frame: pd.DataFrame, columns: Mapping[str, ColumnKind]) -> list[dict[str, Any]]:
    """The rows of a checked frame as dictionaries of plain Python values."""
    rows = check(frame, columns).to_dict("records")
    plain: dict[ColumnKind, Callable[[Any], Any]] = {
        ColumnKind.TEXT: str,
        ColumnKind.COUNT: int,
        ColumnKind.FLAG: bool,
    }
    return [{str(name): plain[kind](row[str(name)]) for name, kind in columns.items()} for row in rows]


def _text_fault(values: pd.Series) -> str | None:
    return None if all(isinstance(value, str) for value in values) else "must be text, and never empty of value"


def _count_fault(values: pd.Series) -> str | None:
    if not is_integer_dtype(values) or values.isna().any():
        return "must be whole numbers"
    return "must not be below nought" if (values < 0).any() else None


def _flag_fault(values: pd.Series) -> str | None:
    return None if is_bool_dtype(values) and not values.isna().any() else "must be true or false"


_FAULTS: dict[ColumnKind, Callable[[pd.Series], str | None]] = {
    ColumnKind.TEXT: _text_fault,
    ColumnKind.COUNT: _count_fault,
    ColumnKind.FLAG: _flag_fault,
}
