"""A family that neither email nor text reaches gets a letter, one reminder by post, and then a call."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import coming
from engage.campaigns.forecast import outlook
from engage.campaigns.models import Campaign, InvitationState, LadderContact, Step
from engage.core.clock import london_date
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageChannel, MessageState
from engage.people.models import Channel, ContactPoint, ContactState
from tests.campaigns.world import World, row
from tests.conftest import SettableClock

LETTER_ID = "5e4d2003-0000-4000-8000-000000000000"
LINES = {"addressline1": "1 Example Road", "addressline2": "Kingston upon Thames", "contactpostcode": "KT1 1EU"}
ADDRESS = "1 Example Road\nKingston upon Thames\nKT1 1EU"
BY_POST = row(email="", mobile="", telephone="020 7946 0123", **LINES)


@pytest.fixture
def posting(world: World) -> World:
    """The same world, where the council has a letter template."""
    given = world.house.settings.model_copy(update={"notify_letter_template_id": LETTER_ID})
    return World(replace(world.house, settings=given), world.clock)


def ladder_of(world: World, **changes: object) -> None:
    with world.house.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        campaign.ladder = {**campaign.ladder, **changes}
        session.commit()


def taken(world: World) -> list[tuple[Step, str, date]]:
    with world.house.database.reading() as session:
        return [
            (contact.step, contact.channel, london_date(contact.taken_at))
            for contact in session.scalars(select(LadderContact).order_by(LadderContact.id))
        ]


def live(world: World) -> list[tuple[Step, str, date]]:
    for _ in range(60):
        with world.house.database.reading() as session:
            over = world.invitations(session)[0].state is InvitationState.CLOSED
        if over or not world.leap():
            break
        world.step()
    return taken(world)


def points(world: World) -> dict[str, ContactState]:
    with world.house.database.reading() as session:
        return {
            point.value: point.state
            for point in session.scalars(select(ContactPoint).where(ContactPoint.channel == Channel.POST))
        }


def test_two_letters_and_then_a_call(posting: World) -> None:
    posting.take(BY_POST)
    assert live(posting) == [
        (Step.INVITATION, "post", date(2026, 3, 2)),
        (Step.REMINDER, "post", date(2026, 3, 9)),
        (Step.CALL, "phone", date(2026, 3, 16)),
    ]
    assert {sent.recipient for sent in posting.sent} == {ADDRESS}


def test_without_a_letter_template_they_are_rung_as_before(world: World) -> None:
    world.take(BY_POST)
    assert live(world) == [(Step.CALL, "phone", date(2026, 3, 2))]
    assert points(world) == {ADDRESS: ContactState.USABLE}


def test_a_campaign_may_write_no_letters(posting: World) -> None:
    ladder_of(posting, letters=False)
    posting.take(BY_POST)
    assert live(posting) == [(Step.CALL, "phone", date(2026, 3, 2))]


@pytest.mark.parametrize("reach", [{"mobile": ""}, {"email": ""}, {}])
def test_nobody_gets_a_letter_whom_something_quicker_reaches(posting: World, reach: dict[str, str]) -> None:
    posting.take(row(**LINES, **reach))
    assert "post" not in {channel for _, channel, _ in live(posting)}


def test_when_email_and_text_both_fail_the_letter_goes_the_same_day(posting: World) -> None:
    posting.take(row(**LINES))
    for channel in ("email", "mobile", "post"):
        [left] = posting.step()
        assert taken(posting)[-1] == (Step.INVITATION, channel, date(2026, 3, 2))
        posting.hear(left, "permanent-failure" if channel != "post" else "delivered")
    with posting.house.database.reading() as session:
        assert session.scalars(select(LadderContact.fallback).order_by(LadderContact.id)).all() == [0, 1, 2]


def test_a_letter_that_fails_leads_to_the_call_list_the_same_day(posting: World) -> None:
    posting.take(BY_POST)
    [left] = posting.step()
    posting.hear(left, "permanent-failure")
    posting.step()
    assert taken(posting)[-1] == (Step.CALL, "phone", date(2026, 3, 2))
    assert points(posting) == {ADDRESS: ContactState.BOUNCED}


def test_a_letter_that_comes_back_weeks_later_ends_the_writing_to_that_address(posting: World) -> None:
    posting.take(BY_POST)
    [left] = posting.step()
    posting.hear(left, "received")
    posting.step()
    assert points(posting) == {ADDRESS: ContactState.USABLE}
    posting.hear(left, "returned-letter")
    posting.step()
    assert points(posting) == {ADDRESS: ContactState.BOUNCED}
    assert taken(posting)[-1][0] is Step.CALL


def test_a_letter_taken_back_because_letters_are_off_leads_to_the_call_list(posting: World, world: World) -> None:
    posting.take(BY_POST)
    posting.climb()
    with posting.house.database.writing() as session:
        message = session.scalars(select(Message)).one()
        message.state, message.state_because = MessageState.WITHDRAWN, "letters_off"
        session.commit()
    world.step()
    assert taken(world)[-1] == (Step.CALL, "phone", date(2026, 3, 2))


def test_the_first_letter_is_the_joint_one_where_the_campaign_says_so(posting: World) -> None:
    ladder_of(posting, joint_letter=True)
    posting.take(BY_POST)
    live(posting)
    with posting.house.database.reading() as session:
        sent = session.execute(select(Message.channel, Message.template).order_by(Message.id)).all()
    assert [tuple(one) for one in sent] == [
        (MessageChannel.LETTER, "joint_invitation"),
        (MessageChannel.LETTER, "survey_reminder"),
    ]


def test_what_comes_next_says_by_letter_and_the_outlook_counts_it(posting: World, session: Session) -> None:
    posting.take(BY_POST)
    with posting.house.database.reading() as reading:
        invitation = posting.invitations(reading)[0]
        assert coming.whats_next(reading, invitation, now=posting.now, letters=True).channel is Channel.POST
        assert coming.whats_next(reading, invitation, now=posting.now).step is Step.CALL
    with posting.house.database.writing() as writing:
        for one in posting.invitations(writing):
            writing.delete(one)
        writing.flush()
        campaign = writing.scalars(select(Campaign)).one()
        ahead = outlook(writing, campaign, now=posting.now, letters=True)
        assert (ahead.letters, ahead.no_message_possible) == (1, 0)
        ahead = outlook(writing, campaign, now=posting.now)
        assert (ahead.letters, ahead.no_message_possible) == (0, 1)


def test_an_address_no_letter_can_carry_is_kept_for_staff_to_see(posting: World) -> None:
    posting.take(BY_POST | {"contactpostcode": ""})
    assert points(posting) == {"1 Example Road\nKingston upon Thames": ContactState.UNUSABLE}
    assert live(posting) == [(Step.CALL, "phone", date(2026, 3, 2))]


def test_a_mended_address_takes_the_place_of_the_one_that_was_no_use(posting: World) -> None:
    posting.take(BY_POST | {"contactpostcode": ""})
    posting.take(BY_POST)
    assert points(posting) == {
        "1 Example Road\nKingston upon Thames": ContactState.REPLACED,
        ADDRESS: ContactState.USABLE,
    }
    posting.take(BY_POST)
    assert len(points(posting)) == 2


def test_a_postcode_alone_is_no_address(posting: World, house: House, clock: SettableClock) -> None:
    posting.take(row(email="", mobile="", contactpostcode="KT1 1EU"))
    assert points(posting) == {}
