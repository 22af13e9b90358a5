"""The timetable: which job runs when. A day's or a week's work is taken once, by one worker, whoever comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engage.core.clock import LONDON
from engage.jobs import asking, following_up, forgetting, sending
from engage.jobs.wiring import House

Run = Callable[[House, datetime], str]
"""Does a job's work and says in a few words, without names, what it did."""


@dataclass(frozen=True)
class Often:
    """Again and again, this far apart. Every worker does it, at the same time as others if it so happens: rows, unique
    keys and leases of the work itself keep anything from being done twice, and no dead worker holds anybody up."""

    apart: timedelta

    def __str__(self) -> str:
        seconds = int(self.apart.total_seconds())
        if seconds == 1:
            return "every second"
        return f"every {seconds} seconds" if seconds < 60 else f"every {seconds // 60} minutes"


@dataclass(frozen=True)
class Daily:
    """Once a day, from this time on, in Europe/London."""

    at: time

    def period(self, now: datetime) -> str | None:
        """The day whose work is due, or None before its time."""
        local = now.astimezone(LONDON)
        return local.date().isoformat() if local.time() >= self.at else None

    def __str__(self) -> str:
        return f"every day from {self.at:%H:%M}"


@dataclass(frozen=True)
class Weekly:
    """Once a week, from Monday at this time on; late rather than never."""

    at: time

    def period(self, now: datetime) -> str | None:
        """The week whose work is due, or None before Monday's time."""
        local = now.astimezone(LONDON)
        if local.weekday() == 0 and local.time() < self.at:
            return None
        return "{}-W{:02}".format(*local.isocalendar()[:2])

    def __str__(self) -> str:
        return f"every week from Monday {self.at:%H:%M}"


@dataclass(frozen=True)
class Job:
    """One job of the clock."""

    name: str
    when: Often | Daily | Weekly
    run: Run

    @property
    def does(self) -> str:
        """What it does, in a sentence."""
        return (self.run.__doc__ or "").strip().splitlines()[0]


TIMETABLE = (
    Job("plan_invitations", Often(timedelta(minutes=10)), asking.plan_invitations),
    Job("climb_ladders", Often(timedelta(seconds=30)), asking.climb_ladders),
    Job("send_messages", Often(timedelta(seconds=1)), sending.send_messages),
    Job("apply_receipts", Often(timedelta(seconds=30)), sending.apply_receipts),
    Job("follow_failures", Often(timedelta(seconds=30)), asking.follow_failures),
    Job("poll_statuses", Often(timedelta(minutes=30)), sending.poll_statuses),
    Job("share_with_qa", Weekly(time(7)), following_up.share_with_qa),
    Job("forget_registrations", Daily(time(3)), following_up.forget_registrations),
    Job("forget_what_is_due", Daily(time(3)), forgetting.forget_what_is_due),
)


def job(name: str) -> Job | None:
    """The job of this name."""
    return next((one for one in TIMETABLE if one.name == name), None)
