"""The daily reading queue: a person reads every comment within one working day, those with flagged words first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation
from engage.cases.models import DissatisfactionCase
from engage.cases.services import mark_read, open_case
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.db import lock
from engage.core.errors import NotFound
from engage.core.working_days import add_working_days
from engage.surveys.dissatisfaction import FLAGGED_WORDS, triggers
from engage.surveys.loader import Catalogue
from engage.surveys.models import FreeText, Response

DAYS_TO_READ = 1
"""Working days: the time Working Together 2023 gives a social worker to decide on a referral."""
SOMEBODY_READ_IT = "Somebody read their words and saw that they need following up."

_UNREAD = (FreeText.read_at.is_(None), Response.submitted_at.is_not(None))


@dataclass(frozen=True)
class Unread:
    """A comment that nobody has read yet."""

    id: int
    text: str
    language: str
    question: str
    read_by: date
    flags: list[str]
    """Why it comes first, in words; empty for most."""
    case: str | None
    """The reference of the case its answer has opened, if it has."""


def unread(session: Session, catalogue: Catalogue, *, limit: int = 100) -> list[Unread]:
    """What waits to be read, flagged words first, then the oldest. Words never bring a comment further down."""
    rows = session.execute(
        select(FreeText, Response, DissatisfactionCase.reference)
        .join(Response, FreeText.response_id == Response.id)
        .outerjoin(DissatisfactionCase, DissatisfactionCase.response_id == Response.id)
        .where(*_UNREAD)
        .order_by(Response.submitted_at, FreeText.id)
    ).all()
    waiting = [_unread(text, response, case, catalogue) for text, response, case in rows]
    return sorted(waiting, key=lambda each: (not each.flags, each.read_by))[:limit]


def unread_count(session: Session) -> int:
    """How many comments nobody has read yet."""
    return session.scalar(select(func.count(FreeText.id)).join(Response).where(*_UNREAD)) or 0


def comment(session: Session, text_id: int) -> FreeText:
    """One comment; `NotFound` when there is none."""
    found = session.get(FreeText, text_id)
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def follow_up(session: Session, text: FreeText, *, by: Actor, now: datetime) -> DissatisfactionCase:
    """Read it and open an urgent case for its answer; a case that stands already is the one."""
    response = session.get_one(Response, text.response_id)
    lock(session, response)
    mark_read(session, text, by=by, now=now)
    standing = session.scalar(select(DissatisfactionCase).where(DissatisfactionCase.response_id == response.id))
    if standing is not None:
        return standing
    return open_case(
        session,
        response=response,
        invitation=session.scalar(select(Invitation).where(Invitation.response_id == response.id)),
        reasons=[SOMEBODY_READ_IT],
        rules=["read"],
        urgent=True,
        opened_at=now,
        by=by,
    )


def _unread(text: FreeText, response: Response, case: str | None, catalogue: Catalogue) -> Unread:
    survey = catalogue.get(response.survey, response.version)
    texts: Mapping[str, str] = {text.question: text.text}
    found = triggers(survey, response.answers, texts, flagged=catalogue.flagged_words)
    question = survey.question(text.question)
    return Unread(
        id=text.id,
        text=text.text,
        language=text.language,
        question=question.heading if question else "",
        read_by=add_working_days(london_date(response.submitted_at), DAYS_TO_READ)
        if response.submitted_at
        else date.max,
        flags=[trigger.reason for trigger in found if trigger.rule == FLAGGED_WORDS],
        case=case,
    )
