"""The call list, and what each call calls for."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from engage.campaigns import calls
from engage.campaigns.models import CallOutcome, CloseReason, Invitation, InvitationState, Step
from engage.core.audit import staff_actor
from engage.core.errors import Conflict, Invalid, NotFound
from engage.people.models import Channel, ContactPoint, ContactState, Hold, HoldReason
from tests import factories

BRONWEN = staff_actor(1)
NOW = factories.AT


def to_ring(session: Session, **given: Any) -> Invitation:
    """Somebody on the call rung with a mobile and a landline."""
    child, parent = factories.family(session, landline="+442079460123")
    plan_event = factories.plan_event(session, factories.plan(session, child))
    values = {"state": InvitationState.ASKING, "first_asked_at": NOW, "next_step": Step.CLOSE} | given
    invitation = factories.invitation(session, None, parent, plan_event, **values)
    factories.ladder_contact(session, invitation, step=Step.CALL, channel="phone")
    return invitation


def listed(session: Session, **later: float) -> list[tuple[int, str]]:
    session.commit()
    session.expire_all()
    return [(item.invitation.id, item.why_now) for item in calls.call_list(session, now=NOW + timedelta(**later))]


def test_families_on_the_call_rung_longest_waiting_first(session: Session, noise: None) -> None:
    first, second = to_ring(session), to_ring(session)
    first.contacts[0].taken_at = NOW + timedelta(hours=1)
    assert listed(session) == [(second.id, "first_call"), (first.id, "first_call")]
    assert calls.waiting_count(session, now=NOW) == 2


def test_a_mobile_comes_before_a_landline_and_a_dead_number_is_not_rung(session: Session) -> None:
    person = to_ring(session).person
    number = calls.best_number(person)
    assert number is not None
    assert number.channel is Channel.MOBILE
    number.state = ContactState.WRONG_PERSON
    other = calls.best_number(person)
    assert other is not None
    assert other.value == "+442079460123"


def test_whoever_is_held_is_not_on_the_list(session: Session) -> None:
    invitation = to_ring(session)
    factories.hold(session, invitation.plan_event.plan.child)
    assert listed(session) == []


def test_nobody_is_rung_twice_a_day_or_more_than_five_times(session: Session) -> None:
    invitation = to_ring(session)
    for day in range(calls.ENOUGH_TRIES):
        assert len(listed(session, days=day)) == 1
        calls.log_call(session, invitation, CallOutcome.NO_REPLY, by=BRONWEN, now=NOW + timedelta(days=day))
        assert listed(session, days=day, hours=1) == []
    assert listed(session, days=10) == []


def test_a_promised_call_is_first_and_kept_even_after_five_tries(session: Session) -> None:
    promised, other = to_ring(session), to_ring(session)
    for day in range(calls.ENOUGH_TRIES - 1):
        calls.log_call(session, promised, CallOutcome.NO_REPLY, by=BRONWEN, now=NOW + timedelta(days=day))
    at = NOW + timedelta(days=6)
    calls.log_call(session, promised, CallOutcome.CALL_BACK, by=BRONWEN, now=NOW + timedelta(days=5), call_back_at=at)
    assert listed(session, days=5, hours=23) == [(other.id, "first_call")]
    assert listed(session, days=6) == [(promised.id, "call_back"), (other.id, "first_call")]


@pytest.mark.parametrize("hours", [None, 0, -1])
def test_a_call_back_needs_a_time_to_come(session: Session, hours: int | None) -> None:
    at = NOW + timedelta(hours=hours) if hours is not None else None
    with pytest.raises(Invalid) as raised:
        calls.log_call(session, to_ring(session), CallOutcome.CALL_BACK, by=BRONWEN, now=NOW, call_back_at=at)
    assert set(raised.value.fields) == {"call_back_at"}


def test_a_wrong_number_is_never_rung_again(session: Session) -> None:
    invitation = to_ring(session)
    calls.log_call(session, invitation, CallOutcome.WRONG_NUMBER, by=BRONWEN, now=NOW)
    assert [point.state for point in session.scalars(select(ContactPoint).where(ContactPoint.channel == "mobile"))] == [
        ContactState.WRONG_PERSON
    ]
    assert listed(session, days=1) == [(invitation.id, "try_again")]


@pytest.mark.parametrize(
    ("outcome", "reason", "holds"),
    [
        (CallOutcome.DECLINED, CloseReason.REFUSED_ON_PHONE, []),
        (CallOutcome.STOP_ASKING, CloseReason.OPTED_OUT, [HoldReason.OPTED_OUT]),
        (CallOutcome.DISTRESS, None, [HoldReason.DO_NOT_SEND]),
    ],
)
def test_what_ends_or_holds_the_asking(
    session: Session, outcome: CallOutcome, reason: CloseReason | None, holds: list[HoldReason]
) -> None:
    invitation = to_ring(session)
    calls.log_call(session, invitation, outcome, by=BRONWEN, now=NOW)
    assert (invitation.close_reason, listed(session, days=1)) == (reason, [])
    assert session.scalars(select(Hold.reason)).all() == holds


@pytest.mark.parametrize("state", [s for s in InvitationState if s is not InvitationState.ASKING])
def test_a_call_to_whoever_is_no_longer_asked_is_refused(session: Session, state: InvitationState) -> None:
    with pytest.raises(Conflict):
        calls.log_call(session, to_ring(session, state=state), CallOutcome.NO_REPLY, by=BRONWEN, now=NOW)


def test_an_unknown_family_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        calls.call_item(session, 999)


def test_a_longer_list_asks_the_gate_and_little_else(session: Session) -> None:
    """Two questions a family, for holds and for the relationship, whatever else is shown of them."""

    def questions(families: int) -> int:
        for _ in range(families):
            to_ring(session)
        session.commit()
        session.expire_all()
        asked: list[str] = []
        count = lambda *args: asked.append(args[2])  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", count)
        calls.call_list(session, now=NOW)
        event.remove(session.get_bind(), "before_cursor_execute", count)
        return len(asked)

    few, more = questions(3), questions(10)
    assert more - few <= 2 * 10
