"""What a key may send to whom, and the limits met on the way."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from engage.notify.standin import (
    EMAIL_TEMPLATE_ID,
    LETTER_TEMPLATE_ID,
    TEXT_TEMPLATE_ID,
    Channel,
    RunningStandin,
    SmsFlavour,
    Template,
    load_templates,
)
from tests.notify.standin.conftest import client_of
from tests.notify.standin.test_contract import ADDRESS, refusal

Start = Callable[..., RunningStandin]
WORDS = {"subject": "Your views", "body": "Hello"}


def send_text(client: NotificationsAPIClient, to: str = "07700900123") -> dict[str, Any]:
    sent: dict[str, Any] = client.send_sms_notification(to, TEXT_TEMPLATE_ID, {"body": "Hello"})
    return sent


def test_past_the_rate_every_send_is_refused_even_a_faulty_one(start: Start) -> None:
    running = start(rate=6)
    client = client_of(running)
    send_text(client)
    with pytest.raises(HTTPError) as error:
        client.send_sms_notification("none", TEXT_TEMPLATE_ID)
    assert refusal(error) == (400, "ValidationError")
    with pytest.raises(HTTPError) as error:
        send_text(client)
    assert refusal(error) == (429, "RateLimitError")
    assert "Retry-After" not in error.value.response.headers
    client.post_template_preview(TEXT_TEMPLATE_ID, {"body": "x"})
    running.advance(21)
    send_text(client)


def test_past_the_days_limit_even_a_smoke_test_is_refused_until_midnight(start: Start) -> None:
    running = start(daily_sms=1)
    client = client_of(running)
    send_text(client, "07700900000")
    send_text(client)
    for number in ("07700900123", "07700900000"):
        with pytest.raises(HTTPError) as error:
            send_text(client, number)
        assert refusal(error) == (429, "TooManyRequestsError")
    send_text(client_of(running, running.test_key))
    running.advance(24 * 3600)
    send_text(client)


def test_foreign_numbers_have_a_limit_of_their_own_and_may_be_off(start: Start) -> None:
    client = client_of(start(daily_international_sms=0))
    with pytest.raises(HTTPError) as error:
        send_text(client, "+33612345678")
    assert refusal(error) == (429, "TooManyRequestsError")
    with pytest.raises(HTTPError) as error:
        send_text(client_of(start(international_sms=False)), "+33612345678")
    assert refusal(error) == (400, "BadRequestError")


def test_a_uk_landline_gets_no_texts(live: NotificationsAPIClient) -> None:
    with pytest.raises(HTTPError) as error:
        send_text(live, "020 7946 0000")
    assert refusal(error) == (400, "InvalidPhoneError")


def test_a_team_key_reaches_only_the_team_and_sends_no_letters(start: Start) -> None:
    running = start(team_and_guests=frozenset({"07700 900123", "bronwen@example.org"}))
    client = client_of(running, running.team_key)
    send_text(client, "+447700900123")
    client.send_email_notification("Bronwen@example.org", EMAIL_TEMPLATE_ID, WORDS)
    for number in ("07700900124", "07700900000"):
        with pytest.raises(HTTPError, match="using a team-only API key") as error:
            send_text(client, number)
        assert refusal(error) == (400, "BadRequestError")
    with pytest.raises(HTTPError) as error:
        client.send_letter_notification(LETTER_TEMPLATE_ID, {**ADDRESS, **WORDS})
    assert refusal(error) == (403, "BadRequestError")


def test_a_trial_service_reaches_only_the_team_with_a_live_key(start: Start) -> None:
    client = client_of(start(service_is_live=False))
    with pytest.raises(HTTPError, match="trial mode") as error:
        send_text(client)
    assert refusal(error) == (400, "BadRequestError")
    with pytest.raises(HTTPError, match="trial mode") as error:
        client.send_letter_notification(LETTER_TEMPLATE_ID, {**ADDRESS, **WORDS})
    assert refusal(error) == (403, "BadRequestError")


def test_a_live_key_sends_letters(standin: RunningStandin, live: NotificationsAPIClient) -> None:
    sent = live.send_letter_notification(LETTER_TEMPLATE_ID, {**ADDRESS, **WORDS})
    told = live.get_notification_by_id(sent["id"])
    assert (told["status"], told["line_1"], told["postcode"]) == ("received", "Amina Example", "SW1A 1AA")
    assert told["cost_details"] == {"billable_sheets_of_paper": 1, "postage": "second"}
    assert standin.messages(channel=Channel.LETTER)[0].to == "Amina Example, 1 Example Street, SW1A 1AA"
    with pytest.raises(HTTPError) as error:
        live.get_pdf_for_letter(sent["id"])
    assert refusal(error) == (400, "PDFNotReadyError")


def test_a_channel_that_is_off_is_refused(start: Start) -> None:
    client = client_of(start(channels=frozenset({Channel.EMAIL})))
    with pytest.raises(HTTPError, match="Service is not allowed to send letters") as error:
        client.send_letter_notification(LETTER_TEMPLATE_ID, {**ADDRESS, **WORDS})
    assert refusal(error) == (400, "BadRequestError")


def test_files_are_refused(live: NotificationsAPIClient) -> None:
    with pytest.raises(HTTPError, match="Send files by email has not been set up") as error:
        live.send_email_notification("a@example.org", EMAIL_TEMPLATE_ID, {**WORDS, "f": {"file": "eA=="}})
    assert refusal(error) == (400, "BadRequestError")


def test_the_service_name_counts_towards_parts_and_not_towards_the_limit(start: Start) -> None:
    running = start(service_name="Kingston SEND")
    client = client_of(running)
    sent = client.send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": "a" * 160})
    assert client.get_notification_by_id(sent["id"])["cost_details"]["billable_sms_fragments"] == 2
    assert running.messages()[0].text.startswith("Kingston SEND: aaa")


def test_a_downgrading_service_turns_tamil_into_question_marks(start: Start) -> None:
    client = client_of(start(sms_flavour=SmsFlavour.DOWNGRADE))
    sent = client.send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": "எப்படி"})
    assert set(sent["content"]["body"]) == {"?"}


def test_a_changed_template_has_a_new_version_and_a_deleted_one_sends_nothing(start: Start) -> None:
    template = Template(id="5e4d2009-0000-4000-8000-000000000000", type=Channel.SMS, name="t", body="Old")
    running = start(templates=(template,))
    client = client_of(running)
    running.service.templates.add(template.model_copy(update={"body": "New ((name))"}))
    assert client.get_template(template.id)["version"] == 2
    assert client.get_template(template.id)["personalisation"] == {"name": {"required": True}}
    assert client.get_template_version(template.id, 1)["body"] == "Old"
    running.service.templates.add(template.model_copy(update={"archived": True}))
    with pytest.raises(HTTPError, match="Template has been deleted") as error:
        client.send_sms_notification("07700900123", template.id)
    assert refusal(error) == (400, "BadRequestError")
    assert client.get_all_templates()["templates"] == []


def test_a_letter_that_is_a_pdf_already_is_taken(live: NotificationsAPIClient) -> None:
    sent = live.send_precompiled_letter_notification("engage.1", BytesIO(b"%PDF-1.4"), postage="first")
    assert (sent["reference"], sent["postage"]) == ("engage.1", "first")
    assert live.get_notification_by_id(sent["id"])["status"] == "received"
    with pytest.raises(HTTPError) as error:
        live.send_precompiled_letter_notification("engage.1", BytesIO(b"%PDF-1.4"), postage="third")
    assert refusal(error) == (400, "ValidationError")


def test_a_qr_code_may_be_too_long(live: NotificationsAPIClient) -> None:
    words = {"subject": "x", "body": "qr: https://a.example/" + "x" * 500}
    with pytest.raises(HTTPError, match="QR code") as error:
        live.send_letter_notification(LETTER_TEMPLATE_ID, {**ADDRESS, **words})
    assert refusal(error) == (400, "ValidationError")


def test_nobody_texts_the_stand_in(live: NotificationsAPIClient) -> None:
    assert list(live.get_received_texts_iterator()) == []


def test_templates_come_from_a_file(tmp_path: Path, start: Start) -> None:
    template_id = "5e4d2009-0000-4000-8000-000000000000"
    file = tmp_path / "templates.json"
    file.write_text(json.dumps([{"id": template_id, "type": "sms", "name": "t", "body": "Hi ((name))"}]))
    client = client_of(start(templates=load_templates(file)))
    sent = client.send_sms_notification("07700900123", template_id, {"name": "Amina"})
    assert sent["content"]["body"] == "Hi Amina"
