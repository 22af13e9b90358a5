"""Children's voices and people's confidence before and after, as counts: each apart from what parents answered to surveys."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engage.activities.session_models import ChildVoice, FacilitatedSession
from engage.core.clock import london_date
from engage.core.periods import Period, quarter_of, start_year
from engage.insight.frames import periods_begun
from engage.surveys.definition import Audience as Asked
from engage.surveys.definition import Question, Survey
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from reports import periods as runs
from reports.choices import choices_table
from reports.columns import ChoiceColumn, PairColumn
from reports.confidence import confidence_table
from reports.suppression import POLICIES, Audience, protect_together
from reports.tables import Caption, Cell, Column, Count, ProtectedTable, Table

BEFORE, AFTER = "confidence_before", "confidence_after"
"""The measures that a survey carries when it asks for confidence twice on one paper."""
QUARTER = "quarter"


@dataclass(frozen=True)
class Voices:
    """What children said in sessions, and how many there were."""

    said: ProtectedTable
    heard: ProtectedTable


def childrens_voices(
    session: Session, catalogue: Catalogue, *, audience: Audience, local_authority: str, now: datetime
) -> Voices:
    """Every answer of every child, counted by financial year, and how many were heard or did not want to."""
    today = london_date(now)
    answered = child_answers(session, catalogue, local_authority=local_authority)
    heard = children_heard(session, local_authority=local_authority)
    years = _years([*answered[QUARTER], *heard[QUARTER]], today)
    questions, answers = _words(catalogue)
    said = choices_table(
        _by_period(answered, years, [ChoiceColumn.QUESTION, ChoiceColumn.ANSWER]),
        survey="children",
        questions=questions,
        answers=answers,
        as_at=today,
    )
    tables = protect_together([said, _heard_table(heard, years, today)], POLICIES[audience])
    return Voices(*tables)


def child_answers(session: Session, catalogue: Catalogue, *, local_authority: str) -> pd.DataFrame:
    """How many children chose each answer, by quarter: one by one, and groups that were counted together."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for survey in _asked_of_children(catalogue):
        for question in survey.questions:
            if question.is_coded:
                for first, code, n in _codes(session, survey, question, local_authority):
                    counted[first, question.id, code] += n
    meetings = select(FacilitatedSession.held_on, FacilitatedSession.group_counts).where(
        FacilitatedSession.local_authority == local_authority, FacilitatedSession.group_size > 0
    )
    for held_on, groups in session.execute(meetings):
        for question_id, codes in groups.items():
            for code, n in codes.items():
                counted[quarter_of(held_on).first.isoformat(), question_id, code] += n
    columns = [QUARTER, str(ChoiceColumn.QUESTION), str(ChoiceColumn.ANSWER), str(ChoiceColumn.N)]
    return pd.DataFrame([(*key, n) for key, n in sorted(counted.items())], columns=columns)


def children_heard(session: Session, *, local_authority: str) -> pd.DataFrame:
    """How many children said something that was kept, and how many did not want to, by quarter."""
    finished = (
        select(ChildVoice.session_id, func.count().label("n"))
        .where(ChildVoice.finished_at.is_not(None))
        .group_by(ChildVoice.session_id)
        .subquery()
    )
    rows = session.execute(
        select(
            FacilitatedSession.held_on,
            func.coalesce(finished.c.n, 0) + FacilitatedSession.group_size,
            FacilitatedSession.did_not_want,
        )
        .outerjoin(finished, finished.c.session_id == FacilitatedSession.id)
        .where(FacilitatedSession.local_authority == local_authority)
    )
    counted = [(quarter_of(on).first.isoformat(), int(heard), int(no)) for on, heard, no in rows if heard or no]
    return pd.DataFrame(counted, columns=[QUARTER, "heard", "did_not_want"])


def confidence(
    session: Session, catalogue: Catalogue, *, audience: Audience, local_authority: str, now: datetime
) -> list[ProtectedTable]:
    """For each survey that asks for it twice, how many were confident before and after, and how many rose or fell."""
    today = london_date(now)
    tables = []
    for code in sorted(catalogue.surveys):
        pairs = confidence_pairs(session, catalogue, code, local_authority=local_authority)
        if pairs is not None and len(pairs):
            years = _years(pairs[QUARTER], today)
            counted = _by_period(pairs, years, [])
            title = catalogue.newest(code).title
            tables.append(confidence_table(counted, survey=code, as_at=today, title=f"“{title}”: confidence"))
    return protect_together(tables, POLICIES[audience]) if tables else []


def confidence_pairs(session: Session, catalogue: Catalogue, code: str, *, local_authority: str) -> pd.DataFrame | None:
    """Everybody who answered both questions, by quarter, as the sums of `PairColumn`; None for a survey without them."""
    rows: list[dict[str, object]] = []
    asks = False
    for version in catalogue.versions(code):
        survey = catalogue.get(code, version)
        before, after = (_of_measure(survey, measure) for measure in (BEFORE, AFTER))
        if before is None or after is None:
            continue
        asks = True
        given = (
            select(
                Response.cohort_quarter.label("quarter"),
                Response.answers[before.id].as_string().label("then"),
                Response.answers[after.id].as_string().label("now"),
            )
            .where(*_sent(survey, local_authority))
            .subquery()
        )
        counts = select(given.c.quarter, given.c.then, given.c.now, func.count())
        for first, then, now, n in session.execute(counts.group_by(given.c.quarter, given.c.then, given.c.now)):
            if then in before.base and now in after.base:
                rows.append({QUARTER: first.isoformat(), **_pair(before, after, then, now, n)})
    columns = [QUARTER, *(str(each) for each in PairColumn if each is not PairColumn.PERIOD)]
    return pd.DataFrame(rows, columns=columns) if asks else None


def _pair(before: Question, after: Question, then: str, now: str, n: int) -> dict[str, int]:
    rose = _rank(after, now) - _rank(before, then)
    return {
        PairColumn.PAIRS: n,
        PairColumn.BEFORE: n if then in before.positive else 0,
        PairColumn.AFTER: n if now in after.positive else 0,
        PairColumn.MORE: n if rose > 0 else 0,
        PairColumn.SAME: n if rose == 0 else 0,
        PairColumn.LESS: n if rose < 0 else 0,
    }


def _rank(question: Question, code: str) -> int:
    """Higher is better: a scale's answers stand with the best first."""
    return -[option.code for option in question.options].index(code)


def _of_measure(survey: Survey, measure: str) -> Question | None:
    return next((question for question in survey.questions if question.measure == measure), None)


def _asked_of_children(catalogue: Catalogue) -> list[Survey]:
    return [survey for survey in catalogue.all() if survey.audience is Asked.CHILD]


def _words(catalogue: Catalogue) -> tuple[dict[str, str], dict[str, str]]:
    """The newest words of every question and answer that children are asked with."""
    coded = [question for survey in _asked_of_children(catalogue) for question in survey.questions if question.is_coded]
    questions = {question.id: question.heading for question in coded}
    return questions, {option.code: option.label for question in coded for option in question.options}


def _codes(
    session: Session, survey: Survey, question: Question, local_authority: str
) -> Iterable[tuple[str, str, int]]:
    given = (
        select(Response.cohort_quarter.label("quarter"), Response.answers[question.id].as_string().label("code"))
        .where(*_sent(survey, local_authority))
        .subquery()
    )
    counts = select(given.c.quarter, given.c.code, func.count()).group_by(given.c.quarter, given.c.code)
    for first, code, n in session.execute(counts):
        if question.option(code or "") is not None:
            yield first.isoformat(), code, n


def _sent(survey: Survey, local_authority: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Response.survey == survey.code,
        Response.version == survey.version,
        Response.local_authority == local_authority,
        Response.submitted_at.is_not(None),
    )


def _years(quarters: Iterable[str], today: date) -> list[Period]:
    """Each financial year since the first answer, as far as it has come."""
    first = min(quarters, default=None)
    if first is None:
        return []
    starts = range(start_year(date.fromisoformat(first)), start_year(today) + 1)
    return [periods_begun(start, today=today)[-1] for start in starts]


def _by_period(frame: pd.DataFrame, years: Sequence[Period], keys: list[str]) -> pd.DataFrame:
    """The sums of each period, by these keys."""
    parts = []
    for each in years:
        inside = frame[frame[QUARTER].between(each.first.isoformat(), each.last.isoformat())].drop(columns=QUARTER)
        summed = inside.groupby(keys, as_index=False).sum() if keys else inside.sum().to_frame().T
        parts.append(summed.assign(period=each.name))
    return pd.concat(parts, ignore_index=True) if parts else frame.drop(columns=QUARTER).assign(period="")


def _heard_table(heard: pd.DataFrame, years: Sequence[Period], today: date) -> Table:
    rows = []
    numbers: dict[Count, int] = {}
    for each in years:
        inside = heard[heard[QUARTER].between(each.first.isoformat(), each.last.isoformat())]
        cells = [Cell.words(each.name)]
        for column in ("heard", "did_not_want"):
            name = Count(("children", column), runs.period(each.name))
            numbers[name] = int(inside[column].sum())
            cells.append(Cell.number(numbers[name], name))
        rows.append(tuple(cells))
    return Table(
        Caption("How many children were met", today),
        (Column("period", "Period"), Column("heard", "Said something"), Column("did_not_want", "Did not want to")),
        tuple(rows),
        numbers,
    )
