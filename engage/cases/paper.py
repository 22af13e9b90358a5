"""Taking in what came back on paper: the answers of a booklet, or of a blank one that named nobody."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.campaigns.booklet_models import Booklet
from engage.campaigns.booklets import came_back
from engage.cases.intake import take_answers
from engage.cases.services import consider
from engage.core import audit
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.errors import Invalid
from engage.surveys.definition import Audience, Mode, Survey
from engage.surveys.formats import Format
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from engage.surveys.services import save_answer, start_response, submit_response

WITHOUT_INVITATION = frozenset({Audience.ANYONE, Audience.ATTENDEE})
"""Whose surveys can be answered on a blank booklet: nobody asked them by name."""


def enter_booklet(
    session: Session,
    booklet: Booklet,
    catalogue: Catalogue,
    given: Mapping[str, str | None],
    *,
    received_on: date,
    by: Actor,
    now: datetime,
) -> Response:
    """The answers of a booklet that came back, by question id, as the invitation's one response. A question left blank
    on paper stays blank: nobody can insist there.

    `Conflict` when answers came before by any door, and then nothing is written over; `Invalid` for a booklet without any
    answer, and for a day that cannot be.
    """
    _not_empty(given)
    came_back(session, booklet, received_on=received_on, by=by, now=now)
    return take_answers(
        session,
        booklet.invitation,
        catalogue,
        given,
        mode=Mode.PAPER,
        language=booklet.language,
        in_format=booklet.format,
        by=by,
        now=now,
    )


def enter_blank(
    session: Session,
    survey: Survey,
    catalogue: Catalogue,
    given: Mapping[str, str | None],
    *,
    local_authority: str,
    language: str,
    in_format: Format,
    received_on: date,
    by: Actor,
    now: datetime,
) -> Response:
    """The answers of a booklet that anybody could take and fill in, counted apart like those of an open link.

    `Invalid` for a survey whose people are asked by name, for a booklet without any answer, and for a day to come.
    """
    if survey.audience not in WITHOUT_INVITATION:
        raise Invalid("This survey is asked of one person at a time. Its booklets have a code.")
    if received_on > london_date(now):
        message = "The day it came cannot be after today"
        raise Invalid(f"{message}.", {"received_on": message})
    _not_empty(given)
    response = start_response(
        session,
        survey,
        about_on=received_on,
        local_authority=local_authority,
        mode=Mode.PAPER,
        language=language,
        now=now,
        interviewer=str(by),
    )
    response.format, response.is_open = in_format, survey.audience is Audience.ANYONE
    for question in survey.questions:
        save_answer(response, question, given.get(question.id), now=now)
    submit_response(response, survey, now=now)
    audit.record(session, "booklet.entered", "survey", survey.code, by=by, now=now)
    consider(session, response, survey, flagged=catalogue.flagged_words, now=now)
    return response


def _not_empty(given: Mapping[str, str | None]) -> None:
    if not any(given.values()):
        raise Invalid("This booklet is empty. Enter at least one answer.")
