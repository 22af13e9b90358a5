"""The worker: each period's work once, whoever dies, fails or races; and a quick end when asked to stop."""

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engage.core.clock import london_moment
from engage.jobs.models import JobRun
from engage.jobs.timetable import Daily, Job, Often, Weekly
from engage.jobs.wiring import House
from engage.jobs.worker import LEASE, MOST_TRIES, Worker
from tests.conftest import MONDAY, SettableClock

Run = Callable[[House, datetime], str]
EVERY_MINUTE = Often(timedelta(minutes=1))


@pytest.fixture
def machine() -> SettableClock:
    return SettableClock(MONDAY)


def noting(done: list[str], name: str = "ran") -> Run:
    def run(house: House, now: datetime) -> str:
        done.append(name)
        return "1 thing done"

    return run


def weekly(run: Run) -> tuple[Job, ...]:
    return (Job("share", Weekly(time(7)), run),)


def runs(house: House) -> list[JobRun]:
    with house.database.reading() as session:
        return list(session.scalars(select(JobRun).order_by(JobRun.id)))


def test_a_weeks_work_is_done_once_and_the_next_weeks_again(
    house: House, clock: SettableClock, machine: SettableClock
) -> None:
    done: list[str] = []
    worker = Worker(house, timetable=weekly(noting(done)), machine=machine)
    for _ in range(3):
        worker.run_due()
        clock.advance(days=1)
    assert done == ["ran"]
    (row,) = runs(house)
    assert (row.period, row.outcome, row.error, row.tries) == ("2026-W10", "1 thing done", None, 1)
    clock.set(london_moment(datetime(2026, 3, 9).date(), time(7)))  # noqa: DTZ001
    worker.run_due()
    Worker(house, timetable=weekly(noting(done)), machine=machine).run_due()
    assert done == ["ran", "ran"]


def test_two_workers_racing_do_a_periods_work_once(house: House, clock: SettableClock, machine: SettableClock) -> None:
    done: list[str] = []
    jobs = (*weekly(noting(done, "week")), Job("sweep", Daily(time(3)), noting(done, "day")))
    workers = [Worker(house, timetable=jobs, name=f"w{n}", machine=machine) for n in range(4)]
    for _ in range(8):
        together = threading.Barrier(len(workers))

        def race(worker: Worker, together: threading.Barrier = together) -> None:
            together.wait(10)
            worker.run_due()

        threads = [threading.Thread(target=race, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.advance(days=1)
    assert done.count("week") == 2
    assert done.count("day") == 8
    assert len(runs(house)) == 10


def test_what_a_dead_worker_began_is_taken_over_when_its_lease_is_out(
    house: House, clock: SettableClock, machine: SettableClock
) -> None:
    done: list[str] = []

    def die(house: House, now: datetime) -> str:
        raise KeyboardInterrupt  # not an error of the job: the process goes

    with pytest.raises(KeyboardInterrupt):
        Worker(house, timetable=weekly(die), name="dies", machine=machine).run_due()
    heir = Worker(house, timetable=weekly(noting(done)), name="heir", machine=machine)
    clock.advance(days=2)
    heir.run_due()
    assert done == [], "a demonstration's clock ends no lease"
    machine.advance(seconds=LEASE.total_seconds())
    rivals = [heir, Worker(house, timetable=weekly(noting(done)), name="rival", machine=machine)]
    threads = [threading.Thread(target=rival.run_due) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["ran"]
    (row,) = runs(house)
    assert (row.tries, row.outcome) == (2, "1 thing done")
    assert row.finished_at is not None


def test_a_period_that_fails_is_tried_again_later_and_not_for_ever(house: House, machine: SettableClock) -> None:
    tried: list[str] = []

    def fail(house: House, now: datetime) -> str:
        tried.append("tried")
        raise ZeroDivisionError

    worker = Worker(house, timetable=weekly(fail), machine=machine)
    for _ in range(MOST_TRIES + 3):
        worker.run_due()
        worker.run_due()
        machine.advance(seconds=LEASE.total_seconds())
    assert len(tried) == MOST_TRIES
    (row,) = runs(house)
    assert (row.outcome, row.error, row.finished_at) == ("failed", "ZeroDivisionError", None)


def test_a_failing_job_stops_no_other(house: House, machine: SettableClock) -> None:
    done: list[str] = []

    def fail(house: House, now: datetime) -> str:
        raise ZeroDivisionError

    jobs = (
        Job("bad", EVERY_MINUTE, fail),
        Job("worse", Daily(time(3)), fail),
        Job("good", EVERY_MINUTE, noting(done)),
        *weekly(noting(done)),
    )
    assert Worker(house, timetable=jobs, machine=machine).run_due() == ["bad", "worse", "good", "share"]
    assert done == ["ran", "ran"]


def test_what_is_done_often_rests_in_between_and_follows_the_demonstrations_clock(
    house: House, clock: SettableClock
) -> None:
    done: list[str] = []
    worker = Worker(house, timetable=(Job("often", EVERY_MINUTE, noting(done)),))
    worker.run_due()
    clock.advance(seconds=59)
    worker.run_due()
    assert len(done) == 1
    clock.advance(days=7)
    worker.run_due()
    worker.run_due()
    assert len(done) == 2
    assert runs(house) == [], "nobody can die holding it"


def test_a_database_that_is_away_is_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[str] = []
    worker = Worker(house)

    def away() -> list[str]:
        rounds.append("round")
        if len(rounds) == 3:
            house.stopping.set()
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(worker, "run_due", away)
    monkeypatch.setattr(house.stopping, "wait", lambda seconds: None)
    worker.run()
    assert len(rounds) == 3


def test_no_job_is_begun_once_the_worker_was_asked_to_stop(house: House) -> None:
    done: list[str] = []

    def stop(house: House, now: datetime) -> str:
        house.stopping.set()
        return "asked"

    jobs = (Job("first", EVERY_MINUTE, stop), Job("second", EVERY_MINUTE, noting(done)))
    Worker(house, timetable=jobs).run()
    assert done == []
