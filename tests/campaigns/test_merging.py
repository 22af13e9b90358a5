"""Brothers and sisters in one message, whose parts are answered, held, put back and failed each for itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering, holding
from engage.campaigns.models import Campaign, Invitation, InvitationState, LadderContact, Step, SurveyLink
from engage.campaigns.services import change_ladder
from engage.core.audit import staff_actor
from engage.jobs import asking as jobs
from engage.notify.models import Message, MessageState
from engage.people.models import Child, Hold, HoldReason
from tests import factories
from tests.campaigns.wires import WiredWorld
from tests.campaigns.world import World, row
from tests.conftest import MONDAY

BRONWEN, CALLUM = staff_actor(1), staff_actor(2)
SARA = row(personref="C2", planref="E2", forename="Sara")
LATER = row(personref="C3", planref="E3", forename="Later", startdate="18/02/2026")


def change(world: World, act: Callable[[Session], object]) -> None:
    """Do something in a transaction of its own."""
    with world.house.database.writing() as session:
        act(session)
        session.commit()


def queued(world: World) -> list[tuple[str, dict[str, str]]]:
    """What waits to leave: its template and what it says of its surveys."""
    with world.house.database.reading() as session:
        waiting = session.scalars(select(Message).where(Message.state == MessageState.QUEUED).order_by(Message.id))
        return [(message.template, message.personalisation) for message in waiting]


def hold_child(world: World, number: int) -> None:
    change(
        world,
        lambda session: holding.hold_family(
            session,
            session.scalars(select(Child).order_by(Child.id)).all()[number],
            HoldReason.DO_NOT_SEND,
            by=BRONWEN,
            now=world.now,
        ),
    )


def lift(world: World) -> None:
    def lift_all(session: Session) -> None:
        for hold in session.scalars(select(Hold).where(Hold.lifted_at.is_(None))):
            holding.lift_family_hold(session, hold, by=CALLUM, now=world.now)

    change(world, lift_all)


def decline(world: World, number: int) -> None:
    change(world, lambda s: answering.not_this_time(s, world.invitations(s)[number], now=world.now))


def test_two_children_come_in_one_message_at_every_rung_and_each_has_a_link(world: World) -> None:
    world.take(row(), SARA)
    for _ in range(40):
        world.step()
        if not world.leap():
            break
    assert [(sent.step, sent.carried) for sent in world.sent] == [
        (Step.INVITATION, {1, 2}),
        (Step.REMINDER, {1, 2}),
        (Step.OTHER_CHANNEL, {1, 2}),
    ]
    with world.house.database.reading() as session:
        assert len(session.scalars(select(SurveyLink)).all()) == 6
        assert all(each.state is InvitationState.CLOSED for each in world.invitations(session))


def test_it_says_how_many_and_the_minutes_of_all(world: World) -> None:
    world.take(row(), SARA)
    world.climb()
    assert queued(world) == [("survey_invitation_several", {"surveys": "2", "minutes": "4"})]


@pytest.mark.parametrize("number", [0, 1])
def test_one_that_ends_before_the_message_leaves_is_left_out_of_it(world: World, number: int) -> None:
    world.take(row(), SARA)
    world.climb()
    decline(world, number)
    assert queued(world) == [("survey_invitation", {"topic": "getting your child's plan", "minutes": "2"})]
    assert [sent.carried for sent in world.dispatch()] == [{2 - number}]
    with world.house.database.reading() as session:
        out = session.scalars(select(LadderContact).where(LadderContact.left_out_because.is_not(None))).one()
        assert (out.invitation_id, out.left_out_because) == (number + 1, "not_for_me")


def test_when_all_of_them_end_the_message_is_withdrawn(world: World) -> None:
    world.take(row(), SARA)
    world.climb()
    decline(world, 0)
    decline(world, 1)
    assert (queued(world), world.step()) == ([], [])
    with world.house.database.reading() as session:
        assert session.scalars(select(Message.state)).one() is MessageState.WITHDRAWN


@pytest.mark.parametrize("number", [0, 1])
def test_one_that_is_held_is_put_back_and_asked_alone_when_the_hold_is_lifted(world: World, number: int) -> None:
    world.take(row(), SARA)
    world.climb()
    hold_child(world, number)
    assert [sent.carried for sent in world.dispatch()] == [{2 - number}]
    lift(world)
    assert world.step() == []  # not two of a kind on one day
    world.clock.advance(days=1)
    assert [(sent.step, sent.carried) for sent in world.step()] == [(Step.INVITATION, {number + 1})]


def test_a_hold_seen_only_at_the_claim_puts_back_the_one_and_lets_the_other_go(world: World) -> None:
    world.take(row(), SARA)
    world.climb()
    change(
        world,
        lambda s: s.add(
            Hold(
                person_id=s.scalars(select(Child.id).order_by(Child.id)).first(),
                reason=HoldReason.DO_NOT_SEND,
                placed_at=world.now,
                placed_by="staff:1",
            )
        ),
    )
    assert [sent.carried for sent in world.dispatch()] == [{2}]
    with world.house.database.reading() as session:
        held = world.invitations(session)[0]
        assert (held.state, held.next_step, held.waits_because) == (
            InvitationState.PLANNED,
            Step.INVITATION,
            "hold_do_not_send",
        )


def test_holding_both_purges_the_message_and_lifting_both_sends_it_once(world: World) -> None:
    world.take(row(), SARA)
    world.climb()
    hold_child(world, 0)
    hold_child(world, 1)
    with world.house.database.reading() as session:
        assert session.scalars(select(Message)).all() == []
    lift(world)
    assert [sent.carried for sent in world.step()] == [{1, 2}]


def test_one_that_was_tried_waits_for_all_that_it_carries(world: World) -> None:
    world.take(row(), SARA)
    world.climb()
    world.dispatch(taken=False)
    hold_child(world, 0)
    assert world.dispatch() == []
    lift(world)
    world.clock.advance(days=1)
    assert [sent.carried for sent in world.dispatch()] == [{1, 2}]


def test_a_message_that_fails_goes_another_way_for_all_and_together(world: World) -> None:
    world.take(row(), SARA)
    world.hear(world.step()[0], "permanent-failure")
    second = world.step()
    assert [(sent.step, sent.carried, sent.recipient) for sent in second] == [
        (Step.INVITATION, {1, 2}, "+447700900101")
    ]


def test_two_of_a_kind_never_come_on_one_day(world: World) -> None:
    world.take(row())
    world.step()
    world.take(SARA)
    assert world.step() == []
    world.clock.advance(days=1)
    assert [sent.carried for sent in world.step()] == [{2}]


def test_one_due_some_hours_later_the_same_day_goes_with_the_first(world: World) -> None:
    world.take(row(), SARA)
    with world.house.database.writing() as session:
        second = world.invitations(session)[1]
        second.next_due_at = world.now + timedelta(hours=2)
        session.commit()
    assert [sent.carried for sent in world.step()] == [{1, 2}]


def test_one_that_cannot_climb_stops_no_brother_or_sister(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.take(row(), SARA)
    real = jobs.climbing.climb

    def failing(session: Session, invitation: Invitation, *given: object, **more: object) -> None:
        if invitation.id == 2:
            raise KeyError("something nobody thought of")
        real(session, invitation, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs.climbing, "climb", failing)
    assert [sent.carried for sent in world.step()] == [{1}]


def test_what_is_due_on_one_day_comes_together_whenever_the_plans_were_made(world: World) -> None:
    world.take(row(), LATER)
    change(
        world,
        lambda s: change_ladder(
            s,
            s.get_one(Campaign, 1),
            jobs.climbing.settings_of(s.get_one(Campaign, 1)).model_copy(update={"wait_days": 16}),
            by=BRONWEN,
            now=world.now,
        ),
    )
    world.clock.advance(days=9)
    assert [sent.carried for sent in world.step()] == [{1, 2}]


def hold_without_looking(session: Session, second: Invitation) -> None:
    factories.hold(session, second.plan_event.plan.child, reason=HoldReason.BEREAVEMENT)


def withdraw_without_looking(session: Session, second: Invitation) -> None:
    second.plan_event.withdrawn_at = MONDAY


@pytest.mark.parametrize("drops_out", [hold_without_looking, withdraw_without_looking])
def test_one_that_drops_out_as_their_message_is_claimed_lets_it_go_with_the_other(
    world: World, drops_out: Callable[[Session, Invitation], None]
) -> None:
    """The gate may find it only then, as when somebody holds the rows of the one who drops out."""
    wired = WiredWorld(world.house, world.clock)
    wired.take(row(), SARA)
    wired.climb()
    change(wired, lambda session: drops_out(session, wired.invitations(session)[1]))
    assert [sent.carried for sent in wired.dispatch()] == [{1}]
    with world.house.database.reading() as session:
        left = session.scalars(select(Message).where(Message.state == MessageState.ACCEPTED)).one()
        assert (left.template, left.state_because) == ("survey_invitation", None)
