"""The audit, as an administrator reads it."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.core.audit import PUBLIC, SYSTEM, record, staff_actor
from tests.browser_client import StrictClient
from tests.conftest import MONDAY


@pytest.fixture
def desk(
    client: StrictClient, administrator: Staff, sign_in: Callable[[StrictClient, Staff], StrictClient]
) -> StrictClient:
    return sign_in(client, administrator)


def test_before_anything_has_happened_it_says_what_will_appear(desk: StrictClient) -> None:
    assert "Nothing has happened yet" in desk.get("/staff/audit").text


def test_each_event_says_who_did_what_to_what_and_when(desk: StrictClient, session: Session, callum: Staff) -> None:
    record(session, "case.taken", "case", 7, by=staff_actor(callum.id), now=MONDAY, owner="staff:3")
    page = desk.get("/staff/audit").text
    for words in ("Callum Quality", "Case: taken", "Case 7", "Owner: staff:3", "9:30am, Monday 2 March 2026"):
        assert words in page


def test_it_can_be_read_a_kind_and_a_page_at_a_time(desk: StrictClient, session: Session) -> None:
    for number in range(60):
        record(session, "case.opened", "case", number, by=SYSTEM, now=MONDAY)
    record(session, "register.asked", "registration", 99, by=PUBLIC, now=MONDAY)
    first, second = desk.get("/staff/audit?room=case").text, desk.get("/staff/audit?room=case&page=2").text
    assert "60 events" in first
    assert "Case 59" in first
    assert "Case 0<" in second
    assert "Registration 99" not in first + second
    assert "61 events" in desk.get("/staff/audit?room=nonsense&page=900").text
