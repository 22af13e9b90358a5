"""Real worker processes: started, killed and asked to stop like any others."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy import exists, or_, select, update

from engage.campaigns.models import Invitation, InvitationState
from engage.core.clock import Clock, SystemClock
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.demonstration_clock import move_forward
from engage.notify.dispatch import LEASE
from engage.notify.models import Message, MessageState

PATIENCE_SECONDS = 60


def environment(settings: Settings) -> dict[str, str]:
    """The settings as variables for a process, on top of our own."""
    return os.environ | {f"ENGAGE_{name.upper()}": _written(value) for name, value in settings if value is not None}


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(_written(one) for one in value)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


class Workers:
    """Worker processes of one test; whichever are left at its end are killed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Start one more."""
        command = [sys.executable, "-m", "engage", "worker"]
        self.running.append(subprocess.Popen(command, env=environment(self.settings)))
        return self.running[-1]

    def kill_all(self) -> None:
        """As the machine would when its power goes: nothing is finished, nothing is told."""
        for process in self.running:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.running.clear()

    def wait_until(self, true: Callable[[], bool], what: str) -> None:
        """Look again and again; a test that waits in vain says for what."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not true():
            assert all(process.poll() is None for process in self.running), "a worker ended by itself"
            assert time.monotonic() < until, f"waited in vain until {what}"
            time.sleep(0.05)


@contextmanager
def workers(settings: Settings) -> Iterator[Workers]:
    """Nobody outlives the test."""
    started = Workers(settings)
    try:
        yield started
    finally:
        started.kill_all()


def pass_time(database: Database, clock: Clock, by: timedelta) -> None:
    """Move the demonstration's clock."""
    with database.writing() as session:
        move_forward(session, by, now=clock.now())
        session.commit()


def let_leases_run_out(database: Database, clock: Clock) -> None:
    """As if the minutes had passed that the leases of dead workers last. No worker may be alive."""
    with database.writing() as session:
        session.execute(
            update(Message).where(Message.lease_until.is_not(None)).values(lease_until=SystemClock().now() - LEASE)
        )
        session.commit()
    pass_time(database, clock, timedelta(minutes=2))


def is_quiet(database: Database, clock: Clock) -> bool:
    """Whether nothing is due and nothing is on its way."""
    now = clock.now()
    on_its_way = [MessageState.CLAIMED, MessageState.UNKNOWN]
    open_states = [InvitationState.PLANNED, InvitationState.ASKING]
    with database.reading() as session:
        waiting = exists().where(Message.state == MessageState.QUEUED, Message.due_at <= now)
        flying = exists().where(Message.state.in_(on_its_way))
        climbing = exists().where(Invitation.state.in_(open_states), Invitation.next_due_at <= now)
        return not session.scalar(select(or_(waiting, flying, climbing)))
