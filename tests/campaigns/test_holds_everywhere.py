"""A hold is a hold: whatever the way by which something could reach a family, nothing leaves once one stands."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering, booklets, calls, holding, resuming
from engage.campaigns.asking import Asking
from engage.campaigns.household import cap_of
from engage.campaigns.models import Beginning, CallOutcome, Campaign, Invitation, Step, SurveyLink
from engage.campaigns.services import pause, resume
from engage.core.audit import staff_actor
from engage.core.errors import Conflict
from engage.jobs import asking as jobs
from engage.jobs.dispatching import COMPOSERS
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageState
from engage.people.mailboxes import MailboxEntry, keep
from engage.people.models import Child, Hold, HoldReason, MailboxKind
from engage.surveys.definition import Audience
from engage.surveys.formats import Format
from engage.surveys.models import Mode
from tests import factories
from tests.campaigns.wires import Mishap, WiredWorld
from tests.campaigns.world import row
from tests.conftest import SettableClock

BRONWEN, CALLUM = staff_actor(1), staff_actor(2)
LINES = {"addressline1": "1 Example Road", "addressline2": "Kingston upon Thames", "contactpostcode": "KT1 1EU"}
GREENFIELD = {"settingname": "Greenfield School", "urn": "100001"}


@dataclass
class Town(WiredWorld):
    """A wired world in which somebody can be held at any moment."""

    on_child: bool = True
    reason: HoldReason = HoldReason.BEREAVEMENT
    held_from: int | None = field(default=None)
    """How many messages Notify had taken when the hold was placed."""

    def hold(self) -> None:
        """Hold the first child, and so everybody asked about it, or their parent."""
        self.held_from = len(self.notify.taken)
        self.change(lambda s: holding.hold_family(s, self.whom(s), self.reason, by=BRONWEN, now=self.now))

    def whom(self, session: Session) -> Any:
        first = self.invitations(session)[0]
        return first.plan_event.plan.child if self.on_child else first.person

    def change(self, act: Callable[[Session], object]) -> None:
        with self.house.database.writing() as session:
            act(session)
            session.commit()

    def first(self, session: Session) -> Invitation:
        return self.invitations(session)[0]

    def lives(self, days: int) -> None:
        for _ in range(days):
            self.clock.advance(days=1)
            jobs.plan_invitations(self.house, self.now)
            self.step()


@pytest.fixture
def town(house: House, clock: SettableClock, session: Session, on_child: bool) -> Town:
    """A campaign runs, and the council sends letters."""
    factories.campaign(session)
    session.commit()
    settings = house.settings.model_copy(
        update={"notify_letter_template_id": "55555555-5555-4555-8555-555555555555", "household_contacts_limit": 99}
    )
    made = Town(replace(house, settings=settings), clock, on_child=on_child)
    made.composers = {**COMPOSERS, **made.composers}
    return made


# -- every way by which something could leave ---------------------------------------------------------------------


def the_ladders_first_message(town: Town) -> None:
    town.take(row())
    town.hold()


def the_first_message_while_it_waits_to_leave(town: Town) -> None:
    town.take(row())
    town.climb()
    town.hold()


def a_reminder(town: Town) -> None:
    town.take(row())
    town.step()
    town.hold()


def another_way_after_a_failure(town: Town) -> None:
    town.take(row())
    [sent] = town.step()
    town.hear(sent, "permanent-failure")
    town.hold()


def another_way_that_is_queued_already(town: Town) -> None:
    town.take(row())
    [sent] = town.step()
    town.hear(sent, "permanent-failure")
    town.climb()
    town.hold()


def a_letter(town: Town) -> None:
    town.take(row(email="", mobile="", **LINES))
    town.climb()
    town.hold()


def a_second_try_of_what_notify_never_answered(town: Town) -> None:
    town.take(row())
    town.notify.mishaps = [Mishap.TIME_OUT_BEFORE]
    town.step()
    town.hold()


def a_second_try_of_what_a_dead_worker_had(town: Town) -> None:
    town.take(row())
    town.notify.mishaps = [Mishap.KILLED_BEFORE]
    town.step()
    town.hold()


def the_call_list(town: Town) -> None:
    town.take(row(email="", mobile="", telephone="020 7946 0123"))
    town.step()
    cap = cap_of(town.house.settings)
    with town.house.database.reading() as session:
        assert len(calls.call_list(session, now=town.now, cap=cap)) == 1
    town.hold()
    for days in range(20):
        with town.house.database.reading() as session:
            assert calls.call_list(session, now=town.now + timedelta(days=days), cap=cap) == []


def a_link_sent_once_more_before_the_hold(town: Town) -> None:
    to_be_rung(town)
    town.change(lambda s: prefers_link(town, s))
    town.hold()


def a_link_sent_once_more_after_it(town: Town) -> None:
    to_be_rung(town)
    town.hold()
    town.change(lambda s: prefers_link(town, s))


def to_be_rung(town: Town) -> None:
    town.take(row())
    town.step()
    for _ in range(60):
        with town.house.database.reading() as session:
            if any(contact.step is Step.CALL for contact in town.first(session).contacts):
                return
        town.leap()
        town.step()
    raise AssertionError("nobody is to be rung")


def prefers_link(town: Town, session: Session) -> None:
    asking = Asking(town.house.catalogue, town.house.settings.secrets)
    outcome = CallOutcome.PREFERS_LINK
    calls.log_call(session, town.first(session), outcome, by=BRONWEN, now=town.now, asking_with=asking)


def a_booklet(town: Town) -> None:
    town.take(row())
    town.step()
    town.hold()
    with pytest.raises(Conflict):
        town.change(
            lambda s: booklets.print_booklet(
                s,
                town.first(s),
                town.house.catalogue,
                town.house.settings.secrets,
                language="en",
                in_format=Format.STANDARD,
                by=BRONWEN,
                now=town.now,
            )
        )


def a_code_asked_for_before_the_hold(town: Town) -> None:
    began(town)
    town.change(lambda s: resuming.send_code(s, s.scalars(select(Beginning)).one(), now=town.now))
    town.hold()


def a_code_asked_for_after_it(town: Town) -> None:
    began(town)
    town.hold()
    with pytest.raises(Conflict):
        town.change(lambda s: resuming.send_code(s, s.scalars(select(Beginning)).one(), now=town.now))


def began(town: Town) -> None:
    town.take(row())
    town.step()

    def begin(session: Session) -> None:
        link = session.scalars(select(SurveyLink)).one()
        catalogue, invitation = town.house.catalogue, town.first(session)
        answering.start(session, invitation, catalogue, mode=Mode.LINK, language="en", now=town.now, link=link)

    town.change(begin)


def a_campaign_that_begins_later(town: Town) -> None:
    town.take(row())
    town.hold()

    def begins(session: Session) -> None:
        session.scalars(select(Campaign)).one().survey = "annual_review"  # so that nobody was asked with this one
        factories.campaign(session)

    town.change(begins)


def a_plan_that_a_later_file_brings(town: Town) -> None:
    town.take(row())
    town.hold()
    town.take(row(), row(planref="E9", startdate="18/02/2026"))


def new_addresses_that_a_later_file_brings(town: Town) -> None:
    town.take(row(email=""))
    town.hold()
    town.take(row(email="new@example.org", mobile="07700 900999"))


def a_campaign_that_goes_on_after_a_pause(town: Town) -> None:
    town.take(row())
    town.climb()
    town.change(lambda s: pause(s, s.scalars(select(Campaign)).one(), by=BRONWEN, now=town.now))
    town.hold()
    town.change(lambda s: resume(s, s.scalars(select(Campaign)).one(), by=BRONWEN, now=town.now))


def a_message_to_the_childs_setting(town: Town) -> None:
    """Only a hold on the child is one on this: the setting's own mailbox is nobody's family."""
    town.on_child = True

    def asks_settings(session: Session) -> None:
        campaign = session.scalars(select(Campaign)).one()
        campaign.survey, campaign.audience = "setting", Audience.SETTING
        entry = MailboxEntry(serves=MailboxKind.SETTING, name="Greenfield School", urn="100001", email="s@example.org")
        keep(session, entry, by=BRONWEN, now=town.now)

    town.change(asks_settings)
    town.take(row(**GREENFIELD))
    jobs.plan_invitations(town.house, town.now)
    town.climb()
    town.hold()


WAYS: tuple[Callable[[Town], None], ...] = (
    the_ladders_first_message,
    the_first_message_while_it_waits_to_leave,
    a_reminder,
    another_way_after_a_failure,
    another_way_that_is_queued_already,
    a_letter,
    a_second_try_of_what_notify_never_answered,
    a_second_try_of_what_a_dead_worker_had,
    the_call_list,
    a_link_sent_once_more_before_the_hold,
    a_link_sent_once_more_after_it,
    a_booklet,
    a_code_asked_for_before_the_hold,
    a_code_asked_for_after_it,
    a_campaign_that_begins_later,
    a_plan_that_a_later_file_brings,
    new_addresses_that_a_later_file_brings,
    a_campaign_that_goes_on_after_a_pause,
    a_message_to_the_childs_setting,
)


@pytest.mark.parametrize("on_child", [True, False], ids=["the child is held", "the parent is held"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.replace("_", " "))
def test_nothing_leaves_by_any_way_while_a_hold_stands(town: Town, way: Callable[[Town], None]) -> None:
    way(town)
    assert town.held_from is not None
    town.dispatch()
    town.lives(20)
    assert list(town.notify.taken)[town.held_from :] == []
    with town.house.database.reading() as session:
        queued = session.scalars(
            select(Message).where(Message.state == MessageState.QUEUED, Message.attempts_made == 0)
        )
        assert queued.all() == [], "what was never tried is purged, and not only stopped"


@pytest.mark.parametrize("on_child", [True])
def test_a_brother_who_is_not_held_is_asked_about_and_the_one_who_is_held_is_not(town: Town) -> None:
    town.take(row(), row(personref="C2", planref="E2", forename="Sibling"))
    town.climb()
    town.hold()
    town.dispatch()
    town.lives(10)
    with town.house.database.reading() as session:
        held = session.scalars(select(Child).join(Hold, Hold.person_id == Child.id)).one()
        asked = {one.id for one in town.invitations(session) if one.plan_event.plan.child_id != held.id}
    assert [sent.carried for sent in town.sent] == [asked] * len(town.sent)
    assert town.sent


@pytest.mark.parametrize("on_child", [True, False])
def test_once_the_hold_is_lifted_the_family_goes_on_where_it_stopped(town: Town) -> None:
    the_first_message_while_it_waits_to_leave(town)
    town.lives(3)

    def lift(session: Session) -> None:
        holding.lift_family_hold(session, session.scalars(select(Hold)).one(), by=CALLUM, now=town.now)

    town.change(lift)
    town.lives(8)
    assert [sent.step for sent in town.sent] == [Step.INVITATION, Step.REMINDER]
