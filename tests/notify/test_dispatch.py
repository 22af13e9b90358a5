"""Dispatch: each message is handed over once, whatever Notify, the network, the clocks and other workers do."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.core.db import Database
from engage.core.errors import Invalid
from engage.notify import outbox, pacing
from engage.notify.client import Fault, LiveNotify, NotifyError
from engage.notify.dispatch import LEASE, SEND_WITHIN, THREADS, Dispatcher
from engage.notify.models import Attempt, Message, MessageState
from engage.notify.outbox import Refusal
from engage.notify.outcomes import BACKOFF, MOST_TRIES, QUIET_AFTER_429, QUIET_AFTER_STOP, SETTLING
from engage.notify.standin import FaultKind, RunningStandin, SmsFlavour
from engage.notify.standin.faults import Requests
from tests import factories
from tests.conftest import MONDAY, SettableClock
from tests.notify.conftest import (
    EMAIL_WORDS,
    Held,
    Make,
    attempts_of,
    compose,
    email,
    gate,
    impatient,
    now_of,
    run_all,
    settings_for,
    text,
)

TAKEN_BUT_UNTOLD = (FaultKind.TIMEOUT_AFTER, FaultKind.DROP_AFTER, FaultKind.TIMEOUT_504_AFTER)
NEVER_TAKEN = (FaultKind.TIMEOUT_BEFORE, FaultKind.DROP_BEFORE, FaultKind.TIMEOUT_504_BEFORE, FaultKind.ERROR_500)


def test_each_channel_goes_out_with_its_words_and_a_reference_of_its_own(
    dispatcher: Dispatcher, notify: RunningStandin, session: Session, database: Database
) -> None:
    by_email, by_text = email(session), text(session)
    run_all(dispatcher)
    taken = {message.reference: message for message in notify.messages()}
    for message_id in (by_email, by_text):
        message = now_of(database, message_id)
        assert message.state is MessageState.ACCEPTED
        assert message.lease_until is None
        (attempt,) = message.attempts
        assert attempt.outcome == "accepted"
        assert attempt.notify_id == taken[attempt.reference].id
        assert taken[attempt.reference].to == message.recipient
    assert "https://engage.example.org/sign-in/x" in notify.messages(to=now_of(database, by_email).recipient)[0].body


def test_nothing_is_sent_before_it_is_due_and_the_most_urgent_goes_first(
    dispatcher: Dispatcher, notify: RunningStandin, session: Session, clock: SettableClock
) -> None:
    email(session, recipient="later@example.org", due_at=clock.now() + timedelta(minutes=1))
    email(session, recipient="patient@example.org", priority=5)
    email(session, recipient="waiting@example.org", priority=0)
    dispatcher._threads._max_workers = 1  # so that the order of handing over is the order of claiming
    run_all(dispatcher)
    assert [message.to for message in reversed(notify.messages())] == ["waiting@example.org", "patient@example.org"]
    clock.advance(minutes=1)
    run_all(dispatcher)
    assert len(notify.messages()) == 3


def test_each_try_says_what_a_text_costs_in_parts_and_an_email_costs_nothing(
    dispatcher: Dispatcher, session: Session, database: Database
) -> None:
    sent = [text(session), email(session)]
    run_all(dispatcher)
    assert [now_of(database, each).attempts[0].cost_parts for each in sent] == [1, None]


def test_an_idle_round_writes_nothing(dispatcher: Dispatcher, database: Database) -> None:
    begun = []
    sqlalchemy_event.listen(database.engine, "commit", lambda connection: begun.append(1))
    assert dispatcher.run_once() == 0
    assert begun == []


# -- the outcome is unknown --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TAKEN_BUT_UNTOLD)
def test_what_was_taken_without_a_word_is_found_and_never_sent_again(
    kind: FaultKind,
    make_dispatcher: Make,
    dispatcher: Dispatcher,
    settings: Settings,
    notify: RunningStandin,
    session: Session,
    database: Database,
    clock: SettableClock,
    machine: SettableClock,
) -> None:
    message_id = email(session)
    notify.faults.add(kind, seconds=0.6)
    run_all(make_dispatcher(settings=impatient(settings)))
    assert now_of(database, message_id).state is MessageState.UNKNOWN
    clock.advance(days=21)  # a demonstration may jump weeks: Notify still needs its minute
    run_all(dispatcher)
    assert now_of(database, message_id).state is MessageState.UNKNOWN
    machine.advance(seconds=SETTLING.total_seconds())
    run_all(dispatcher)
    message = now_of(database, message_id)
    assert message.state is MessageState.ACCEPTED
    assert [(attempt.outcome, attempt.notify_id) for attempt in message.attempts] == [
        ("accepted", notify.messages()[0].id)
    ]
    assert len(notify.messages()) == 1


@pytest.mark.parametrize("kind", NEVER_TAKEN)
def test_what_was_not_taken_is_looked_for_and_then_sent_again(
    kind: FaultKind,
    make_dispatcher: Make,
    dispatcher: Dispatcher,
    settings: Settings,
    notify: RunningStandin,
    session: Session,
    database: Database,
    clock: SettableClock,
    machine: SettableClock,
) -> None:
    message_id = email(session)
    notify.faults.add(kind, seconds=0.6)
    run_all(make_dispatcher(settings=impatient(settings)))
    assert now_of(database, message_id).state is MessageState.UNKNOWN
    machine.advance(seconds=SETTLING.total_seconds())
    run_all(dispatcher)
    assert now_of(database, message_id).state is MessageState.QUEUED
    clock.advance(seconds=BACKOFF[0].total_seconds())
    run_all(dispatcher)
    message = now_of(database, message_id)
    assert message.state is MessageState.ACCEPTED
    assert [attempt.outcome for attempt in message.attempts] == ["unknown", "accepted"]
    assert len({attempt.reference for attempt in message.attempts}) == 2
    assert len(notify.messages()) == 1


def test_while_notify_cannot_be_asked_an_unknown_message_is_not_sent_again(
    dispatcher: Dispatcher,
    notify: RunningStandin,
    session: Session,
    database: Database,
    clock: SettableClock,
    machine: SettableClock,
) -> None:
    message_id = email(session)
    notify.faults.add(FaultKind.DROP_BEFORE)
    run_all(dispatcher)
    for kind in (FaultKind.SPURIOUS_404, FaultKind.SPURIOUS_400, FaultKind.ERROR_500, FaultKind.DROP_BEFORE):
        notify.faults.add(kind, on=Requests.READ)
        machine.advance(seconds=SETTLING.total_seconds())
        clock.advance(days=1)
        run_all(dispatcher)
        assert now_of(database, message_id).state is MessageState.UNKNOWN
    machine.advance(seconds=SETTLING.total_seconds())
    run_all(dispatcher)
    assert now_of(database, message_id).state is MessageState.QUEUED


def test_unknown_messages_that_cannot_be_asked_about_keep_no_other_waiting(
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    settings: Settings,
    machine: SettableClock,
) -> None:
    class Deaf(LiveNotify):
        def find(self, reference: str) -> None:
            asked.append(reference)
            raise RuntimeError("no answer")

    asked: list[str] = []
    for _ in range(60):
        message_id = email(session, state=MessageState.UNKNOWN, lease_until=machine.now())
        session.add(Attempt(message_id=message_id, reference=f"engage-{message_id}", started_at=machine.now()))
    session.commit()
    dispatcher = make_dispatcher(connect=Deaf)
    for _ in range(3):
        dispatcher.run_once()
    assert len(set(asked)) == len(asked) == 60


# -- workers that die, sleep, or meet ----------------------------------------------------------------------------


def test_a_dead_workers_message_is_asked_about_before_any_second_try(
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    machine: SettableClock,
    clock: SettableClock,
) -> None:
    sent, unsent = email(session, recipient="a@example.org"), email(session, recipient="b@example.org")
    dying = make_dispatcher()
    _, claimed = dying._claim()
    dying._send(claimed[0])  # and there it dies: nothing is recorded
    other = make_dispatcher()
    clock.advance(days=30)
    run_all(other)
    assert now_of(database, sent).state is MessageState.CLAIMED, "the demonstration's clock ends no lease"
    machine.advance(seconds=LEASE.total_seconds() + 1)
    run_all(other)
    assert now_of(database, sent).state is MessageState.ACCEPTED
    assert now_of(database, unsent).state is MessageState.QUEUED
    clock.advance(minutes=1)
    run_all(other)
    assert sorted(message.to for message in notify.messages()) == ["a@example.org", "b@example.org"]


def test_a_worker_that_slept_through_its_lease_does_not_send(
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    machine: SettableClock,
    clock: SettableClock,
) -> None:
    message_id = email(session)
    sleeper = make_dispatcher()
    _, claimed = sleeper._claim()
    machine.advance(seconds=LEASE.total_seconds() + 1)
    other = make_dispatcher()
    run_all(other)
    clock.advance(minutes=1)
    run_all(other)
    sleeper._record(claimed, [sleeper._send(one) for one in claimed])
    message = now_of(database, message_id)
    assert message.state is MessageState.ACCEPTED
    assert [attempt.outcome for attempt in message.attempts] == ["not_sent", "accepted"]
    assert len(notify.messages()) == 1


def test_a_message_that_was_held_up_goes_back_and_loses_no_try(
    make_dispatcher: Make, session: Session, database: Database, machine: SettableClock
) -> None:
    message_id = email(session)
    dispatcher = make_dispatcher()
    for _ in range(MOST_TRIES + 1):
        _, claimed = dispatcher._claim()
        machine.advance(seconds=SEND_WITHIN.total_seconds() + 1)
        dispatcher._record(claimed, [dispatcher._send(one) for one in claimed])
    assert now_of(database, message_id).state is MessageState.QUEUED
    run_all(dispatcher)
    assert now_of(database, message_id).state is MessageState.ACCEPTED


def test_an_answer_that_comes_after_the_lease_still_ends_all_further_tries(
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    settings: Settings,
    machine: SettableClock,
    clock: SettableClock,
) -> None:
    message_id = email(session)
    held: list[Held] = []

    def connect(given: object) -> Held:
        held.append(Held(LiveNotify(given)))  # type: ignore[arg-type]
        return held[-1]

    slow = make_dispatcher(connect=connect)
    working = threading.Thread(target=slow.run_once)
    working.start()
    while not held or not held[0].calling.wait(0.01):
        pass
    machine.advance(seconds=LEASE.total_seconds() + 1)
    run_all(make_dispatcher())
    assert now_of(database, message_id).state is MessageState.QUEUED, "Notify did not have it yet"
    held[0].go_on.set()
    working.join()
    assert now_of(database, message_id).state is MessageState.ACCEPTED
    clock.advance(days=1)
    run_all(make_dispatcher())
    assert len(notify.messages()) == 1


def test_a_late_failure_of_a_first_try_does_not_touch_the_second(
    make_dispatcher: Make, session: Session, database: Database, machine: SettableClock, clock: SettableClock
) -> None:
    message_id = email(session)
    first, second = make_dispatcher(), make_dispatcher()
    _, lost = first._claim()
    machine.advance(seconds=LEASE.total_seconds() + 1)
    run_all(second)
    clock.advance(minutes=1)
    _, claimed = second._claim()
    assert len(claimed) == 1
    first._record(lost, [NotifyError(Fault.TRY_AGAIN, "503")])
    assert now_of(database, message_id).state is MessageState.CLAIMED, "the second try is still on its way"
    second._record(claimed, [second._send(claimed[0])])
    assert now_of(database, message_id).state is MessageState.ACCEPTED


def test_the_records_are_never_locked_while_notify_is_called(
    make_dispatcher: Make, session: Session, database: Database, settings: Settings
) -> None:
    email(session)
    written: list[int] = []

    class Looking(LiveNotify):
        def send(self, *given: object, **more: object) -> object:  # type: ignore[override]
            with database.writing() as other:  # would wait for ever if the dispatcher held its transaction
                email(other, due_at=tomorrow)
            written.append(1)
            return super().send(*given, **more)  # type: ignore[arg-type]

    tomorrow = MONDAY + timedelta(days=1)
    run_all(make_dispatcher(connect=Looking))
    assert written == [1]


def test_a_slow_answer_keeps_no_other_message_waiting(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database
) -> None:
    slow = email(session, recipient="slow@example.org", priority=0)
    others = [factories.message(session).id for _ in range(2 * THREADS)]
    session.commit()
    gate_of_slow, at_once, most_at_once, counting = threading.Event(), 0, 0, threading.Lock()

    class Slow(LiveNotify):
        def send(self, channel: object, recipient: object, *given: object, **more: object) -> object:  # type: ignore[override]
            nonlocal at_once, most_at_once
            with counting:
                at_once += 1
                most_at_once = max(most_at_once, at_once)
            if recipient == "slow@example.org":
                assert gate_of_slow.wait(30)
            try:
                return super().send(channel, recipient, *given, **more)  # type: ignore[arg-type]
            finally:
                with counting:
                    at_once -= 1

    working = threading.Thread(target=make_dispatcher(connect=Slow, paced=False).run_once)
    working.start()
    while any(now_of(database, message_id).state is not MessageState.ACCEPTED for message_id in others):
        assert working.is_alive()
        time.sleep(0.05)
    assert now_of(database, slow).state is MessageState.CLAIMED
    gate_of_slow.set()
    working.join()
    assert now_of(database, slow).state is MessageState.ACCEPTED
    assert 1 < most_at_once <= THREADS
    assert len(notify.messages()) == len(others) + 1


def test_when_it_is_asked_to_stop_nothing_more_is_claimed_and_what_is_on_its_way_is_recorded(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database
) -> None:
    ids = [factories.message(session).id for _ in range(3 * THREADS)]
    session.commit()
    stopping = threading.Event()

    class Stopping(LiveNotify):
        def send(self, *given: object, **more: object) -> object:  # type: ignore[override]
            stopping.set()
            return super().send(*given, **more)  # type: ignore[arg-type]

    dispatcher = make_dispatcher(connect=Stopping, stopping=stopping)
    dealt_with = dispatcher.run_once()
    states = [now_of(database, message_id).state for message_id in ids]
    assert states.count(MessageState.ACCEPTED) == dealt_with == len(notify.messages()) <= THREADS
    assert states.count(MessageState.QUEUED) == len(ids) - dealt_with > 0
    assert dispatcher.run_once() == 0


def test_many_dispatchers_at_once_send_each_message_once(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database
) -> None:
    ids = [factories.message(session).id for _ in range(150)]
    session.commit()
    notify.faults.add(FaultKind.UNAVAILABLE_503, count=5)
    workers = [make_dispatcher(paced=False) for _ in range(3)]
    threads = [threading.Thread(target=run_all, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [now_of(database, message_id).state for message_id in ids]
    assert states.count(MessageState.ACCEPTED) == 145
    assert states.count(MessageState.QUEUED) == 5
    references = [message.reference for message in notify.messages()]
    assert len(references) == len(set(references)) == 145
    assert all(len(attempts_of(database, message_id)) == 1 for message_id in ids)


# -- refusals ----------------------------------------------------------------------------------------------------


def test_a_message_that_can_never_be_taken_has_failed_and_says_why(
    dispatcher: Dispatcher, session: Session, database: Database
) -> None:
    message_id = email(session, recipient="nobody at all")
    run_all(dispatcher)
    message = now_of(database, message_id)
    assert (message.state, message.state_because) == (MessageState.FAILED, "400 ValidationError")
    assert len(message.attempts) == 1


def test_trying_again_takes_longer_each_time_and_ends(
    dispatcher: Dispatcher, notify: RunningStandin, session: Session, database: Database, clock: SettableClock
) -> None:
    message_id = email(session)
    notify.faults.add(FaultKind.UNAVAILABLE_503, count=MOST_TRIES)
    for wait in BACKOFF:
        run_all(dispatcher)
        assert now_of(database, message_id).state is MessageState.QUEUED
        clock.set(clock.now() + wait - timedelta(seconds=1))
        assert dispatcher.run_once() == 0
        clock.advance(seconds=1)
    run_all(dispatcher)
    message = now_of(database, message_id)
    assert (message.state, message.state_because) == (MessageState.FAILED, "503 ServiceUnavailable")
    assert len(message.attempts) == MOST_TRIES


def test_a_wrong_key_stops_everybody_for_a_while_visibly_and_harms_no_message(
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    clock: SettableClock,
    machine: SettableClock,
) -> None:
    ids = [email(session) for _ in range(40)]
    revoked = "revoked-99999999-0000-4000-8000-000000000000-99999999-0000-4000-8000-000000000000"
    wrong = make_dispatcher(settings=settings_for(notify, database, notify_api_key=revoked))
    for _ in range(MOST_TRIES + 2):
        assert wrong.run_once() > 0
        assert make_dispatcher().run_once() == 0, "a worker with a sound key is quiet too"
        with database.reading() as reading:
            pause = pacing.standing_pause(reading, now=clock.now())
            assert pause is not None
            assert pause.paused_because == "403 AuthError"
        clock.set(clock.now() + QUIET_AFTER_STOP)
        machine.advance(seconds=QUIET_AFTER_STOP.total_seconds())
    assert {now_of(database, message_id).state for message_id in ids} == {MessageState.QUEUED}
    run_all(make_dispatcher())
    assert {now_of(database, message_id).state for message_id in ids} == {MessageState.ACCEPTED}
    assert len(notify.messages()) == 40


def test_a_hold_may_still_take_back_the_try_that_a_wrong_key_left(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database
) -> None:
    message_id = email(session)
    revoked = "revoked-99999999-0000-4000-8000-000000000000-99999999-0000-4000-8000-000000000000"
    make_dispatcher(settings=settings_for(notify, database, notify_api_key=revoked)).run_once()
    assert now_of(database, message_id).attempts_made == 1, "its attempt is on record, so it is not as if never tried"
    assert outbox.withdraw(session, [message_id], because="hold_bereavement") == 1


def test_at_the_rate_limit_everybody_is_quiet_for_five_seconds(
    make_dispatcher: Make, session: Session, database: Database, templates: object, clock: SettableClock
) -> None:
    with RunningStandin(rate=3) as notify:  # two tokens, of which the second is refused
        ids = [email(session) for _ in range(4)]
        settings = settings_for(notify, database)
        make_dispatcher(settings=settings).run_once()
        assert make_dispatcher(settings=settings).run_once() == 0
        with database.reading() as reading:
            pause = pacing.standing_pause(reading, now=clock.now())
            assert pause is not None
            assert pause.paused_until == clock.now() + QUIET_AFTER_429
        taken = len(notify.messages())
        states = [now_of(database, message_id).state for message_id in ids]
        assert states.count(MessageState.ACCEPTED) == taken < 4
        assert states.count(MessageState.QUEUED) == 4 - taken
        notify.service.limits.rate = None
        clock.set(clock.now() + QUIET_AFTER_429)
        run_all(make_dispatcher(settings=settings))
        assert len(notify.messages()) == 4


def test_at_a_channels_daily_limit_it_waits_for_midnight_utc_and_the_other_goes_on(
    make_dispatcher: Make, session: Session, database: Database, clock: SettableClock
) -> None:
    with RunningStandin(rate=None, daily_sms=1) as notify:
        dispatcher = make_dispatcher(settings=settings_for(notify, database))
        texts = [text(session, recipient="+447700900001")]
        run_all(dispatcher)
        texts += [text(session, recipient=f"+44770090000{n}") for n in (2, 3)]
        run_all(dispatcher)
        later = [email(session), text(session)]
        run_all(dispatcher)
        assert now_of(database, later[0]).state is MessageState.ACCEPTED
        waiting = [*texts, later[1]]
        assert [now_of(database, one).state for one in waiting].count(MessageState.QUEUED) == 3
        assert [len(attempts_of(database, one)) for one in waiting].count(0) == 1, "the last was not even tried"
        clock.set(pacing.next_midnight_utc(clock.now()) - timedelta(seconds=1))
        assert dispatcher.run_once() == 0
        notify.service.limits.reset()
        clock.advance(seconds=1)
        run_all(dispatcher)
        states = [now_of(database, one).state for one in waiting]
        assert states.count(MessageState.ACCEPTED) >= 2, "a new day has room again"


def test_the_gate_is_asked_at_the_claim_and_can_withdraw_or_let_wait(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database, clock: SettableClock
) -> None:
    over, waits, free = email(session, purpose="over"), email(session, purpose="waits"), email(session)
    dispatcher = make_dispatcher(
        composers={
            "over": gate(Refusal("answered")),
            "waits": gate(Refusal("outside_hours", later=clock.now() + timedelta(hours=1))),
            "test": compose,
        }
    )
    run_all(dispatcher)
    withdrawn, waiting = now_of(database, over), now_of(database, waits)
    assert (withdrawn.state, withdrawn.state_because) == (MessageState.WITHDRAWN, "answered")
    assert (waiting.state, waiting.due_at) == (MessageState.QUEUED, clock.now() + timedelta(hours=1))
    assert now_of(database, free).state is MessageState.ACCEPTED
    assert len(notify.messages()) == 1


@pytest.mark.parametrize("wrong", [KeyError("x"), ZeroDivisionError(), Invalid("This is wrong."), None])
def test_one_message_that_cannot_be_composed_stops_no_other(
    wrong: Exception | None,
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    clock: SettableClock,
) -> None:
    def poison(*_: object) -> dict[str, str]:
        if wrong is None:
            return {"no_such_value": "x"}
        raise wrong

    bad = [email(session, purpose="bad", priority=0) for _ in range(30)]
    unknown = email(session, purpose="nobody wants this", priority=0)
    good = email(session)
    dispatcher = make_dispatcher(composers={"bad": poison, "test": compose})
    run_all(dispatcher)
    assert now_of(database, good).state is MessageState.ACCEPTED
    for message_id in [*bad, unknown]:
        message = now_of(database, message_id)
        assert message.state is MessageState.QUEUED
        assert message.due_at > clock.now()
        assert message.state_because
        assert message.attempts == []


def test_a_text_that_lost_characters_is_marked(make_dispatcher: Make, session: Session, database: Database) -> None:
    def tamil(*_: object) -> dict[str, str]:
        return {"link": "https://engage.example.org/r/x", "topic": "திட்டம்", "phone": "020 7946 0100"}

    message_id = text(session)
    with RunningStandin(rate=None, sms_flavour=SmsFlavour.DOWNGRADE) as notify:
        run_all(make_dispatcher(settings=settings_for(notify, database), composers={"test": tamil}))
    message = now_of(database, message_id)
    assert message.state is MessageState.ACCEPTED
    assert message.attempts[0].error == "characters lost"


def test_the_pace_lets_no_more_go_than_was_agreed(
    make_dispatcher: Make,
    notify: RunningStandin,
    session: Session,
    database: Database,
    machine: SettableClock,
) -> None:
    for _ in range(120):
        factories.message(session)
    session.commit()
    settings = settings_for(notify, database, notify_rate_per_minute=600)
    workers = [make_dispatcher(settings=settings), make_dispatcher(settings=settings)]
    for worker in workers * 3:
        run_all(worker)
    assert len(notify.messages()) == pacing.LARGEST_BURST
    assert all(worker.out_of_pace for worker in workers)
    for _ in range(3):
        machine.advance(seconds=2)
        for worker in workers:
            run_all(worker)
    assert len(notify.messages()) == pacing.LARGEST_BURST + 3 * 20


def test_one_click_unsubscribe_goes_with_emails_where_there_is_https(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database
) -> None:
    email(session, purpose="asks", template="survey_invitation", personalisation={"topic": "it", "minutes": "2"})

    def survey(*_: object) -> dict[str, str]:
        return {
            "link": "https://engage.example.org/r/x",
            "stop_link": "https://engage.example.org/r/x/stop",
            "first_name": "Amina",
            "closes_on": "1 May",
            "organisation": "A",
            "phone": "1",
        }

    settings = settings_for(notify, database, public_url="https://engage.example.org")
    run_all(make_dispatcher(settings=settings, composers={"asks": survey}))
    assert notify.messages()[0].one_click_unsubscribe_url == "https://engage.example.org/r/x/stop"


def test_whoever_is_changing_the_people_is_not_waited_for(
    make_dispatcher: Make, notify: RunningStandin, session: Session, database: Database, clock: SettableClock
) -> None:
    if database.is_sqlite:
        pytest.skip("there is one writer at a time")
    person, busy, free = email(session, due_at=clock.now() + timedelta(days=9)), email(session), email(session)

    def gate_that_locks(asking: Session, message: Message, *_: object) -> dict[str, str]:
        if message.id == busy:
            asking.execute(select(Message.id).where(Message.id == person).with_for_update())
        return EMAIL_WORDS

    dispatcher = make_dispatcher(composers={"test": gate_that_locks})
    with database.writing() as officer:
        officer.execute(select(Message.id).where(Message.id == person).with_for_update())
        run_all(dispatcher)
        assert now_of(database, free).state is MessageState.ACCEPTED
        waiting = now_of(database, busy)
        assert (waiting.state, waiting.state_because) == (MessageState.QUEUED, "busy")
    clock.advance(minutes=1)
    run_all(dispatcher)
    assert now_of(database, busy).state is MessageState.ACCEPTED
