"""GOV.UK Notify's receipts at the door."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engage.core.db import Database
from engage.notify.models import Receipt
from tests.browser_client import StrictClient

PATH = "/hooks/notify/receipts"
TOKEN = {"Authorization": "Bearer a-token-for-receipts"}


def receipt(**given: Any) -> dict[str, Any]:
    return {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": "a-reference",
        "to": "parent@example.org",
        "status": "delivered",
        "created_at": "2026-03-02T09:30:00.000000Z",
        "completed_at": "2026-03-02T09:30:01.000000Z",
        "sent_at": "2026-03-02T09:30:00.500000Z",
        "notification_type": "email",
        "template_id": "33333333-3333-4333-8333-333333333333",
        "template_version": 1,
    } | given


def test_a_receipt_is_stored_and_answered_without_a_word(client: StrictClient, session: Session) -> None:
    answer = client.post(PATH, json=receipt(), headers=TOKEN)
    assert (answer.status_code, answer.data) == (204, b"")
    assert session.scalars(select(Receipt.status)).all() == ["delivered"]


def test_the_same_receipt_twice_is_no_mistake(client: StrictClient) -> None:
    assert [client.post(PATH, json=receipt(), headers=TOKEN).status_code for _ in range(2)] == [204, 204]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer another",
        "Bearer ",
        "Bearer é",
        TOKEN["Authorization"].removeprefix("Bearer "),
        "Basic a-token-for-receipts",
    ],
)
def test_only_our_notify_is_heard(client: StrictClient, session: Session, authorization: str) -> None:
    assert client.post(PATH, json=receipt(), headers={"Authorization": authorization}).status_code == 401
    assert session.scalar(select(func.count(Receipt.id))) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"delivered"',
        b"{}",
        b'{"id": 7, "status": "delivered"}',
        b'{"id": "x", "status": null}',
        b"[" * 19_000,
        b'{"id": ' + b"[" * 19_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
        b'{"id": ["x"], "reference": {"a": 1}, "status": 5, "completed_at": []}',
        b'{"id": "\\ud800\\u0000", "reference": "\\u0000", "status": "delivered", "to": "\\ud800"}',
        b'{"id": "x", "status": "delivered", "completed_at": "yesterday"}',
    ],
)
def test_what_is_no_receipt_is_refused_for_good(client: StrictClient, session: Session, body: bytes) -> None:
    assert client.post(PATH, data=body, headers=TOKEN).status_code == 400
    assert session.scalar(select(func.count(Receipt.id))) == 0


def test_a_body_far_larger_than_any_receipt_is_refused(client: StrictClient) -> None:
    assert client.post(PATH, json=receipt(reference="x" * 30_000), headers=TOKEN).status_code == 413


def test_notify_is_asked_to_come_again_while_the_database_is_away(client: StrictClient, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE receipt RENAME TO receipt_away"))
    assert client.post(PATH, json=receipt(), headers=TOKEN).status_code == 503


@pytest.mark.parametrize("path", [PATH, "/hooks/notify/returned-letters"])
def test_notify_is_asked_to_come_again_while_the_database_cannot_even_be_reached(
    path: str, client: StrictClient, session: Session, cut_off: Callable[[], None]
) -> None:
    session.close()
    cut_off()
    answer = client.post(path, json=receipt(notification_id="740e5834-3a29-46b4-9a6f-16142fde533a"), headers=TOKEN)
    assert (answer.status_code, answer.data) == (503, b"")


def test_a_returned_letter_is_stored_too_and_only_from_our_notify(client: StrictClient, session: Session) -> None:
    body = {"notification_id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": None, "date_sent": "2026-03-02"}
    path = "/hooks/notify/returned-letters"
    assert client.post(path, json=body).status_code == 401
    assert client.post(path, json={"id": "x", "status": "delivered"}, headers=TOKEN).status_code == 400
    assert client.post(path, json=body, headers=TOKEN).status_code == 204
    assert session.scalars(select(Receipt.status)).all() == ["returned-letter"]
