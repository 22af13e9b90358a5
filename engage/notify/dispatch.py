"""Dispatch: claim messages, hand them to Notify, and record what came of it, so that none is sent twice or lost.

1. Claim: in one transaction, take a few due messages, ask each one's gate and words, give each attempt a reference of
   its own, and commit. Nothing has been sent yet.
2. Send: hand each to Notify, outside any transaction, each in a thread with a client of its own.
3. Record: move each message on, if it is still ours.
The three go round and round: what is answered is recorded, and what is due takes the threads that are free, so that one
slow answer keeps no other message waiting.
A worker that dies between 1 and 3 leaves a lease that runs out; the message then counts as unknown and is looked up by
its reference before any second try, for Notify itself would send a reference twice (Notify keeps no idempotency).
Leases and the pace are kept by the machine's own clock, for Notify does not follow a demonstration's.
"""

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, local
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engage.core.clock import Clock, SystemClock
from engage.core.config import Settings
from engage.core.db import Database, give_way
from engage.core.errors import DomainError
from engage.core.languages import speaking
from engage.core.log import log, place_of
from engage.notify import gsm, letters, outcomes, pacing, signing
from engage.notify.alphabets import Alphabets
from engage.notify.client import Fault, LiveNotify, Notify, NotifyError, Sent
from engage.notify.models import Attempt, Message, MessageChannel, MessageState
from engage.notify.outbox import Composer, Refusal
from engage.notify.outcomes import Found, Outcome, Unknown
from engage.notify.templates import SOURCE_LANGUAGE, Rendered, Template, Templates

BATCH = 25
"""Messages claimed in one transaction."""
THREADS = 50
"""Messages in the hands of one dispatcher: each has its own thread, so that none waits for one while its lease runs. Two
workers keep Notify's limit even while one answer in twenty takes the whole of the usual 30 seconds."""
A_MOMENT = 0.1
"""Seconds for which answers are collected, so that one transaction records several."""
LEASE = timedelta(minutes=5)
SEND_WITHIN = timedelta(minutes=1)
"""A claimed message not sent by then is put back unsent. It leaves the longest request (a minute to connect and a minute
for the answer) well within the lease, even if the whole machine was asleep in between."""
MENDING = timedelta(minutes=15)
"""How long a message waits whose template, setting or code is wrong."""
BUSY = timedelta(minutes=1)


@dataclass(frozen=True)
class Claimed:
    """One message in our hands: what to send, under which reference, and until when."""

    message_id: int
    attempt_id: int
    reference: str
    channel: MessageChannel
    recipient: str
    rendered: Rendered
    unsubscribe_url: str | None
    send_by: datetime


@dataclass
class Dispatcher:
    """Hands messages to Notify. Any number may run at once, in threads, processes or machines."""

    database: Database
    settings: Settings
    clock: Clock
    templates: Templates
    composers: Mapping[str, Composer]
    connect: Callable[[Settings], Notify] = LiveNotify
    machine: Clock = field(default_factory=SystemClock)
    """The clock of leases and of the pace."""
    paced: bool = True
    """False where there is no Notify at the other end whose limit must be kept."""
    stopping: Event = field(default_factory=Event)
    """Once set nothing more is claimed; what is on its way is answered and recorded."""

    out_of_pace: bool = field(default=False, init=False)
    """Whether the last round could claim nothing only because the pace allowed none yet."""

    def __post_init__(self) -> None:
        self._clients = local()
        self._alphabets = Alphabets(self.templates)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dispatch")

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()

    def run_once(self) -> int:
        """Claim, send and record until nothing is under way; how many messages were dealt with. 0 means there is nothing
        to do now, or nothing may be done."""
        dealt_with = 0
        sending: dict[Future[Outcome], Claimed] = {}
        asking: set[Future[Found]] = set()
        while True:
            self.out_of_pace = False
            free = min(BATCH, THREADS - len(sending) - len(asking))
            if free and not self.stopping.is_set() and self._has_work():
                self._alphabets.ask(self._notify, now=self.machine.now())
                unknown = self._take_unknown(free)
                asking |= {self._threads.submit(self._find, one) for one in unknown}
                considered, claimed = self._claim(free - len(unknown))
                sending |= {self._threads.submit(self._send, one): one for one in claimed}
                dealt_with += considered
            under_way: list[Future[Any]] = [*sending, *asking]
            if not under_way:
                return dealt_with
            done, _ = wait(under_way, timeout=A_MOMENT)
            sent = [future for future in sending if future in done]
            self._record([sending.pop(future) for future in sent], [future.result() for future in sent])
            dealt_with += self._record_found([future.result() for future in asking & done])
            asking -= done

    def _has_work(self) -> bool:
        """A look that takes no lock, for most rounds find nothing."""
        now, machine_now = self.clock.now(), self.machine.now()
        held_up = Message.state.in_([MessageState.CLAIMED, MessageState.UNKNOWN])
        with self.database.reading() as session:
            due = exists().where(Message.state == MessageState.QUEUED, Message.due_at <= now)
            over = exists().where(held_up, or_(Message.lease_until.is_(None), Message.lease_until <= machine_now))
            return bool(session.scalar(select(or_(due, over))))

    def _notify(self) -> Notify:
        if not hasattr(self._clients, "notify"):
            self._clients.notify = self.connect(self.settings)
        client: Notify = self._clients.notify
        return client

    # -- claim ---------------------------------------------------------------------------------------------------

    def _claim(self, most: int = BATCH) -> tuple[int, list[Claimed]]:
        """How many due messages were considered, and those of them that are now ours."""
        if not most:
            return 0, []
        now, machine_now = self.clock.now(), self.machine.now()
        with self.database.writing() as session:
            if pacing.standing_pause(session, now=now):
                return 0, []
            allowed = most
            if self.paced:
                allowed = pacing.take(
                    session, most, per_minute=self.settings.notify_rate_per_minute, machine_now=machine_now
                )
            self.out_of_pace = not allowed
            due = self._due(session, allowed, now) if allowed else []
            give_way(session)
            ours = [self._claim_one(session, message, now, machine_now) for message in due]
            claimed = [one for one in ours if one is not None]
            if self.paced:
                pacing.give_back(session, allowed - len(claimed), machine_now=machine_now)
            session.commit()
        return len(due), claimed

    def _due(self, session: Session, limit: int, now: datetime) -> list[Message]:
        paused = pacing.paused_channels(session, now=now)
        due = select(Message).where(
            Message.state == MessageState.QUEUED, Message.due_at <= now, Message.channel.not_in(paused)
        )
        due = due.order_by(Message.priority, Message.due_at, Message.id).limit(limit)
        return list(session.scalars(due.with_for_update(skip_locked=True)))

    def _claim_one(self, session: Session, message: Message, now: datetime, machine_now: datetime) -> Claimed | None:
        """Claim a message, or let it wait. Whatever is wrong with one message must not stop the others."""
        try:
            with session.begin_nested():
                claimed = self._compose_and_claim(session, message, now, machine_now)
        except OperationalError:  # somebody is just changing the people it is for
            claimed = Refusal("busy", later=now + BUSY)
        except Exception as error:
            reason = error.message if isinstance(error, DomainError) else type(error).__name__
            place = place_of(error)
            log.error("message cannot be composed", message_id=message.id, error=reason, exception=place)
            claimed = Refusal(reason[:200], later=now + MENDING)
        if isinstance(claimed, Claimed):
            return claimed
        _refuse(message, claimed)
        return None

    def _compose_and_claim(
        self, session: Session, message: Message, now: datetime, machine_now: datetime
    ) -> Claimed | Refusal:
        with speaking(self._template(message).language):
            words = self.composers[message.purpose](session, message, self.settings, now)
        if isinstance(words, Refusal):
            return words
        template = self._template(message)  # what was left out at the gate may have made another message of it
        if message.channel is MessageChannel.LETTER and self.settings.notify_letter_template_id is None:
            return Refusal(letters.LETTERS_OFF)
        if signing.not_signed(session, template):
            return Refusal(signing.NOT_SIGNED, later=now + MENDING)
        rendered = self.templates.render(template, {**message.personalisation, **words})
        message.attempts_made += 1
        message.state, message.claimed_at, message.lease_until = MessageState.CLAIMED, now, machine_now + LEASE
        reference = f"engage-{message.id}-{message.attempts_made}-{secrets.token_hex(4)}"
        cost = gsm.parts(f"{self.settings.service_name}: {rendered.body}") if _is_text(message) else None
        attempt = Attempt(message_id=message.id, reference=reference, started_at=now, cost_parts=cost)
        session.add(attempt)
        session.flush()
        return Claimed(
            message.id,
            attempt.id,
            reference,
            message.channel,
            _recipient(message, words),
            rendered,
            unsubscribe_url=words.get("stop_link") if self.settings.uses_https else None,
            send_by=machine_now + SEND_WITHIN,
        )

    def _template(self, message: Message) -> Template:
        """The words in the reader's language, where the channel carries its letters."""
        template = self.templates.find(message.template, message.channel, message.language)
        if _is_text(message) and not self._alphabets.carries(template.language):
            return self.templates.find(message.template, message.channel, SOURCE_LANGUAGE)
        return template

    # -- send ----------------------------------------------------------------------------------------------------

    def _send(self, one: Claimed) -> Outcome:
        if self.machine.now() > one.send_by:
            return NotifyError(Fault.NOT_SENT, "the worker was held up")
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
            log.error("sending failed", message_id=one.message_id, exception=place_of(error))
            return NotifyError(Fault.UNKNOWN, type(error).__name__)

    def _record(self, claimed: list[Claimed], results: list[Outcome]) -> None:
        if not claimed:
            return
        if any(isinstance(it, Sent) and it.characters_lost for it in results):
            self._alphabets.forget()
        now, machine_now = self.clock.now(), self.machine.now()
        with self.database.writing() as session:
            done = [(one.message_id, one.attempt_id, it) for one, it in zip(claimed, results, strict=True)]
            outcomes.record(session, done, now=now, machine_now=machine_now)
            session.commit()

    # -- what became of it? --------------------------------------------------------------------------------------

    def _take_unknown(self, most: int) -> list[Unknown]:
        """Attempts of which Notify must now be asked, for a while ours alone."""
        machine_now = self.machine.now()
        with self.database.writing() as session:
            outcomes.expire_leases(session, machine_now=machine_now)
            unknown = outcomes.take_unknown(session, machine_now=machine_now, limit=most)
            session.commit()
        return unknown

    def _record_found(self, found: list[Found]) -> int:
        """Note what Notify told of unknown attempts; of how many it told us."""
        answers = [one for one in found if not isinstance(one, NotifyError)]
        if answers:
            now = self.clock.now()
            with self.database.writing() as session:
                outcomes.record_found(session, answers, now=now)
                session.commit()
        return len(answers)

    def _find(self, one: Unknown) -> Found:
        try:
            return one, self._notify().find(one.reference)
        except NotifyError as error:
            log.warning("look-up failed", message_id=one.message_id, code=error.fault.value, error=error.detail)
            return error
        except Exception as error:  # it is looked up again, and above all not sent again
            log.error("look-up failed", message_id=one.message_id, exception=place_of(error))
            return NotifyError(Fault.UNKNOWN, type(error).__name__)


def _is_text(message: Message) -> bool:
    return message.channel is MessageChannel.TEXT


def _recipient(message: Message, words: Mapping[str, str]) -> str:
    """Where it goes, as Notify wants it."""
    if message.channel is not MessageChannel.LETTER:
        return message.recipient
    return letters.envelope(words.get("addressee", ""), message.recipient)


def _refuse(message: Message, refusal: Refusal) -> None:
    message.state_because = refusal.because
    if refusal.later is not None:
        message.due_at = refusal.later
    else:
        outcomes.move(message, MessageState.WITHDRAWN)
