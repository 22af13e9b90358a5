"""Hundreds of messages through two dispatchers: all sent once, whatever the limit and the time-outs."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.clock import SystemClock
from engage.core.db import Database
from engage.notify.dispatch import Dispatcher
from engage.notify.models import Message, MessageState
from engage.notify.outcomes import SETTLING
from engage.notify.standin import FaultKind, RunningStandin
from tests import factories
from tests.conftest import SettableClock
from tests.notify.conftest import Make, settings_for

MANY = 300
LIMIT = 3000


def queue_many(session: Session) -> None:
    for _ in range(MANY):
        factories.message(session)
    session.commit()


def accepted(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Message.state == MessageState.ACCEPTED)) or 0


def together(dispatchers: list[Dispatcher]) -> None:
    """All at work until nothing is left to do now, waiting for the pace as a worker does."""

    def work(dispatcher: Dispatcher) -> None:
        while dispatcher.run_once() or dispatcher.out_of_pace:
            if dispatcher.out_of_pace:
                time.sleep(0.05)

    threads = [threading.Thread(target=work, args=(one,)) for one in dispatchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def each_once(notify: RunningStandin) -> bool:
    recipients = [message.to for message in notify.messages()]
    return len(recipients) == len(set(recipients)) == MANY


def test_two_workers_under_the_true_limit_are_never_refused(
    make_dispatcher: Make, session: Session, database: Database
) -> None:
    queue_many(session)
    with RunningStandin(rate=LIMIT, delivery_seconds=None) as notify:
        # The bucket is nearly empty, as in the middle of ten thousand: only the rate itself lets messages through.
        for _ in range(900):
            notify.service.limits.check_rate(notify.config.keys[0].type)
        settings = settings_for(notify, database)
        together([make_dispatcher(settings=settings, machine=SystemClock()) for _ in range(2)])
        assert accepted(database) == MANY
        assert each_once(notify)
    with database.reading() as reading:
        assert reading.scalars(select(Message.attempts_made).distinct()).all() == [1], "no 429"


@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT_AFTER, FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE])
def test_one_in_twenty_without_an_answer_still_goes_once(
    kind: FaultKind,
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    clock: SettableClock,
    machine: SettableClock,
) -> None:
    queue_many(session)
    notify.faults.add(kind, probability=0.05, seconds=2.5)
    settings = settings_for(notify, database, notify_timeout_seconds=2)
    dispatchers = [make_dispatcher(settings=settings, paced=False) for _ in range(2)]
    together(dispatchers)
    assert MANY * 0.8 < accepted(database) < MANY
    for _ in range(6):
        machine.set(machine.now() + SETTLING)
        clock.set(clock.now() + timedelta(hours=4))
        together(dispatchers)
    assert accepted(database) == MANY
    assert each_once(notify)
