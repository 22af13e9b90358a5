"""Every row of the API's table of errors, through the real client and real HTTP: what Engage makes of it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from engage.core.errors import Misconfigured
from engage.notify.client import Fault, LiveNotify, NotifyError, moment
from engage.notify.models import MessageChannel
from engage.notify.standin import EMAIL_TEMPLATE_ID, TEXT_TEMPLATE_ID, FaultKind, RunningStandin, SmsFlavour
from engage.notify.templates import Rendered
from tests.conftest import make_settings

EMAIL = Rendered("A subject", "A body")
TEXT = Rendered(None, "A text")
NOBODYS = "99999999-0000-4000-8000-000000000000"


class Scripted(BaseHTTPRequestHandler):
    """Answers what it is told, and remembers nothing."""

    answer: ClassVar[tuple[int, bytes]] = (200, b"{}")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        status, body = self.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def scripted_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def told(status: int, *kinds: str) -> tuple[int, bytes]:
    errors = [{"error": kind, "message": "These words may change at any time."} for kind in kinds]
    return status, json.dumps({"status_code": status, "errors": errors}).encode()


def send(notify: LiveNotify, rendered: Rendered = EMAIL, recipient: str = "a@example.org") -> Any:
    channel = MessageChannel.EMAIL if rendered.subject else MessageChannel.TEXT
    return notify.send(channel, recipient, rendered, reference="engage-1-1-x", unsubscribe_url=None)


TABLE = [
    (told(400, "ValidationError"), Fault.REFUSED),
    (told(400, "ValidationError", "ValidationError"), Fault.REFUSED),
    (told(400, "InvalidPhoneError"), Fault.REFUSED),
    (told(400, "QrCodeTooLongError"), Fault.REFUSED),
    (told(400, "BadRequestError"), Fault.TRY_AGAIN),
    (told(400, "ValidationError", "BadRequestError"), Fault.TRY_AGAIN),
    (told(400, "PDFNotReadyError"), Fault.TRY_AGAIN),
    (told(400), Fault.TRY_AGAIN),
    (told(401, "AuthError"), Fault.STOP),
    (told(403, "AuthError"), Fault.STOP),
    (told(403, "BadRequestError"), Fault.STOP),
    (told(404, "NoResultFound"), Fault.TRY_AGAIN),
    (told(429, "RateLimitError"), Fault.RATE_LIMIT),
    (told(429, "TooManyRequestsError"), Fault.DAILY_LIMIT),
    ((429, b"slow down"), Fault.RATE_LIMIT),
    (told(500, "TypeError"), Fault.UNKNOWN),
    ((502, b"<html>Bad gateway</html>"), Fault.UNKNOWN),
    (told(503, "ServiceUnavailable"), Fault.TRY_AGAIN),
    (told(504, "EventletTimeout"), Fault.UNKNOWN),
    ((400, b"<html>"), Fault.TRY_AGAIN),
    ((201, b"<html>"), Fault.UNKNOWN),
    ((201, b"{}"), Fault.UNKNOWN),
    ((200, b'"fine"'), Fault.UNKNOWN),
]


@pytest.mark.parametrize(("answer", "fault"), TABLE)
def test_each_error_has_one_meaning(scripted_url: str, answer: tuple[int, bytes], fault: Fault) -> None:
    Scripted.answer = answer
    with pytest.raises(NotifyError) as raised:
        send(LiveNotify(make_settings(notify_url=scripted_url)))
    assert raised.value.fault is fault
    assert "words" not in raised.value.detail, "only a status and a type are ever noted"


@pytest.mark.parametrize("answer", [(200, b"{}"), (200, b"[]"), (200, b"null"), (404, b"{}"), (502, b""), (200, b"<")])
def test_an_answer_that_is_not_notifys_never_says_that_a_message_is_not_there(
    scripted_url: str, answer: tuple[int, bytes]
) -> None:
    Scripted.answer = answer
    with pytest.raises(NotifyError):
        LiveNotify(make_settings(notify_url=scripted_url)).find("engage-1-1-x")


@pytest.mark.parametrize(
    ("rendered", "recipient", "changes", "fault"),
    [
        (EMAIL, "not an address", {}, Fault.REFUSED),
        (TEXT, "0777", {}, Fault.REFUSED),
        (TEXT, "020 7946 0100", {}, Fault.REFUSED),
        (EMAIL, "a@example.org", {"notify_email_template_id": NOBODYS}, Fault.TRY_AGAIN),
        (Rendered(None, "x" * 919), "+447700900001", {}, Fault.TRY_AGAIN),
        (EMAIL, "a@example.org", {"notify_reply_to_id": NOBODYS}, Fault.TRY_AGAIN),
        (EMAIL, "a@example.org", {"notify_api_key": f"unknown-{NOBODYS}-{NOBODYS}"}, Fault.STOP),
    ],
)
def test_the_stand_in_refuses_as_the_table_says(
    notify: RunningStandin, rendered: Rendered, recipient: str, changes: dict[str, str], fault: Fault
) -> None:
    with pytest.raises(NotifyError) as raised:
        send(_client(notify, **changes), rendered, recipient)
    assert raised.value.fault is fault
    assert notify.messages() == []


@pytest.mark.parametrize(
    ("kind", "fault", "taken"),
    [
        (FaultKind.TIMEOUT_BEFORE, Fault.UNKNOWN, 0),
        (FaultKind.TIMEOUT_AFTER, Fault.UNKNOWN, 1),
        (FaultKind.DROP_BEFORE, Fault.UNKNOWN, 0),
        (FaultKind.DROP_AFTER, Fault.UNKNOWN, 1),
        (FaultKind.ERROR_500, Fault.UNKNOWN, 0),
        (FaultKind.TIMEOUT_504_BEFORE, Fault.UNKNOWN, 0),
        (FaultKind.TIMEOUT_504_AFTER, Fault.UNKNOWN, 1),
        (FaultKind.UNAVAILABLE_503, Fault.TRY_AGAIN, 0),
        (FaultKind.SPURIOUS_404, Fault.TRY_AGAIN, 0),
        (FaultKind.SPURIOUS_400, Fault.TRY_AGAIN, 0),
    ],
)
def test_what_may_have_been_taken_is_unknown(notify: RunningStandin, kind: FaultKind, fault: Fault, taken: int) -> None:
    notify.faults.add(kind, seconds=0.6)
    with pytest.raises(NotifyError) as raised:
        send(_client(notify, notify_timeout_seconds=0.3))
    assert raised.value.fault is fault
    assert len(notify.messages()) == taken


def test_a_connection_that_was_never_made_took_nothing() -> None:
    with pytest.raises(NotifyError) as raised:
        send(LiveNotify(make_settings(notify_url="http://127.0.0.1:9")))
    assert raised.value.fault is Fault.TRY_AGAIN


def test_a_message_is_found_by_its_reference_and_no_other(notify: RunningStandin) -> None:
    client = _client(notify)
    sent = send(client)
    found = client.find("engage-1-1-x")
    assert found is not None
    assert (found.notify_id, found.reference, found.status) == (sent.notify_id, "engage-1-1-x", "created")
    assert client.find("engage-1-2-x") is None
    assert client.status(sent.notify_id) == found
    assert client.status(NOBODYS) is None


def test_a_text_that_lost_characters_is_told_apart() -> None:
    tamil = Rendered(None, "வணக்கம்? Was it good?")
    for flavour, lost in ((SmsFlavour.DOWNGRADE, True), (SmsFlavour.UNICODE, False)):
        with RunningStandin(sms_flavour=flavour) as notify:
            assert send(_client(notify), tamil, "+447700900001").characters_lost is lost
            assert send(_client(notify), Rendered(None, "‘Why?’"), "+447700900001").characters_lost is False


def test_without_a_key_nothing_can_be_sent() -> None:
    with pytest.raises(Misconfigured, match="ENGAGE_NOTIFY_API_KEY"):
        LiveNotify(make_settings(notify_api_key=None))


def test_a_moment_is_always_utc() -> None:
    assert moment("2026-11-20T07:38:40.665611Z") == moment("2026-11-20T07:38:40.665611")
    assert moment(None) is None
    with pytest.raises(ValueError, match="Invalid isoformat"):
        moment("yesterday")


def _client(notify: RunningStandin, **changes: Any) -> LiveNotify:
    return LiveNotify(
        make_settings(
            **{
                "notify_url": notify.url,
                "notify_api_key": notify.api_key,
                "notify_email_template_id": str(EMAIL_TEMPLATE_ID),
                "notify_text_template_id": str(TEXT_TEMPLATE_ID),
                "notify_timeout_seconds": 30,
                **changes,
            }
        )
    )
