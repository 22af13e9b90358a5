"""What people who answered said about themselves: counts of their own table, never mixed with what the case system holds.

The one is about whoever answered, by their own word, and the other about the child; so no share of the one is ever set
against the other.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engage.core.clock import london_date
from engage.core.periods import Period
from engage.surveys.equality import EqualityQuestion, EqualityQuestions
from engage.surveys.equality_models import EqualityAnswers
from engage.surveys.loader import Catalogue
from reports import periods as runs
from reports.choices import choices_table
from reports.columns import ChoiceColumn
from reports.rates import Proportion
from reports.suppression import POLICIES, Audience, protect_together
from reports.tables import FRACTION_NOTE, Caption, Cell, Column, Count, ProtectedTable, ShareOf, Table

QUARTER = "quarter"
LEFT_OUT = "left_out"
GROUP, COMMUNITY = "ethnic_group", "community"
NOTES = (
    FRACTION_NOTE,
    "By their own word, from those who chose to say something about themselves after they had answered. Whoever said "
    "nothing at all is not in these figures.",
    "These are about the people who answered, and the figures above about the children. They are never set against each "
    "other: the lists of ethnic groups differ, and so do the people.",
)


def self_described(
    session: Session, questions: EqualityQuestions, survey: str, *, local_authority: str
) -> pd.DataFrame:
    """How many gave each answer, by quarter of the event, question and code; `left_out` are those who said something and
    not this. Somebody of two communities is counted in both."""
    counted: Counter[tuple[str, str, str]] = Counter()
    said = select(EqualityAnswers.cohort_quarter, EqualityAnswers.answers).where(*_of(survey, local_authority))
    always = [question.id for question in questions.questions if question.show_if is None]
    for first, answers in session.execute(said):
        for question_id in {*always, *answers}:
            given = answers.get(question_id, LEFT_OUT)
            for code in [given] if isinstance(given, str) else given:
                counted[first.isoformat(), question_id, code] += 1
    columns = [QUARTER, str(ChoiceColumn.QUESTION), str(ChoiceColumn.ANSWER), str(ChoiceColumn.N)]
    return pd.DataFrame([(*key, n) for key, n in sorted(counted.items())], columns=columns)


def self_described_tables(
    session: Session,
    catalogue: Catalogue,
    survey: str,
    period: Period,
    *,
    audience: Audience,
    local_authority: str,
    now: datetime,
) -> list[ProtectedTable]:
    """Ethnic groups and communities of one financial year, as one audience may see them; none where nobody said anything."""
    questions = catalogue.equality
    if questions is None:
        return []
    counts = self_described(session, questions, survey, local_authority=local_authority)
    inside = counts[counts[QUARTER].between(period.first.isoformat(), period.last.isoformat())]
    if inside.empty:
        return []
    as_at = london_date(now)
    made = [
        _groups(inside, questions, survey, period, as_at),
        _communities(inside, questions, survey, period, as_at),
    ]
    return protect_together([table for table in made if table.rows], POLICIES[audience])


def _of(survey: str, local_authority: str) -> tuple[ColumnElement[bool], ...]:
    return (EqualityAnswers.survey == survey, EqualityAnswers.local_authority == local_authority)


def _groups(inside: pd.DataFrame, questions: EqualityQuestions, survey: str, period: Period, as_at: date) -> Table:
    question = _named(questions, GROUP)
    labels = {option.code: option.label for option in question.options} | {LEFT_OUT: "Left out"}
    of_question = inside[inside[ChoiceColumn.QUESTION] == GROUP].assign(**{ChoiceColumn.PERIOD: period.name})
    table = choices_table(
        of_question[[str(column) for column in ChoiceColumn]],
        survey=_subject(survey),
        questions={GROUP: question.statement},
        answers=labels,
        as_at=as_at,
    )
    title = "Ethnic group, in the words of those who answered"
    rows = tuple((*row[1:2], *row[3:]) for row in table.rows)
    columns = (Column("group", "Group"), *table.columns[3:])
    return replace(table, caption=Caption(title, as_at, notes=NOTES), columns=columns, rows=rows, subgroups=True)


def _communities(inside: pd.DataFrame, questions: EqualityQuestions, survey: str, period: Period, as_at: date) -> Table:
    """Somebody may be of several: so each stands on its own against all who said something, and nothing adds up."""
    question, when = _named(questions, COMMUNITY), runs.period(period.name)
    found = inside[inside[ChoiceColumn.QUESTION] == COMMUNITY].groupby(ChoiceColumn.ANSWER)[ChoiceColumn.N].sum()
    everybody = int(inside[inside[ChoiceColumn.QUESTION] == GROUP][ChoiceColumn.N].sum())
    base = Count((_subject(survey), GROUP, "answered"), when)
    counts: dict[Count, int] = {base: everybody}
    shares: list[ShareOf] = []
    rows: list[tuple[Cell, ...]] = []
    for code, label in _words(question).items():
        part = Count((_subject(survey), COMMUNITY, "chose", code), when)
        counts[part] = int(found.get(code, 0))
        share, figure = ShareOf(part, base), Proportion(counts[part], everybody)
        shares.append(share)
        rows.append((Cell.words(label), Cell.fraction(figure, share), Cell.percent(figure, share)))
    return Table(
        Caption("Communities people feel part of: some named several", as_at, notes=NOTES),
        (Column("community", "Community"), Column("chose", "Chose it", is_share=True), Column("percent", "%")),
        tuple(rows),
        counts,
        (),
        tuple(shares),
        subgroups=True,
    )


def _words(question: EqualityQuestion) -> Mapping[str, str]:
    return {option.code: option.label for option in question.options} | {LEFT_OUT: "Left out"}


def _subject(survey: str) -> str:
    return f"{survey}: about themselves"


def _named(questions: EqualityQuestions, question_id: str) -> EqualityQuestion:
    found = questions.question(question_id)
    assert found is not None, f"the equality questions always hold {question_id}"
    return found
