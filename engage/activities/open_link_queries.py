"""Which open links there are, and how many answers came by each, week by week. Counts only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engage.activities.models import OpenLink, OpenVisit
from engage.activities.open_links import is_open
from engage.core.clock import london_date, london_moment
from engage.surveys.models import Mode, Response


@dataclass(frozen=True)
class LinkCount:
    """One open link and what came of it."""

    link: OpenLink
    is_open: bool
    answers: int
    this_week: int


def open_links(session: Session, *, now: datetime) -> list[LinkCount]:
    """Every open link, those that can be answered first, the newest before the others."""
    counts = _counts(session, Response.submitted_at.is_not(None))
    lately = _counts(session, Response.submitted_at >= london_moment(_monday_of(london_date(now)), time.min))
    found = [
        LinkCount(link, is_open(link, now=now), counts.get(link.id, 0), lately.get(link.id, 0))
        for link in session.scalars(select(OpenLink).order_by(OpenLink.id.desc()))
    ]
    return sorted(found, key=lambda each: not each.is_open)


def _counts(session: Session, condition: ColumnElement[bool]) -> Mapping[int, int]:
    rows = session.execute(
        select(OpenVisit.open_link_id, func.count())
        .join(Response, Response.id == OpenVisit.response_id)
        .where(condition)
        .group_by(OpenVisit.open_link_id)
    )
    return dict(rows.all())


def listed(session: Session, *, now: datetime) -> Sequence[OpenLink]:
    """The links that the public home page leads to now, the newest first, one for each survey."""
    found: dict[str, OpenLink] = {}
    for link in session.scalars(select(OpenLink).where(OpenLink.is_listed).order_by(OpenLink.id.desc())):
        if is_open(link, now=now):
            found.setdefault(link.survey, link)
    return list(found.values())


def answers_by_week(session: Session, link: OpenLink, *, now: datetime, weeks: int = 8) -> list[tuple[date, int]]:
    """How many answers came by one link in each of the last weeks, by its Monday, the oldest first."""
    this = _monday_of(london_date(now))
    mondays = [this - timedelta(weeks=back) for back in reversed(range(weeks))]
    counted = Counter(_monday_of(london_date(at)) for at in _moments(session, link) if at is not None)
    return [(monday, counted[monday]) for monday in mondays]


def _moments(session: Session, link: OpenLink) -> Sequence[datetime | None]:
    return session.scalars(
        select(Response.submitted_at)
        .join(OpenVisit, OpenVisit.response_id == Response.id)
        .where(OpenVisit.open_link_id == link.id, Response.submitted_at.is_not(None))
    ).all()


def answers_by_mode(session: Session, link: OpenLink) -> dict[Mode, int]:
    """How many answers came in each way."""
    rows = session.execute(
        select(Response.mode, func.count())
        .join(OpenVisit, OpenVisit.response_id == Response.id)
        .where(OpenVisit.open_link_id == link.id, Response.submitted_at.is_not(None))
        .group_by(Response.mode)
    )
    return dict(rows.all())


def _monday_of(on: date) -> date:
    return on - timedelta(days=on.weekday())
