"""The worker: does what the timetable says is due. Any number may run; rows with leases decide who does what."""

import os
import socket
import threading
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core.db import rows_changed
from engage.core.log import log
from engage.jobs.models import JobRun
from engage.jobs.timetable import TIMETABLE, Job, Often
from engage.jobs.wiring import House

LEASE = timedelta(minutes=15)
MOST_TRIES = 5
LATEST = "latest"
"""The period of a job that runs often: one row, taken again and again."""


def worker_name() -> str:
    """This process, so that a lease says who held it."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Worker:
    """Runs what is due, in turn, until told to stop."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.name = worker_name()
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stopping` is set. A job that fails is logged and tried again at its next time."""
        log.info("worker started", worker=self.name)
        while not self.stopping.is_set():
            self.run_due()
            self.stopping.wait(self.house.settings.worker_poll_seconds)
        log.info("worker stopped", worker=self.name)

    def run_due(self) -> list[str]:
        """One round of the timetable; the names of the jobs that were run."""
        done = []
        for job in TIMETABLE:
            if self.stopping.is_set():
                break
            now = self.house.clock.now()
            period = LATEST if isinstance(job.when, Often) else job.when.period(now)
            if period is not None and self._take(job, period, now):
                self._do(job, period, now)
                done.append(job.name)
        return done

    def _take(self, job: Job, period: str, now: datetime) -> bool:
        """Whether this worker is the one to do it."""
        with self.house.database.reading() as session:
            row = session.scalar(select(JobRun).where(JobRun.job == job.name, JobRun.period == period))
            if row is not None and not _may_take(job, row, now):
                return False
        with self.house.database.writing() as session:
            taken = self._first(session, job, period, now) if row is None else self._again(session, job, row.id, now)
            if taken:
                session.commit()
            return taken

    def _first(self, session: Session, job: Job, period: str, now: datetime) -> bool:
        session.add(JobRun(job=job.name, period=period, worker=self.name, started_at=now, lease_until=now + LEASE))
        try:
            session.flush()
        except IntegrityError:
            return False  # another worker came first
        return True

    def _again(self, session: Session, job: Job, row_id: int, now: datetime) -> bool:
        """Take over a finished run that is due again, or one whose worker died."""
        due = JobRun.lease_until <= now
        if isinstance(job.when, Often):
            due = or_(due, JobRun.finished_at.is_not(None) & (JobRun.started_at <= now - job.when.apart))
        else:
            due = due & JobRun.finished_at.is_(None)
        values = {"worker": self.name, "started_at": now, "lease_until": now + LEASE, "finished_at": None}
        statement = update(JobRun).where(JobRun.id == row_id, due).values(**values, tries=JobRun.tries + 1)
        return rows_changed(session, statement) == 1

    def _do(self, job: Job, period: str, now: datetime) -> None:
        error = None
        try:
            outcome = job.run(self.house, now)
        except Exception as failure:  # the worker outlives any one job
            outcome, error = "failed", type(failure).__name__
            log.exception("job failed", job=job.name, period=period, error_type=error)
        with self.house.database.writing() as session:
            session.execute(
                update(JobRun)
                .where(JobRun.job == job.name, JobRun.period == period, JobRun.worker == self.name)
                .values(
                    finished_at=None if error and not isinstance(job.when, Often) else self.house.clock.now(),
                    outcome=outcome,
                    error=error,
                )
            )
            session.commit()


def _may_take(job: Job, row: JobRun, now: datetime) -> bool:
    """A quick look before taking the write lock."""
    if isinstance(job.when, Often):
        rested = row.finished_at is not None and row.started_at <= now - job.when.apart
        return rested or row.lease_until <= now
    return row.finished_at is None and row.lease_until <= now and row.tries < MOST_TRIES
