"""The sweep: what no receipt tells is asked for, and nothing keeps the others from their turn."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.core.db import Database
from engage.notify.client import LiveNotify, Status
from engage.notify.dispatch import Dispatcher
from engage.notify.models import MessageState
from engage.notify.polling import GIVE_UP, PATIENCE, poll
from engage.notify.standin import FaultKind, RunningStandin
from engage.notify.standin.faults import Requests
from tests import factories
from tests.conftest import SettableClock
from tests.notify.conftest import email, now_of, run_all


@pytest.fixture
def asking(settings: Settings) -> LiveNotify:
    return LiveNotify(settings)


def test_an_ending_without_a_receipt_is_found_after_an_hour(
    dispatcher: Dispatcher,
    notify: RunningStandin,
    asking: LiveNotify,
    session: Session,
    database: Database,
    clock: SettableClock,
) -> None:
    notify.faults.add(FaultKind.TECHNICAL_FAILURE)
    message_id = email(session)
    run_all(dispatcher)
    notify.advance_statuses()
    assert poll(database, asking, clock) == 0
    clock.set(clock.now() + PATIENCE)
    assert poll(database, asking, clock) == 1
    message = now_of(database, message_id)
    assert (message.state, message.state_because) == (MessageState.UNDELIVERED, "technical-failure")
    assert poll(database, asking, clock) == 0


def test_the_sweep_ends_at_the_first_failure_and_asks_again_next_time(
    dispatcher: Dispatcher,
    notify: RunningStandin,
    asking: LiveNotify,
    session: Session,
    database: Database,
    clock: SettableClock,
) -> None:
    for _ in range(5):
        email(session)
    run_all(dispatcher)
    notify.advance_statuses()
    clock.set(clock.now() + PATIENCE)
    notify.faults.add(FaultKind.UNAVAILABLE_503, on=Requests.READ)
    assert poll(database, asking, clock) == 0
    assert poll(database, asking, clock) == 5


def test_messages_that_stay_quiet_keep_no_other_from_being_asked_about(
    dispatcher: Dispatcher, session: Session, database: Database, clock: SettableClock
) -> None:
    class Quiet:
        def status(self, notify_id: str) -> Status:
            asked.add(notify_id)
            return Status(notify_id, None, "sending", None)

    asked: set[str] = set()
    for _ in range(20):
        factories.message(session)
    session.commit()
    run_all(dispatcher)
    clock.set(clock.now() + PATIENCE)
    for _ in range(60):
        poll(database, Quiet(), clock, limit=4)  # type: ignore[arg-type]
    assert len(asked) == 20


def test_what_notify_no_longer_keeps_is_let_be(
    dispatcher: Dispatcher,
    notify: RunningStandin,
    asking: LiveNotify,
    session: Session,
    database: Database,
    clock: SettableClock,
) -> None:
    message_id = email(session)
    run_all(dispatcher)
    notify.reset()
    clock.set(clock.now() + PATIENCE)
    assert poll(database, asking, clock) == 0
    assert now_of(database, message_id).state is MessageState.ACCEPTED
    clock.set(clock.now() + GIVE_UP + timedelta(hours=1))
    assert poll(database, asking, clock) == 0
