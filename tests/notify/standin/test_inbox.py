"""The inbox as people and programs read it."""

from pathlib import Path
from typing import Any

import html5lib
import pytest
import requests
from notifications_python_client.notifications import NotificationsAPIClient

from engage.notify.standin import (
    EMAIL_TEMPLATE_ID,
    LETTER_TEMPLATE_ID,
    TEXT_TEMPLATE_ID,
    RunningStandin,
    StandinConfig,
    Status,
)
from tests.notify.standin.conftest import client_of
from tests.notify.standin.test_contract import ADDRESS

LINK = "https://engage.example/r/abc"


def page(running: RunningStandin, path: str = "/", status_code: int = 200) -> str:
    answer = requests.get(running.url + path, timeout=5)
    assert answer.status_code == status_code
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer.text


def inbox(running: RunningStandin, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{running.url}/inbox.json", params=query, timeout=5).json()["messages"]
    return found


@pytest.fixture
def sent(live: NotificationsAPIClient) -> dict[str, str]:
    words = {"subject": "Your <b>views</b>", "body": f"# Hello\n\nGo to {LINK}.\n\n<script>x</script>"}
    email = live.send_email_notification(
        "amina@example.org", EMAIL_TEMPLATE_ID, words, one_click_unsubscribe_url=f"{LINK}/stop"
    )
    text = live.send_sms_notification("07700 900123", TEXT_TEMPLATE_ID, {"body": f"Hello <b> {LINK}"})
    letter = live.send_letter_notification(LETTER_TEMPLATE_ID, {**ADDRESS, **words})
    return {"email": email["id"], "sms": text["id"], "letter": letter["id"]}


def test_an_empty_inbox_says_so(standin: RunningStandin) -> None:
    assert "No messages yet." in page(standin)
    assert "No messages match." in page(standin, "/?to=nobody")


def test_the_inbox_lists_every_message_newest_first(standin: RunningStandin, sent: dict[str, str]) -> None:
    shown = page(standin)
    assert shown.index(sent["letter"]) < shown.index(sent["sms"]) < shown.index(sent["email"])
    assert "Your &lt;b&gt;views&lt;/b&gt;" in shown
    assert "<caption>All messages, newest first (3 shown of 3 held)</caption>" in shown


@pytest.mark.parametrize(
    ("query", "kind"),
    [("to=AMINA@", "email"), ("to=07700900123", "sms"), ("channel=letter", "letter"), ("to=447700900123", "sms")],
)
def test_the_inbox_finds_by_recipient_and_kind(
    standin: RunningStandin, sent: dict[str, str], query: str, kind: str
) -> None:
    shown = page(standin, f"/?{query}")
    assert [name for name, message_id in sent.items() if message_id in shown] == [kind]


def test_an_email_is_shown_as_its_reader_sees_it(standin: RunningStandin, sent: dict[str, str]) -> None:
    shown = page(standin, f"/messages/{sent['email']}")
    assert "<h2>Hello</h2>" in shown
    assert f'<a href="{LINK}" rel="noopener noreferrer">' in shown
    assert "<script>" not in shown
    assert f"{LINK}/stop" in shown


def test_a_text_is_shown_with_its_prefix_and_parts(standin: RunningStandin, sent: dict[str, str]) -> None:
    shown = page(standin, f"/messages/{sent['sms']}")
    assert f'Engage: Hello &lt;b&gt; <a href="{LINK}"' in shown
    assert "<dt>Parts</dt><dd>1 (" in shown


def test_a_letter_is_shown_with_its_address(standin: RunningStandin, sent: dict[str, str]) -> None:
    assert "<address>Amina Example\n1 Example Street\nSW1A 1AA</address>" in page(
        standin, f"/messages/{sent['letter']}"
    )


def test_receipts_are_shown_with_the_answer_they_had(standin: RunningStandin) -> None:
    standin.send_receipts_to(f"{standin.url}/nowhere")
    client_of(standin).send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": "x"})
    assert standin.settle()
    standin.send_receipts_to(None)
    shown = page(standin, f"/messages/{standin.messages()[0].id}")
    assert "Receipts posted to the service" in shown
    assert ">404<" in shown


def test_a_message_that_is_not_there_is_a_page_that_says_so(standin: RunningStandin) -> None:
    assert "No such message" in page(standin, "/messages/none", 404)
    assert requests.get(f"{standin.url}/messages/none.json", timeout=5).status_code == 404


def test_programs_read_messages_with_their_links(standin: RunningStandin, sent: dict[str, str]) -> None:
    [text] = inbox(standin, channel="sms")
    assert text["links"] == [LINK]
    assert text["text"] == f"Engage: Hello <b> {LINK}"
    assert text == requests.get(f"{standin.url}/messages/{sent['sms']}.json", timeout=5).json()
    assert [message["id"] for message in inbox(standin, to="amina@example.org")] == [sent["email"]]
    since = text["created_at"]
    assert [message["id"] for message in inbox(standin, since=since)] == [sent["letter"]]
    assert requests.get(f"{standin.url}/inbox.json?since=never", timeout=5).status_code == 400


def test_older_messages_are_a_page_away(standin: RunningStandin, live: NotificationsAPIClient) -> None:
    for number in range(52):
        live.send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": f"number {number}."})
    first = page(standin)
    oldest = standin.messages()[49].id
    assert f"older_than={oldest}" in first
    second = page(standin, f"/?older_than={oldest}")
    assert "number 1." in second
    assert "number 2." not in second


def test_reading_changes_nothing(standin: RunningStandin, sent: dict[str, str]) -> None:
    before = inbox(standin)
    for message_id in sent.values():
        page(standin, f"/messages/{message_id}")
    assert inbox(standin) == before


def test_the_inbox_is_kept_over_a_restart(tmp_path: Path) -> None:
    config = StandinConfig(storage=tmp_path / "notify" / "inbox.sqlite", delivery_seconds=None)
    with RunningStandin(config) as first:
        client_of(first).send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": "one"})
        first.advance_statuses()
        client_of(first).send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": "two"})
        before = inbox(first)
    with RunningStandin(config) as second:
        assert inbox(second) == before
        second.advance_statuses()
        client_of(second).send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": "three"})
        assert [message.body for message in second.messages(status=Status.DELIVERED)] == ["two", "one"]
        second.reset()
    with RunningStandin(config) as third:
        assert inbox(third) == []
