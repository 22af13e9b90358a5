"""Notify's own table of errors, row by row: what Engage does with the message, and with everybody else's.

The rows are those of the API (docs.notifications.service.gov.uk, "Error codes", and its code). Each of a row's texts is
told to one message: the texts may change at any time, so every one of them must come to the same.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.core.db import Database
from engage.notify import pacing
from engage.notify.dispatch import Dispatcher
from engage.notify.models import Message, MessageChannel, MessageState, SendingPace
from engage.notify.outcomes import BACKOFF, MOST_TRIES, QUIET_AFTER_429, QUIET_AFTER_STOP, SETTLING
from tests import factories
from tests.conftest import SettableClock, make_settings
from tests.notify.conftest import Make, attempts_of, compose, email, now_of, run_all

EMAIL, TEXT, LETTER = MessageChannel.EMAIL, MessageChannel.TEXT, MessageChannel.LETTER
NOT_HELD = {"notifications": [], "links": {}}


@dataclass
class Script:
    """What Notify answers, and what it was asked."""

    status: int = 201
    error: str = ""
    texts: list[str] = field(default_factory=list)
    refuses: str = ""
    """Only what is sent by this channel is answered with the error; anything else is taken."""
    held: dict[str, Any] = field(default_factory=lambda: dict(NOT_HELD))
    asked: list[str] = field(default_factory=list)

    def to_sending(self, path: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if not path.endswith(self.refuses):
            return 201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "content": {"body": ""}}
        text = self.texts[(len(self.asked) - 1) % len(self.texts)]
        return self.status, {"status_code": self.status, "errors": [{"error": self.error, "message": text}]}


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def url(script: Script) -> Iterator[str]:
    """Where a Notify answers that says what the script says."""

    class Scripted(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*script.to_sending(self.path))

        def do_GET(self) -> None:
            script.asked.append("looked up")
            self._answer(200, script.held)

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Case:
    """One row as it comes to pass: a message for each of its texts, and the dispatcher that sends them."""

    row: "Row"
    script: Script
    dispatcher: Dispatcher
    database: Database
    session: Session
    clock: SettableClock
    machine: SettableClock
    ids: list[int]

    def queue(self, channel: MessageChannel) -> int:
        """One message more; its id."""
        by_channel: dict[MessageChannel, dict[str, Any]] = {
            EMAIL: {},
            TEXT: {"template": "survey_invitation", "recipient": factories.drama_mobile(400)},
            LETTER: {"template": "survey_invitation", "recipient": "1 Example Road\nKingston\nKT1 1EU"},
        }
        return email(self.session, channel=channel, **by_channel[channel])

    def run(self, *, after: timedelta = timedelta()) -> None:
        """The worker works, some time later."""
        self.clock.advance(seconds=after.total_seconds())
        self.machine.advance(seconds=after.total_seconds())
        run_all(self.dispatcher)

    def messages(self) -> list[Message]:
        return [now_of(self.database, message_id) for message_id in self.ids]

    def all_are(self, state: MessageState, because: str | None = None) -> None:
        """Every message of the row is in one state, and says why by a status and a type alone."""
        assert {(one.state, one.state_because) for one in self.messages()} == {(state, because or self.row.code)}

    def pauses(self) -> dict[str, timedelta]:
        """Who is quiet, and for how long."""
        with self.database.reading() as reading:
            rows = reading.query(SendingPace).where(SendingPace.paused_until.is_not(None)).all()
            return {row.name: row.paused_until - self.clock.now() for row in rows if row.paused_until}


# -- what Engage does --------------------------------------------------------------------------------------------


def gives_it_up_at_once(case: Case) -> None:
    """This message will never be taken: it has failed, so that another way is tried the same day. Nobody else waits."""
    case.run()
    case.all_are(MessageState.FAILED)
    case.run(after=timedelta(days=1))
    assert [len(one.attempts) for one in case.messages()] == [1] * len(case.ids)
    assert case.pauses() == {}


def tries_again_a_few_times(case: Case) -> None:
    """It may be the template, the key or an outage: later each time, and then it has failed. Nobody else waits."""
    case.run()
    for wait in BACKOFF:
        case.all_are(MessageState.QUEUED)
        assert {one.due_at for one in case.messages()} == {case.clock.now() + wait}
        case.run(after=wait)
    case.all_are(MessageState.FAILED)
    assert [len(one.attempts) for one in case.messages()] == [MOST_TRIES] * len(case.ids)
    assert case.pauses() == {}


def stops_everything(case: Case) -> None:
    """Nothing can be sent by anybody until somebody mends it: no message is harmed, and none loses a try."""
    case.run()
    case.all_are(MessageState.QUEUED)
    assert case.pauses() == {"all": QUIET_AFTER_STOP}
    asked, other = len(case.script.asked), case.queue(TEXT)
    case.run(after=QUIET_AFTER_STOP - timedelta(seconds=1))
    assert len(case.script.asked) == asked
    case.script.refuses = "mended"
    case.run(after=timedelta(seconds=1))
    assert {one.state for one in [*case.messages(), now_of(case.database, other)]} == {MessageState.ACCEPTED}


def stops_letters_alone(case: Case) -> None:
    """A key that may not send letters sends the rest."""
    other = case.queue(EMAIL)
    case.run()
    case.all_are(MessageState.QUEUED)
    assert case.pauses() == {"letter": QUIET_AFTER_STOP}
    assert now_of(case.database, other).state is MessageState.ACCEPTED


def keeps_everybody_quiet_for_seconds(case: Case) -> None:
    """A try while Notify refuses would eat the next message's token: all are quiet, and then all goes."""
    case.run()
    case.all_are(MessageState.QUEUED)
    assert case.pauses() == {"all": QUIET_AFTER_429}
    asked = len(case.script.asked)
    case.run(after=QUIET_AFTER_429 - timedelta(seconds=1))
    assert len(case.script.asked) == asked
    case.script.refuses = "over"
    case.run(after=timedelta(seconds=1))
    assert {one.state for one in case.messages()} == {MessageState.ACCEPTED}


def keeps_the_channel_until_midnight_utc(case: Case) -> None:
    """The day's messages of this channel have gone: it waits for the next day, and the other channels go on."""
    others = [case.queue(channel) for channel in (EMAIL, TEXT, LETTER) if channel is not case.row.channel]
    case.run()
    case.all_are(MessageState.QUEUED)
    night = pacing.next_midnight_utc(case.clock.now()) - case.clock.now()
    assert case.pauses() == {case.row.channel.value: night}
    assert {now_of(case.database, one).state for one in others} == {MessageState.ACCEPTED}
    case.script.refuses = "a new day"
    case.run(after=night - timedelta(seconds=1))
    case.all_are(MessageState.QUEUED)
    case.run(after=timedelta(seconds=1))
    assert {one.state for one in case.messages()} == {MessageState.ACCEPTED}


def looks_it_up_before_any_second_try(case: Case) -> None:
    """It may have been taken: Notify is asked by its reference after a minute, and only what it does not hold goes again."""
    case.run()
    assert {one.state for one in case.messages()} == {MessageState.UNKNOWN}
    sent = len(case.script.asked)
    case.run(after=SETTLING - timedelta(seconds=1))
    assert len(case.script.asked) == sent
    case.run(after=timedelta(seconds=1))
    assert case.script.asked[sent:] == ["looked up"] * len(case.ids)
    case.all_are(MessageState.QUEUED, "not taken by Notify")
    case.script.refuses = "mended"
    case.run(after=BACKOFF[0])
    assert {one.state for one in case.messages()} == {MessageState.ACCEPTED}
    for message_id in case.ids:
        assert [attempt.outcome for attempt in attempts_of(case.database, message_id)] == ["unknown", "accepted"]
    assert case.pauses() == {}


# -- the table ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One row: what Notify says, and what Engage does."""

    status: int
    error: str
    does: Callable[[Case], None]
    texts: tuple[str, ...]
    channel: MessageChannel = EMAIL

    @property
    def code(self) -> str:
        return f"{self.status} {self.error}"

    def __str__(self) -> str:
        what = self.does.__name__.replace("_", " ")
        return f"{self.code} by {self.channel.value}: {what}"


TABLE = (
    Row(
        400,
        "ValidationError",
        gives_it_up_at_once,
        (
            "email_address is a required property",
            "email_address Not a valid email address",
            "template_id is not a valid UUID",
            "Additional properties are not allowed (foo was unexpected)",
            "one_click_unsubscribe_url is not a valid https url",
            "reference engage-1-1-x is too long",
        ),
    ),
    Row(
        400,
        "ValidationError",
        gives_it_up_at_once,
        (
            "phone_number Not enough digits",
            "phone_number Too many digits",
            "phone_number Must not contain letters or symbols",
            "phone_number Not a valid country prefix",
            "phone_number Number is not valid – double check the phone number you entered",
        ),
        TEXT,
    ),
    Row(
        400,
        "ValidationError",
        gives_it_up_at_once,
        (
            "Address must be at least 3 lines",
            "Last line of address must be a real UK postcode or another country",
            "Address lines must not start with any of the following characters: @ ( ) = [ ] ” \\ / , < >",
        ),
        LETTER,
    ),
    Row(400, "InvalidPhoneError", gives_it_up_at_once, ("Not a UK mobile number",), TEXT),
    Row(400, "QrCodeTooLongError", gives_it_up_at_once, ("Cannot create a usable QR code - the link is too long",), LETTER),
    Row(400, "PDFNotReadyError", tries_again_a_few_times, ("PDF not available yet, try again later",), LETTER),
    Row(
        400,
        "BadRequestError",
        tries_again_a_few_times,
        (
            "Invalid JSON supplied in POST data",
            "Template not found",
            "Template has been deleted",
            "sms template is not suitable for email notification",
            "Missing personalisation: subject, body",
            "Your message is empty.",
            "Emails cannot be longer than 2000000 bytes. Your message is 2000001 bytes.",
            "email_reply_to_id X does not exist in database for service id Y",
            "Can’t send to this recipient using a team-only API key",
            "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk",
            "Send files by email has not been set up - add contact details for your service",
        ),
    ),
    Row(
        400,
        "BadRequestError",
        tries_again_a_few_times,
        (
            "Your message is too long. Text messages cannot be longer than 918 characters. Your message is 919 characters long.",
            "sms_sender_id X does not exist in database for service id Y",
            "Cannot send to international mobile numbers",
        ),
        TEXT,
    ),
    Row(400, "BadRequestError", tries_again_a_few_times, ("Service is not allowed to send letters",), LETTER),
    Row(
        401,
        "AuthError",
        stops_everything,
        (
            "Unauthorized: authentication token must be provided",
            "Unauthorized: authentication bearer scheme must be used",
        ),
    ),
    Row(
        403,
        "AuthError",
        stops_everything,
        (
            "Invalid token: API key not found",
            "Invalid token: API key revoked",
            "Invalid token: service not found",
            "Invalid token: service is archived",
            "Invalid token: service has no API keys",
            "Invalid token: iss field not provided",
            "Invalid token: algorithm used is not HS256",
            "Error: Your system clock must be accurate to within 30 seconds",
        ),
    ),
    Row(403, "BadRequestError", stops_everything, ("The documentation calls the row above by this name",)),
    Row(
        403,
        "BadRequestError",
        stops_letters_alone,
        ("Cannot send letters with a team api key", "Cannot send letters when service is in trial mode"),
        LETTER,
    ),
    Row(404, "NoResultFound", tries_again_a_few_times, ("No result found",)),
    Row(
        429,
        "RateLimitError",
        keeps_everybody_quiet_for_seconds,
        tuple(f"Exceeded rate limit for key type {kind} of 3000 requests per 60 seconds" for kind in ("LIVE", "TEAM", "TEST")),
    ),
    Row(429, "TooManyRequestsError", keeps_the_channel_until_midnight_utc, ("Exceeded send limits (email: 250000) for today",)),
    Row(
        429,
        "TooManyRequestsError",
        keeps_the_channel_until_midnight_utc,
        (
            "Exceeded send limits (sms: 250000) for today",
            "Exceeded send limits (international_sms: 100) for today",
        ),
        TEXT,
    ),
    Row(
        429,
        "TooManyRequestsError",
        keeps_the_channel_until_midnight_utc,
        ("Exceeded send limits (letter: 20000) for today",),
        LETTER,
    ),
    Row(500, "TypeError", looks_it_up_before_any_second_try, ("Internal server error",)),
    Row(504, "EventletTimeout", looks_it_up_before_any_second_try, ("Timeout serving request",)),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_what_engage_does_with_each_row_of_notifys_table_of_errors(
    row: Row,
    script: Script,
    url: str,
    make_dispatcher: Make,
    session: Session,
    database: Database,
    clock: SettableClock,
    machine: SettableClock,
) -> None:
    script.status, script.error, script.texts = row.status, row.error, list(row.texts)
    script.refuses = {EMAIL: "email", TEXT: "sms", LETTER: "letter"}[row.channel]
    settings = make_settings(
        database_url=database.url,
        notify_url=url,
        notify_letter_template_id="55555555-5555-4555-8555-555555555555",
        notify_timeout_seconds=5,
    )
    words = {EMAIL: compose, TEXT: compose, LETTER: letter_words}
    dispatcher = make_dispatcher(
        settings=settings, composers={"test": lambda s, message, *more: words[message.channel](s, message, *more)}
    )
    case = Case(row, script, dispatcher, database, session, clock, machine, [])
    case.ids = [case.queue(row.channel) for _ in row.texts]
    row.does(case)


def letter_words(*_: object) -> dict[str, str]:
    """A gate that is always open."""
    return {
        "addressee": "A Parent",
        "link": "https://engage.example.org/r/x",
        "topic": "your plan",
        "minutes": "5",
        "closes_on": "1 May",
        "organisation": "A",
        "phone": "1",
    }


def test_what_notify_turns_out_to_hold_is_never_sent_again(
    script: Script,
    url: str,
    make_dispatcher: Make,
    session: Session,
    database: Database,
    clock: SettableClock,
    machine: SettableClock,
) -> None:
    script.status, script.error, script.texts = 504, "EventletTimeout", ["Timeout serving request"]
    settings = make_settings(database_url=database.url, notify_url=url, notify_timeout_seconds=5)
    message_id = email(session)
    dispatcher = make_dispatcher(settings=settings)
    run_all(dispatcher)
    script.held = {"notifications": [{"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "status": "sending"}]}
    for clocks in (clock, machine):
        clocks.advance(days=1)
    run_all(dispatcher)
    assert now_of(database, message_id).state is MessageState.ACCEPTED
    assert len([path for path in script.asked if path != "looked up"]) == 1
