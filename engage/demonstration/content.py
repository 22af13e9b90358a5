"""What else a demonstration shows: cases being worked, families on the register, forum members, "You said, we did"."""

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.cases.models import CaseState, ContactMeans, DissatisfactionCase, TriageKind, WeeklyShare
from engage.cases.services import close, log_contact, resolve, take, triage
from engage.cases.sharing import accept, monday_of
from engage.core import tokens
from engage.core.audit import PUBLIC, Actor
from engage.core.clock import london_moment
from engage.core.config import Settings
from engage.core.periods import start_year
from engage.core.themes import Theme
from engage.forum.services import join
from engage.register.models import Registration, SendHelp
from engage.register.rules import Asking, ChildOnForm
from engage.register.services import TOKEN_PURPOSE, ask_to_join, confirm
from engage.register.wording import FORUM_CHOICE
from engage.you_said_we_did.models import CommitmentState, Impact
from engage.you_said_we_did.services import EntryWords, draft, publish

REGISTERED = 60
JOIN_FORUM_SHARE = 0.5
WORKED_AFTER = timedelta(days=10)
FORENAMES = ("Asha", "Beth", "Chidi", "Dana", "Efe", "Farah", "Gita", "Hana", "Ivo", "Jia")
SURNAMES = ("Demoyan", "Samplewala", "Testworth", "Mockson", "Fictionara", "Pretendski")


def add(
    session: Session, settings: Settings, *, seed: int, first: date, today: date, officer: Actor, qa: Actor
) -> None:
    """Put all of it in, spread over the days from `first` to `today`."""
    chance = random.Random(seed)  # noqa: S311 - chance for a demonstration, not a secret
    _register(session, settings, chance, first, today)
    _accept_shares(session, qa, today)
    _cases(session, chance, qa, london_moment(today, time(9)))
    _entries(session, settings, today, officer)


def _register(session: Session, settings: Settings, chance: random.Random, first: date, today: date) -> None:
    for number in range(REGISTERED):
        forename, surname = chance.choice(FORENAMES), chance.choice(SURNAMES)
        asked = london_moment(first + (today - first) * number // REGISTERED, time(20))
        asking = Asking(
            name=f"{forename} {surname}",
            email=f"family{number}@example.org",
            children=(
                ChildOnForm(
                    forename=chance.choice(FORENAMES),
                    surname=surname,
                    born_on=today - timedelta(days=chance.randint(2 * 365, 17 * 365)),
                    has_plan=chance.choice(list(SendHelp)),
                ),
            ),
            joins_forum=chance.random() < JOIN_FORUM_SHARE,
        )
        ask_to_join(session, asking, settings=settings, now=asked)
        if number % 20 == 19:
            continue  # a few never follow the link
        row = session.scalars(select(Registration).where(Registration.email == asking.email)).one()
        token = tokens.remake(settings.secrets, TOKEN_PURPOSE, row.nonce, row.digest) or ""
        confirm(session, token, now=asked + timedelta(hours=1))
        if asking.joins_forum:
            join(
                session,
                name=asking.name,
                email=asking.email,
                source="register",
                consent_wording=FORUM_CHOICE.version,
                by=PUBLIC,
                now=asked + timedelta(hours=1),
            )


def _accept_shares(session: Session, by: Actor, today: date) -> None:
    """Every week's cases were taken over on their Monday, but for this week's."""
    this_monday = monday_of(today)
    for share in session.scalars(select(WeeklyShare).where(WeeklyShare.week_starting < this_monday)):
        accept(session, share, by=by, now=london_moment(share.week_starting, time(14)))


def _cases(session: Session, chance: random.Random, by: Actor, now: datetime) -> None:
    """Follow up what is older than ten days; the newest cases are left for whoever looks."""
    old = select(DissatisfactionCase).where(
        DissatisfactionCase.opened_at < now - WORKED_AFTER, DissatisfactionCase.state == CaseState.NEW
    )
    for case in session.scalars(old.order_by(DissatisfactionCase.id)):
        at = case.opened_at + timedelta(days=1)
        theme = chance.choice([Theme.COMMUNICATION, Theme.WAITING, Theme.PLAN, Theme.BEING_INVOLVED])
        kind = TriageKind.SERVICE_REQUEST if case.may_contact else TriageKind.FEEDBACK_ONLY
        triage(session, case, kind, theme=theme, by=by, now=at)
        take(session, case, owner=by, by=by, now=at)
        if not case.may_contact:
            close(session, case, outcome="Noted for the team's learning.", theme=theme, by=by, now=at)
        elif chance.random() < 0.8:
            at += timedelta(days=2)
            log_contact(session, case, how=ContactMeans.PHONE, what="Talked it through.", reached=True, by=by, now=at)
            if chance.random() < 0.7:
                resolve(session, case, "The family has a named person to ring.", by=by, now=at)
                close(session, case, outcome="Put right with the family.", theme=theme, by=by, now=at)


def _entries(session: Session, settings: Settings, today: date, by: Actor) -> None:
    year = start_year(today)
    for number, words in enumerate(_words(year)):
        drafted = london_moment(today - timedelta(days=200 - 25 * number), time(11))
        entry = draft(session, words, local_authority=settings.local_authority, by=by, now=drafted)
        if number < 5:
            publish(session, entry, by=by, now=drafted + timedelta(days=7))


def _words(year: int) -> tuple[EntryWords, ...]:
    """Made after what Kingston's families and services have said in public papers; the numbers are made up."""
    return (
        EntryWords(
            theme=Theme.ANNUAL_REVIEW,
            year=year - 1,
            you_said="The annual review form is long and hard to fill in.",
            heard_from=14,
            state=CommitmentState.DID,
            we_did="We made a new form with parents. It is shorter, and it asks your child first.",
            impact=Impact.SEEN,
            impact_note="More families now tell us that the review went well.",
        ),
        EntryWords(
            theme=Theme.INFORMATION,
            year=year - 1,
            you_said="When you are new to SEND it is hard to know where to start.",
            heard_from=9,
            state=CommitmentState.DID,
            we_did="We added a page called New to SEND, and a tool that reads pages out in many languages.",
            impact=Impact.SEEN,
            impact_note="Twice as many people now look at the pages.",
        ),
        EntryWords(
            theme=Theme.SHORT_BREAKS,
            year=year,
            you_said="There are not enough short breaks, and we wait too long for them.",
            heard_from=11,
            state=CommitmentState.DOING,
            we_did="We are choosing new providers together with parents. It has taken longer than we hoped.",
            impact=Impact.NOT_YET_SEEN,
        ),
        EntryWords(
            theme=Theme.COMMUNICATION,
            year=year,
            you_said="We have to chase to hear anything back.",
            heard_from=17,
            state=CommitmentState.DID,
            we_did="Every family now has the name and number of one person to ring.",
            impact=Impact.NOT_YET_SEEN,
        ),
        EntryWords(
            theme=Theme.TRANSPORT,
            year=year,
            you_said="Let us choose the driver who takes our child to school.",
            heard_from=6,
            state=CommitmentState.COULD_NOT,
            because="Drivers change with the route. We now tell you a week before a new driver starts.",
        ),
        EntryWords(
            theme=Theme.WAITING,
            year=year,
            you_said="We do not know how long each step should take.",
            heard_from=8,
            state=CommitmentState.CONSIDERING,
            we_did="We are drawing a one-page picture of the steps and times.",
        ),
    )
