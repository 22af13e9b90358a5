"""Mail scanners follow every link of every message, many times, before a person does: nothing may come of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.services import request_sign_in
from engage.campaigns import answering, asking, resuming
from engage.campaigns.household import SURVEY_MESSAGE
from engage.campaigns.models import Beginning, Invitation, InvitationState, Step, SurveyLink
from engage.core.audit import SYSTEM, staff_actor
from engage.core.config import Settings
from engage.core.db import Database
from engage.jobs.wiring import House
from engage.notify import signing
from engage.notify.models import Message, MessageChannel, MessageState
from engage.notify.standin import EMAIL_TEMPLATE_ID, LETTER_TEMPLATE_ID, TEXT_TEMPLATE_ID, RunningStandin
from engage.people.mailboxes import MailboxEntry, keep
from engage.people.models import Channel, HoldReason, MailboxKind, ParentCarer, Person
from engage.plans.models import PlanEventKind
from engage.register.models import Registration, RegistrationState
from engage.register.rules import Asking, ChildOnForm
from engage.register.services import ask_to_join
from engage.surveys.definition import Audience
from engage.surveys.models import Mode
from tests import factories
from tests.conftest import SettableClock, make_settings
from tests.web.respond.family import dump

VISITS = 50
HOST = "https://engage.example.org"
LINK = re.compile(rf"{re.escape(HOST)}/[^\s)\]]+")
ADDRESS = "1 Example Road\nKingston upon Thames\nKT1 1EU"
BORN_PAST_SCHOOL_AGE = {"born_on": factories.AT.date().replace(year=2008)}


@pytest.fixture
def settings(database: Database, notify: RunningStandin) -> Settings:
    """A council that sends letters too, and whose emails can be unsubscribed from with one click."""
    return make_settings(
        database_url=database.url,
        public_url=HOST,
        notify_url=notify.url,
        notify_api_key=notify.api_key,
        notify_email_template_id=str(EMAIL_TEMPLATE_ID),
        notify_text_template_id=str(TEXT_TEMPLATE_ID),
        notify_letter_template_id=str(LETTER_TEMPLATE_ID),
    )


@dataclass
class Town:
    """Those to whom messages go, and the worker that sends them."""

    session: Session
    house: House
    clock: SettableClock
    worker: Callable[[], None]

    def asks(self, person: Person | None = None, **given: Any) -> Invitation:
        """Somebody due to be asked now; a new family's parent unless a person is given."""
        of_campaign = {name: given.pop(name) for name in CAMPAIGNS_OWN if name in given}
        person = person or self.parent()
        child = given.pop("child", None) or factories.child(self.session)
        if person is not child and self.is_parent(person):
            factories.relationship(self.session, child, person)
        kind = of_campaign.get("event_kind", PlanEventKind.PLAN_ISSUED)
        event = factories.plan_event(self.session, factories.plan(self.session, child), kind=kind)
        campaign = factories.campaign(self.session, **of_campaign)
        return factories.invitation(self.session, campaign, person, event, **{"next_due_at": self.clock.now(), **given})

    def is_parent(self, person: Person) -> bool:
        return isinstance(person, ParentCarer)

    def parent(self, **ways: str) -> Person:
        """A parent whom these ways alone reach; an email address unless others are given."""
        parent = factories.parent_carer(self.session, email=None, mobile=None)
        for channel, value in (ways or {"email": f"parent{parent.id}@example.org"}).items():
            factories.contact_point(self.session, parent, Channel(channel), value)
        return parent

    def works(self) -> None:
        self.session.commit()
        self.worker()


CAMPAIGNS_OWN = ("survey", "audience", "event_kind", "ladder")


@pytest.fixture
def town(session: Session, house: House, clock: SettableClock, the_worker_works: Callable[[], None]) -> Town:
    return Town(session, house, clock, the_worker_works)


# -- every kind of message, by the template that it is made of ---------------------------------------------------


def by_email(town: Town) -> None:
    town.asks()


def by_text(town: Town) -> None:
    town.asks(town.parent(mobile="+447700900123"))


def by_letter(town: Town) -> None:
    town.asks(town.parent(post=ADDRESS))


def by_a_letter_that_all_have_signed(town: Town) -> None:
    joint = town.house.templates.find("joint_invitation", MessageChannel.LETTER, "en")
    for organisation in joint.signatories:
        now = town.clock.now()
        signing.sign(town.session, joint, organisation, version=joint.version, by=SYSTEM, now=now)
    town.asks(town.parent(post=ADDRESS), ladder={"joint_letter": True})


def in_a_dispute(town: Town) -> None:
    factories.hold(town.session, town.asks().person, reason=HoldReason.COMPLAINT_OR_TRIBUNAL)


def about_two_children(town: Town) -> None:
    parent = town.parent()
    for _ in range(2):
        town.asks(parent)


def after_a_review(town: Town) -> None:
    town.asks(survey="annual_review", event_kind=PlanEventKind.ANNUAL_REVIEW)


def reminding(step: Step) -> Callable[[Town], None]:
    def reminded(town: Town) -> None:
        long_ago = town.clock.now() - timedelta(days=30)
        invitation = town.asks(state=InvitationState.ASKING, first_asked_at=long_ago, next_step=step)
        left = {"purpose": SURVEY_MESSAGE, "state": MessageState.DELIVERED, "claimed_at": long_ago}
        message = factories.message(town.session, person_id=invitation.person_id, **left)
        factories.ladder_contact(town.session, invitation, message_id=message.id, taken_at=long_ago)

    return reminded


def on_the_telephone(town: Town) -> None:
    tomorrow = town.clock.now() + timedelta(days=1)
    asked = town.asks(state=InvitationState.ASKING, first_asked_at=town.clock.now(), next_due_at=tomorrow)
    with_ = asking.Asking(town.house.catalogue, town.house.settings.secrets)
    asking.send_link_again(town.session, asked, with_, now=town.clock.now())


def of_a_young_person(survey: str, kind: PlanEventKind) -> Callable[[Town], None]:
    def asked(town: Town) -> None:
        young = factories.child(town.session, **BORN_PAST_SCHOOL_AGE)
        factories.contact_point(town.session, young, Channel.EMAIL, "young@example.org")
        town.asks(young, child=young, survey=survey, audience=Audience.YOUNG_PERSON, event_kind=kind)

    return asked


def of_professionals(kind: MailboxKind, cases: int) -> Callable[[Town], None]:
    def asked(town: Town) -> None:
        entry = MailboxEntry(serves=kind, name="Greenfield School", urn="100001", email="senco@greenfield.example.org")
        mailbox = keep(town.session, entry, by=staff_actor(1), now=town.clock.now())
        audience = Audience.SETTING if kind is MailboxKind.SETTING else Audience.HEALTH_PROFESSIONAL
        for _ in range(cases):
            child = factories.child(town.session, setting_name="Greenfield School", setting_urn="100001")
            town.asks(mailbox, child=child, survey=audience.value, audience=audience)

    return asked


def that_was_begun(town: Town) -> None:
    """Somebody has begun to answer, and asked for a code to see it again in another browser."""
    asked = town.asks()
    town.works()
    session, now = town.session, town.clock.now()
    session.expire_all()
    link = session.scalars(select(SurveyLink)).one()
    begun = answering.start(session, asked, town.house.catalogue, mode=Mode.LINK, language="en", now=now, link=link)
    begun.answers = {"involved": "5"}
    beginning = session.scalars(select(Beginning)).one()
    beginning.visitor = "0123456789abcdef"
    resuming.send_code(session, beginning, now=now)


def that_was_answered(town: Town) -> None:
    asked = town.asks()
    town.works()
    town.session.expire_all()
    factories.response(town.session, asked)
    asked.state, asked.answered_at, asked.next_step = InvitationState.ANSWERED, town.clock.now(), None


def that_was_stopped(town: Town) -> None:
    asked = town.asks()
    town.works()
    town.session.expire_all()
    answering.stop_asking(town.session, asked, now=town.clock.now())


def to_sign_in(town: Town) -> None:
    officer = town.session.scalars(select(Staff)).first()
    assert officer is not None
    request_sign_in(town.session, officer.email, settings=town.house.settings, now=town.clock.now())


def to_join_the_register(town: Town) -> None:
    child = ChildOnForm(forename="Asha", surname="Demoyan", born_on=town.clock.now().date().replace(year=2018))
    joining = Asking(name="Beth Demoyan", email="beth@example.org", children=(child,))
    ask_to_join(town.session, joining, settings=town.house.settings, now=town.clock.now())


def who_is_on_the_register(town: Town) -> None:
    to_join_the_register(town)
    town.works()
    joined = town.session.scalars(select(Registration)).one()
    joined.state, joined.confirmed_at = RegistrationState.CONFIRMED, town.clock.now()
    to_join_the_register(town)


EVERY_KIND: dict[Callable[[Town], None], tuple[str, set[str]]] = {
    by_email: ("a family by email", {"survey_invitation"}),
    by_text: ("a family by text", {"survey_invitation"}),
    by_letter: ("a family by letter", {"survey_invitation"}),
    by_a_letter_that_all_have_signed: ("a letter signed jointly", {"joint_invitation"}),
    in_a_dispute: ("a family in a dispute", {"survey_invitation_dispute"}),
    about_two_children: ("one message about two children", {"survey_invitation_several"}),
    after_a_review: ("a review", {"survey_invitation"}),
    reminding(Step.REMINDER): ("a reminder", {"survey_reminder"}),
    reminding(Step.OTHER_CHANNEL): ("a last reminder", {"survey_last_reminder"}),
    on_the_telephone: ("a link asked for on the telephone", {"survey_reminder"}),
    of_a_young_person("young_person", PlanEventKind.PLAN_ISSUED): ("a young person", {"young_person_invitation"}),
    of_a_young_person("young_person_review", PlanEventKind.ANNUAL_REVIEW): (
        "a young person after a review",
        {"young_person_invitation"},
    ),
    of_professionals(MailboxKind.SETTING, 1): ("a setting", {"setting_invitation"}),
    of_professionals(MailboxKind.SETTING, 2): ("a setting about two cases", {"setting_invitation_several"}),
    of_professionals(MailboxKind.HEALTH, 1): ("a health service", {"health_invitation"}),
    that_was_begun: ("a survey that was begun, and its code", {"survey_invitation", "resume_code"}),
    that_was_answered: ("a survey that was answered", {"survey_invitation"}),
    that_was_stopped: ("a family that asked us to stop", {"survey_invitation"}),
    to_sign_in: ("signing in", {"sign_in"}),
    to_join_the_register: ("joining the register", {"register_confirm"}),
    who_is_on_the_register: ("the register already joined", {"register_confirm", "register_already"}),
}


@pytest.mark.parametrize(("send", "made_of"), [(send, said[1]) for send, said in EVERY_KIND.items()],
                         ids=[said[0] for said in EVERY_KIND.values()])  # fmt: skip
def test_fifty_visits_to_every_link_of_every_message_change_nothing(
    send: Callable[[Town], None],
    made_of: set[str],
    town: Town,
    app: Flask,
    database: Database,
    session: Session,
    notify: RunningStandin,
    bronwen: Staff,
) -> None:
    send(town)
    town.works()
    session.expire_all()
    sent = session.scalars(select(Message).where(Message.claimed_at == town.clock.now())).all()
    assert {message.template for message in sent} == made_of
    session.commit()
    links = links_of(notify)
    assert links
    scanner = FlaskClient(app, app.response_class, use_cookies=True)
    before = dump(database)

    for link in sorted(links):
        for visit in range(VISITS):
            look = scanner.get if visit % 2 else scanner.head
            assert look(urlsplit(link).path, base_url=HOST).status_code < 400

    assert dump(database) == before


def links_of(notify: RunningStandin) -> set[str]:
    """Every link in every message that Notify has taken, one-click unsubscribing with them."""
    messages = notify.messages()
    in_words = {link for message in messages for link in LINK.findall(message.body or "")}
    return in_words | {one.one_click_unsubscribe_url for one in messages if one.one_click_unsubscribe_url}


def test_every_email_that_asks_can_be_unsubscribed_from_and_its_link_is_among_those_visited(
    town: Town, notify: RunningStandin
) -> None:
    by_email(town)
    town.works()
    [message] = notify.messages()
    assert message.one_click_unsubscribe_url is not None
    assert urlsplit(message.one_click_unsubscribe_url).path.endswith("/stop")
    assert message.one_click_unsubscribe_url in links_of(notify)
