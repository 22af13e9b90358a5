"""Young people, looked-after children and families in a dispute, through the ladder and the gate as the worker climbs them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering, checking, gate, holding, links
from engage.campaigns.calls import call_list
from engage.campaigns.forecast import first_messages, outlook
from engage.campaigns.models import Campaign, CloseReason, Invitation, InvitationState, Step
from engage.core import working_days
from engage.core.audit import SYSTEM, Actor, ActorKind
from engage.core.working_days import Days
from engage.notify.models import Message
from engage.people.models import Capacity, Child, HoldReason, ParentCarer
from engage.surveys.definition import Audience
from engage.surveys.models import Mode, Response
from tests import factories
from tests.campaigns.world import World, row

BRONWEN, CALLUM = Actor(ActorKind.STAFF, "1"), Actor(ActorKind.STAFF, "2")


def change(world: World, act: Callable[[Session], object]) -> None:
    """Something that somebody does."""
    with world.house.database.writing() as session:
        act(session)
        session.commit()


def run_out(world: World) -> None:
    """Let time pass until nothing is due any more."""
    for _ in range(200):
        world.step()
        if not world.leap():
            return
    raise AssertionError("it never ends")


def templates_sent(world: World) -> list[str]:
    with world.house.database.reading() as session:
        return [session.get_one(Message, sent.message_id).template for sent in world.sent]


def only_invitation(world: World, session: Session) -> Invitation:
    (found,) = world.invitations(session)
    return found


@pytest.fixture
def of_young_people(world: World) -> None:
    """A campaign that asks young people beside the one that asks parent carers."""
    change(world, lambda session: factories.campaign(session, survey="young_person", audience=Audience.YOUNG_PERSON))


def themselves(**cells: str) -> dict[str, str]:
    return (
        row(
            personbirthdate="31/08/2009",
            contactrelationship="self",
            contactref="S1",
            email="young@example.org",
            mobile="",
        )
        | cells
    )


def test_a_young_person_is_asked_at_their_own_address_in_words_to_them(world: World, of_young_people: None) -> None:
    world.take(themselves(), row(personbirthdate="31/08/2009"))
    (sent,) = world.step()
    assert sent.recipient == "young@example.org"
    assert templates_sent(world) == ["young_person_invitation"]
    with world.house.database.reading() as session:
        assert only_invitation(world, session).survey == "young_person"


def test_of_a_child_of_school_age_only_the_parent_carers_are_asked(world: World, of_young_people: None) -> None:
    summary = world.take(row(), themselves(personbirthdate="04/05/2016"))
    assert [sent.recipient for sent in world.step()] == ["mother@example.org"]
    assert summary["not_asked"] == {}


def test_who_leaves_school_age_in_june_and_turns_16_in_august_is_asked_from_that_birthday_on(
    world: World, of_young_people: None
) -> None:
    world.clock.set(factories.AT.replace(month=7, day=20))
    world.take(themselves(personbirthdate="10/08/2010", startdate="01/07/2026"))
    with world.house.database.reading() as session:
        young = session.scalars(select(Campaign).where(Campaign.audience == Audience.YOUNG_PERSON)).one()
        assert outlook(session, young, now=world.now).not_asked == {"not_yet_sixteen": 1}
    assert world.step() == []
    world.clock.set(factories.AT.replace(month=8, day=10))
    world.take(themselves(personbirthdate="10/08/2010", startdate="01/07/2026"))
    assert [sent.recipient for sent in world.step()] == ["young@example.org"]


def record(world: World, outcome: Capacity) -> None:
    change(
        world,
        lambda session: checking.record_capacity(
            session,
            session.scalars(select(Child)).one(),
            outcome,
            basis="Their worker met them",
            review_on=date(2026, 9, 1),
            by=BRONWEN,
            now=world.now,
        ),
    )


def test_who_needs_a_representative_hears_nothing_and_is_shown_until_somebody_finds_otherwise(
    world: World, of_young_people: None
) -> None:
    world.take(themselves())
    record(world, Capacity.LACKS_CAPACITY)
    assert world.step() == []
    with world.house.database.reading() as session:
        assert only_invitation(world, session).waits_because == "needs_representative"
        assert [because for _, because in checking.all_to_find_out(session, now=world.now)] == ["needs_representative"]
    record(world, Capacity.HAS_CAPACITY)
    assert len(world.step()) == 1


def word(world: World, *, may_ask: bool) -> None:
    change(
        world,
        lambda session: checking.check_carer(
            session,
            session.scalars(select(Child)).one(),
            session.scalars(select(ParentCarer)).one(),
            may_ask=may_ask,
            by=BRONWEN,
            now=world.now,
        ),
    )


@pytest.mark.parametrize(
    ("may_ask", "asked", "against"),
    [(None, 0, "looked_after_needs_check"), (True, 1, None), (False, 0, "checked_not_to_ask")],
)
def test_about_a_looked_after_child_a_worker_says_who_is_asked(
    world: World, may_ask: bool | None, asked: int, against: str | None
) -> None:
    world.take(row(lookedafter="Y"))
    if may_ask is not None:
        word(world, may_ask=may_ask)
    world.take(row(lookedafter="Y"))  # and everybody is planned again
    assert len(world.step()) == asked
    with world.house.database.reading() as session:
        found = checking.all_to_find_out(session, now=world.now)
        assert len(found) == (1 if may_ask is None else 0)
        campaign = session.scalars(select(Campaign)).one()
        assert list(outlook(session, campaign, now=world.now).not_asked) == ([against] if against else [])


def test_a_worker_who_says_no_in_the_middle_stops_everything(world: World) -> None:
    world.take(row(lookedafter="Y"))
    word(world, may_ask=True)
    world.take(row(lookedafter="Y"))
    world.step()
    word(world, may_ask=False)
    run_out(world)
    assert len(world.sent) == 1
    with world.house.database.reading() as session:
        assert only_invitation(world, session).close_reason is CloseReason.HELD


def hold(world: World, reason: HoldReason = HoldReason.COMPLAINT_OR_TRIBUNAL) -> None:
    change(
        world,
        lambda session: holding.hold_family(
            session, session.scalars(select(ParentCarer)).one(), reason, by=BRONWEN, now=world.now
        ),
    )


@pytest.mark.parametrize("queued_before", [False, True])
def test_in_a_dispute_one_gentle_message_goes_and_nothing_after_it(world: World, queued_before: bool) -> None:
    world.take(row())
    if queued_before:
        world.climb()
    hold(world)
    run_out(world)
    assert templates_sent(world) == [gate.GENTLE_TEMPLATE]
    with world.house.database.reading() as session:
        invitation = only_invitation(world, session)
        assert [contact.step for contact in invitation.contacts] == [Step.INVITATION]
        assert (invitation.state, invitation.close_reason) == (InvitationState.CLOSED, CloseReason.NO_ANSWER)
        assert answering.door(invitation) is answering.Door.OPEN  # a late answer is welcome


def test_a_dispute_in_the_middle_stops_reminders_and_calls_and_what_is_lifted_goes_on(world: World) -> None:
    world.take(row())
    world.step()
    hold(world)
    world.clock.set(world.now + timedelta(days=8))
    assert world.step() == []
    with world.house.database.reading() as session:
        assert only_invitation(world, session).waits_because == "hold_complaint_or_tribunal"
        assert call_list(session, now=world.now) == []
    change(
        world,
        lambda session: holding.lift_family_hold(
            session, session.scalars(select(ParentCarer)).one().holds[0], by=CALLUM, now=world.now
        ),
    )
    assert [sent.step for sent in world.step()] == [Step.REMINDER]


def test_a_family_in_a_dispute_whom_no_message_reaches_is_not_rung(world: World) -> None:
    world.take(row(email="", mobile="", telephone="020 7946 0123"))
    hold(world)
    run_out(world)
    with world.house.database.reading() as session:
        invitation = only_invitation(world, session)
        assert (invitation.contacts, invitation.close_reason) == ([], CloseReason.HELD)


def test_families_in_a_dispute_are_counted_and_shown_among_those_asked(session: Session) -> None:
    campaign = factories.campaign(session)
    for reason in (HoldReason.COMPLAINT_OR_TRIBUNAL, HoldReason.BEREAVEMENT, None):
        child, parent = factories.family(session)
        factories.plan_event(session, factories.plan(session, child))
        if reason:
            factories.hold(session, parent, reason=reason)
    ahead = outlook(session, campaign, now=factories.AT)
    assert (ahead.people, ahead.in_dispute, ahead.on_hold) == (2, 1, 1)
    firsts = first_messages(session, campaign, now=factories.AT)
    assert [first.held_because for first in firsts][-1] is HoldReason.BEREAVEMENT  # whoever waits comes last
    assert sorted((first.waits, first.in_dispute) for first in firsts) == [(False, False), (False, True), (True, False)]


@pytest.mark.parametrize(("mode", "is_kept"), [(Mode.LINK, False), (Mode.PHONE, True)])
def test_what_a_stranger_began_never_greets_the_family(world: World, mode: Mode, is_kept: bool) -> None:
    world.take(row())
    (sent,) = world.step()
    with world.house.database.writing() as session:
        link = links.open_link(session, sent.link.rpartition("/")[2])
        begun_by = link if mode is Mode.LINK else None
        answering.start(
            session, link.invitation, world.house.catalogue, mode=mode, language="en", now=world.now, link=begun_by
        )
        session.commit()
        answering.not_this_person(session, link, now=world.now)
        session.commit()
        assert (link.invitation.response is not None) is is_kept
        assert len(session.scalars(select(Response)).all()) == is_kept


@pytest.mark.parametrize(("skips", "sent_on"), [(True, date(2026, 3, 9)), (False, date(2026, 3, 2))])
def test_in_school_holidays_nothing_goes_and_nothing_ends(world: World, skips: bool, sent_on: date) -> None:
    working_days.keep_school_holidays([Days(date(2026, 3, 1), date(2026, 3, 8))])
    try:
        with world.house.database.writing() as session:
            session.get_one(Campaign, 1).ladder = {"skip_school_holidays": skips}
            session.commit()
        world.take(row())
        while not world.step():
            assert world.leap()
        assert world.sent[0].at.date() == sent_on
    finally:
        working_days.keep_school_holidays([])


def test_nobody_is_rung_in_school_holidays_unless_they_asked_for_it(session: Session) -> None:
    for call_back in (False, True):
        invitation = factories.invitation(session, state=InvitationState.ASKING, next_step=Step.CLOSE)
        factories.ladder_contact(session, invitation, step=Step.CALL, channel="phone")
        if call_back:
            factories.call_attempt(session, invitation, outcome="call_back", call_back_at=factories.AT)
    assert len(call_list(session, now=factories.AT)) == 2
    working_days.keep_school_holidays([Days(factories.AT.date(), factories.AT.date())])
    try:
        assert [item.why_now for item in call_list(session, now=factories.AT)] == ["call_back"]
    finally:
        working_days.keep_school_holidays([])


def test_the_system_places_no_hold_without_a_day_to_look_again(session: Session) -> None:
    child, _ = factories.family(session)
    placed = holding.hold_family(session, child, HoldReason.BEREAVEMENT, by=SYSTEM, now=factories.AT)
    assert placed.review_on == date(2026, 3, 30)
    asked = holding.hold_family(session, child, HoldReason.OPTED_OUT, by=SYSTEM, now=factories.AT)
    assert asked.review_on is None
