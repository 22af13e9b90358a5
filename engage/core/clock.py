"""Time is handed in: only doors ask a clock, in UTC; people are shown Europe/London."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Something that knows the present moment, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """A clock some way ahead of another one: how a demonstration lets weeks pass in a moment."""

    def __init__(self, clock: Clock, ahead: timedelta) -> None:
        self.clock, self.ahead = clock, ahead

    def now(self) -> datetime:
        return self.clock.now() + self.ahead


def london_date(at: datetime) -> date:
    """The date people in England would write at this moment."""
    return at.astimezone(LONDON).date()


def london_moment(on: date, at: time) -> datetime:
    """The UTC moment of a wall-clock time in England."""
    return datetime.combine(on, at, tzinfo=LONDON).astimezone(UTC)
