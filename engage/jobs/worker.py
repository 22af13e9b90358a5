"""The worker: does what the timetable says is due. Any number may run; rows with leases decide who takes a period's work."""

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from engage.core.clock import Clock, SystemClock
from engage.core.db import rows_changed
from engage.core.log import log, place_of
from engage.jobs.models import JobRun
from engage.jobs.timetable import TIMETABLE, Job, Often
from engage.jobs.wiring import House

LEASE = timedelta(minutes=15)
"""How long a period's work is one worker's own, and how long after a failure it is tried again."""
MOST_TRIES = 5


def worker_name() -> str:
    """This process, so that a lease says who held it."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Worker:
    """Runs what is due, in turn, until told to stop. Leases are kept by the machine's own clock: a demonstration's clock
    that is moved forward must not take work out of the hands of a worker that is alive."""

    def __init__(
        self,
        house: House,
        *,
        timetable: Sequence[Job] = TIMETABLE,
        name: str | None = None,
        machine: Clock | None = None,
    ) -> None:
        self.house, self.timetable = house, timetable
        self.name = name or worker_name()
        self.machine = machine or SystemClock()
        self._last_run: dict[str, datetime] = {}

    def run(self) -> None:
        """Work until the house is `stopping`. A job that fails is logged and tried again at its next time; a database
        that is away is waited for."""
        log.info("worker started", worker=self.name)
        while not self.house.stopping.is_set():
            try:
                self.house.follow_translations()
                self.run_due()
            except SQLAlchemyError as error:
                log.error("the worker could not reach its records", worker=self.name, error_type=type(error).__name__)
            self.house.stopping.wait(self.house.settings.worker_poll_seconds)
        log.info("worker stopped", worker=self.name)

    def run_due(self) -> list[str]:
        """One round of the timetable; the names of the jobs that were run."""
        self.house.follow_surveys()
        done = []
        for job in self.timetable:
            if self.house.stopping.is_set():
                break
            now = self.house.clock.now()
            if isinstance(job.when, Often):
                if not self._has_rested(job, job.when, now):
                    continue
                self._last_run[job.name] = now
                self._do(job, now)
            else:
                period = job.when.period(now)
                if period is None or not self._take(job, period, now):
                    continue
                self._do_period(job, period, now)
            done.append(job.name)
        return done

    def _has_rested(self, job: Job, when: Often, now: datetime) -> bool:
        last = self._last_run.get(job.name)
        return last is None or now >= last + when.apart

    def _take(self, job: Job, period: str, now: datetime) -> bool:
        """Whether this worker is the one to do a period's work: nobody has, and whoever began it has failed or died."""
        machine_now = self.machine.now()
        with self.house.database.reading() as session:
            row = session.scalar(select(JobRun).where(JobRun.job == job.name, JobRun.period == period))
            if row is not None and (row.finished_at or row.lease_until > machine_now or row.tries >= MOST_TRIES):
                return False
        with self.house.database.writing() as session:
            taken = (
                self._first(session, job, period, now, machine_now)
                if row is None
                else self._again(session, row, now, machine_now)
            )
            if taken:
                session.commit()
            return taken

    def _first(self, session: Session, job: Job, period: str, now: datetime, machine_now: datetime) -> bool:
        lease = machine_now + LEASE
        session.add(JobRun(job=job.name, period=period, worker=self.name, started_at=now, lease_until=lease))
        try:
            session.flush()
        except IntegrityError:
            return False  # another worker came first
        return True

    def _again(self, session: Session, row: JobRun, now: datetime, machine_now: datetime) -> bool:
        still_free = (JobRun.id == row.id, JobRun.finished_at.is_(None), JobRun.lease_until == row.lease_until)
        values = {"worker": self.name, "started_at": now, "lease_until": machine_now + LEASE, "tries": row.tries + 1}
        return rows_changed(session, update(JobRun).where(*still_free).values(**values)) == 1

    def _do(self, job: Job, now: datetime, period: str | None = None) -> tuple[str, str | None]:
        """Run a job; what it says it did, and the type of its error if it failed."""
        try:
            return job.run(self.house, now), None
        except Exception as failure:  # the worker outlives any one job
            error = type(failure).__name__
            log.error("job failed", job=job.name, period=period, error_type=error, exception=place_of(failure))
            return "failed", error

    def _do_period(self, job: Job, period: str, now: datetime) -> None:
        outcome, error = self._do(job, now, period)
        finished_at = None if error else self.house.clock.now()
        with self.house.database.writing() as session:
            session.execute(
                update(JobRun)
                .where(JobRun.job == job.name, JobRun.period == period, JobRun.worker == self.name)
                .values(finished_at=finished_at, outcome=outcome, error=error)
            )
            session.commit()
