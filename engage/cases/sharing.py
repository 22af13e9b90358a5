"""The Monday share: what came in before this week is handed to SEND QA, every case once."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.cases.models import DissatisfactionCase, WeeklyShare
from engage.core import audit
from engage.core.audit import SYSTEM, Actor
from engage.core.clock import london_date, london_moment
from engage.core.db import lock


def monday_of(on: date) -> date:
    """The Monday of the week that holds a date."""
    return on - timedelta(days=on.weekday())


def share_week(session: Session, *, now: datetime) -> WeeklyShare:
    """This week's share, made on the first asking and the same ever after; without cases it is still made, empty.

    It holds every case opened before Monday, 00:00 in England, that no share holds yet: late running, or a week in which
    nothing ran, loses none and doubles none. A second share for one week fails at the database.
    """
    monday = monday_of(london_date(now))
    standing = session.scalar(select(WeeklyShare).where(WeeklyShare.week_starting == monday))
    if standing is not None:
        return standing
    waiting = select(DissatisfactionCase).where(
        DissatisfactionCase.share_id.is_(None),
        DissatisfactionCase.opened_at < london_moment(monday, time.min),
    )
    share = WeeklyShare(
        week_starting=monday, made_at=now, cases=list(session.scalars(waiting.order_by(DissatisfactionCase.opened_at)))
    )
    session.add(share)
    session.flush()
    audit.record(session, "share.made", "weekly_share", share.id, by=SYSTEM, now=now, cases=len(share.cases))
    return share


def accept(session: Session, share: WeeklyShare, *, by: Actor, now: datetime) -> None:
    """SEND QA has taken over the week's cases; the first acceptance stands."""
    lock(session, share)
    if share.accepted_at is not None:
        return
    share.accepted_at, share.accepted_by = now, str(by)
    audit.record(session, "share.accepted", "weekly_share", share.id, by=by, now=now)
