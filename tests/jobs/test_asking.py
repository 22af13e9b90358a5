"""Asking in batches: what is wrong with one family or campaign stops no other."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import climbing, failures, planning
from engage.campaigns.models import Campaign, Invitation, InvitationState, LadderContact
from engage.jobs import asking
from engage.jobs.wiring import House
from engage.notify.models import MessageState
from tests import factories
from tests.conftest import SettableClock


def failing(first: int, real: Any) -> Any:
    """The real thing, but for one row."""

    def call(session: Session, row: Any, *given: Any, **more: Any) -> Any:
        if row.id == first:
            raise KeyError("something nobody thought of")
        return real(session, row, *given, **more)

    return call


def test_one_rung_that_cannot_be_taken_stops_no_other(
    house: House, session: Session, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = factories.invitation(session).id, factories.invitation(session).id
    session.commit()
    monkeypatch.setattr(climbing, "climb", failing(bad, climbing.climb))
    asking.climb_ladders(house, clock.now())
    with house.database.reading() as reading:
        stuck, taken = reading.get_one(Invitation, bad), reading.get_one(Invitation, good)
        assert (stuck.state, stuck.waits_because) == (InvitationState.PLANNED, "needs_mending")
        assert stuck.next_due_at == clock.now() + timedelta(hours=1)
        assert taken.state is InvitationState.ASKING


def test_one_failure_that_cannot_be_followed_stops_no_other(
    house: House, session: Session, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = []
    for _ in range(2):
        invitation = factories.invitation(session, state=InvitationState.ASKING, first_asked_at=clock.now())
        failed = factories.message(session, state=MessageState.UNDELIVERED)
        contacts.append(factories.ladder_contact(session, invitation, message_id=failed.id).id)
    session.commit()
    monkeypatch.setattr(failures, "follow_failure", failing(contacts[0], failures.follow_failure))
    assert asking.follow_failures(house, clock.now()) == "2 failures followed"
    with house.database.reading() as reading:
        assert reading.scalar(select(LadderContact.id).where(LadderContact.failure_seen_at.is_(None))) is None


def test_one_campaign_that_cannot_be_planned_stops_no_other(
    house: House, session: Session, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = factories.campaign(session).id
    asked, _ = factories.family(session)
    factories.plan_event(session, factories.plan(session, asked))
    good = factories.campaign(session).id
    session.commit()
    monkeypatch.setattr(planning, "plan_invitations", failing(bad, planning.plan_invitations))
    assert asking.plan_invitations(house, clock.now()) == "1 invitations planned"
    with house.database.reading() as reading:
        assert reading.scalars(select(Invitation)).one().campaign_id == good
        assert reading.get(Campaign, bad) is not None
