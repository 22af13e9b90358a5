"""A small world that is asked: files come in, ladders are climbed, and messages leave through the real gate, in process."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.campaigns import gate, merging, messages
from engage.campaigns.importing import import_reading
from engage.campaigns.models import Invitation, LadderContact, Step
from engage.core.audit import SYSTEM
from engage.core.clock import london_date
from engage.jobs import asking as jobs
from engage.jobs.wiring import House
from engage.notify.models import Attempt, Message, MessageState
from engage.notify.outbox import Refusal
from engage.notify.receipts import settle
from engage.plans.reading import COLUMNS, Reading, ReadingSettings, read
from tests.conftest import SettableClock

Row = dict[str, str]


def row(**cells: str) -> Row:
    """A sound row: a child of nine, a plan of their own, and their mother with an email address and a mobile."""
    return {
        "personref": "C1",
        "surname": "Madeup",
        "forename": "Child",
        "personbirthdate": "04/05/2016",
        "planref": "E1",
        "startdate": "16/02/2026",
        "contactref": "P1",
        "contactrelationship": "mother",
        "contactforename": "Mother",
        "contactsurname": "Madeup",
        "email": "mother@example.org",
        "mobile": "07700 900101",
    } | cells


def reading_of(rows: list[Row], *, today: date, columns: tuple[str, ...] | None = None) -> Reading:
    """What a council's file with these rows says; with every column there is unless some are named."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or tuple(COLUMNS), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    settings = ReadingSettings(today=today, local_authority="314", demonstration=True)
    return read(text.getvalue().encode(), "test.csv", settings=settings)


@dataclass(frozen=True)
class Sent:
    """One message that left."""

    message_id: int
    invitation_id: int
    step: Step
    fallback: int
    recipient: str
    at: datetime
    link: str
    closes_on: str
    person_id: int
    steps: dict[int, tuple[Step, int]]
    """Every invitation that it asks about, the one above first, with its step and fallback."""

    @property
    def carried(self) -> set[int]:
        return set(self.steps)


@dataclass
class World:
    """The open house with a clock to set, and what has left it."""

    house: House
    clock: SettableClock
    sent: list[Sent] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.clock.at

    def take(self, *rows: Row, columns: tuple[str, ...] | None = None) -> dict[str, object]:
        """A file comes in and is committed; its summary."""
        with self.house.database.writing() as session:
            reading = reading_of(list(rows), today=london_date(self.now), columns=columns)
            summary = import_reading(session, reading, by=SYSTEM, now=self.now)
            session.commit()
        return summary

    def climb(self) -> None:
        """The two jobs that look after ladders, once."""
        jobs.follow_failures(self.house, self.now)
        jobs.climb_ladders(self.house, self.now)

    def dispatch(self, *, taken: bool = True) -> list[Sent]:
        """Claim what is due as the dispatcher does; `taken` False is a Notify that is away. What left now."""
        left: list[Sent] = []
        with self.house.database.writing() as session:
            due = select(Message).where(Message.state == MessageState.QUEUED, Message.due_at <= self.now)
            for message in session.scalars(due.order_by(Message.id).with_for_update(skip_locked=True)).all():
                one = self._claim(session, message, taken)
                left += [one] if one and taken else []
            session.commit()
        self.sent += left
        return left

    def _claim(self, session: Session, message: Message, taken: bool) -> Sent | None:
        words = messages.compose(session, message, self.house.settings, self.now)
        if isinstance(words, Refusal):
            message.state_because = words.because
            message.due_at = words.later or message.due_at
            if words.later is None:
                message.state = MessageState.WITHDRAWN
            return None
        contact = session.get_one(LadderContact, message.about_id)
        carried = merging.riding(session, message.id)
        assert contact is carried[0]
        for one in carried:
            assert gate.foreseen(session, one.invitation, now=self.now) is None
        template = self.house.templates.find(message.template, message.channel, message.language)
        self.house.templates.render(template, {**message.personalisation, **words})
        message.attempts_made, message.claimed_at = message.attempts_made + 1, self.now
        reference = f"{message.id}-{message.attempts_made}"
        session.add(Attempt(message_id=message.id, reference=reference, started_at=self.now, outcome="accepted"))
        message.state = MessageState.ACCEPTED if taken else MessageState.QUEUED
        return Sent(
            message.id,
            contact.invitation_id,
            contact.step,
            contact.fallback,
            message.recipient,
            self.now,
            words["link"],
            words["closes_on"],
            contact.invitation.person_id,
            {one.invitation_id: (one.step, one.fallback) for one in carried},
        )

    def step(self) -> list[Sent]:
        """One round of the worker; what left."""
        self.climb()
        return self.dispatch()

    def hear(self, sent: Sent, status: str) -> None:
        """Notify tells what became of a message."""
        with self.house.database.writing() as session:
            message = session.get_one(Message, sent.message_id)
            settle(message.attempts[-1], status, None, now=self.now)
            session.commit()

    def leap(self) -> bool:
        """Let time pass until something is due next; False when nothing ever is."""
        with self.house.database.reading() as session:
            moments = [
                session.scalar(select(func.min(Invitation.next_due_at)).where(Invitation.state.in_(gate.OPEN))),
                session.scalar(select(func.min(Message.due_at)).where(Message.state == MessageState.QUEUED)),
            ]
        coming = [moment for moment in moments if moment is not None]
        if not coming:
            return False
        self.clock.set(max(self.now, min(coming)))
        return True

    def invitations(self, session: Session) -> list[Invitation]:
        """Every invitation, the oldest first."""
        return list(session.scalars(select(Invitation).order_by(Invitation.id)))
