"""The demonstration clock at its door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff, StaffSession
from engage.app import create_app
from engage.core.audit import AuditEvent
from engage.core.demonstration_clock import shift
from engage.core.working_days import ContactHours
from engage.jobs.wiring import House
from engage.web.staff.clock import next_opening
from tests.browser_client import StrictClient
from tests.conftest import SettableClock, make_settings

SignIn = Callable[[StrictClient, Staff], StrictClient]


def test_the_page_says_what_time_it_is(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> None:
    page = sign_in(client, bronwen).get("/staff/clock").text
    assert "It is 9:30am, Monday 2 March 2026" in page
    assert "To 9am, Tuesday 3 March 2026" in page


@pytest.mark.parametrize(("by", "passes"), [("day", 86_400), ("week", 7 * 86_400), ("three_weeks", 21 * 86_400)])
def test_a_press_lets_time_pass_and_is_written_down(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session, by: str, passes: int
) -> None:
    sign_in(client, bronwen)
    assert client.post("/staff/clock", data={"by": by}).location == "/staff/clock"
    assert shift(session) == timedelta(seconds=passes)
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.kind == "clock.moved"))
    assert event.detail == {"seconds": passes}


def test_the_next_contact_hour_is_reached_and_not_just_missed(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session, clock: SettableClock
) -> None:
    sign_in(client, bronwen).post("/staff/clock", data={"by": "hours"})
    assert ContactHours().allows(clock.now() + shift(session))


def test_whoever_turns_the_clock_stays_signed_in(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session, clock: SettableClock
) -> None:
    sign_in(client, bronwen)
    kept = session.scalars(select(StaffSession)).one()
    before = kept.expires_at
    session.commit()
    client.post("/staff/clock", data={"by": "three_weeks"})
    session.expire_all()
    assert kept.expires_at == before + timedelta(weeks=3)


def test_time_does_not_pass_by_a_look_or_by_nonsense(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    sign_in(client, bronwen).get("/staff/clock")
    assert client.post("/staff/clock", data={"by": "a century"}).status_code == 422
    assert shift(session) == timedelta(0)


def test_outside_a_demonstration_there_is_no_such_clock(
    house: House, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    real = replace(house, settings=make_settings(database_url=house.database.url, demonstration=False))
    app = create_app(house=real)
    client = sign_in(StrictClient(app, app.response_class, before=session.commit), bronwen)
    assert client.get("/staff/clock").status_code == 404
    assert client.post("/staff/clock", data={"by": "day"}).status_code == 404


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)),  # before hours
        (datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)),  # Saturday, then no Sunday
        (datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)),  # the clocks go forward
    ],
)
def test_the_next_opening_is_always_ahead(at: datetime, opens: datetime) -> None:
    assert next_opening(at) == opens
