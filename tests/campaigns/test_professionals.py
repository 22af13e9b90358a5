"""Settings and health services: who is asked about a case, how often, and what stops it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering, coming, holding, mailbox_keeping, professionals, queries
from engage.campaigns.forecast import first_messages, outlook
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import Campaign, CloseReason, Invitation, InvitationState, Step
from engage.campaigns.services import create_campaign
from engage.core.audit import staff_actor
from engage.core.errors import Invalid
from engage.jobs import asking as jobs
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageChannel
from engage.people.mailboxes import MailboxEntry, keep
from engage.people.models import Child, HoldReason, MailboxKind, RoleMailbox
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience
from tests import factories
from tests.campaigns.world import World, row
from tests.conftest import MONDAY, SettableClock

BRONWEN, CALLUM = staff_actor(1), staff_actor(2)
GREENFIELD = {"settingname": "Greenfield School", "urn": "100001"}
SARA = row(personref="C2", planref="E2", forename="Sara", surname="Other", contactref="P2", **GREENFIELD)


@pytest.fixture
def world(house: House, clock: SettableClock) -> World:
    """Greenfield School has a mailbox on the list, and a campaign asks settings about new plans."""
    with house.database.writing() as session:
        factories.campaign(session, survey="setting", audience=Audience.SETTING)
        mailbox(session)
        session.commit()
    return World(house, clock)


def mailbox(session: Session, **given: object) -> RoleMailbox:
    values = {
        "serves": MailboxKind.SETTING,
        "name": "Greenfield School",
        "urn": "100001",
        "email": "senco@greenfield.example.org",
    }
    return keep(session, MailboxEntry(**(values | given)), by=BRONWEN, now=MONDAY)  # type: ignore[arg-type]


def change(world: World, act: Callable[[Session], object]) -> None:
    with world.house.database.writing() as session:
        act(session)
        session.commit()


def plan(world: World) -> None:
    jobs.plan_invitations(world.house, world.now)


def let_it_run(world: World, *, rounds: int = 40) -> None:
    for _ in range(rounds):
        world.step()
        if not world.leap():
            break


def test_a_setting_is_asked_at_its_mailbox_and_reminded_once_and_never_rung(world: World) -> None:
    world.take(row(**GREENFIELD))
    let_it_run(world)
    assert [(sent.step, sent.recipient) for sent in world.sent] == [
        (Step.INVITATION, "senco@greenfield.example.org"),
        (Step.REMINDER, "senco@greenfield.example.org"),
    ]
    with world.house.database.reading() as session:
        only = world.invitations(session)[0]
        assert only.close_reason is CloseReason.NO_ANSWER
        assert {message.channel for message in session.scalars(select(Message))} == {MessageChannel.EMAIL}
        assert {message.template for message in session.scalars(select(Message))} == {
            "setting_invitation",
            "setting_reminder",
        }


def test_two_cases_come_in_one_message_and_no_message_names_a_child(world: World) -> None:
    world.take(row(**GREENFIELD), SARA)
    let_it_run(world)
    assert [(sent.step, sent.carried) for sent in world.sent] == [(Step.INVITATION, {1, 2}), (Step.REMINDER, {1, 2})]
    with world.house.database.reading() as session:
        for message in session.scalars(select(Message)):
            said = f"{message.personalisation}"
            assert "Sara" not in said
            assert message.personalisation["surveys"] == "2"


def test_one_event_is_asked_about_once_of_one_mailbox_however_often_it_is_planned(world: World) -> None:
    world.take(row(**GREENFIELD))
    plan(world)
    world.step()
    plan(world)
    with world.house.database.reading() as session:
        assert len(world.invitations(session)) == 1


def test_a_mailbox_hears_from_us_twice_a_week_and_what_waits_comes_together(world: World) -> None:
    rows = [
        row(personref=f"C{n}", planref=f"E{n}", contactref=f"P{n}", startdate=f"{15 + n}/02/2026", **GREENFIELD)
        for n in range(1, 7)
    ]
    world.take(*rows)
    let_it_run(world, rounds=80)
    firsts = [sent for sent in world.sent if sent.step is Step.INVITATION]
    for sent in world.sent:
        week = [other for other in world.sent if timedelta(0) <= other.at - sent.at < timedelta(days=7)]
        assert len(week) <= 2
    assert set().union(*(sent.carried for sent in firsts)) == {1, 2, 3, 4, 5, 6}
    assert len(firsts) < 6


@pytest.mark.parametrize(
    "reason",
    [
        HoldReason.BEREAVEMENT,
        HoldReason.SAFEGUARDING,
        HoldReason.MOVED_OR_CEASED,
        HoldReason.DO_NOT_SEND,
        HoldReason.COURT_RESTRICTION,
        HoldReason.COMPLAINT_OR_TRIBUNAL,
    ],
)
def test_a_hold_on_the_child_stops_the_message_that_waits(world: World, reason: HoldReason) -> None:
    world.take(row(**GREENFIELD))
    world.climb()
    change(
        world,
        lambda s: holding.hold_family(s, s.scalars(select(Child)).one(), reason, by=BRONWEN, now=world.now),
    )
    assert world.dispatch() == []
    with world.house.database.reading() as session:
        assert world.invitations(session)[0].waits_because == f"hold_{reason.value}"


def test_a_hold_placed_after_the_message_was_queued_is_seen_in_the_transaction_that_claims_it(world: World) -> None:
    world.take(row(**GREENFIELD))
    world.climb()
    with world.house.database.writing() as session:
        factories.hold(session, session.scalars(select(Child)).one(), reason=HoldReason.SAFEGUARDING)
        session.commit()
    assert world.dispatch() == []


def test_a_mailbox_that_asked_us_to_stop_hears_no_more(world: World) -> None:
    world.take(row(**GREENFIELD), SARA)
    world.step()
    change(world, lambda s: answering.stop_asking(s, world.invitations(s)[0], now=world.now))
    let_it_run(world)
    assert len(world.sent) == 1
    with world.house.database.reading() as session:
        assert {each.close_reason for each in world.invitations(session)} == {CloseReason.OPTED_OUT}
        assert [kept.state for kept in mailbox_keeping.kept(session, MailboxKind.SETTING)] == ["opted_out"]


def test_a_dead_mailbox_waits_until_somebody_mends_its_address(world: World) -> None:
    world.take(row(**GREENFIELD))
    sent = world.step()
    world.hear(sent[0], "permanent-failure")
    world.climb()
    with world.house.database.reading() as session:
        waits = world.invitations(session)[0]
        assert (waits.state, waits.waits_because) == (InvitationState.ASKING, "mailbox_not_working")
        assert coming.whats_next(session, waits, now=world.now).waits_because == "mailbox_not_working"
        assert queries.out_of_reach(session) == []
    entry = MailboxEntry(MailboxKind.SETTING, "Greenfield School", "office@greenfield.example.org", "100001")
    change(
        world,
        lambda s: mailbox_keeping.change(s, s.scalars(select(RoleMailbox)).one(), entry, by=BRONWEN, now=world.now),
    )
    assert [one.recipient for one in world.step()] == ["office@greenfield.example.org"]


def test_one_that_nobody_mends_ends_as_never_reached(world: World) -> None:
    world.take(row(**GREENFIELD))
    world.hear(world.step()[0], "permanent-failure")
    let_it_run(world, rounds=120)
    with world.house.database.reading() as session:
        assert world.invitations(session)[0].close_reason is CloseReason.NO_WORKING_CONTACT


def test_a_setting_that_the_child_has_left_hears_no_more_and_no_other_is_asked_about_it(world: World) -> None:
    world.take(row(**GREENFIELD))
    world.step()
    change(world, lambda s: mailbox(s, name="Hilltop School", urn="100002", email="senco@hilltop.example.org"))
    world.take(row(settingname="Hilltop School", urn="100002"))
    plan(world)
    let_it_run(world)
    assert len(world.sent) == 1
    with world.house.database.reading() as session:
        assert [each.close_reason for each in world.invitations(session)] == [CloseReason.HELD]


def test_who_has_no_mailbox_is_counted_with_the_reason(world: World) -> None:
    world.take(
        row(settingname="Hilltop School", urn="100002"),
        row(personref="C3", planref="E3", contactref="P3", settingname="", urn=""),
    )
    with world.house.database.reading() as session:
        campaign = session.get_one(Campaign, 1)
        assert outlook(session, campaign, now=world.now).not_asked == {"no_mailbox": 1, "no_setting": 1}
        assert first_messages(session, campaign, now=world.now) == []
        lacking = mailbox_keeping.missing(session, now=world.now)
        assert [(each.name, each.urn, each.events) for each in lacking] == [("Hilltop School", "100002", 1)]


def test_a_name_matches_however_it_is_written_where_no_number_does(session: Session) -> None:
    by_name = mailbox(session, urn="")
    child = factories.child(session, setting_name="greenfield   SCHOOL.", setting_urn="100001")
    assert professionals.is_about(by_name, child)


def test_health_is_asked_where_the_need_is_served_and_otherwise_the_default(house: House, clock: SettableClock) -> None:
    with house.database.writing() as session:
        factories.campaign(session, survey="health_professional", audience=Audience.HEALTH_PROFESSIONAL)
        health = {"serves": MailboxKind.HEALTH, "urn": ""}
        mailbox(session, **health, name="Designated clinical officer", email="dco@nhs.example.org", is_default=True)
        mailbox(session, **health, name="Speech and language", email="slt@nhs.example.org", sen_needs=("SLCN",))
        session.commit()
    world = World(house, clock)
    world.take(
        row(sentype1="ASD", **GREENFIELD),
        row(personref="C2", planref="E2", contactref="P2", sentype1="SLCN", **GREENFIELD),
    )
    world.step()
    assert sorted(sent.recipient for sent in world.sent) == ["dco@nhs.example.org", "slt@nhs.example.org"]


def test_a_setting_sees_initials_and_a_date_and_a_health_service_also_the_year(session: Session) -> None:
    zain = factories.child(session, forename="Zain", surname="Invented")
    event = factories.plan_event(session, factories.plan(session, zain))
    of_setting = factories.campaign(session, survey="setting", audience=Audience.SETTING)
    asked = factories.invitation(session, of_setting, mailbox(session), event)
    label = professionals.case_label(asked)
    assert (label.initials, label.born_in, label.on) == ("Z.I.", None, event.happened_on)
    of_setting.audience = Audience.HEALTH_PROFESSIONAL
    assert professionals.case_label(asked).born_in == 2016


def test_nobody_can_be_sent_a_survey_for_anyone(session: Session) -> None:
    with pytest.raises(Invalid):
        create_campaign(
            session,
            name="x",
            survey="sen_support",
            audience=Audience.ANYONE,
            event_kind=PlanEventKind.PLAN_ISSUED,
            asks_from=MONDAY.date(),
            ladder=LadderSettings(),
            by=BRONWEN,
            now=MONDAY,
        )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "jo.bloggs@gmail.com"}, "email"),
        ({"email": "not an address"}, "email"),
        ({"urn": "12345"}, "urn"),
        ({"name": " "}, "name"),
        ({"name": "Another", "urn": "100001"}, "urn"),
        ({"sen_needs": ("XYZ",)}, "sen_needs"),
    ],
)
def test_what_cannot_be_a_mailbox_says_why(session: Session, given: dict[str, object], field: str) -> None:
    mailbox(session)
    with pytest.raises(Invalid) as refused:
        mailbox(session, **({"name": "Other", "urn": "100009"} | given))
    assert field in refused.value.fields


def test_a_family_and_a_setting_are_asked_about_one_plan_apart(world: World) -> None:
    with world.house.database.writing() as session:
        factories.campaign(session)
        session.commit()
    world.take(row(**GREENFIELD))
    world.step()
    assert sorted(sent.recipient for sent in world.sent) == ["mother@example.org", "senco@greenfield.example.org"]
    with world.house.database.reading() as session:
        surveys = {each.survey for each in world.invitations(session)}
        assert surveys == {"setting", "post_issuance"}
        assert isinstance(session.scalars(select(Invitation)).first(), Invitation)
