"""The figures of one survey and period for one audience, as tables and as files: what pages and the terminal ask for."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.core.periods import parse_period
from engage.insight.releases import OUTSIDE, released_for
from engage.insight.sheets import live_sheet
from engage.surveys.loader import Catalogue
from reports.suppression import Audience
from reports.tables import ProtectedTable

__all__ = ["Audience", "ProtectedTable", "figures", "to_csv", "to_json", "to_text"]


def figures(
    session: Session,
    catalogue: Catalogue,
    survey: str,
    period: str,
    *,
    audience: Audience,
    local_authority: str,
    now: datetime,
) -> list[ProtectedTable]:
    """What families say and how many answered: of a year by quarter, year to date and year, or of the one period named.

    Inside the council as it stands now; for the forum and the public as last released. `Invalid` when `period` is none,
    `NotFound` when there is no such survey or nothing for that period.
    """
    catalogue.measures(survey)
    if audience in OUTSIDE:
        released = released_for(session, survey, period, local_authority=local_authority)
        if released is None:
            raise NotFound(f"Nothing has been released for {parse_period(period).name} yet.")
        return [released.statements, released.response_rate]
    sheet = live_sheet(session, catalogue, survey, audience=audience, local_authority=local_authority, now=now)
    names = sheet.asked_for(period)
    return [sheet.cut(table, names) for table in (sheet.statements, sheet.response_rate, sheet.modes)]


def to_text(tables: Sequence[ProtectedTable]) -> str:
    """For a terminal."""
    return "\n\n\n".join(table.to_text() for table in tables)


def to_csv(tables: Sequence[ProtectedTable]) -> str:
    """One table below the other, each with its notes; nothing in it can start a formula."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_lines(tables))
    return text.getvalue()


def _lines(tables: Sequence[ProtectedTable]) -> Iterable[list[str | int | float]]:
    for number, table in enumerate(tables):
        if number:
            yield []
        yield from table.csv_rows()


def to_json(tables: Sequence[ProtectedTable], *, survey: str, period: str) -> str:
    """The tables as one document."""
    document = {"survey": survey, "period": period, "tables": [table.to_json() for table in tables]}
    return json.dumps(document, ensure_ascii=False, indent=2)
