"""Activities of a demonstration, and children who were met: written down by the real services, like everything else."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import services, sessions
from engage.activities.activity_models import ActivityKind, CameAs
from engage.activities.services import ActivityFacts, RemarkFacts
from engage.activities.session_models import AlsoThere, FacilitatedSession, Permission, SessionKind, Shown
from engage.activities.sessions import GroupSaid, SessionFacts
from engage.cases.services import mark_read
from engage.core.audit import Actor
from engage.core.clock import london_moment
from engage.surveys.definition import Mode
from engage.surveys.loader import Catalogue
from engage.surveys.models import FreeText, Response

HELD = (
    (ActivityKind.COFFEE_MORNING, "Coffee morning before secondary school", "event", "meeting", 18),
    (ActivityKind.DROP_IN, "Drop-in with senior leaders", "event", "drop_in", 14),
    (ActivityKind.EVENT, "Early Years Chat and Play", "event", "session", 22),
    (ActivityKind.WORKSHOP, "Writing the therapies model together", "event", "co_design", 12),
    (ActivityKind.TRAINING, "Writing plans that families can read", "training", "", 16),
    (ActivityKind.COPRODUCTION, "A new feedback form for annual reviews", "", "", 9),
)
"""Kind, name, survey, what people say they came to, and how many came."""
ANSWERING = 0.8
RISES = (("4", "5"), ("2", "4"), ("3", "4"), ("3", "3"), ("4", "4"), ("2", "5"), ("5", "5"), ("4", "3"))
FACES = ("good", "good", "good", "ok", "ok", "not_good", "not_sure")
SAID = ("I like my taxi driver.", "I want to know what is next.", "The room is too loud.", "My helper listens to me.")
REMARKS = (("The form asked the same thing twice.", "assessment"), ("The bus comes late most days.", "transport"))
PLACES = ("Madeup Primary School", "The Pretend Centre")


@dataclass(frozen=True)
class Who:
    """Who writes it down, for which area, in which words."""

    officer: Actor
    facilitator: Actor
    qa: Actor
    local_authority: str
    catalogue: Catalogue


def add(session: Session, who: Who, *, seed: int, first: date, today: date) -> None:
    """Put activities, slips, remarks and sessions with children in, spread over the days from `first` to `today`."""
    chance = random.Random(seed)  # noqa: S311 - chance for a demonstration, not a secret
    step = (today - first) / (len(HELD) + 1)
    for number, held in enumerate(HELD, 1):
        _activity(session, who, chance, held, first + step * number)
    for number, (said, theme) in enumerate(REMARKS, 1):
        on = today - timedelta(days=20 * number)
        given = {"said": said, "theme": theme, "who": "parent_carer", "may_use": "yes"}
        services.keep_remark(
            session,
            who.catalogue.current(services.REMARK),
            given,
            RemarkFacts(on, "Stall at the library"),
            local_authority=who.local_authority,
            by=who.officer,
            now=_at(on, 15),
        )
    for number, place in enumerate(PLACES, 1):
        _session(session, who, chance, place, first + (today - first) / 3 * number)
    _read(session, who)


def _read(session: Session, who: Who) -> None:
    """Somebody of SEND QA read every word on the day after."""
    said = select(FreeText, Response.submitted_at).join(Response).where(Response.survey.in_(("child_plan", "remark")))
    for text, submitted_at in session.execute(said).all():
        assert submitted_at is not None, "every one of them was sent"
        mark_read(session, text, by=who.qa, now=submitted_at + timedelta(days=1))


def _activity(
    session: Session, who: Who, chance: random.Random, held: tuple[ActivityKind, str, str, str, int], on: date
) -> None:
    kind, name, survey, came_to, came = held
    facts = ActivityFacts(
        kind, name, on, "10am to midday", "Kingston Library", "The SEND team", survey, {CameAs.PARENT_CARERS: came}
    )
    activity = services.plan(session, facts, local_authority=who.local_authority, by=who.officer, now=_at(on, 9))
    for _ in range(round(came * ANSWERING) if survey else 0):
        before, after = chance.choice(RISES)
        given: dict[str, str | None] = {"confidence_before": before, "confidence_after": after}
        given |= {"who": "parent_carer", "came_to": came_to} if came_to else {"works_in": "education", "useful": after}
        services.keep_slip(
            session, activity, who.catalogue.current(survey), given, mode=Mode.PAPER, by=who.officer, now=_at(on, 16)
        )


def _session(session: Session, who: Who, chance: random.Random, place: str, on: date) -> None:
    survey, at, by = who.catalogue.current("child_plan"), _at(on, 11), who.facilitator
    facts = SessionFacts(SessionKind.GROUP, on, place, (AlsoThere.TEACHER,))
    meeting: FacilitatedSession = sessions.plan(
        session, facts, survey, local_authority=who.local_authority, by=by, now=at
    )
    faces = [question for question in survey.questions if question.is_coded]
    for said in SAID:
        voice = sessions.begin(
            session, meeting, survey, permission=Permission.PARENT, note="", shown=Shown.SYMBOL, by=by, now=at
        )
        for question in survey.questions:
            value = chance.choice(FACES) if question.is_coded else said
            sessions.answer(session, voice, question, value, now=at)
        sessions.finish_child(session, voice, survey, stopped=False, by=by, now=at)
    sessions.said_no(session, meeting, by=by, now=at)
    counts = {question.id: {"good": 4, "ok": 2, "not_good": 1} for question in faces}
    sessions.keep_group(session, meeting, survey, GroupSaid(7, counts, {}), by=by, now=at)
    sessions.finish(session, meeting, by=by, now=at)


def _at(on: date, hour: int) -> datetime:
    return london_moment(on, time(hour))
