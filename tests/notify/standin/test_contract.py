"""What GOV.UK Notify promises its callers, proved with its own client over real HTTP.

The tests that ask for an `account` run against the stand-in and, with these in the environment, against the real
service too; those that ask for `standin` need what only it can do::

    ENGAGE_TEST_NOTIFY_KEY              an API key of type "test"
    ENGAGE_TEST_NOTIFY_EMAIL_TEMPLATE   the id of a template ((subject)) / ((body))
    ENGAGE_TEST_NOTIFY_TEXT_TEMPLATE    the id of a template ((body))
    ENGAGE_TEST_NOTIFY_LETTER_TEMPLATE  the id of a template ((subject)) / ((body))
"""

import os
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import requests
from notifications_python_client.authentication import create_jwt_token
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from engage.notify.standin import EMAIL_TEMPLATE_ID, LETTER_TEMPLATE_ID, TEXT_TEMPLATE_ID, Channel, RunningStandin
from tests.notify.standin.conftest import client_of

REAL = "https://api.notifications.service.gov.uk"
ADDRESS = {
    "address_line_1": "Amina Example",
    "address_line_2": "1 Example Street",
    "address_line_3": "SW1A 1AA",
}


@dataclass
class Account:
    """A service of Notify with a test key and the three templates that pass wording through."""

    url: str
    key: str
    email: str
    text: str
    letter: str

    @property
    def client(self) -> NotificationsAPIClient:
        return NotificationsAPIClient(self.key, base_url=self.url)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> requests.Response:
        token = create_jwt_token(self.key[-36:], self.key[-73:-37])
        given = {"Authorization": f"Bearer {token}"} if headers is None else headers
        return requests.post(self.url + path, json=body, headers=given, timeout=30)

    def send_email(self, to: str = "delivered@simulator.notify", **extra: Any) -> dict[str, Any]:
        return self.client.send_email_notification(to, self.email, {"subject": "Your views", "body": "Hello"}, **extra)


@pytest.fixture(params=["standin", "real"])
def account(request: pytest.FixtureRequest) -> Account:
    if request.param == "real":
        key = os.environ.get("ENGAGE_TEST_NOTIFY_KEY")
        if not key:
            pytest.skip("needs ENGAGE_TEST_NOTIFY_KEY and the ids of its templates")
        ids = (os.environ[f"ENGAGE_TEST_NOTIFY_{kind}_TEMPLATE"] for kind in ("EMAIL", "TEXT", "LETTER"))
        return Account(REAL, key, *ids)
    running: RunningStandin = request.getfixturevalue("standin")
    return Account(running.url, running.test_key, EMAIL_TEMPLATE_ID, TEXT_TEMPLATE_ID, LETTER_TEMPLATE_ID)


def refusal(error: pytest.ExceptionInfo[HTTPError]) -> tuple[int, str]:
    """The status code and the type of the first error: what callers may rely on."""
    return error.value.status_code, error.value.message[0]["error"]


def final_status(client: NotificationsAPIClient, message_id: str) -> str:
    for _ in range(60):
        status: str = client.get_notification_by_id(message_id)["status"]
        if status not in {"created", "sending", "pending"}:
            return status
        time.sleep(0.5)
    return status


def test_an_email_is_accepted_with_its_content_and_reference(account: Account) -> None:
    sent = account.send_email(reference="engage.contract.1")
    assert sent["reference"] == "engage.contract.1"
    assert sent["scheduled_for"] is None
    assert sent["content"]["subject"] == "Your views"
    assert sent["content"]["body"] == "Hello"
    assert "@" in sent["content"]["from_email"]
    assert sent["template"]["id"] == account.email
    assert sent["uri"].endswith(f"/v2/notifications/{sent['id']}")


def test_a_text_is_accepted_without_its_prefix_in_the_content(account: Account) -> None:
    sent = account.client.send_sms_notification("07700900001", account.text, {"body": "Hello"})
    assert sent["content"]["body"] == "Hello"
    assert sent["content"]["from_number"]


def test_a_letter_is_accepted_and_received_with_a_test_key(account: Account) -> None:
    sent = account.client.send_letter_notification(
        account.letter, {**ADDRESS, "subject": "Your views", "body": "Hello"}
    )
    assert sent["content"]["subject"] == "Your views"
    assert final_status(account.client, sent["id"]) in {"accepted", "received"}


@pytest.mark.parametrize(
    ("to", "status"),
    [
        ("delivered@simulator.notify", "delivered"),
        ("temp-fail@simulator.notify", "temporary-failure"),
        ("perm-fail@simulator.notify", "permanent-failure"),
    ],
)
def test_simulated_emails_come_to_their_status(account: Account, to: str, status: str) -> None:
    assert final_status(account.client, account.send_email(to)["id"]) == status


@pytest.mark.parametrize(
    ("to", "status"),
    [
        ("07700900001", "delivered"),
        ("07700900003", "temporary-failure"),
        ("+44 7700 900002", "permanent-failure"),
    ],
)
def test_simulated_texts_come_to_their_status(account: Account, to: str, status: str) -> None:
    sent = account.client.send_sms_notification(to, account.text, {"body": "Hello"})
    assert final_status(account.client, sent["id"]) == status


def test_a_smoke_test_recipient_is_answered_but_not_stored(account: Account) -> None:
    sent = account.send_email("simulate-delivered@notifications.service.gov.uk")
    with pytest.raises(HTTPError) as error:
        account.client.get_notification_by_id(sent["id"])
    assert refusal(error) == (404, "NoResultFound")


def test_a_message_tells_all_that_is_known_of_it(account: Account) -> None:
    sent = account.client.send_sms_notification("07700900001", account.text, {"body": "Hello"})
    final_status(account.client, sent["id"])
    told = account.client.get_notification_by_id(sent["id"])
    assert told["phone_number"] == "07700900001"
    assert told["email_address"] is None
    assert told["type"] == "sms"
    assert told["body"] == "Hello"
    assert told["created_at"].endswith("Z")
    assert told["completed_at"].endswith("Z")
    assert told["cost_details"]["billable_sms_fragments"] == 1


def test_the_same_reference_twice_makes_two_messages(account: Account) -> None:
    reference = f"engage.{uuid4().hex}"
    first, second = account.send_email(reference=reference), account.send_email(reference=reference)
    found = account.client.get_all_notifications(reference=reference)
    assert [message["id"] for message in found["notifications"]] == [second["id"], first["id"]]


def test_a_list_has_a_next_link_until_it_is_empty(account: Account) -> None:
    reference = f"engage.{uuid4().hex}"
    sent = account.send_email(reference=reference)
    page = account.client.get_all_notifications(reference=reference)
    assert page["links"]["next"]
    beyond = account.client.get_all_notifications(reference=reference, older_than=sent["id"])
    assert beyond["notifications"] == []
    assert "next" not in beyond["links"]


def test_a_list_older_than_an_unknown_message_is_empty(account: Account) -> None:
    assert account.client.get_all_notifications(older_than=str(uuid4()))["notifications"] == []


def test_failed_stands_for_every_failure(account: Account) -> None:
    reference = f"engage.{uuid4().hex}"
    for to in ("perm-fail@simulator.notify", "temp-fail@simulator.notify", "delivered@simulator.notify"):
        final_status(account.client, account.send_email(to, reference=reference)["id"])
    found = account.client.get_all_notifications(status="failed", reference=reference)["notifications"]
    assert {message["status"] for message in found} == {"permanent-failure", "temporary-failure"}


def test_a_template_names_its_placeholders(account: Account) -> None:
    told = account.client.get_template(account.email)
    assert told["type"] == "email"
    assert set(told["personalisation"]) == {"subject", "body"}
    assert account.client.get_template_version(account.email, told["version"])["body"] == told["body"]
    assert account.email in [t["id"] for t in account.client.get_all_templates("email")["templates"]]


def test_a_preview_sends_nothing_and_shows_the_email_as_html(account: Account) -> None:
    shown = account.client.post_template_preview(account.email, {"subject": "Hi", "body": "# Hello"})
    assert shown["subject"] == "Hi"
    assert shown["body"] == "# Hello"
    assert "<h2" in shown["html"]


def test_names_of_placeholders_ignore_case_and_dashes(account: Account) -> None:
    sent = account.client.send_sms_notification("07700900001", account.text, {"BO_DY": "Hello", "extra": "x"})
    assert sent["content"]["body"] == "Hello"


def test_sanitised_values_lose_their_links(account: Account) -> None:
    sent = account.client.send_email_notification(
        "delivered@simulator.notify",
        account.email,
        {"subject": "Hi", "body": "[Amina](https://evil.example)"},
        sanitise_content_for=["body"],
    )
    assert "https://evil.example" not in sent["content"]["body"]
    assert sent["sanitised_content"]["body"]["unsanitised"] == "[Amina](https://evil.example)"


@pytest.mark.parametrize(
    ("body", "status_code", "kind"),
    [
        ({}, 400, "ValidationError"),
        ({"email_address": "amina"}, 400, "ValidationError"),
        ({"email_address": "é@example.org"}, 400, "ValidationError"),
        ({"template_id": "none"}, 400, "ValidationError"),
        ({"template_id": str(uuid4())}, 400, "BadRequestError"),
        ({"personalisation": {"subject": "x"}}, 400, "BadRequestError"),
        ({"personalisation": {"subject": "x", "body": None}}, 400, "BadRequestError"),
        ({"reference": "x" * 1001}, 400, "ValidationError"),
        ({"one_click_unsubscribe_url": "http://example.org"}, 400, "ValidationError"),
        ({"email_reply_to_id": str(uuid4())}, 400, "BadRequestError"),
        ({"foo": 1}, 400, "ValidationError"),
    ],
)
def test_a_faulty_email_is_refused(account: Account, body: dict[str, Any], status_code: int, kind: str) -> None:
    sound = {
        "email_address": "delivered@simulator.notify",
        "template_id": account.email,
        "personalisation": {"subject": "x", "body": "y"},
    }
    answer = account.post("/v2/notifications/email", {**sound, **body} if body else {})
    told = answer.json()
    assert (answer.status_code, told["status_code"]) == (status_code, status_code)
    assert told["errors"][0]["error"] == kind
    assert told["errors"][0]["message"]


def test_every_fault_of_shape_is_listed(account: Account) -> None:
    errors = account.post("/v2/notifications/sms", {}).json()["errors"]
    assert [error["message"] for error in errors] == [
        "phone_number is a required property",
        "template_id is a required property",
    ]


@pytest.mark.parametrize("number", ["0712345", "077009o0001", "0612345678", ""])
def test_a_number_that_cannot_be_is_refused(account: Account, number: str) -> None:
    with pytest.raises(HTTPError) as error:
        account.client.send_sms_notification(number, account.text, {"body": "Hello"})
    assert refusal(error) == (400, "ValidationError")


def test_a_text_may_be_918_characters_long_and_no_more(account: Account) -> None:
    account.client.send_sms_notification("07700900001", account.text, {"body": "a" * 918})
    with pytest.raises(HTTPError) as error:
        account.client.send_sms_notification("07700900001", account.text, {"body": "a" * 919})
    assert refusal(error) == (400, "BadRequestError")


def test_an_empty_text_is_refused(account: Account) -> None:
    with pytest.raises(HTTPError) as error:
        account.client.send_sms_notification("07700900001", account.text, {"body": " "})
    assert refusal(error) == (400, "BadRequestError")


def test_a_template_of_another_kind_is_refused(account: Account) -> None:
    with pytest.raises(HTTPError) as error:
        account.client.send_sms_notification("07700900001", account.email, {"subject": "x", "body": "y"})
    assert refusal(error) == (400, "BadRequestError")


@pytest.mark.parametrize("lines", [["Amina", "SW1A 1AA"], ["Amina", "1 Example Street", "Nowhere"]])
def test_a_letter_needs_three_lines_and_a_postcode(account: Account, lines: list[str]) -> None:
    address = {f"address_line_{number}": line for number, line in enumerate(lines, start=1)}
    with pytest.raises(HTTPError) as error:
        account.client.send_letter_notification(account.letter, {**address, "subject": "x", "body": "y"})
    assert refusal(error) == (400, "ValidationError")


def test_unknown_messages_and_templates_are_not_found(account: Account) -> None:
    for ask in (account.client.get_notification_by_id, account.client.get_template):
        with pytest.raises(HTTPError) as error:
            ask(str(uuid4()))
        assert refusal(error) == (404, "NoResultFound")


def test_an_id_that_is_none_is_a_fault_of_shape(account: Account) -> None:
    with pytest.raises(HTTPError) as error:
        account.client.get_notification_by_id("none")
    assert refusal(error) == (400, "ValidationError")


def test_what_is_not_json_is_refused(account: Account) -> None:
    token = create_jwt_token(account.key[-36:], account.key[-73:-37])
    answer = requests.post(
        f"{account.url}/v2/notifications/sms",
        data="{",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"error": "BadRequestError", "message": "Invalid JSON supplied in POST data"}]


def test_without_a_token_nothing_is_done(account: Account) -> None:
    for headers in ({}, {"Authorization": "Basic abc"}):
        answer = account.post("/v2/notifications/sms", {}, headers)
        assert (answer.status_code, answer.json()["errors"][0]["error"]) == (401, "AuthError")


def test_a_token_of_an_unknown_key_is_refused(account: Account) -> None:
    token = create_jwt_token(str(uuid4()), account.key[-73:-37])
    answer = account.post("/v2/notifications/sms", {}, {"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["errors"][0]["error"]) == (403, "AuthError")


def test_a_reference_with_a_nul_is_an_error_of_the_service(account: Account) -> None:
    with pytest.raises(HTTPError) as error:
        account.send_email(reference="a\0b")
    assert error.value.status_code == 500


def test_a_key_lists_only_messages_of_its_own_type_but_finds_all(standin: RunningStandin) -> None:
    live, test = client_of(standin), client_of(standin, standin.test_key)
    sent = live.send_email_notification("a@example.org", EMAIL_TEMPLATE_ID, {"subject": "x", "body": "y"})
    assert test.get_all_notifications()["notifications"] == []
    assert test.get_notification_by_id(sent["id"])["id"] == sent["id"]
    assert len(live.get_all_notifications()["notifications"]) == 1


def test_pages_hold_250_and_the_iterator_stops_early_on_a_bare_uuid(standin: RunningStandin) -> None:
    client, bare, named = client_of(standin), str(uuid4()), "engage.many"
    for number in range(251):
        standin.service.accept(
            Channel.SMS,
            {
                "phone_number": "07700900001",
                "template_id": TEXT_TEMPLATE_ID,
                "personalisation": {"body": str(number)},
                "reference": bare,
            },
            key=standin.config.keys[0],
            root=standin.url,
        )
    assert len(client.get_all_notifications(reference=bare)["notifications"]) == 250
    assert len(list(client.get_all_notifications_iterator(reference=bare))) == 250
    assert len(list(client.get_all_notifications_iterator())) == 251
    assert list(client.get_all_notifications_iterator(reference=named)) == []
