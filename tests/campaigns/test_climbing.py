"""The ladder as a family meets it: each rung once, on its day, and never one that should not be."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engage.campaigns import answering, calls, holding
from engage.campaigns.asking import Asking
from engage.campaigns.models import (
    CallOutcome,
    Campaign,
    CloseReason,
    Invitation,
    InvitationState,
    Step,
    SurveyLink,
)
from engage.campaigns.services import end, pause, resume
from engage.core.audit import staff_actor
from engage.core.clock import london_date
from engage.notify.models import Message, MessageState
from engage.people.models import Channel, Child, ContactPoint, ContactState, Hold, HoldReason, ParentCarer, Relationship
from tests.campaigns.world import World, row

BRONWEN, CALLUM = staff_actor(1), staff_actor(2)


def change(world: World, act: Callable[[Session], object]) -> None:
    """Do something in a transaction of its own."""
    with world.house.database.writing() as session:
        act(session)
        session.commit()


def only(session: Session) -> Invitation:
    return session.scalars(select(Invitation)).one()


def state(world: World) -> tuple[InvitationState, CloseReason | None]:
    with world.house.database.reading() as session:
        found = only(session)
        return found.state, found.close_reason


def live(world: World, until: InvitationState = InvitationState.CLOSED) -> list[tuple[Step, str, date]]:
    """Let time pass from one due moment to the next; what left, and the day the family came to the call list."""
    for _ in range(120):
        if state(world)[0] is until or not world.leap():
            break
        world.step()
    return story(world)


def story(world: World) -> list[tuple[Step, str, date]]:
    with world.house.database.reading() as session:
        left = [
            (contact, contact.message.claimed_at if contact.message else contact.taken_at)
            for contact in only(session).contacts
        ]
        return [(contact.step, contact.channel, london_date(at)) for contact, at in left if at is not None]


def place(
    world: World, kind: type[Child] | type[ParentCarer] = ParentCarer, reason: HoldReason = HoldReason.DO_NOT_SEND
) -> None:
    change(
        world,
        lambda session: holding.hold_family(
            session, session.scalars(select(kind)).one(), reason, by=BRONWEN, now=world.now
        ),
    )


def lift(world: World) -> None:
    def lift_all(session: Session) -> None:
        for hold in session.scalars(select(Hold).where(Hold.lifted_at.is_(None))):
            holding.lift_family_hold(session, hold, by=CALLUM, now=world.now)

    change(world, lift_all)


FULL = [
    (Step.INVITATION, "email", date(2026, 3, 2)),
    (Step.REMINDER, "email", date(2026, 3, 9)),
    (Step.OTHER_CHANNEL, "mobile", date(2026, 3, 16)),
    (Step.CALL, "phone", date(2026, 3, 23)),
]


def test_a_silent_family_gets_each_rung_once_on_its_day_and_then_peace(world: World) -> None:
    world.take(row())
    assert live(world) == FULL
    assert state(world) == (InvitationState.CLOSED, CloseReason.NO_ANSWER)
    assert world.now == datetime(2026, 4, 7, 8, 0, tzinfo=UTC)  # the day 35 days on is Easter Monday
    assert {sent.closes_on for sent in world.sent} == {"7 April"}
    assert not world.leap()


def test_without_email_and_mobile_a_person_rings_instead(world: World) -> None:
    world.take(row(email="", mobile="", telephone="020 7946 0123"))
    world.step()
    assert story(world) == [(Step.CALL, "phone", date(2026, 3, 2))]
    with world.house.database.reading() as session:
        item = calls.call_list(session, now=world.now)[0]
        assert (item.why_now, item.number and item.number.value) == ("first_call", "+442079460123")
    live(world)
    assert state(world) == (InvitationState.CLOSED, CloseReason.NO_WORKING_CONTACT)
    assert london_date(world.now) == date(2026, 4, 7)


def test_without_any_number_somebody_must_find_one(world: World) -> None:
    world.take(row(email="", mobile=""))
    world.step()
    with world.house.database.reading() as session:
        assert [(item.why_now, item.number) for item in calls.call_list(session, now=world.now)] == [
            ("no_working_contact", None)
        ]


def test_a_worker_away_for_five_weeks_makes_up_for_nothing_at_a_run_and_loses_nothing(world: World) -> None:
    world.take(row())
    world.step()
    world.clock.set(datetime(2026, 4, 9, 9, 0, tzinfo=UTC))
    left = live(world)
    assert [step for step, _, _ in left] == [Step.INVITATION, Step.REMINDER, Step.OTHER_CHANNEL, Step.CALL]
    assert [on for _, _, on in left[1:]] == [date(2026, 4, 9), date(2026, 4, 13), date(2026, 4, 16)]
    assert london_date(world.now) == date(2026, 4, 30)  # the call list keeps its fortnight
    assert world.sent[1].closes_on == "30 April"


def test_a_message_that_waits_in_the_outbox_holds_back_the_next(world: World) -> None:
    world.take(row())
    world.climb()
    world.clock.set(datetime(2026, 3, 9, 9, 30, tzinfo=UTC))
    world.climb()  # Notify is away: nothing has left yet
    assert story(world) == []
    world.dispatch()
    assert [on for _, _, on in live(world)] == [
        date(2026, 3, 9),
        date(2026, 3, 12),
        date(2026, 3, 16),
        date(2026, 3, 23),
    ]


def test_nothing_goes_at_night_on_sundays_or_on_bank_holidays(world: World) -> None:
    world.take(row())
    for at in (
        datetime(2026, 3, 8, 10, tzinfo=UTC),
        datetime(2026, 3, 9, 19, 1, tzinfo=UTC),
        datetime(2026, 4, 6, 10, tzinfo=UTC),
    ):
        world.clock.set(at)
        world.step()
    assert world.sent == []


def test_a_hold_purges_what_is_queued_and_lifting_it_loses_nothing_and_repeats_nothing(world: World) -> None:
    world.take(row())
    world.climb()
    place(world)
    with world.house.database.reading() as session:
        assert (session.scalars(select(Message)).all(), session.scalars(select(SurveyLink)).all()) == ([], [])
        assert (only(session).state, only(session).waits_because) == (InvitationState.PLANNED, "hold_do_not_send")
    world.clock.advance(days=2)
    assert world.step() == []
    lift(world)
    assert [sent.step for sent in world.step()] == [Step.INVITATION]
    assert [on for _, _, on in live(world)] == [date(2026, 3, day) for day in (4, 11, 18, 25)]


def test_a_hold_lifted_early_brings_no_rung_forward(world: World) -> None:
    world.take(row())
    world.step()
    world.clock.advance(days=1)
    place(world, Child)
    lift(world)
    assert world.step() == []
    assert live(world) == FULL


def test_a_hold_outlasting_the_ladder_ends_it(world: World) -> None:
    world.take(row())
    world.step()
    place(world)
    live(world)
    assert state(world) == (InvitationState.CLOSED, CloseReason.HELD)
    assert london_date(world.now) == date(2026, 4, 7)


def test_a_hold_from_the_beginning_ends_when_it_is_too_late_to_ask(world: World) -> None:
    world.take(row())
    place(world, Child, HoldReason.BEREAVEMENT)
    live(world)
    assert (state(world), world.sent) == ((InvitationState.CLOSED, CloseReason.HELD), [])
    assert london_date(world.now) > date(2026, 2, 16) + timedelta(days=90)


def test_a_message_tried_before_the_hold_waits_for_its_end_and_goes_once(world: World) -> None:
    world.take(row())
    world.climb()
    world.dispatch(taken=False)
    place(world)
    assert world.dispatch() == []
    with world.house.database.reading() as session:
        assert session.scalars(select(Message.state)).one() is MessageState.QUEUED
    lift(world)
    world.clock.advance(days=1)
    assert [sent.step for sent in world.dispatch()] == [Step.INVITATION]
    assert [step for step, _, _ in live(world)] == [Step.INVITATION, Step.REMINDER, Step.OTHER_CHANNEL, Step.CALL]


def test_a_dead_address_moves_the_rung_to_the_other_way_the_same_day(world: World) -> None:
    world.take(row())
    first = world.step()[0]
    world.hear(first, "permanent-failure")
    second = world.step()[0]
    assert (second.step, second.fallback, second.recipient) == (Step.INVITATION, 1, "+447700900101")
    with world.house.database.reading() as session:
        states = {point.channel: point.state for point in session.scalars(select(ContactPoint))}
    assert states == {Channel.EMAIL: ContactState.BOUNCED, Channel.MOBILE: ContactState.USABLE}
    assert [(step, how) for step, how, _ in live(world)][2:] == [
        (Step.REMINDER, "mobile"),
        (Step.OTHER_CHANNEL, "mobile"),
        (Step.CALL, "phone"),
    ]


def test_a_failure_learnt_late_keeps_the_next_rung_at_a_distance(world: World) -> None:
    world.take(row())
    first = world.step()[0]
    world.clock.set(datetime(2026, 3, 7, 9, 30, tzinfo=UTC))
    world.hear(first, "temporary-failure")
    assert [(sent.step, sent.fallback) for sent in world.step()] == [(Step.INVITATION, 1)]
    assert live(world)[2] == (Step.REMINDER, "mobile", date(2026, 3, 10))
    with world.house.database.reading() as session:
        assert set(session.scalars(select(ContactPoint.state))) == {ContactState.USABLE}


def test_a_failure_learnt_after_the_next_rung_sends_nothing_more(world: World) -> None:
    world.take(row())
    first = world.step()[0]
    world.clock.set(datetime(2026, 3, 9, 9, 30, tzinfo=UTC))
    world.step()
    world.hear(first, "temporary-failure")
    assert world.step() == []
    assert live(world) == FULL


def test_a_failure_under_a_hold_is_followed_when_it_is_lifted(world: World) -> None:
    world.take(row())
    first = world.step()[0]
    place(world)
    world.hear(first, "permanent-failure")
    assert world.step() == []
    world.clock.advance(days=1)
    lift(world)
    assert [(sent.step, sent.fallback) for sent in world.step()] == [(Step.INVITATION, 1)]


def test_a_queued_second_try_that_a_hold_purges_goes_as_the_second_try(world: World) -> None:
    world.take(row())
    world.hear(world.step()[0], "permanent-failure")
    world.climb()
    place(world)
    lift(world)
    assert [(sent.step, sent.fallback) for sent in world.step()] == [(Step.INVITATION, 1)]


def test_with_no_working_address_left_the_family_comes_on_to_the_call_list_at_once(world: World) -> None:
    world.take(row(mobile="", telephone="020 7946 0123"))
    world.hear(world.step()[0], "permanent-failure")
    world.step()
    assert story(world)[1:] == [(Step.CALL, "phone", date(2026, 3, 2))]
    with world.house.database.reading() as session:
        assert len(calls.call_list(session, now=world.now)) == 1


def test_the_only_address_failing_for_once_waits_for_the_reminder(world: World) -> None:
    world.take(row(mobile=""))
    world.hear(world.step()[0], "temporary-failure")
    assert world.step() == []
    assert [(step, on) for step, _, on in live(world)] == [(step, on) for step, _, on in FULL]


def test_a_message_notify_never_took_condemns_no_address(world: World) -> None:
    world.take(row())
    world.climb()
    change(world, lambda s: s.execute(update(Message).values(state=MessageState.FAILED, state_because="503")))
    assert [(sent.fallback, sent.recipient) for sent in world.step()] == [(1, "+447700900101")]
    with world.house.database.reading() as session:
        assert set(session.scalars(select(ContactPoint.state))) == {ContactState.USABLE}


def test_an_address_replaced_while_its_message_waited_is_not_used_and_the_new_one_is(world: World) -> None:
    world.take(row())
    world.climb()
    world.take(row(email="new@example.org"))
    assert world.dispatch() == []
    assert [(sent.step, sent.recipient) for sent in world.step()] == [(Step.INVITATION, "new@example.org")]


def test_a_wrong_person_s_links_all_die_and_the_real_person_is_sought_the_same_day(world: World) -> None:
    world.take(row())
    world.step()
    world.clock.set(datetime(2026, 3, 9, 9, 30, tzinfo=UTC))
    world.step()

    def tell(session: Session) -> None:
        link = session.scalars(select(SurveyLink).order_by(SurveyLink.id)).all()[0]
        answering.not_this_person(session, link, now=world.now)

    change(world, tell)
    with world.house.database.reading() as session:
        assert None not in set(session.scalars(select(SurveyLink.revoked_at)))
    assert [(sent.step, sent.recipient) for sent in world.step()] == [(Step.REMINDER, "+447700900101")]


def test_stop_asking_ends_everything_and_nothing_ever_starts_again(world: World) -> None:
    world.take(row(), row(planref="E2", personref="C2", forename="Sibling"))
    world.climb()
    change(world, lambda s: answering.stop_asking(s, world.invitations(s)[0], now=world.now))
    with world.house.database.reading() as session:
        ended = {(each.state, each.close_reason) for each in world.invitations(session)}
    assert ended == {(InvitationState.CLOSED, CloseReason.OPTED_OUT)}
    world.take(row(planref="E3", personref="C3", forename="Youngest"))
    world.step()
    assert (world.sent, world.leap()) == ([], False)


def test_a_paused_campaign_keeps_everybody_s_place(world: World) -> None:
    world.take(row())
    world.step()
    change(world, lambda s: pause(s, s.get_one(Campaign, 1), by=BRONWEN, now=world.now))
    for _ in range(60):
        world.clock.advance(days=1)
        world.step()
    assert (state(world)[0], len(world.sent)) == (InvitationState.ASKING, 1)
    change(world, lambda s: resume(s, s.get_one(Campaign, 1), by=BRONWEN, now=world.now))
    assert [step for step, _, _ in live(world)] == [Step.INVITATION, Step.REMINDER, Step.OTHER_CHANNEL, Step.CALL]


def test_an_ended_campaign_lets_nobody_wait_for_ever_and_still_takes_late_answers(world: World) -> None:
    world.take(row())
    world.step()
    change(world, lambda s: end(s, s.get_one(Campaign, 1), by=BRONWEN, now=world.now))
    live(world)
    assert (state(world), len(world.sent)) == ((InvitationState.CLOSED, CloseReason.NO_ANSWER), 1)
    with world.house.database.reading() as session:
        assert answering.door(only(session)) is answering.Door.OPEN


def test_the_close_waits_for_a_promised_call(world: World) -> None:
    world.take(row())
    live(world, InvitationState.ASKING)
    while world.now < datetime(2026, 3, 30, tzinfo=UTC) and world.leap():
        world.step()
        if any(step is Step.CALL for step, _, _ in story(world)):
            break
    back = datetime(2026, 4, 9, 10, tzinfo=UTC)
    for _ in range(calls.ENOUGH_TRIES):
        change(
            world,
            lambda s: calls.log_call(s, only(s), CallOutcome.CALL_BACK, by=BRONWEN, now=world.now, call_back_at=back),
        )
    world.clock.set(back)
    world.step()
    with world.house.database.reading() as session:
        assert [item.why_now for item in calls.call_list(session, now=back)] == ["call_back"]
    live(world)
    assert london_date(world.now) == date(2026, 4, 10)


def test_a_link_asked_for_on_the_telephone_goes_once_and_a_hold_lets_it_wait(world: World) -> None:
    world.take(row())
    while Step.CALL not in [step for step, _, _ in story(world)]:
        world.leap()
        world.step()
    with_ = Asking(world.house.catalogue, world.house.settings.secrets)

    def prefers_link(session: Session) -> None:
        for _ in range(2):
            calls.log_call(
                session, only(session), CallOutcome.PREFERS_LINK, by=BRONWEN, now=world.now, asking_with=with_
            )

    change(world, prefers_link)
    place(world)
    assert world.step() == []
    lift(world)
    world.clock.advance(days=1)
    assert [(sent.step, sent.fallback) for sent in world.step()] == [(Step.CALL, 1)]
    live(world)
    assert len(world.sent) == 4


def test_distress_on_the_telephone_holds_everything(world: World) -> None:
    world.take(row(email="", mobile="", telephone="020 7946 0123"))
    world.step()
    change(world, lambda s: calls.log_call(s, only(s), CallOutcome.DISTRESS, by=BRONWEN, now=world.now))
    with world.house.database.reading() as session:
        assert calls.call_list(session, now=world.now + timedelta(days=1)) == []
        assert only(session).waits_because == "hold_do_not_send"


@pytest.mark.parametrize(
    ("tie", "because"),
    [
        ({"contact_allowed": False}, CloseReason.HELD),
        ({"ended_on": date(2026, 3, 1)}, CloseReason.HELD),
        ({"has_parental_responsibility": False, "has_care": False}, CloseReason.HELD),
    ],
)
def test_a_queued_message_to_somebody_barred_meanwhile_never_leaves(
    world: World, tie: dict[str, object], because: CloseReason
) -> None:
    world.take(row())
    world.climb()
    change(world, lambda s: s.execute(update(Relationship).values(**tie)))
    assert world.dispatch() == []
    live(world)
    assert (state(world), world.sent) == ((InvitationState.CLOSED, because), [])


def test_a_relationship_that_is_gone_withdraws(world: World) -> None:
    world.take(row())
    world.climb()
    change(world, lambda s: s.execute(delete(Relationship)))
    assert world.dispatch() == []
    live(world, InvitationState.WITHDRAWN)
    assert state(world) == (InvitationState.WITHDRAWN, CloseReason.PLAN_WITHDRAWN)
