"""Taking an answer in, by whichever door it came: it is sent, its contact is credited, and a case is opened if it asks for one."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engage.campaigns import answering
from engage.campaigns.calls import log_call
from engage.campaigns.models import CallOutcome, Invitation, LadderContact, Step
from engage.cases.services import consider
from engage.core.audit import Actor
from engage.surveys.definition import Survey
from engage.surveys.formats import Format
from engage.surveys.loader import Catalogue
from engage.surveys.models import Mode, Response
from engage.surveys.services import save_answer
from engage.surveys.wording import SOURCE_LANGUAGE


def send_answers(
    session: Session,
    invitation: Invitation,
    survey: Survey,
    catalogue: Catalogue,
    *,
    credited: LadderContact | None,
    by: Actor,
    now: datetime,
) -> Response:
    """Send what was answered and consider it, in the caller's one transaction. `Conflict` when it was sent before."""
    response = answering.submit(session, invitation, survey, credited=credited, now=now, by=by)
    consider(session, response, survey, invitation=invitation, flagged=catalogue.flagged_words, now=now)
    return response


def send_phone_answers(
    session: Session,
    invitation: Invitation,
    catalogue: Catalogue,
    given: Mapping[str, str | None],
    *,
    note: str = "",
    by: Actor,
    now: datetime,
) -> Response:
    """The answers given on a call, by question id, as the invitation's one response; the call is logged with them.

    `Conflict` when a sent answer came first: that one stands.
    """
    called = next((contact for contact in invitation.contacts if contact.step is Step.CALL), None)
    sent = take_answers(session, invitation, catalogue, given, mode=Mode.PHONE, credited=called, by=by, now=now)
    log_call(session, invitation, CallOutcome.ANSWERED_SURVEY, by=by, now=now, note=note)
    return sent


def take_answers(
    session: Session,
    invitation: Invitation,
    catalogue: Catalogue,
    given: Mapping[str, str | None],
    *,
    mode: Mode,
    credited: LadderContact | None = None,
    language: str = SOURCE_LANGUAGE,
    in_format: Format = Format.STANDARD,
    by: Actor,
    now: datetime,
) -> Response:
    """Answers that somebody of ours wrote down for a family, by question id, as the invitation's one response: on the
    phone, from paper, or face to face. Whoever wrote them down is named with them. `language` and `in_format` are those of
    the words before the family: on the phone English, for the officer reads and writes it whatever an interpreter makes of it.

    What was begun by link and never sent gives way, words included: the family is answering now, and did not send those.
    `Conflict` when a sent answer came first: that one stands.
    """
    response = answering.start(
        session,
        invitation,
        catalogue,
        mode=mode,
        language=language,
        now=now,
        interviewer=str(by),
    )
    response.mode, response.interviewer, response.format = mode, str(by), in_format
    survey = answering.survey_of(invitation, catalogue)
    for question in survey.questions:
        save_answer(response, question, given.get(question.id), now=now)
    return send_answers(session, invitation, survey, catalogue, credited=credited, by=by, now=now)
