"""Starting, saving and sending a response; a response knows its survey and never its person."""

import secrets
from contextlib import suppress
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core.clock import LONDON
from engage.core.errors import Conflict, Misconfigured
from engage.core.periods import quarter_of
from engage.surveys.answers import answered, coded_document, completeness, kept_texts
from engage.surveys.definition import Question, Survey
from engage.surveys.models import ContactChoice, FreeText, Mode, Response, SentVersion

_PLAIN_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are read as another


def lock_version(session: Session, survey: Survey, *, now: datetime) -> None:
    """Note that families are asked with this version from now on; `Misconfigured` when its words have changed since
    the first of them was."""
    lock = select(SentVersion.sha256).where(SentVersion.survey == survey.code, SentVersion.version == survey.version)
    kept = session.scalar(lock)
    if kept is None:
        with suppress(IntegrityError), session.begin_nested():  # another may be the first at this very moment
            session.add(
                SentVersion(survey=survey.code, version=survey.version, sha256=survey.sha256, first_used_at=now)
            )
        kept = session.scalar(lock)
    if kept != survey.sha256:
        raise Misconfigured(
            f"{survey.code} version {survey.version} was changed after families had been asked with it. "
            "Put its words back, and make a new version for the change."
        )


def start_response(
    session: Session,
    survey: Survey,
    *,
    about_on: date,
    local_authority: str,
    mode: Mode,
    language: str,
    now: datetime,
    interviewer: str | None = None,
) -> Response:
    """An empty response, ready to be filled in. Of the event it is about it keeps the quarter alone."""
    lock_version(session, survey, now=now)
    response = Response(
        reference=_new_reference(),
        survey=survey.code,
        version=survey.version,
        local_authority=local_authority,
        cohort_quarter=quarter_of(about_on).first,
        mode=mode,
        language=language,
        interviewer=interviewer,
        answers={},
        started_at=now,
        saved_at=now,
    )
    session.add(response)
    session.flush()
    return response


def save_answer(response: Response, question: Question, value: str | None, *, now: datetime) -> None:
    """Keep one answer, or with None take it back; `Conflict` once the response has been sent.

    Earlier answers stay even where routing no longer shows them, until the response is sent: Back loses nothing.
    """
    if response.submitted_at is not None:
        raise Conflict("These answers have already been sent.")
    if question.is_coded:
        response.answers = answered(question, value, response.answers)
    else:
        _keep_text(response, question.id, value)
    response.saved_at = now


def _keep_text(response: Response, question_id: str, value: str | None) -> None:
    standing = next((text for text in response.texts if text.question == question_id), None)
    if standing and value is None:
        response.texts.remove(standing)
    elif standing and value is not None:
        standing.text, standing.language = value, response.language
    elif value is not None:
        response.texts.append(FreeText(question=question_id, text=value, language=response.language))


def texts_of(response: Response) -> dict[str, str]:
    """What was written in the person's own words, by question id."""
    return {text.question: text.text for text in response.texts}


def submit_response(response: Response, survey: Survey, *, now: datetime) -> ContactChoice:
    """Send the answers: what no longer applies is dropped, and the family's choice about contact is read.

    Without a choice we neither contact them nor use their name. Whoever asked not to be linked also loses the day:
    a moment could lead back to them. `Conflict` when it has been sent already.
    """
    if response.submitted_at is not None:
        raise Conflict("These answers have already been sent.")
    for question_id in set(texts_of(response)) - set(kept_texts(survey, response.answers, texts_of(response))):
        _keep_text(response, question_id, None)
    response.answers = coded_document(survey, response.answers)
    response.completeness = completeness(survey, response.answers)
    response.contact_choice = _contact_choice(survey, response)
    response.submitted_at = now
    if response.contact_choice is ContactChoice.DO_NOT_LINK:
        month = now.astimezone(LONDON).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
        response.started_at = response.saved_at = response.submitted_at = month
    return response.contact_choice


def without_link(session: Session, response: Response) -> Response:
    """The same answers as a new row, under a number and a reference that nobody has seen, in place of the old: what an
    older copy of the records, a page left open or a log says of the old one leads nowhere. Who took the answers is
    forgotten too."""
    fresh = Response(
        reference=_new_reference(),
        survey=response.survey,
        version=response.version,
        local_authority=response.local_authority,
        cohort_quarter=response.cohort_quarter,
        mode=response.mode,
        language=response.language,
        format=response.format,
        answers=response.answers,
        contact_choice=response.contact_choice,
        completeness=response.completeness,
        started_at=response.started_at,
        saved_at=response.saved_at,
        submitted_at=response.submitted_at,
        texts=[FreeText(question=text.question, text=text.text, language=text.language) for text in response.texts],
    )
    session.add(fresh)
    session.delete(response)
    session.flush()
    return fresh


def _new_reference() -> str:
    return "".join(secrets.choice(_PLAIN_LETTERS) for _ in range(8))


def _contact_choice(survey: Survey, response: Response) -> ContactChoice:
    question = survey.contact_question
    code = response.answers.get(question.id) if question else None
    return ContactChoice(code) if code else ContactChoice.WITHOUT_NAME
