"""The plain case of answering: a browser goes on with the very answers it began.

Nearly every request of a survey is this one, so it is looked up in one statement, where objects would cost six, and an
answer is kept in one more. Nothing is decided here: what is not plain beyond doubt (nothing was begun, or by another, or it
was sent, set aside, closed or given back) is None, and then the ordinary way of `engage.web.respond.visit` decides.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, delete, exists, insert, or_, select, update

from engage.campaigns.models import Beginning, Invitation, InvitationState, LadderContact, SurveyLink
from engage.core import tokens
from engage.core.db import Database, key_without_order
from engage.core.prepared import Prepared, change_each
from engage.people.models import Person
from engage.surveys.answers import answered
from engage.surveys.definition import Question
from engage.surveys.formats import Format
from engage.surveys.models import FreeText, Response

OPEN = (InvitationState.PLANNED, InvitationState.ASKING)


class Claim(NamedTuple):
    """What a browser shows for itself."""

    token: str
    beginning_id: int
    visitor: str


class GoingOn(NamedTuple):
    """What the page of a question needs to know, in the order in which it is asked for."""

    response_id: int
    survey: str
    version: int
    answers: Mapping[str, str]
    text: str | None
    """What was written before for the question asked about, if anything was."""
    format: Format
    """In which they last answered."""
    reads: str | None
    """What language the person reads, as far as we know."""
    is_alone: bool
    """Whether the message that brought them asks for this survey and no other."""


def _select(tells_all: bool) -> Select[Any]:
    """What is plain: of all that the page must know, or of the response's key alone."""
    # Columns of tables throughout: objects would cost as much as all the rest of the page.
    link, invitation, person = SurveyLink.__table__.c, Invitation.__table__.c, Person.__table__.c
    beginning, response, text = Beginning.__table__.c, Response.__table__.c, FreeText.__table__.c
    plain = (
        link.digest == bindparam("digest"),
        link.revoked_at.is_(None),
        or_(*(invitation.state == state for state in OPEN)),  # an IN would be written anew each time
        invitation.version == response.version,
        beginning.id == bindparam("beginning"),
        beginning.visitor == bindparam("visitor"),
        beginning.link_id.is_not(None),
        response.submitted_at.is_(None),
    )
    found = (
        SurveyLink.__table__.join(Invitation.__table__, invitation.id == link.invitation_id)
        .join(Beginning.__table__, beginning.invitation_id == invitation.id)
        .join(Response.__table__, and_(response.id == beginning.response_id, response.id == invitation.response_id))
    )
    if not tells_all:
        return select(response.id).select_from(found).where(*plain)
    found = found.join(Person.__table__, person.id == invitation.person_id).outerjoin(
        FreeText.__table__, and_(text.response_id == response.id, text.question == bindparam("question"))
    )
    told = (response.survey, response.version, response.answers, text.text, response.format, person.written_language)
    return select(response.id, *told, ~_has_others(link.contact_id)).select_from(found).where(*plain)


def _has_others(contact_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the message that brought somebody here asks for another survey too."""
    contact, other = LadderContact.__table__, LadderContact.__table__.alias()
    of_contact = select(contact.c.message_id).where(contact.c.id == contact_id)
    of_message = of_contact.correlate(SurveyLink.__table__).scalar_subquery()  # this very link, two selects further out
    return exists().where(
        other.c.message_id == of_message, other.c.id != contact_id, other.c.left_out_because.is_(None)
    )


_LOOK = Prepared(_select(True))
_RESPONSE, _TEXT = cast(Table, Response.__table__), cast(Table, FreeText.__table__)
_TURN = _select(False).with_for_update(of=(Invitation.__table__, Response.__table__)).correlate(None)
_NOTE = (
    update(_RESPONSE)
    .where(_RESPONSE.c.id == _TURN.scalar_subquery(), _RESPONSE.c.answers == bindparam("seen"))
    .values(saved_at=bindparam("at"), language=bindparam("in_language"), format=bindparam("in_format"))
)
_STANDING = and_(_TEXT.c.response_id == bindparam("here"), _TEXT.c.question == bindparam("asked"))
_NEW = {"id": "key", "response_id": "here", "question": "asked", "text": "words", "language": "in_language"}

_KEEP_NOTE = Prepared(_NOTE)
_KEEP_CODES = Prepared(_NOTE.values(answers=bindparam("given")))
_NEW_TEXT = Prepared(insert(_TEXT).values({column: bindparam(name) for column, name in _NEW.items()}))
_CHANGE_TEXT = Prepared(update(_TEXT).where(_STANDING).values(text=bindparam("words")))
_TAKE_BACK_TEXT = Prepared(delete(_TEXT).where(_STANDING))


def look(database: Database, claim: Claim, question_id: str) -> GoingOn | None:
    """Where they are; None when it is not plain."""
    row = _LOOK.first(database, {**_claimed(claim), "question": question_id})
    return None if row is None else GoingOn(*row)


def given(here: GoingOn, question: Question, value: str | None) -> Mapping[str, str]:
    """The coded answers as they are once this one is kept."""
    return answered(question, value, here.answers) if question.is_coded else here.answers


def keep_answer(
    database: Database,
    claim: Claim,
    here: GoingOn,
    question: Question,
    value: str | None,
    *,
    language: str,
    in_format: Format,
    now: datetime,
) -> bool:
    """Keep one answer, or with None take it back, as `surveys.services.save_answer` does.

    It is all looked at again in the same statement, which waits for two tabs and a telephone call as `gate.locked` does:
    when anything has changed since `here` was looked up, nothing is kept, and it is False.
    """
    noted = {**_claimed(claim), "seen": here.answers, "at": now, "in_language": language, "in_format": in_format}
    if question.is_coded:
        return change_each(database, (_KEEP_CODES, {**noted, "given": given(here, question, value)}))
    standing = {"here": here.response_id, "asked": question.id}
    steps = [(_KEEP_NOTE, noted)]
    if value is None and here.text is not None:
        steps.append((_TAKE_BACK_TEXT, standing))
    elif value is not None and here.text is not None:
        steps.append((_CHANGE_TEXT, {**standing, "words": value}))
    elif value is not None:
        new = {**standing, "key": key_without_order(), "words": value, "in_language": language}
        steps.append((_NEW_TEXT, new))
    return change_each(database, *steps)


def _claimed(claim: Claim) -> dict[str, Any]:
    return {"digest": tokens.digest(claim.token), "beginning": claim.beginning_id, "visitor": claim.visitor}
