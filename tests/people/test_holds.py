"""Holds: placed once, seen by everybody, and lifted by a second person."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core.audit import SYSTEM, AuditEvent, staff_actor
from engage.core.errors import Conflict, NotAllowed
from engage.people.holds import lift_hold, place_hold
from engage.people.models import Hold, HoldReason
from tests import factories

BRONWEN, CALLUM = staff_actor(1), staff_actor(2)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)))


def test_the_same_reason_twice_is_one_hold_and_another_reason_is_another(session: Session) -> None:
    person = factories.parent_carer(session)
    first = place_hold(
        session,
        person,
        HoldReason.BEREAVEMENT,
        by=BRONWEN,
        now=factories.AT,
        note="Told by school",
        review_on=date(2026, 6, 1),
    )
    assert place_hold(session, person, HoldReason.BEREAVEMENT, by=CALLUM, now=factories.AT) is first
    second = place_hold(session, person, HoldReason.SAFEGUARDING, by=SYSTEM, now=factories.AT)
    assert session.scalars(select(Hold).order_by(Hold.id)).all() == [first, second]
    assert (first.placed_by, first.note, first.review_on) == ("staff:1", "Told by school", date(2026, 6, 1))
    assert kinds(session) == ["hold.placed", "hold.placed"]


def test_whoever_placed_a_hold_does_not_lift_it(session: Session) -> None:
    hold = place_hold(session, factories.parent_carer(session), HoldReason.DO_NOT_SEND, by=BRONWEN, now=factories.AT)
    with pytest.raises(NotAllowed):
        lift_hold(session, hold, by=BRONWEN, now=factories.AT)
    assert hold.lifted_at is None
    lift_hold(session, hold, by=CALLUM, now=factories.AT)
    lifted: tuple[datetime | None, str | None] = (hold.lifted_at, hold.lifted_by)
    assert lifted == (factories.AT, "staff:2")
    with pytest.raises(Conflict):
        lift_hold(session, hold, by=staff_actor(3), now=factories.AT)
    assert kinds(session) == ["hold.placed", "hold.lifted"]


def test_the_database_itself_refuses_the_same_person_on_both_ends(session: Session) -> None:
    hold = place_hold(session, factories.parent_carer(session), HoldReason.DO_NOT_SEND, by=BRONWEN, now=factories.AT)
    hold.lifted_at, hold.lifted_by = factories.AT, "staff:1"
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_hold_can_be_placed_again_after_it_was_lifted(session: Session) -> None:
    person = factories.parent_carer(session)
    first = place_hold(session, person, HoldReason.BEREAVEMENT, by=BRONWEN, now=factories.AT)
    lift_hold(session, first, by=CALLUM, now=factories.AT)
    assert place_hold(session, person, HoldReason.BEREAVEMENT, by=BRONWEN, now=factories.AT) is not first
