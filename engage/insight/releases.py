"""Figures for people outside the council: frozen when somebody releases them, and safe beside every earlier release.

A live figure that is looked at every week gives away each family that answered in between. So the forum and the public
see releases: years and years to date, up to a quarter that is over. Once released, a quarter's counts stand for good,
and each new release is protected against all that earlier ones showed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.errors import Conflict
from engage.core.periods import Period, parse_period, quarter, quarter_of, start_year, year, year_to_date
from engage.insight import frames
from engage.insight.frames import ANSWERS, EVENTS
from engage.insight.frames import Column as Of
from engage.insight.models import Release
from engage.insight.sheets import Counted, count, rate_table, statements_table
from engage.surveys.loader import Catalogue
from reports import periods as runs
from reports.columns import Disposition
from reports.suppression import POLICIES, Audience, protect_together
from reports.tables import Count, ProtectedTable, Table

OUTSIDE = frozenset({Audience.FORUM, Audience.PUBLIC})
"""Both read the same release under the same rules: what one holds, the other may be told."""
POLICY = POLICIES[Audience.PUBLIC]
FROZEN_NOTE = (
    "Once released, a quarter's figures stand: answers that came in later are not added, so that nobody can be picked "
    "out by comparing two releases."
)
_EVENT_KEYS = [str(each) for each in (Of.QUARTER, Of.DISPOSITION, Of.LATE)]
_TABLES = TypeAdapter(ProtectedTable)


@dataclass(frozen=True)
class Proposal:
    """What a release would show, before anybody presses the button."""

    survey: str
    up_to: Period
    last_quarter: Period
    statements: ProtectedTable
    response_rate: ProtectedTable
    still_asked: int
    """Events of its quarters whose family may yet answer: their answers would never be in released figures."""
    counted: dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A release as its readers see it."""

    survey: str
    up_to: str
    released_at: datetime
    statements: ProtectedTable
    response_rate: ProtectedTable

    @property
    def years(self) -> list[str]:
        """The names of its periods, the newest first."""
        return list(dict.fromkeys(cell.text for cell in reversed(self.response_rate.column("period"))))


def proposal(
    session: Session, catalogue: Catalogue, survey: str, *, local_authority: str, now: datetime
) -> Proposal | None:
    """The next release: up to the last quarter that is over. None when that is released, or nothing can be counted."""
    live = count(session, catalogue, survey, local_authority=local_authority, now=now)
    earlier = _releases(session, survey, local_authority)
    last = _quarter_before(quarter_of(live.as_at))
    if earlier and earlier[-1].last_quarter >= last.first:
        return None
    new = _to_freeze(live, after=earlier[-1].last_quarter if earlier else date.min, last=last)
    counted = _thawed(live, [*(release.counted for release in earlier), new])
    quarters = [*counted.answers[Of.QUARTER], *counted.events[Of.QUARTER]]
    if not quarters:
        return None
    periods = _periods(start_year(date.fromisoformat(min(quarters))), last)
    tables = _tables(counted, periods)
    before = _tables(counted, _unlike(periods, earlier))
    statements, rate, *_ = protect_together([*tables, *before], POLICY, already_shown=_already_shown(earlier))
    pending = sum(frames.still_asked(live.events, period=each) for each in _quarters_of(new))
    return Proposal(survey, periods[-1], last, statements, rate, pending, new)


def release(
    session: Session, catalogue: Catalogue, survey: str, *, local_authority: str, by: Actor, now: datetime
) -> Release:
    """Put the next release before the forum and the public. `Conflict` when there is none to make."""
    next_one = proposal(session, catalogue, survey, local_authority=local_authority, now=now)
    if next_one is None:
        raise Conflict("These figures have been released already, or there is nothing to release yet.")
    shown = {**next_one.statements.shown, **next_one.response_rate.shown}
    row = Release(
        survey=survey,
        local_authority=local_authority,
        last_quarter=next_one.last_quarter.first,
        up_to=next_one.up_to.name,
        released_at=now,
        released_by=str(by),
        counted=next_one.counted,
        tables={"statements": _kept(next_one.statements), "response_rate": _kept(next_one.response_rate)},
        shown={"counts": [_named(count, n) for count, n in sorted(shown.items(), key=lambda item: item[0].order)]},
        policy_version=POLICY.version,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("Somebody else has just released these figures.") from None
    audit.record(session, "figures.released", "figures_release", row.id, by=by, now=now, survey=survey, up_to=row.up_to)
    return row


def latest(session: Session, survey: str, *, local_authority: str) -> Shown | None:
    """The newest release of a survey; None before the first."""
    found = _releases(session, survey, local_authority)
    return _shown(found[-1]) if found else None


def released_for(session: Session, survey: str, period: str, *, local_authority: str) -> Shown | None:
    """The newest release that tells of a period, cut to it; a year is itself or as far as it was released."""
    wanted = parse_period(period)
    for row in reversed(_releases(session, survey, local_authority)):
        shown = _shown(row)
        held = [name for name in shown.years if _tells_of(parse_period(name), wanted)]
        if held:
            return replace(
                shown, statements=_rows(shown.statements, held), response_rate=_rows(shown.response_rate, held)
            )
    return None


def _tells_of(held: Period, wanted: Period) -> bool:
    if held.first == wanted.first and held.last == wanted.last:
        return True
    return wanted == year(start_year(wanted.first)) and start_year(held.first) == start_year(wanted.first)


def _rows(table: ProtectedTable, names: Sequence[str]) -> ProtectedTable:
    rows = zip(table.rows, table.column("period"), strict=True)
    return replace(table, rows=tuple(row for row, period in rows if period.text in names))


def _releases(session: Session, survey: str, local_authority: str) -> Sequence[Release]:
    return session.scalars(
        select(Release)
        .where(Release.survey == survey, Release.local_authority == local_authority)
        .order_by(Release.last_quarter)
    ).all()


def _quarter_before(this: Period) -> Period:
    return quarter_of(date.fromordinal(this.first.toordinal() - 1))


def _periods(first_year: int, last: Period) -> list[Period]:
    """Each whole year before, and the year up to the last quarter."""
    start = start_year(last.first)
    number = [quarter(start, each).first for each in (1, 2, 3, 4)].index(last.first) + 1
    newest = year(start) if number == 4 else year_to_date(start, number)
    return [*(year(each) for each in range(first_year, start)), newest]


def _unlike(these: Sequence[Period], earlier: Iterable[Release]) -> list[Period]:
    """The periods of earlier releases that are not among these."""
    held = {each.name for each in these}
    names = dict.fromkeys(name for row in earlier for name in _shown(row).years if name not in held)
    return [parse_period(name) for name in names]


def _tables(counted: Counted, periods: Sequence[Period]) -> list[Table]:
    made = [statements_table(counted, periods, live=False), rate_table(counted, periods)]
    return [replace(each, caption=replace(each.caption, notes=(*each.caption.notes, FROZEN_NOTE))) for each in made]


def _to_freeze(live: Counted, *, after: date, last: Period) -> dict[str, Any]:
    """The counts of the quarters that no release holds yet, as plain lists: no group and no way of asking among them."""
    answers = _between(live.answers, after, last)
    events = _between(live.events, after, last).groupby(_EVENT_KEYS, as_index=False).size()
    return {"answers": _plain(answers), "events": _plain(events)}


def _between(frame: pd.DataFrame, after: date, last: Period) -> pd.DataFrame:
    return frame[(frame[Of.QUARTER] > after.isoformat()) & (frame[Of.QUARTER] <= last.first.isoformat())]


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _thawed(live: Counted, frozen: Sequence[dict[str, Any]]) -> Counted:
    """The frames as they were frozen, quarter by quarter, in place of the live ones."""
    answers = pd.DataFrame([row for each in frozen for row in each["answers"]], columns=[str(name) for name in ANSWERS])
    tallies = pd.DataFrame([row for each in frozen for row in each["events"]], columns=[*_EVENT_KEYS, "size"])
    events = tallies.loc[tallies.index.repeat(tallies["size"].astype(int))].reindex(columns=[str(n) for n in EVENTS])
    blank = [str(name) for name in EVENTS if str(name) not in _EVENT_KEYS]
    # Nobody is still being asked in a frozen figure: what had not come by then was no answer.
    pending = events[Of.DISPOSITION] == str(Disposition.PENDING)
    events = events.assign(
        **dict.fromkeys(blank, ""),
        disposition=events[Of.DISPOSITION].mask(pending, str(Disposition.NO_RESPONSE)),
    )
    return replace(live, answers=answers, events=events.reset_index(drop=True))


def _quarters_of(frozen: dict[str, Any]) -> list[Period]:
    return [quarter_of(date.fromisoformat(first)) for first in sorted({row["quarter"] for row in frozen["events"]})]


def _kept(table: ProtectedTable) -> Any:
    return _TABLES.dump_python(replace(table, shown={}), mode="json")


def _shown(row: Release) -> Shown:
    return Shown(
        survey=row.survey,
        up_to=row.up_to,
        released_at=row.released_at,
        statements=_TABLES.validate_python(row.tables["statements"], strict=False),
        response_rate=_TABLES.validate_python(row.tables["response_rate"], strict=False),
    )


def _named(count: Count, n: int) -> dict[str, Any]:
    return {"subject": list(count.subject), "period": count.period.name if count.period else None, "n": n}


def _already_shown(earlier: Sequence[Release]) -> dict[Count, int]:
    return {
        Count(tuple(each["subject"]), runs.period(each["period"]) if each["period"] else None): each["n"]
        for release in earlier
        for each in release.shown["counts"]
    }
