"""Drawings of protected figures, ready to stand beside their tables."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from engage.campaigns import queries
from reports.charts import Bar, cohort_dots, dot_chart, statement_dots, weekly_bars
from reports.tables import ProtectedTable


def statement_chart(table: ProtectedTable, statement: str, *, name: str) -> Markup | None:
    """One statement's dots, a period each; None where every percentage is withheld or nobody has answered."""
    dots = statement_dots(table, statement=statement)
    if not any(dot.percent is not None for dot in dots):
        return None
    return dot_chart([dot for dot in dots if dot.percent is not None], title=statement, name=name)


def heard_chart(table: ProtectedTable, *, name: str) -> Markup | None:
    """Each group's share of those who answered against its share of those who could have; None without any share."""
    dots = [dot for dot in cohort_dots(table) if dot.percent is not None]
    if not dots:
        return None
    return dot_chart(dots, title=table.caption.title, name=name, reference="their share of families who could answer")


def weekly_chart(session: Session, survey: str, *, now: datetime) -> Markup | None:
    """How many answers came in each of the last weeks. Not protected: for those who see who has answered."""
    weeks: Counter[date] = Counter()
    for campaign in queries.campaigns(session):
        if campaign.survey == survey:
            weeks.update(dict(queries.answers_by_week(session, campaign, now=now)))
    if not weeks.total():
        return None
    bars = [Bar(f"Week of {monday.day} {monday:%B}", weeks[monday]) for monday in sorted(weeks)]
    return weekly_bars(bars, title="Answers by week", name="weeks")


def of_statement(table: ProtectedTable, statement: str) -> ProtectedTable:
    """One statement's own table, a row a period, without the column that repeats its words."""
    rows = tuple(row[1:] for row in table.rows if row[0].text == statement)
    return replace(table, caption=replace(table.caption, title=statement), columns=table.columns[1:], rows=rows)


def without(table: ProtectedTable, *codes: str) -> ProtectedTable:
    """The table without some of its columns."""
    places = [place for place, column in enumerate(table.columns) if column.code not in codes]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in table.rows),
    )


def rows_named(table: ProtectedTable, labels: Collection[str]) -> ProtectedTable:
    """Only the rows whose first cell reads so."""
    return replace(table, rows=tuple(row for row in table.rows if row[0].text in labels))
