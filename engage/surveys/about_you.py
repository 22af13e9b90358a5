"""Keeping what somebody says about themselves, by a ticket that their own browser holds and no record does."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core.db import key_without_order, rows_changed
from engage.surveys.definition import Audience, Survey
from engage.surveys.equality import EqualityQuestion, EqualityQuestions, Given, Held, kept
from engage.surveys.equality_models import EqualityAnswers
from engage.surveys.models import Response


@dataclass(frozen=True)
class Ticket:
    """The right to say something about oneself once, after one response. It names the row that will be made, and of the
    response only what figures count by."""

    key: int
    survey: str
    local_authority: str
    quarter: date
    held: tuple[Held, ...] = ()
    """What the council holds already, and so is not asked."""

    def as_data(self) -> list[Any]:
        """As a cookie carries it."""
        return [
            self.key,
            self.survey,
            self.local_authority,
            self.quarter.isoformat(),
            [str(each) for each in self.held],
        ]

    @classmethod
    def of(cls, data: Any) -> Self | None:
        """From what a cookie carried; None when it is none."""
        try:
            key, survey, local_authority, quarter, held = data
            return cls(int(key), str(survey), str(local_authority), date.fromisoformat(quarter), tuple(map(Held, held)))
        except (TypeError, ValueError):
            return None


def ticket_for(response: Response, *, held: tuple[Held, ...] = ()) -> Ticket:
    """A ticket for whoever has just sent this response; nothing of it is written down."""
    return Ticket(key_without_order(), response.survey, response.local_authority, response.cohort_quarter, held)


WHO = "who"
OWN_FAMILY = frozenset({"parent_carer", "has_plan", "young_person"})
"""What people say to `WHO` who speak of their own family."""


def speaks_of_own_family(survey: Survey, answers: Mapping[str, Any]) -> bool:
    """Whether these answers are a family's: so it is with whoever was asked as one, and with anyone who says so."""
    if survey.audience is Audience.ANYONE:
        return answers.get(WHO) in OWN_FAMILY
    return survey.audience.is_family


def answers_of(session: Session, ticket: Ticket) -> dict[str, Given]:
    """What was said so far with this ticket."""
    row = session.get(EqualityAnswers, ticket.key)
    return dict(row.answers) if row else {}


def keep_answer(
    session: Session, ticket: Ticket, questions: EqualityQuestions, question: EqualityQuestion, given: Given | None
) -> dict[str, Given]:
    """Keep one answer, or with None take it back; what no longer applies goes with it. All that was said so far.

    There is no event of it in the audit, for its moment would stand beside that of the response.
    """
    row = session.get(EqualityAnswers, ticket.key, with_for_update=True)
    if row is None and given is not None:
        row = _first(session, ticket, questions)
    answers = dict(row.answers) if row else {}
    answers.pop(question.id, None)
    if given is not None:
        answers[question.id] = given
    answers = kept(questions, answers)
    if row is not None:
        row.answers, row.version = answers, questions.version
        if not answers:
            session.delete(row)
    return answers


def _first(session: Session, ticket: Ticket, questions: EqualityQuestions) -> EqualityAnswers:
    with suppress(IntegrityError), session.begin_nested():  # another tab may be the first at this very moment
        session.add(
            EqualityAnswers(
                id=ticket.key,
                version=questions.version,
                survey=ticket.survey,
                local_authority=ticket.local_authority,
                cohort_quarter=ticket.quarter,
                answers={},
            )
        )
    return session.get_one(EqualityAnswers, ticket.key, with_for_update=True)


def forget_before(session: Session, quarter: date) -> int:
    """Delete what was said of quarters that began before this day; how many rows went."""
    return rows_changed(session, delete(EqualityAnswers).where(EqualityAnswers.cohort_quarter < quarter))
