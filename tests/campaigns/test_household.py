"""A household hears from us only so often, by whatever way and about whatever survey."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import calls, coming, household
from engage.campaigns.household import ContactCap
from engage.campaigns.models import CallOutcome, CloseReason, Invitation, InvitationState, Step
from engage.jobs.wiring import House
from engage.notify.models import MessageState
from engage.people.models import Channel, ContactState
from tests import factories
from tests.campaigns.world import World, row
from tests.conftest import SettableClock

AT = factories.AT
CAP = ContactCap(limit=2, days=56)
FATHER = {"contactref": "P2", "contactrelationship": "father", "contactforename": "Father"}


def capped(world: World, limit: int) -> World:
    """The same world, where a household is written to this often in eight weeks."""
    house = world.house
    settings = house.settings.model_copy(update={"household_contacts_limit": limit})
    return World(House(settings, house.database, world.clock, house.catalogue, house.templates), world.clock)


def heard(session: Session, person_id: int, days_ago: int, **given: object) -> None:
    """A survey message that arrived some days ago."""
    values = {"purpose": household.SURVEY_MESSAGE, "state": MessageState.DELIVERED, "person_id": person_id}
    factories.message(session, claimed_at=AT - timedelta(days=days_ago), **(values | given))


def test_two_people_behind_one_number_are_one_household_and_strangers_none(session: Session, noise: None) -> None:
    mother, father, other = (factories.parent_carer(session) for _ in range(3))
    for person in (mother, father):
        factories.contact_point(session, person, Channel.LANDLINE, "+442079460777")
    assert household.household(session, mother.id) == {mother.id, father.id}
    assert household.household(session, other.id) == {other.id}


def test_an_address_that_no_longer_works_joins_nobody(session: Session) -> None:
    mother, father = factories.parent_carer(session), factories.parent_carer(session)
    factories.contact_point(session, mother, Channel.LANDLINE, "+442079460777")
    factories.contact_point(session, father, Channel.LANDLINE, "+442079460777", state=ContactState.REPLACED)
    assert household.household(session, mother.id) == {mother.id}
    assert household.household(session, father.id) == {father.id}


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({}, True),
        ({"state": MessageState.ACCEPTED}, True),
        ({"state": MessageState.UNKNOWN}, True),
        ({"state": MessageState.UNDELIVERED}, False),
        ({"state": MessageState.FAILED}, False),
        ({"state": MessageState.QUEUED}, False),
        ({"purpose": "accounts.sign_in"}, False),
    ],
)
def test_what_counts_among_messages(session: Session, given: dict[str, object], counts: bool) -> None:
    person = factories.parent_carer(session)
    heard(session, person.id, 50)
    heard(session, person.id, 10, **given)
    until = household.heard_until(session, person.id, CAP, now=AT)
    assert until == (AT - timedelta(days=50) + timedelta(days=56) if counts else None)


def test_the_window_slides(session: Session) -> None:
    person = factories.parent_carer(session)
    for days_ago in (56, 30, 1):
        heard(session, person.id, days_ago)
    assert household.heard_until(session, person.id, CAP, now=AT) == AT + timedelta(days=26)
    assert household.heard_until(session, person.id, CAP, now=AT + timedelta(days=26)) is None


@pytest.mark.parametrize("outcome", list(CallOutcome))
def test_a_call_counts_unless_nobody_heard_it(session: Session, outcome: CallOutcome) -> None:
    invitation = factories.invitation(session)
    heard(session, invitation.person_id, 3)
    factories.call_attempt(session, invitation, outcome=outcome, called_at=AT - timedelta(days=2))
    counts = outcome not in (CallOutcome.NO_REPLY, CallOutcome.WRONG_NUMBER)
    assert (household.heard_until(session, invitation.person_id, CAP, now=AT) is not None) is counts


def test_both_parents_in_one_house_share_the_cap_and_two_houses_do_not(world: World) -> None:
    few = capped(world, 1)
    few.take(
        row(telephone="020 7946 0123"),
        row(**FATHER, email="father@example.org", mobile="", telephone="020 7946 0123"),
        row(personref="C9", planref="E9", contactref="P9", email="other@example.org", mobile=""),
    )
    assert len(few.step()) == 2  # the father's is refused at its claim
    few.clock.advance(days=8)
    assert {sent.recipient for sent in few.step()} <= {"other@example.org"}
    with few.house.database.reading() as session:
        waits = [each for each in few.invitations(session) if each.state is InvitationState.PLANNED]
        assert [each.waits_because for each in waits] == [household.TOO_OFTEN]
        ahead = coming.whats_next(session, waits[0], now=few.now, cap=ContactCap(1, 56))
        assert (ahead.waits_because, ahead.until) == (household.TOO_OFTEN, few.sent[0].at + timedelta(days=56))


def test_who_has_heard_enough_waits_and_past_the_close_it_ends(world: World) -> None:
    few = capped(world, 1)
    few.take(row())
    for _ in range(100):
        few.step()
        if not few.leap():
            break
    assert [sent.step for sent in few.sent] == [Step.INVITATION]
    with few.house.database.reading() as session:
        ended = session.scalars(select(Invitation)).one()
        assert (ended.state, ended.close_reason) == (InvitationState.CLOSED, CloseReason.HELD)


def test_a_household_that_filled_up_while_a_message_waited_is_seen_at_its_claim(world: World) -> None:
    few = capped(world, 1)
    few.take(row())
    few.climb()
    with few.house.database.writing() as session:
        heard(session, few.invitations(session)[0].person_id, 1)
        session.commit()
    assert few.dispatch() == []


def test_the_call_list_leaves_a_full_household_alone_and_keeps_promises(session: Session, clock: SettableClock) -> None:
    values = {"state": InvitationState.ASKING, "first_asked_at": AT, "next_step": Step.CLOSE}
    invitation = factories.invitation(session, **values)
    factories.ladder_contact(session, invitation, step=Step.CALL, channel="phone")
    for days_ago in (3, 2):
        heard(session, invitation.person_id, days_ago)
    assert [len(calls.call_list(session, now=AT, cap=cap)) for cap in (None, CAP)] == [1, 0]
    factories.call_attempt(
        session, invitation, outcome=CallOutcome.CALL_BACK, called_at=AT - timedelta(days=1), call_back_at=AT
    )
    session.expire(invitation)
    assert len(calls.call_list(session, now=AT, cap=CAP)) == 1
