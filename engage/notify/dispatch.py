"""Dispatch: claim messages, hand them to Notify, and record what came of it, so that none is sent twice or lost.

1. Claim: in one transaction, take a few due messages, ask each one's gate and words, give each attempt a reference of
   its own, and commit. Nothing has been sent yet.
2. Send: hand each to Notify, outside any transaction, in a few threads with a client each.
3. Record: move each message on, if it is still ours.
A worker that dies between 1 and 3 leaves a lease that runs out; the message then counts as unknown and is looked up by
its reference before any second try, for Notify itself would send a reference twice (Notify keeps no idempotency).
"""

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import local

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.clock import Clock
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.errors import DomainError
from engage.core.log import log
from engage.notify import pacing
from engage.notify.client import Fault, LiveNotify, Notify, NotifyError, Sent
from engage.notify.models import TRANSITIONS, Attempt, Message, MessageChannel, MessageState
from engage.notify.outbox import Composer, Refusal
from engage.notify.receipts import record_status
from engage.notify.templates import Rendered, Templates

BATCH = 25
THREADS = 8
LEASE = timedelta(minutes=3)
"""Longer than Notify's own limit on a request, with room for a full batch."""
SETTLING = timedelta(seconds=60)
"""How long an unknown attempt is left before it is looked up: Notify gives up on a request after 30 seconds."""
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
MOST_TRIES = len(BACKOFF) + 1
QUIET_AFTER_429 = timedelta(seconds=5)
QUIET_AFTER_STOP = timedelta(minutes=15)


@dataclass(frozen=True)
class Claimed:
    """One message in our hands: what to send, and under which reference."""

    message_id: int
    attempt_id: int
    reference: str
    channel: MessageChannel
    recipient: str
    rendered: Rendered
    unsubscribe_url: str | None


Outcome = Sent | NotifyError


@dataclass
class Dispatcher:
    """Hands messages to Notify. Any number may run at once, in threads, processes or machines."""

    database: Database
    settings: Settings
    clock: Clock
    templates: Templates
    composers: Mapping[str, Composer]
    connect: Callable[[Settings], Notify] = LiveNotify

    def __post_init__(self) -> None:
        self._clients = local()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dispatch")

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()

    def run_once(self) -> int:
        """One round; how many messages were handed to Notify or looked up. 0 means there is nothing to do now."""
        self._expire_leases()
        looked_up = self._look_up_unknown()
        claimed = self._claim()
        for one, outcome in zip(claimed, self._threads.map(self._send, claimed), strict=True):
            self._record(one, outcome)
        return len(claimed) + looked_up

    def _notify(self) -> Notify:
        if not hasattr(self._clients, "notify"):
            self._clients.notify = self.connect(self.settings)
        client: Notify = self._clients.notify
        return client

    # -- claim ---------------------------------------------------------------------------------------------------

    def _claim(self) -> list[Claimed]:
        now = self.clock.now()
        with self.database.writing() as session:
            allowed = pacing.take(session, BATCH, per_minute=self.settings.notify_rate_per_minute, now=now)
            claimed = []
            for message in self._due(session, allowed, now) if allowed else []:
                one = self._claim_one(session, message, now)
                if one is not None:
                    claimed.append(one)
            if len(claimed) < allowed:
                pacing.give_back(session, allowed - len(claimed), now=now)
            session.commit()
        return claimed

    def _due(self, session: Session, limit: int, now: datetime) -> list[Message]:
        paused = pacing.paused_channels(session, now=now)
        due = select(Message).where(
            Message.state == MessageState.QUEUED, Message.due_at <= now, Message.channel.not_in(paused)
        )
        due = due.order_by(Message.priority, Message.due_at, Message.id).limit(limit)
        return list(session.scalars(due.with_for_update(skip_locked=True)))

    def _claim_one(self, session: Session, message: Message, now: datetime) -> Claimed | None:
        try:
            words = self.composers[message.purpose](session, message, self.settings, now)
            if isinstance(words, Refusal):
                _refuse(message, words)
                return None
            template = self.templates.find(message.template, message.channel, message.language)
            rendered = self.templates.render(template, {**message.personalisation, **words})
        except DomainError as error:  # a template or a setting is wrong: one message must not stop the others
            log.error("message cannot be composed", message_id=message.id, error=error.message)
            _refuse(message, Refusal(error.message[:200], later=now + QUIET_AFTER_STOP))
            return None
        message.attempts_made += 1
        message.state, message.claimed_at, message.lease_until = MessageState.CLAIMED, now, now + LEASE
        reference = f"engage-{message.id}-{message.attempts_made}-{secrets.token_hex(4)}"
        attempt = Attempt(message_id=message.id, reference=reference, started_at=now)
        session.add(attempt)
        session.flush()
        unsubscribe = words.get("stop_link") if self.settings.uses_https else None
        return Claimed(message.id, attempt.id, reference, message.channel, message.recipient, rendered, unsubscribe)

    # -- send ----------------------------------------------------------------------------------------------------

    def _send(self, one: Claimed) -> Outcome:
        try:
            return self._notify().send(
                one.channel,
                one.recipient,
                one.rendered,
                reference=one.reference,
                unsubscribe_url=one.unsubscribe_url,
            )
        except NotifyError as error:
            return error
        except Exception as error:  # whatever went wrong, the message may have been taken
            log.error("sending failed", message_id=one.message_id, error_type=type(error).__name__)
            return NotifyError(Fault.UNKNOWN, type(error).__name__)

    # -- record --------------------------------------------------------------------------------------------------

    def _record(self, one: Claimed, outcome: Outcome) -> None:
        now = self.clock.now()
        with self.database.writing() as session:
            attempt = session.get_one(Attempt, one.attempt_id)
            session.execute(select(Message.id).where(Message.id == one.message_id).with_for_update())
            message = session.get_one(Message, one.message_id, populate_existing=True)
            attempt.finished_at = now
            if isinstance(outcome, Sent):
                attempt.outcome, attempt.notify_id = "accepted", outcome.notify_id
                attempt.status = attempt.status or "created"
                _move(message, MessageState.ACCEPTED)
            else:
                attempt.outcome, attempt.error = outcome.fault.value, outcome.detail
                self._after_fault(session, message, outcome, now)
            session.commit()

    def _after_fault(self, session: Session, message: Message, error: NotifyError, now: datetime) -> None:
        log.warning("notify refused", message_id=message.id, code=error.fault.value, error=error.detail)
        if error.fault is Fault.UNKNOWN:
            _move(message, MessageState.UNKNOWN)
        elif error.fault is Fault.REFUSED:
            _move(message, MessageState.FAILED)
            message.state_because = error.detail
        elif error.fault is Fault.TRY_AGAIN:
            _try_again(message, error.detail, now)
        else:
            _wait(session, message, error, now)

    # -- what became of it? --------------------------------------------------------------------------------------

    def _expire_leases(self) -> None:
        """A claim nobody finished: its worker is gone, and whether Notify has the message is unknown."""
        now = self.clock.now()
        with self.database.writing() as session:
            stale = select(Message).where(Message.state == MessageState.CLAIMED, Message.lease_until < now)
            for message in session.scalars(stale.with_for_update(skip_locked=True)):
                _move(message, MessageState.UNKNOWN)
            session.commit()

    def _look_up_unknown(self) -> int:
        """Ask Notify about each unknown attempt; only what Notify does not hold is tried again."""
        now = self.clock.now()
        with self.database.reading() as session:
            unknown = [
                (message.id, message.attempts[-1].id, message.attempts[-1].reference)
                for message in session.scalars(
                    select(Message).where(Message.state == MessageState.UNKNOWN).order_by(Message.id).limit(BATCH)
                )
                if message.attempts[-1].started_at + SETTLING <= now
            ]
        done = 0
        for message_id, attempt_id, reference in unknown:
            try:
                found = self._notify().find(reference)
            except NotifyError as error:
                log.warning("look-up failed", message_id=message_id, code=error.fault.value, error=error.detail)
                continue
            done += 1
            with self.database.writing() as session:
                session.execute(select(Message.id).where(Message.id == message_id).with_for_update())
                message = session.get_one(Message, message_id, populate_existing=True)
                if message.state is MessageState.UNKNOWN and found is not None:
                    _move(message, MessageState.ACCEPTED)
                    session.get_one(Attempt, attempt_id).outcome = "accepted"
                    session.flush()
                    record_status(session, attempt_id, found, now=now)
                elif message.state is MessageState.UNKNOWN:
                    _try_again(message, "not taken by Notify", now)
                session.commit()
        return done


def _move(message: Message, to: MessageState) -> None:
    """Move a message on, unless a receipt was faster."""
    if TRANSITIONS.allows(message.state, to):
        message.state = to
    if message.state is not MessageState.CLAIMED:
        message.lease_until = None


def _refuse(message: Message, refusal: Refusal) -> None:
    message.state_because = refusal.because
    if refusal.later is not None:
        message.due_at = refusal.later
    else:
        _move(message, MessageState.WITHDRAWN)


def _try_again(message: Message, because: str, now: datetime) -> None:
    """Back into the queue, a little later each time; after the last try it has failed, and staff can see why."""
    message.state_because = because
    _move(message, MessageState.QUEUED)
    if message.state is not MessageState.QUEUED:
        return
    if message.attempts_made >= MOST_TRIES:
        _move(message, MessageState.FAILED)
    else:
        message.due_at = now + BACKOFF[message.attempts_made - 1]


def _wait(session: Session, message: Message, error: NotifyError, now: datetime) -> None:
    """Nothing is wrong with the message: it goes back to wait with everybody else, and the try does not count."""
    message.attempts_made -= 1
    message.state_because = error.detail
    _move(message, MessageState.QUEUED)
    if error.fault is Fault.DAILY_LIMIT:
        pacing.pause(session, message.channel.value, pacing.next_midnight_utc(now), error.detail, now=now)
    elif error.fault is Fault.RATE_LIMIT:
        pacing.pause(session, pacing.EVERYBODY, now + QUIET_AFTER_429, error.detail, now=now)
    else:
        pacing.pause(session, pacing.EVERYBODY, now + QUIET_AFTER_STOP, error.detail, now=now)
