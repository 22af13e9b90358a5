"""Receipts: in any order, as often as Notify likes, before our own commit, and for messages that are not ours."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.db import Database
from engage.core.errors import Invalid
from engage.notify import outcomes
from engage.notify.client import Fault, NotifyError, Sent
from engage.notify.dispatch import Dispatcher
from engage.notify.models import Attempt, MessageState, Receipt
from engage.notify.receipts import DELIVERED, NOT_DELIVERED, UNMATCHED_KEPT, apply_waiting, take, take_returned
from engage.notify.standin import FaultKind, RunningStandin, StandinConfig
from tests.conftest import SettableClock
from tests.notify.conftest import Make, attempts_of, email, now_of, run_all, settings_for

FINAL = {"delivered": MessageState.DELIVERED, "permanent-failure": MessageState.UNDELIVERED}


def receipt(attempt: Attempt, status: str, **given: str) -> dict[str, str | None]:
    told = {"id": attempt.notify_id or "n-1", "reference": attempt.reference, "status": status}
    return {**told, "completed_at": "2026-03-02T09:31:00.000000Z", "to": "somebody@example.org", **given}


def tell(database: Database, clock: SettableClock, payload: dict[str, str | None]) -> None:
    with database.writing() as session:
        take(session, payload, now=clock.now())
        session.commit()


@pytest.fixture
def sent(dispatcher: Dispatcher, session: Session, database: Database) -> int:
    message_id = email(session)
    run_all(dispatcher)
    return message_id


@pytest.mark.parametrize("status", sorted(DELIVERED | NOT_DELIVERED))
def test_a_final_word_is_final(status: str, sent: int, database: Database, clock: SettableClock) -> None:
    (attempt,) = attempts_of(database, sent)
    tell(database, clock, receipt(attempt, status))
    final = now_of(database, sent).state
    assert final is (MessageState.DELIVERED if status in DELIVERED else MessageState.UNDELIVERED)
    for other in ("delivered", "permanent-failure", "sending", "sent"):
        tell(database, clock, receipt(attempt, other))
    assert now_of(database, sent).state is final
    assert attempts_of(database, sent)[0].status == status


@pytest.mark.parametrize("order", list(permutations(["sending", "sent", "delivered", "delivered"])))
def test_any_order_and_any_repetition_comes_to_the_same(
    order: tuple[str, ...], sent: int, database: Database, clock: SettableClock
) -> None:
    (attempt,) = attempts_of(database, sent)
    for status in order:
        tell(database, clock, receipt(attempt, status))
    assert now_of(database, sent).state is MessageState.DELIVERED
    assert attempts_of(database, sent)[0].status == "delivered"


@pytest.mark.parametrize("first", ["received", None])
def test_a_letter_that_came_back_was_not_delivered_whatever_was_said_before(
    first: str | None, sent: int, database: Database, clock: SettableClock
) -> None:
    (attempt,) = attempts_of(database, sent)
    if first:
        tell(database, clock, receipt(attempt, first))
    for _ in range(2):
        with database.writing() as session:
            take_returned(session, {"notification_id": attempt.notify_id, "reference": None}, now=clock.now())
            session.commit()
    tell(database, clock, receipt(attempt, "received"))
    assert now_of(database, sent).state is MessageState.UNDELIVERED
    assert attempts_of(database, sent)[0].status == "returned-letter"


def test_word_of_a_returned_letter_without_its_id_is_none(session: Session, clock: SettableClock) -> None:
    with pytest.raises(Invalid):
        take_returned(session, {"reference": "x"}, now=clock.now())


def test_a_message_sent_abroad_may_still_arrive(sent: int, database: Database, clock: SettableClock) -> None:
    (attempt,) = attempts_of(database, sent)
    tell(database, clock, receipt(attempt, "sent"))
    assert now_of(database, sent).state is MessageState.ACCEPTED
    tell(database, clock, receipt(attempt, "delivered"))
    assert now_of(database, sent).state is MessageState.DELIVERED


def test_a_receipt_without_a_reference_is_known_by_its_id(sent: int, database: Database, clock: SettableClock) -> None:
    (attempt,) = attempts_of(database, sent)
    tell(database, clock, {"id": attempt.notify_id, "status": "delivered"})
    assert now_of(database, sent).state is MessageState.DELIVERED


@pytest.mark.parametrize("status", FINAL)
def test_a_receipt_before_our_own_commit_is_not_lost_to_it(
    status: str, make_dispatcher: Make, session: Session, database: Database, clock: SettableClock
) -> None:
    def post(url: str, payload: dict[str, str | None], headers: dict[str, str], timeout: float) -> int:
        tell(database, clock, payload)
        return 204

    message_id = email(session)
    config = StandinConfig(rate=None, callback_url="https://engage.example.org/hooks")
    with RunningStandin(config, post=post) as notify:
        notify.faults.add(FaultKind.RECEIPT_EARLY)
        if status != "delivered":
            notify.faults.add(FaultKind.PERMANENT_FAILURE)
        run_all(make_dispatcher(settings=settings_for(notify, database)))
        message = now_of(database, message_id)
        assert message.state is FINAL[status]
        assert (message.attempts[0].status, message.attempts[0].outcome) == (status, "accepted")
        assert message.attempts[0].notify_id == notify.messages()[0].id


@pytest.mark.parametrize("fault", list(Fault))
def test_a_receipt_before_an_error_outweighs_it(
    fault: Fault, dispatcher: Dispatcher, session: Session, database: Database, clock: SettableClock
) -> None:
    message_id = email(session)
    _, claimed = dispatcher._claim()
    tell(database, clock, receipt(attempts_of(database, message_id)[0], "delivered"))
    dispatcher._record(claimed, [NotifyError(fault, "x")])
    assert now_of(database, message_id).state is MessageState.DELIVERED


def test_a_receipt_for_a_try_thought_lost_ends_all_further_tries(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database, clock: SettableClock
) -> None:
    message_id = email(session)
    dispatcher = make_dispatcher()
    _, claimed = dispatcher._claim()
    dispatcher._record(claimed, [NotifyError(Fault.TRY_AGAIN, "503")])
    assert now_of(database, message_id).state is MessageState.QUEUED
    tell(database, clock, receipt(attempts_of(database, message_id)[0], "sending"))
    clock.advance(days=1)
    run_all(dispatcher)
    assert now_of(database, message_id).state is MessageState.ACCEPTED
    assert notify.messages() == []


def test_a_receipt_settles_what_was_unknown(
    dispatcher: Dispatcher, session: Session, database: Database, clock: SettableClock, machine: SettableClock
) -> None:
    message_id = email(session)
    _, claimed = dispatcher._claim()
    dispatcher._record(claimed, [NotifyError(Fault.UNKNOWN, "no answer")])
    unknown = attempts_of(database, message_id)[0]
    machine.advance(seconds=outcomes.SETTLING.total_seconds())
    with database.writing() as looking:
        (asked,) = outcomes.take_unknown(looking, machine_now=machine.now(), limit=5)
        looking.commit()
    tell(database, clock, receipt(unknown, "delivered"))
    with database.writing() as late:
        outcomes.record_found(late, [(asked, None)], now=clock.now())
        late.commit()
    assert now_of(database, message_id).state is MessageState.DELIVERED


def test_receipts_of_strangers_are_kept_a_while_and_keep_nobody_waiting(
    dispatcher: Dispatcher, session: Session, database: Database, clock: SettableClock
) -> None:
    for number in range(30):
        tell(database, clock, {"id": f"stranger-{number}", "reference": f"other-{number}", "status": "delivered"})
    early = {"id": "11111111-2222-4333-8444-555555555555", "status": "delivered"}
    tell(database, clock, early)
    message_id = email(session)
    _, claimed = dispatcher._claim()
    dispatcher._record(claimed, [Sent(early["id"])])
    with database.writing() as applying:
        assert apply_waiting(applying, now=clock.now(), limit=5) == 1
        applying.commit()
    assert now_of(database, message_id).state is MessageState.DELIVERED
    clock.set(clock.now() + UNMATCHED_KEPT + timedelta(seconds=1))
    with database.writing() as applying:
        assert apply_waiting(applying, now=clock.now()) == 0
        applying.commit()
    with database.reading() as reading:
        assert reading.scalar(select(func.count()).where(Receipt.applied_at.is_(None))) == 0


@pytest.mark.parametrize("payload", [{}, {"status": "delivered"}, {"id": "x"}, {"id": 5, "status": "delivered"}])
def test_what_is_no_receipt_is_refused(payload: dict[str, object], session: Session, clock: SettableClock) -> None:
    with pytest.raises(Invalid):
        take(session, payload, now=clock.now())


def test_the_recipient_in_a_receipt_is_not_kept(sent: int, database: Database, clock: SettableClock) -> None:
    tell(database, clock, receipt(attempts_of(database, sent)[0], "delivered", to="secret@example.org"))
    with database.reading() as session:
        kept = session.scalars(select(Receipt)).one()
        assert "secret" not in repr([getattr(kept, column.key) for column in Receipt.__table__.columns])
