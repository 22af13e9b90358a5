"""Children's voices: how many chose each answer of each question. Nothing is averaged, with each other's or anybody's."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from reports.columns import CHOICE_COUNTS, ChoiceColumn, FrameError, records
from reports.periods import Period, period
from reports.rates import Proportion
from reports.tables import FRACTION_NOTE, Caption, Cell, Column, Count, ShareOf, Sum, Table

COLUMNS = (
    Column("question", "Question"),
    Column("answer", "Answer"),
    Column("period", "Period"),
    Column("chose", "Chose it", is_share=True),
    Column("percent", "%"),
)
NOTES = (
    FRACTION_NOTE,
    "These are children and young people who were met face to face and wanted to take part. They are not a sample of "
    "all children, and are never counted together with parents or carers.",
    "“I do not know” is an answer here, and counts in the base.",
)


def choices_table(
    counts: pd.DataFrame,
    *,
    survey: str,
    questions: Mapping[str, str],
    answers: Mapping[str, str],
    as_at: date,
    title: str = "What children said",
) -> Table:
    """One row per question, answer and period, in the order of `questions` and `answers`, which give the words; a code
    without words is a `FrameError`. `counts` as in `columns.CHOICE_COUNTS`."""
    found = _by_place(counts, questions, answers)
    rows: list[tuple[Cell, ...]] = []
    numbers: dict[Count, int] = {}
    sums: list[Sum] = []
    shares: list[ShareOf] = []
    for question in questions:
        for when in sorted(
            {key[1] for key in found if key[0] == question}, key=lambda each: (each.after, each.quarters)
        ):
            chosen = {answer: found.get((question, when, answer), 0) for answer in answers}
            base = Count((survey, question, "answered"), when)
            parts = {answer: Count((survey, question, "chose", answer), when) for answer in answers}
            numbers |= {base: sum(chosen.values())} | {parts[answer]: n for answer, n in chosen.items()}
            sums.append(Sum(base, tuple(parts.values())))
            for answer, n in chosen.items():
                share, name = Proportion(n, numbers[base]), ShareOf(parts[answer], base)
                shares.append(name)
                rows.append(
                    (
                        Cell.words(questions[question]),
                        Cell.words(answers[answer]),
                        Cell.words(str(when)),
                        Cell.fraction(share, name),
                        Cell.percent(share, name),
                    )
                )
    return Table(Caption(title, as_at, notes=NOTES), COLUMNS, tuple(rows), numbers, tuple(sums), tuple(shares))


def _by_place(
    counts: pd.DataFrame, questions: Mapping[str, str], answers: Mapping[str, str]
) -> dict[tuple[str, Period, str], int]:
    found: dict[tuple[str, Period, str], int] = {}
    for record in records(counts, CHOICE_COUNTS):
        question, answer = record[ChoiceColumn.QUESTION], record[ChoiceColumn.ANSWER]
        if question not in questions or answer not in answers:
            raise FrameError(f"The answer {answer} to {question} has no words.")
        key = (question, period(record[ChoiceColumn.PERIOD]), answer)
        found[key] = found.get(key, 0) + record[ChoiceColumn.N]
    return found
