"""A stand-in of Notify that answers over real HTTP, and the dispatcher of one kind of message that speaks to it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.clock import Clock
from engage.core.config import Settings
from engage.core.db import Database
from engage.notify.dispatch import Dispatcher
from engage.notify.models import Attempt, Message, MessageChannel
from engage.notify.outbox import Composer, Refusal
from engage.notify.standin import EMAIL_TEMPLATE_ID, TEXT_TEMPLATE_ID, RunningStandin, StandinConfig
from engage.notify.templates import Templates
from tests import factories
from tests.conftest import MONDAY, SettableClock, make_settings

EMAIL_WORDS = {"link": "https://engage.example.org/sign-in/x", "minutes": "20", "organisation": "A", "phone": "1"}
TEXT_WORDS = {"link": "https://engage.example.org/r/x", "topic": "your plan", "phone": "020 7946 0100"}


def compose(session: Session, message: Message, settings: Settings, now: datetime) -> Mapping[str, str] | Refusal:
    """A gate that is always open."""
    return EMAIL_WORDS if message.channel is MessageChannel.EMAIL else TEXT_WORDS


@pytest.fixture(scope="session")
def _shared_notify() -> Iterator[RunningStandin]:
    with RunningStandin(StandinConfig(rate=None, delivery_seconds=None)) as running:
        yield running


@pytest.fixture
def notify(_shared_notify: RunningStandin) -> RunningStandin:
    """Notify without a rate limit, as new; nothing is delivered until a test says so."""
    _shared_notify.reset()
    _shared_notify.send_receipts_to(None)
    return _shared_notify


def settings_for(notify: RunningStandin, database: Database, **changes: Any) -> Settings:
    """Settings that lead to this stand-in."""
    return make_settings(
        **{
            "database_url": database.url,
            "notify_url": notify.url,
            "notify_api_key": notify.api_key,
            "notify_email_template_id": str(EMAIL_TEMPLATE_ID),
            "notify_text_template_id": str(TEXT_TEMPLATE_ID),
            "notify_timeout_seconds": 30,
            **changes,
        }
    )


@pytest.fixture
def settings(notify: RunningStandin, database: Database) -> Settings:
    """Settings that lead to this test's Notify and database."""
    return settings_for(notify, database)


@pytest.fixture
def machine() -> SettableClock:
    """The machine's own clock, which a demonstration's does not move."""
    return SettableClock(MONDAY)


Make = Callable[..., Dispatcher]


@pytest.fixture
def make_dispatcher(
    database: Database, settings: Settings, clock: Clock, machine: SettableClock, templates: Templates
) -> Iterator[Make]:
    """Dispatchers as many as a test likes; what it gives replaces what they have."""
    made: list[Dispatcher] = []

    def one(**given: Any) -> Dispatcher:
        values: dict[str, Any] = {
            "database": database,
            "settings": settings,
            "clock": clock,
            "templates": templates,
            "composers": {"test": compose},
            "machine": machine,
            **given,
        }
        made.append(Dispatcher(**values))
        return made[-1]

    yield one
    for dispatcher in made:
        dispatcher.close()


@pytest.fixture
def dispatcher(make_dispatcher: Make) -> Dispatcher:
    return make_dispatcher()


def email(session: Session, **given: Any) -> int:
    """An email waiting to be sent; its id."""
    message_id = factories.message(session, **given).id
    session.commit()
    return message_id


def text(session: Session, **given: Any) -> int:
    """A text waiting to be sent; its id."""
    return email(
        session,
        **{
            "channel": MessageChannel.TEXT,
            "template": "survey_invitation",
            "recipient": factories.drama_mobile(400),
            **given,
        },
    )


def now_of(database: Database, message_id: int) -> Message:
    """A message as it now stands, with its attempts."""
    with database.reading() as session:
        message = session.get_one(Message, message_id)
        list(message.attempts)
        session.expunge_all()
        return message


def attempts_of(database: Database, message_id: int) -> list[Attempt]:
    """A message's attempts, oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(Attempt).where(Attempt.message_id == message_id).order_by(Attempt.id)))


def run_all(dispatcher: Dispatcher) -> None:
    """Rounds until nothing is left to do."""
    while dispatcher.run_once():
        pass


class Held:
    """A client that stops inside its call until it is let go: a worker caught in the middle of sending."""

    def __init__(self, real: Any) -> None:
        self.real, self.calling, self.go_on = real, threading.Event(), threading.Event()

    def send(self, *given: Any, **more: Any) -> Any:
        self.calling.set()
        assert self.go_on.wait(10)
        return self.real.send(*given, **more)

    def find(self, reference: str) -> Any:
        return self.real.find(reference)


def gate(answer: Refusal) -> Composer:
    """A gate that refuses."""
    return lambda session, message, settings, now: answer


def impatient(settings: Settings) -> Settings:
    """Settings that wait half a second for an answer; for one request that must time out, for a slow machine's others
    would too."""
    return settings.model_copy(update={"notify_timeout_seconds": 0.5})
