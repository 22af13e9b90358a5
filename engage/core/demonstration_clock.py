"""How far ahead the demonstration's clock has been moved: one row, which every process reads."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, Session, mapped_column

from engage.core.clock import Clock, ShiftedClock, SystemClock
from engage.core.db import Base, Database
from engage.core.errors import Invalid
from engage.core.privacy import privacy

_ONLY_ROW = 1


class ClockShift(Base):
    """Seconds by which the demonstration is ahead of the machine."""

    __tablename__ = "clock_shift"
    __privacy__ = privacy("id seconds moved_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int]
    moved_at: Mapped[datetime]


def shift(session: Session) -> timedelta:
    """How far ahead the clock stands."""
    row = session.get(ClockShift, _ONLY_ROW)
    return timedelta(seconds=row.seconds if row else 0)


def move_forward(session: Session, by: timedelta, *, now: datetime) -> timedelta:
    """Let time pass in the demonstration; it never runs backwards. Returns the whole shift."""
    if by <= timedelta(0) or by > timedelta(days=366):
        raise Invalid("Move the clock forward by at least a minute and at most a year.")
    row = session.get(ClockShift, _ONLY_ROW)
    if row is None:
        row = ClockShift(id=_ONLY_ROW, seconds=0, moved_at=now)
        session.add(row)
    row.seconds += int(by.total_seconds())
    row.moved_at = now
    return timedelta(seconds=row.seconds)


def clock_for(database: Database, *, demonstration: bool) -> Clock:
    """The clock a door should ask: the machine's own, or in a demonstration the shifted one, read afresh."""
    return _DemonstrationClock(database) if demonstration else SystemClock()


class _DemonstrationClock:
    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        with self._database.reading() as session:
            return ShiftedClock(SystemClock(), shift(session)).now()
