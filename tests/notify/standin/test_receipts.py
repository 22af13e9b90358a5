"""What becomes of messages, and how the service is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engage.notify.standin import EMAIL_TEMPLATE_ID, LETTER_TEMPLATE_ID, FaultKind, RunningStandin, Status
from tests.notify.standin.conftest import Callback, client_of
from tests.notify.standin.test_contract import ADDRESS

Start = Callable[..., RunningStandin]
RETRY_SECONDS = 300
THREE_DAYS = 72 * 3600


def send(running: RunningStandin, to: str = "amina@example.org", reference: str | None = None) -> str:
    sent: dict[str, Any] = client_of(running).send_email_notification(
        to, EMAIL_TEMPLATE_ID, {"subject": "x", "body": "y"}, reference=reference
    )
    return str(sent["id"])


def test_a_receipt_tells_the_final_status_with_the_bearer_token(start: Start, callback: Callback) -> None:
    running = start()
    message_id = send(running, "Amina@example.org", "engage.1")
    assert running.settle()
    [receipt] = callback.posted
    assert callback.headers == [{"Authorization": "Bearer a-long-token"}]
    assert receipt.pop("created_at") <= receipt.pop("sent_at") <= receipt.pop("completed_at")
    assert receipt == {
        "id": message_id,
        "reference": "engage.1",
        "to": "Amina@example.org",
        "status": "delivered",
        "notification_type": "email",
        "template_id": EMAIL_TEMPLATE_ID,
        "template_version": 1,
    }


@pytest.mark.parametrize(
    ("to", "status"),
    [
        ("perm-fail@simulator.notify", Status.PERMANENT_FAILURE),
        ("temp-fail@simulator.notify", Status.TEMPORARY_FAILURE),
        ("bounced@example.org", Status.PERMANENT_FAILURE),
    ],
)
def test_simulated_failures_happen_with_a_live_key_too(
    start: Start, callback: Callback, to: str, status: Status
) -> None:
    running = start(outcomes={"bounced@example.org": Status.PERMANENT_FAILURE})
    send(running, to)
    assert running.settle()
    assert [receipt["status"] for receipt in callback.posted] == [status]


def test_no_receipt_for_technical_failures_and_letters(start: Start, callback: Callback) -> None:
    running = start()
    running.faults.add(FaultKind.TECHNICAL_FAILURE)
    send(running)
    client_of(running).send_letter_notification(LETTER_TEMPLATE_ID, {**ADDRESS, "subject": "x", "body": "y"})
    assert running.settle()
    assert callback.posted == []
    assert [message.shown_status for message in running.messages()] == ["received", "technical-failure"]


@pytest.mark.parametrize("answer", [None, 500, 503, 429])
def test_a_receipt_is_tried_again_five_times(start: Start, callback: Callback, answer: int | None) -> None:
    running = start()
    callback.answers = [answer] * 99
    send(running)
    for _ in range(10):
        assert running.settle()
        running.advance(RETRY_SECONDS)
    assert running.settle()
    assert len(callback.posted) == 6
    assert [attempt.answer for attempt in running.messages()[0].receipts] == [answer] * 6


@pytest.mark.parametrize("answer", [200, 301, 400, 401, 404])
def test_any_other_answer_is_the_last_word(start: Start, callback: Callback, answer: int) -> None:
    running = start()
    callback.answers = [answer]
    send(running)
    assert running.settle()
    running.advance(RETRY_SECONDS)
    assert running.settle()
    assert len(callback.posted) == 1


def test_without_word_for_three_days_a_message_has_failed_for_now(start: Start, callback: Callback) -> None:
    running = start()
    running.faults.add(FaultKind.STUCK)
    send(running)
    assert running.advance_statuses() == 0
    running.advance(THREE_DAYS - 60)
    assert running.messages()[0].status is Status.SENDING
    running.advance(60)
    assert running.settle()
    assert [receipt["status"] for receipt in callback.posted] == ["temporary-failure"]


def test_a_restart_forgets_no_message_that_was_on_its_way(tmp_path: Path, start: Start, callback: Callback) -> None:
    settings = {"storage": tmp_path / "inbox.sqlite", "delivery_seconds": 3600}
    first = start(**settings)
    send(first)
    first.faults.add(FaultKind.STUCK)
    send(first)
    first.stop()
    second = start(**settings)
    second.advance(3600)
    assert {message.status for message in second.messages()} == {Status.DELIVERED, Status.SENDING}
    second.advance(THREE_DAYS)
    assert second.settle()
    assert [receipt["status"] for receipt in callback.posted] == ["delivered", "temporary-failure"]


def test_a_message_takes_its_time(start: Start) -> None:
    running = start(delivery_seconds=3600)
    send(running)
    seen = [running.messages()[0].status]
    for _ in range(2):
        running.advance(1800)
        seen.append(running.messages()[0].status)
    assert seen == [Status.CREATED, Status.SENDING, Status.DELIVERED]


def test_a_message_waits_until_told(start: Start, callback: Callback) -> None:
    running = start(delivery_seconds=None)
    first, second = send(running), send(running, "perm-fail@simulator.notify")
    assert {message.status for message in running.messages()} == {Status.CREATED}
    assert running.advance_statuses() == 2
    assert running.settle()
    assert {r["id"]: r["status"] for r in callback.posted} == {
        first: "delivered",
        second: "permanent-failure",
    }


def test_a_final_status_stays(start: Start, callback: Callback) -> None:
    running = start()
    message_id = send(running)
    assert not running.set_status(message_id, Status.PERMANENT_FAILURE)
    assert running.settle()
    assert len(callback.posted) == 1


def test_a_text_abroad_is_sent_and_may_still_fail(start: Start, callback: Callback) -> None:
    running = start()
    client = client_of(running)
    sent = client.send_sms_notification("+33612345678", "5e4d2002-0000-4000-8000-000000000000", {"body": "Hello"})
    assert client.get_notification_by_id(sent["id"])["status"] == "sent"
    assert callback.posted == []
    assert running.set_status(sent["id"], Status.PERMANENT_FAILURE)
    assert running.settle()
    assert len(callback.posted) == 1


def test_an_early_receipt_comes_before_the_answer(start: Start, callback: Callback) -> None:
    running = start(delivery_seconds=None)
    running.faults.add(FaultKind.RECEIPT_EARLY)
    message_id = send(running)
    assert [receipt["id"] for receipt in callback.posted] == [message_id]


def test_receipts_may_be_dropped_repeated_late_or_reordered(start: Start, callback: Callback) -> None:
    running = start()
    running.faults.add(FaultKind.RECEIPT_DROPPED)
    send(running, reference="dropped")
    running.faults.add(FaultKind.RECEIPT_REPEATED)
    send(running, reference="repeated")
    assert running.settle()
    running.faults.add(FaultKind.RECEIPT_LATE, seconds=600)
    send(running, reference="late")
    running.faults.add(FaultKind.RECEIPT_REORDERED, seconds=9999)
    send(running, reference="overtaken")
    send(running, reference="overtaking")
    assert running.settle()
    assert [receipt["reference"] for receipt in callback.posted] == [
        "repeated",
        "repeated",
        "overtaking",
        "overtaken",
    ]
    running.advance(600)
    assert running.settle()
    assert callback.posted[-1]["reference"] == "late"


def test_a_receipt_that_nothing_overtakes_comes_all_the_same(start: Start, callback: Callback) -> None:
    running = start()
    running.faults.add(FaultKind.RECEIPT_REORDERED, seconds=30)
    send(running)
    running.advance(30)
    assert running.settle()
    assert len(callback.posted) == 1


def test_receipts_go_over_http_to_where_they_are_sent(standin: RunningStandin) -> None:
    with RunningStandin() as other:
        standin.send_receipts_to(f"{other.url}/standin/faults", "a-long-token")
        send(standin)
        assert standin.settle()
        standin.send_receipts_to(f"{other.url}/nowhere")
        send(standin)
        assert standin.settle()
    send(standin)
    assert standin.settle()
    standin.send_receipts_to(None)
    send(standin)
    answers = [[attempt.answer for attempt in message.receipts] for message in standin.messages()]
    assert answers == [[], [None], [404], [400]]
