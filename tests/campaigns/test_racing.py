"""Two at once: a stop, an answer or a hold while a worker is claiming; nobody waits for ever, and nothing slips through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering, climbing, gate, holding, messages
from engage.campaigns.asking import Asking, running_campaigns
from engage.campaigns.importing import import_reading
from engage.campaigns.models import CloseReason, Invitation, InvitationState, LadderContact
from engage.campaigns.planning import plan_invitations
from engage.core.audit import staff_actor
from engage.core.clock import london_date
from engage.notify.models import Message, MessageState
from engage.notify.outbox import Refusal
from engage.people.models import HoldReason, ParentCarer
from tests.campaigns.world import World, reading_of, row

BRONWEN = staff_actor(1)
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def many_writers(world: World) -> None:
    """Only a database with many writers at once has these races; on SQLite each writer simply waits its turn."""
    if world.house.database.is_sqlite:
        pytest.skip("one writer at a time")


def hold(world: World, session: Session) -> None:
    person = session.scalars(select(ParentCarer)).one()
    holding.hold_family(session, person, HoldReason.BEREAVEMENT, by=BRONWEN, now=world.now)


def stop(world: World, session: Session) -> None:
    answering.stop_asking(session, gate.locked(session, world.invitations(session)[0]), now=world.now)


def let_go(world: World, session: Session) -> None:
    others = {"contactref": "P9", "contactrelationship": "grandparent", "email": "", "mobile": ""}
    import_reading(session, reading_of([row(**others)], today=london_date(world.now)), by=BRONWEN, now=world.now)


def forbid(world: World, session: Session) -> None:
    rows = [row(contactallowed="N")]
    import_reading(session, reading_of(rows, today=london_date(world.now)), by=BRONWEN, now=world.now)


@pytest.mark.parametrize("act", [hold, stop, let_go, forbid])
def test_a_hold_that_is_being_placed_is_not_overtaken_by_a_claim(
    world: World, act: Callable[[World, Session], None]
) -> None:
    world.take(row())
    world.climb()
    with world.house.database.writing() as placing, world.house.database.writing() as claiming:
        act(world, placing)
        message = claiming.scalars(select(Message).with_for_update(skip_locked=True)).one_or_none()
        if message is not None:
            words = messages.compose(claiming, message, world.house.settings, world.now)
            assert words == Refusal("in_use", later=world.now + gate.SOON)
        claiming.rollback()
        placing.commit()
    assert world.step() == []


@pytest.mark.parametrize("act", [hold, stop, let_go, forbid])
def test_a_claim_under_way_neither_blocks_a_hold_for_ever_nor_is_purged(
    world: World, act: Callable[[World, Session], None]
) -> None:
    world.take(row())
    world.climb()
    claimed = Event()

    def place() -> None:
        claimed.wait(PATIENCE)
        with world.house.database.writing() as session:
            act(world, session)
            session.commit()

    with ThreadPoolExecutor(1) as pool:
        placing = pool.submit(place)
        with world.house.database.writing() as session:
            message = session.scalars(select(Message).with_for_update()).one()
            assert not isinstance(messages.compose(session, message, world.house.settings, world.now), Refusal)
            message.state, message.claimed_at = MessageState.CLAIMED, world.now
            session.flush()
            claimed.set()
            with pytest.raises(TimeoutError):
                placing.result(0.3)  # it waits for the claim, which came first
            session.commit()
        placing.result(PATIENCE)
    with world.house.database.reading() as session:
        assert session.scalars(select(Message.state)).one() is MessageState.CLAIMED


def test_a_climb_under_way_and_a_hold_do_not_wait_for_each_other(world: World) -> None:
    world.take(row())
    asking = Asking(world.house.catalogue, world.house.settings.secrets)
    with world.house.database.writing() as placing, world.house.database.writing() as rising:
        due = climbing.due_invitations(rising, now=world.now, limit=50)
        hold(world, placing)  # passes over the invitation, which the climber holds
        climbing.climb(rising, due[0], asking, now=world.now)  # passes over the person, whom the officer holds
        rising.commit()
        placing.commit()
    assert world.step() == []
    world.clock.advance(minutes=2)
    assert world.step() == []
    with world.house.database.reading() as session:
        assert world.invitations(session)[0].waits_because == "hold_bereavement"


def test_two_climbers_take_a_rung_once(world: World) -> None:
    world.take(row(), row(personref="C2", planref="E2"))
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(world.climb) for _ in range(4)]:
            done.result(PATIENCE)
    with world.house.database.reading() as session:
        contacts = session.scalars(select(LadderContact)).all()
        assert len({contact.invitation_id for contact in contacts}) == len(contacts) == 2
    left = [*world.step()]
    world.clock.advance(days=1)
    left += world.step()  # two that could not see each other come on two days
    assert sorted(each for sent in left for each in sent.carried) == [1, 2]


def test_two_planners_plan_once(world: World) -> None:
    world.take(row(), row(personref="C2", planref="E2"))
    with world.house.database.writing() as session:
        for invitation in world.invitations(session):
            session.delete(invitation)
        session.commit()

    def plan() -> int:
        with world.house.database.writing() as session:
            made = sum(plan_invitations(session, campaign, now=world.now) for campaign in running_campaigns(session))
            session.commit()
            return made

    with ThreadPoolExecutor(4) as pool:
        assert sum(done.result(PATIENCE) for done in [pool.submit(plan) for _ in range(4)]) == 2


def test_an_answer_being_sent_is_not_overtaken_by_a_reminder(world: World) -> None:
    world.take(row())
    world.climb()
    with world.house.database.writing() as answers, world.house.database.writing() as claiming:
        answering.not_this_time(answers, answers.scalars(select(Invitation)).one(), now=world.now)
        message = claiming.scalars(select(Message).with_for_update(skip_locked=True)).one_or_none()
        assert message is None  # it is being taken back
        answers.commit()
    with world.house.database.reading() as session:
        ended = world.invitations(session)[0]
        assert (ended.state, ended.close_reason) == (InvitationState.CLOSED, CloseReason.NOT_FOR_ME)
        assert session.scalars(select(Message.state)).one() is MessageState.WITHDRAWN
