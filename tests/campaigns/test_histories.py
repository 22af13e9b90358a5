"""Random histories: whatever happens, and in whatever order, each rung reaches a family once, and never when it should not."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.campaigns import answering, calls, holding
from engage.campaigns.asking import Asking, settings_of
from engage.campaigns.climbing import NOT_LEFT
from engage.campaigns.household import HEARD, cap_of, contacts_since, household
from engage.campaigns.ladder import CLIMB, MESSAGE_STEPS, is_stale
from engage.campaigns.models import (
    CallOutcome,
    Campaign,
    CampaignState,
    CloseReason,
    Invitation,
    InvitationState,
    LadderContact,
    Step,
    SurveyLink,
)
from engage.campaigns.services import pause, resume
from engage.core.audit import staff_actor
from engage.core.clock import london_date
from engage.core.db import Base
from engage.core.errors import Conflict
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageState
from engage.notify.templates import Templates
from engage.people.models import Hold, HoldReason, Person
from engage.plans.askable import why_not_askable
from engage.surveys.loader import Catalogue
from engage.surveys.models import Mode, Response
from tests import factories
from tests.campaigns.world import Row, Sent, World, row
from tests.conftest import MONDAY, SettableClock, make_settings
from tests.databases import Servers

Opened = Callable[[int], AbstractContextManager[World]]
BRONWEN, CALLUM = staff_actor(1), staff_actor(2)
OPEN = (InvitationState.PLANNED, InvitationState.ASKING)
FATHER = {"contactref": "P2", "contactrelationship": "father", "contactforename": "Father"}
ROWS = (
    row(),
    row(**FATHER, email="father@example.org", mobile=""),
    row(personref="C2", planref="E2", forename="Sibling", startdate="18/02/2026"),
    row(personref="C3", planref="E3", forename="Youngest"),
)
Pair = tuple[str, str]
"""A child and a contact of theirs, by the council's own numbers."""
WITHOUT: dict[str, Row | None] = {
    "gone": None,
    "another": {
        "contactref": "P9",
        "contactrelationship": "grandparent",
        "contactforename": "Gran",
        "email": "",
        "mobile": "07700 900109",
    },
    "blank": dict.fromkeys(
        ("contactref", "contactrelationship", "contactforename", "contactsurname", "email", "mobile"), ""
    ),
    "faulty": {"telephone": "12"},
}
"""How a row can come to name its contact no longer: its cells instead, or None for no row."""


@dataclass
class History:
    """One world, the file its council holds, and what was promised to whom."""

    world: World
    rows: list[Row] = field(default_factory=lambda: [dict(each) for each in ROWS])
    left_out: dict[int, str] = field(default_factory=dict)
    """How a row, by its place, does not name its contact at present."""
    named: dict[Pair, bool] = field(default_factory=dict)
    """Whether the council's newest word on a child's contacts names this one."""
    never_again: set[int] = field(default_factory=set)
    """Invitations that were answered, or whose person said no: nothing may leave for them any more."""
    lost_ways: set[str] = field(default_factory=set)
    """Things that may rightly cut a ladder short."""

    # -- what may happen -----------------------------------------------------------------------------------------

    def days(self, n: int) -> None:
        """The worker works for some days."""
        for _ in range(n):
            self.world.clock.advance(days=1)
            self.send()

    def away(self, n: int) -> None:
        """Nothing works for some days."""
        self.world.clock.advance(days=n)

    def climb(self, _n: int) -> None:
        self.world.climb()

    def no_notify(self, _n: int) -> None:
        """Notify takes nothing: what was due waits, having been tried."""
        self.world.climb()
        self.world.dispatch(taken=False)

    def send(self, _n: int = 0) -> None:
        for sent in self.world.step():
            self.may_leave(sent)

    def bring_file(self, n: int) -> None:
        """The file comes again, the same or with one thing changed; and, whatever it says, once more."""
        changed = self.rows[n % len(self.rows)]
        for name, value in (
            {},
            {"startdate": "25/02/2026"},
            {"startdate": "10/02/2026"},
            {"planstatus": "cancelled"},
            {"planstatus": "active"},
            {"ceasedate": "28/02/2026", "ceasereason": "2"},
            {"ceasedate": "", "ceasereason": ""},
            {"email": f"new{n}@example.org"},
            {"email": ""},
            {"mobile": ""},
            {"contactallowed": "N"},
        )[n % 11].items():
            for each in self.rows:
                same_plan = each["planref"] == changed["planref"]
                same_person = each["contactref"] == changed["contactref"]
                if each is changed or (same_plan and name in PLAN) or (same_person and name in PERSON):
                    each[name] = value
        self.lost_ways |= {"file"} if n % 11 else set()
        self.take()
        before = dump(self.world)
        self.take()
        assert dump(self.world) == before

    def take(self) -> None:
        """The file as it is at present."""
        rows = [
            (each | instead, self.left_out.get(place) == "faulty")
            for place, each in enumerate(self.rows)
            if (instead := WITHOUT[self.left_out[place]] if place in self.left_out else {}) is not None
        ]
        told, unclear = (
            {(each["personref"], each["contactref"]) for each, faulty in rows if faulty is kind and each["contactref"]}
            for kind in (False, True)
        )
        self.named |= dict.fromkeys(told, True)
        for pair in self.named:
            if pair not in told | unclear and pair[0] in {child for child, _ in told}:
                self.named[pair] = False
        self.world.take(*(each for each, _ in rows))

    def leave_out(self, n: int) -> None:
        """The file comes without one of its contacts."""
        with self.world.house.database.reading() as session:
            tried = select(Message.id).where(Message.state.in_(NOT_LEFT), Message.attempts_made > 0)
            self.lost_ways |= {"tried"} if session.scalar(tried.limit(1)) else set()
        self.left_out[n % len(self.rows)] = list(WITHOUT)[n // len(self.rows) % len(WITHOUT)]
        self.bring_file(0)

    def name_again(self, n: int) -> None:
        """The file comes with one of those, or with all."""
        for place in list(self.left_out) if n % 5 == 0 else [n % len(self.rows)]:
            self.left_out.pop(place, None)
        self.bring_file(0)

    def hold(self, n: int) -> None:
        with self.world.house.database.writing() as session:
            people = session.scalars(select(Person).order_by(Person.id)).all()
            reason = (HoldReason.BEREAVEMENT, HoldReason.DO_NOT_SEND)[n % 2]
            holding.hold_family(session, people[n % len(people)], reason, by=BRONWEN, now=self.world.now)
            session.commit()

    def lift(self, _n: int = 0) -> None:
        with self.world.house.database.writing() as session:
            standing = Hold.lifted_at.is_(None) & (Hold.reason != HoldReason.OPTED_OUT)
            for hold in session.scalars(select(Hold).where(standing)):
                holding.lift_family_hold(session, hold, by=CALLUM, now=self.world.now)
            session.commit()

    def hear(self, n: int) -> None:
        """Notify says what became of one message."""
        with self.world.house.database.reading() as session:
            waiting = set(session.scalars(select(Message.id).where(Message.state == MessageState.ACCEPTED)))
        silent = [sent for sent in self.world.sent if sent.message_id in waiting]
        if silent:
            status = ("delivered", "permanent-failure", "temporary-failure")[n % 3]
            self.lost_ways |= {"file"} if status == "permanent-failure" else set()
            self.world.hear(silent[n % len(silent)], status)

    def answer(self, n: int) -> None:
        """A family opens the link of a message and answers, or tries to a second time."""
        self._by_link(n, self._answer)

    def wrong_person(self, n: int) -> None:
        self.lost_ways |= {"file"}
        self._by_link(n, lambda s, link: answering.not_this_person(s, link, now=self.world.now))

    def not_this_one(self, n: int) -> None:
        self._by_link(n, self._declines)

    def stop(self, n: int) -> None:
        self._by_link(n, self._stops)

    def ring(self, n: int) -> None:
        """The officer rings whoever is first on the list."""
        outcomes = [each for each in CallOutcome if each is not CallOutcome.CALL_BACK]
        outcome = outcomes[n % len(outcomes)]
        asking = Asking(self.world.house.catalogue, self.world.house.settings.secrets)
        with self.world.house.database.writing() as session:
            for item in calls.call_list(session, now=self.world.now)[:1]:
                if outcome is CallOutcome.ANSWERED_SURVEY:
                    self._send_answers(session, item.invitation, Mode.PHONE, None)
                calls.log_call(session, item.invitation, outcome, by=BRONWEN, now=self.world.now, asking_with=asking)
                if outcome is CallOutcome.STOP_ASKING:
                    self._never(session, item.invitation.person_id)
                elif outcome is CallOutcome.DECLINED:
                    self.never_again.add(item.invitation.id)
                elif outcome is CallOutcome.WRONG_NUMBER:
                    self.lost_ways |= {"file"}
            session.commit()

    def pause(self, _n: int) -> None:
        with self.world.house.database.writing() as session:
            campaign = session.get_one(Campaign, 1)
            if campaign.state is CampaignState.RUNNING:
                pause(session, campaign, by=BRONWEN, now=self.world.now)
            session.commit()

    def resume(self, _n: int = 0) -> None:
        with self.world.house.database.writing() as session:
            campaign = session.get_one(Campaign, 1)
            if campaign.state is CampaignState.PAUSED:
                resume(session, campaign, by=BRONWEN, now=self.world.now)
            session.commit()

    def _by_link(self, n: int, act: Any) -> None:
        with self.world.house.database.writing() as session:
            links = session.scalars(
                select(SurveyLink).where(SurveyLink.revoked_at.is_(None)).order_by(SurveyLink.id)
            ).all()
            left = [link for link in links if link.contact and link.contact.message and link.contact.message.claimed_at]
            if left:
                act(session, left[n % len(left)])
            session.commit()

    def _answer(self, session: Session, link: SurveyLink) -> None:
        with_door = answering.door(link.invitation)
        try:
            self._send_answers(session, link.invitation, Mode.LINK, link.contact)
        except Conflict:
            assert with_door in (answering.Door.ANSWERED, answering.Door.CLOSED)

    def _send_answers(
        self, session: Session, invitation: Invitation, mode: Mode, credited: LadderContact | None
    ) -> None:
        house, now = self.world.house, self.world.now
        answering.start(session, invitation, house.catalogue, mode=mode, language="en", now=now)
        survey = answering.survey_of(invitation, house.catalogue)
        answering.submit(session, invitation, survey, credited=credited, now=now, by=BRONWEN)
        self.never_again.add(invitation.id)

    def _declines(self, session: Session, link: SurveyLink) -> None:
        answering.not_this_time(session, link.invitation, now=self.world.now)
        if link.invitation.state not in OPEN:
            self.never_again.add(link.invitation_id)

    def _stops(self, session: Session, link: SurveyLink) -> None:
        answering.stop_asking(session, link.invitation, now=self.world.now)
        self._never(session, link.invitation.person_id)

    def _never(self, session: Session, person_id: int) -> None:
        self.never_again |= set(session.scalars(select(Invitation.id).where(Invitation.person_id == person_id)))

    # -- what must hold ------------------------------------------------------------------------------------------

    def may_leave(self, sent: Sent) -> None:
        """Checked as each message leaves; that no hold stands is asserted where it is claimed."""
        assert not sent.carried & self.never_again
        with self.world.house.database.reading() as session:
            ladder = settings_of(session.get_one(Invitation, sent.invitation_id).campaign)
            self.not_too_often(session, sent)
        assert ladder.hours.allows(sent.at)
        for invitation_id in sent.carried:
            assert self.named[self.pair(invitation_id)]
            before = [each for each in self.world.sent if invitation_id in each.carried and each is not sent]
            assert sent.steps[invitation_id] not in {each.steps[invitation_id] for each in before}
            if before and not sent.steps[invitation_id][1]:
                gap = london_date(sent.at) - max(london_date(each.at) for each in before)
                assert gap >= timedelta(days=ladder.smallest_gap_days)

    def pair(self, invitation_id: int) -> Pair:
        with self.world.house.database.reading() as session:
            invitation = session.get_one(Invitation, invitation_id)
            return invitation.plan_event.plan.child.source_ref, invitation.person.source_ref

    def not_too_often(self, session: Session, sent: Sent) -> None:
        """One message of a kind a person a day, unless an earlier one failed; and never more than the cap in its window."""
        if sent.step not in MESSAGE_STEPS:
            return  # asked for on the telephone
        cap = cap_of(self.world.house.settings)
        contacts = contacts_since(session, household(session, sent.person_id), sent.at - timedelta(days=cap.days))
        assert len(contacts) <= cap.limit
        if not any(fallback for _, fallback in sent.steps.values()):
            until_now = self.world.sent[: self.world.sent.index(sent) + 1]  # in the order in which they left
            same = [one for one in until_now if (one.person_id, one.step) == (sent.person_id, sent.step)]
            heard = [one for one in same if session.get_one(Message, one.message_id).state in HEARD]
            assert [one for one in heard if london_date(one.at) == london_date(sent.at)] == [sent]

    def come_to_rest(self) -> None:
        """With everything lifted, heard, named and running again, every ladder is climbed to its end."""
        self.lift()
        self.resume()
        self.name_again(0)
        self.came_back_unless_too_late()
        for _ in range(200):
            self.send()
            if not self.world.leap():
                break
        with self.world.house.database.reading() as session:
            everybody = self.world.invitations(session)
            assert len({(each.plan_event_id, each.person_id) for each in everybody}) == len(everybody)
            for invitation in everybody:
                assert invitation.state not in OPEN
                assert invitation.state is InvitationState.ANSWERED or invitation.close_reason is not None
                self.lost_nothing(invitation)
            answered = sum(each.state is InvitationState.ANSWERED for each in everybody)
            assert session.scalar(select(func.count(Response.id)).where(Response.submitted_at.is_not(None))) == answered

    def came_back_unless_too_late(self) -> None:
        """Whoever is named may be asked again, as far as their child's event still is."""
        with self.world.house.database.reading() as session:
            for invitation in self.world.invitations(session):
                event, campaign = invitation.plan_event, invitation.campaign
                stale = is_stale(event.happened_on, settings_of(campaign), now=self.world.now)
                asked = why_not_askable(event) is None and event.happened_on >= campaign.asks_from
                assert stale or not asked or invitation.close_reason is not CloseReason.NO_LONGER_NAMED

    def lost_nothing(self, invitation: Invitation) -> None:
        """Whoever never answered was given every chance there was."""
        if invitation.close_reason not in (CloseReason.NO_ANSWER, CloseReason.NO_WORKING_CONTACT):
            return
        if invitation.state is not InvitationState.CLOSED:
            return
        taken = {contact.step for contact in invitation.contacts}
        assert Step.CALL in taken
        if not self.lost_ways:
            assert taken == {*CLIMB} - {Step.CLOSE}
            left: dict[Step, int] = defaultdict(int)
            for sent in self.world.sent:
                left[sent.step] += invitation.id in sent.carried
            assert all(left[step] for step in MESSAGE_STEPS)


PLAN = frozenset({"startdate", "planstatus", "ceasedate", "ceasereason"})
PERSON = frozenset({"email", "mobile"})


def dump(world: World) -> dict[str, list[str]]:
    """Every row of every table."""
    with world.house.database.reading() as session:
        return {name: sorted(map(repr, session.execute(select(table)))) for name, table in Base.metadata.tables.items()}


@pytest.fixture
def opened(servers: Servers, catalogue: Catalogue, templates: Templates) -> Opened:
    """`with opened(limit) as world`: a new world with a running campaign and this household cap. A function, for what a
    failure of Hypothesis prints is then the history and not every survey."""

    @contextmanager
    def world(limit: int) -> Iterator[World]:
        with servers.fresh() as database:
            chosen = make_settings(database_url=database.url, household_contacts_limit=limit)
            clock = SettableClock(MONDAY)
            with database.writing() as session:
                factories.campaign(session)
                session.commit()
            yield World(House(chosen, database, clock, catalogue, templates), clock)

    return world


HAPPENINGS = (
    "days", "days", "days", "away", "climb", "no_notify", "send", "bring_file", "bring_file", "hold", "hold", "lift",
    "hear", "hear", "answer", "wrong_person", "not_this_one", "stop", "ring", "ring", "pause", "resume",
    "leave_out", "leave_out", "leave_out", "name_again", "name_again",
)  # fmt: skip
histories = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 30)), min_size=3, max_size=25)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings=histories, limit=st.sampled_from([1, 2, 4, 6]))
@example(happenings=[("climb", 0), ("no_notify", 0), ("hold", 1), ("days", 2), ("lift", 0)], limit=6)
@example(
    happenings=[("send", 0), ("hear", 4), ("climb", 0), ("hold", 0), ("bring_file", 4), ("lift", 0), ("days", 9)],
    limit=6,
)
@example(happenings=[("climb", 0), ("bring_file", 3), ("days", 1), ("bring_file", 4), ("days", 20)], limit=6)
@example(happenings=[("days", 1), ("bring_file", 3), ("days", 10), ("bring_file", 4), ("days", 20)], limit=6)
@example(
    happenings=[("climb", 0), ("hold", 3), ("send", 0), ("lift", 0), ("days", 9), ("hear", 1), ("days", 9)], limit=6
)
@example(happenings=[("no_notify", 0), ("hold", 3), ("days", 3), ("lift", 0), ("days", 20)], limit=3)
@example(
    happenings=[("climb", 0), ("hold", 0), ("away", 20), ("days", 7), ("hear", 29), ("days", 9)],
    limit=4,
)
@example(happenings=[("days", 6), ("leave_out", 2), ("not_this_one", 0), ("name_again", 0), ("days", 21)], limit=4)
@example(happenings=[("days", 30), ("ring", 4), ("ring", 5), ("days", 20)], limit=2)
def test_no_step_twice_none_lost_and_nothing_under_a_hold_or_too_often(
    opened: Opened, happenings: list[tuple[str, int]], limit: int
) -> None:
    with opened(limit) as world:
        history = History(world)
        history.take()
        for what, n in happenings:
            getattr(history, what)(n)
        history.come_to_rest()
