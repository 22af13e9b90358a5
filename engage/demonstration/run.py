"""Makes a demonstration area and lets its months pass, day by day, through the very services that real work uses."""

import csv
import io
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.accounts.services import add_staff
from engage.campaigns import answering, calls
from engage.campaigns.asking import Asking
from engage.campaigns.importing import import_reading
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import CallOutcome, Invitation, InvitationState, LadderContact
from engage.campaigns.services import create_campaign, launch
from engage.cases.intake import send_answers, send_phone_answers
from engage.core.audit import SYSTEM, Actor, staff_actor
from engage.core.clock import london_date, london_moment
from engage.core.errors import Conflict
from engage.demonstration import content, met, professionals
from engage.demonstration.area import generate
from engage.demonstration.behaviour import Family
from engage.demonstration.pretend_notify import PretendNotify
from engage.demonstration.signatures import SIGNS_FOR, sign_joint_letters
from engage.insight.releases import release
from engage.jobs import asking as asking_jobs
from engage.jobs.dispatching import dispatcher
from engage.jobs.following_up import share_with_qa
from engage.jobs.wiring import House
from engage.notify.models import MessageState
from engage.notify.receipts import take
from engage.notify.templates import Templates
from engage.people.models import Person
from engage.plans.models import PlanEventKind
from engage.plans.reading import COLUMNS, ReadingSettings, read
from engage.surveys.models import Mode
from engage.surveys.services import save_answer
from engage.surveys.wording import SOURCE_LANGUAGE

MONTHS = 13
OLDER_PLANS = timedelta(days=3 * 365)
"""How long before the asking began the oldest plan was issued: so there are annual reviews to ask about."""
WORKING_HOUR = time(10)
CALLS_A_DAY = 6
STAFF = (
    ("Bronwen Example", "bronwen@example.org", (Role.ENGAGEMENT_OFFICER,)),
    ("Callum Example", "callum@example.org", (Role.SEND_QA,)),
    ("Devi Example", "devi@example.org", (Role.FORUM_STEERING_GROUP,)),
    ("Esther Example", "esther@example.org", (Role.ANALYST,)),
    ("Adaeze Example", "adaeze@example.org", (Role.ADMINISTRATOR,)),
    ("Gwen Example", "gwen@example.org", (Role.ENGAGEMENT_OFFICER,)),
    ("Nadia Example", "nadia@example.org", (Role.SIGNATORY,)),
    ("Iona Example", "iona@example.org", (Role.SIGNATORY,)),
    ("Rhys Example", "rhys@example.org", (Role.SIGNATORY,)),
    ("Gita Example", "gita@example.org", (Role.FACILITATOR,)),
)
CAMPAIGNS = (
    ("After a new plan", "post_issuance", PlanEventKind.PLAN_ISSUED),
    ("After an annual review", "annual_review", PlanEventKind.ANNUAL_REVIEW),
)
Progress = Callable[[int, int], None]


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Made:
    """What a demonstration came to."""

    children: int
    invitations: int
    responses: int


def load_demonstration(
    house: House, *, families: int, seed: int, progress: Progress | None = None, months: int = MONTHS
) -> Made:
    """Fill an empty database with a made-up area whose last months really happened in it. `Conflict` when people are
    there already."""
    today = london_date(house.clock.now())
    first = today - timedelta(days=months * 30)
    clock = SetClock(london_moment(first, WORKING_HOUR))
    past = replace(house, clock=clock)
    with past.database.writing() as session:
        if session.scalar(select(func.count()).select_from(Person)):
            raise Conflict("There are people in this database already. Start from an empty one.")
        officer, qa, facilitator = _people_and_campaigns(session, past.templates, first, clock.now())
        professionals.ask_settings(session, today=today, by=officer, now=clock.now())
        _import(session, past, families, seed, first, today)
        session.commit()
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    life = _Life(past, clock, officer, random.Random(seed))  # noqa: S311 - chance for a demonstration, not a secret
    for done, day in enumerate(days, 1):
        life.pass_day(day)
        if progress:
            progress(done, len(days))
    life.close()
    with past.database.writing() as session:
        content.add(session, past.settings, seed=seed, first=first, today=today, officer=officer, qa=qa)
        who = met.Who(officer, facilitator, qa, past.settings.local_authority, past.catalogue)
        met.add(session, who, seed=seed, first=first, today=today)
        authority = past.settings.local_authority
        professionals.open_a_link(
            session, past.catalogue, seed=seed, local_authority=authority, today=today, by=officer
        )
        session.commit()
    with house.database.writing() as session:
        _release_figures(session, house, by=officer)
        session.commit()
    return _made(house)


def _release_figures(session: Session, house: House, *, by: Actor) -> None:
    """Put the figures before the forum, as the officer would each quarter."""
    for _, survey, _ in CAMPAIGNS:
        with suppress(Conflict):  # too small an area has nothing to release
            release(
                session,
                house.catalogue,
                survey,
                local_authority=house.settings.local_authority,
                by=by,
                now=house.clock.now(),
            )


def rows_as_csv(rows: list[dict[str, str]]) -> bytes:
    """Import rows as a file, just as a council would send it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _people_and_campaigns(
    session: Session, templates: Templates, first: date, now: datetime
) -> tuple[Actor, Actor, Actor]:
    staff: list[Staff] = [
        add_staff(session, name=name, email=email, roles=roles, signs_for=SIGNS_FOR.get(email, ()), by=SYSTEM, now=now)
        for name, email, roles in STAFF
    ]
    sign_joint_letters(session, templates, staff, now=now)
    officer = staff_actor(staff[0].id)
    for name, survey, kind in CAMPAIGNS:
        campaign = create_campaign(
            session,
            name=name,
            survey=survey,
            event_kind=kind,
            asks_from=first,
            ladder=LadderSettings(joint_letter=True),
            by=officer,
            now=now,
        )
        launch(session, campaign, by=officer, now=now)
    facilitator = next(each for each in staff if Role.FACILITATOR in each.roles)
    return officer, staff_actor(staff[1].id), staff_actor(facilitator.id)


def _import(session: Session, house: House, families: int, seed: int, first: date, today: date) -> None:
    rows = list(generate(families, seed=seed, first_on=first - OLDER_PLANS, last_on=today))
    reading = read(
        rows_as_csv(rows),
        "demonstration.csv",
        settings=ReadingSettings(
            today=today, local_authority=house.settings.local_authority, demonstration=True, most_rows=1_000_000
        ),
    )
    import_reading(session, reading, by=SYSTEM, now=house.clock.now())


class _Life:
    """The days of the area: messages go, families answer, the officer rings, cases are shared."""

    def __init__(self, house: House, clock: SetClock, officer: Actor, chance: random.Random) -> None:
        self.house, self.clock, self.officer, self.chance = house, clock, officer, chance
        self.family = Family(chance)
        self.notify = PretendNotify()
        self.dispatcher = dispatcher(house, connect=self.notify.connect(), paced=False)
        self.last_contact = 0

    def close(self) -> None:
        """Let go of the dispatcher's threads."""
        self.dispatcher.close()

    def pass_day(self, day: date) -> None:
        """One day, from ten in the morning."""
        self.clock.at = london_moment(day, WORKING_HOUR)
        asking_jobs.climb_ladders(self.house, self.clock.at)
        asking_jobs.follow_failures(self.house, self.clock.at)
        self._send()
        self.clock.at += timedelta(hours=3)
        self._families_answer()
        if day.weekday() < 5:
            self._officer_rings()
        share_with_qa(self.house, self.clock.at)

    def _send(self) -> None:
        while self.dispatcher.run_once():
            self.clock.at += timedelta(minutes=1)
        receipts = self.notify.receipts()
        if not receipts:
            return
        with self.house.database.writing() as session:
            for receipt in receipts:
                take(session, receipt, now=self.clock.at)
            session.commit()

    def _families_answer(self) -> None:
        with self.house.database.writing() as session:
            new = session.scalars(
                select(LadderContact)
                .where(LadderContact.id > self.last_contact, LadderContact.message_id.is_not(None))
                .order_by(LadderContact.id)
            ).all()
            for contact in new:
                self.last_contact = contact.id
                invitation, message = contact.invitation, contact.message
                arrived = message is not None and message.state is MessageState.DELIVERED
                child = invitation.plan_event.plan.child
                if arrived and invitation.state is InvitationState.ASKING and self.family.answers(contact.step, child):
                    self._answer_by_link(session, invitation, contact)
            session.commit()

    def _answer_by_link(self, session: Session, invitation: Invitation, contact: LadderContact) -> None:
        now = self.clock.at + timedelta(minutes=self.chance.randint(1, 300))
        survey = answering.survey_of(invitation, self.house.catalogue)
        response = answering.start(
            session, invitation, self.house.catalogue, mode=Mode.LINK, language=SOURCE_LANGUAGE, now=now
        )
        for question_id, value in self.family.fills_in(survey).items():
            question = survey.question(question_id)
            if question is not None:
                save_answer(response, question, value, now=now)
        by = answering.family_actor(invitation)
        send_answers(session, invitation, survey, self.house.catalogue, credited=contact, by=by, now=now)

    def _officer_rings(self) -> None:
        with self.house.database.writing() as session:
            for item in calls.call_list(session, now=self.clock.at)[:CALLS_A_DAY]:
                self._ring(session, item)
            session.commit()

    def _ring(self, session: Session, item: calls.CallItem) -> None:
        if item.number is None:
            return
        self.clock.at += timedelta(minutes=6)
        if self.family.picks_up():
            survey = answering.survey_of(item.invitation, self.house.catalogue)
            given = {question.id: None for question in survey.questions} | self.family.fills_in(survey, happier=True)
            send_phone_answers(
                session, item.invitation, self.house.catalogue, given, by=self.officer, now=self.clock.at
            )
            return
        outcomes = (CallOutcome.NO_REPLY, CallOutcome.LEFT_MESSAGE, CallOutcome.DECLINED)
        outcome = self.chance.choices(outcomes, (70, 22, 8))[0]
        with_ = Asking(self.house.catalogue, self.house.settings.secrets, letters=self.house.settings.sends_letters)
        calls.log_call(session, item.invitation, outcome, by=self.officer, now=self.clock.at, asking_with=with_)


def _made(house: House) -> Made:
    with house.database.reading() as session:
        children = session.scalar(select(func.count()).where(Person.kind == "child")) or 0
        invitations = session.scalar(select(func.count()).select_from(Invitation)) or 0
        answered = select(func.count()).where(Invitation.state == InvitationState.ANSWERED)
        return Made(children, invitations, session.scalar(answered) or 0)
