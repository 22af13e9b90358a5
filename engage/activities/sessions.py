"""Meeting children and young people: planning it, their own yes before anything, what they said, and their right to stop.

Somebody who says no, at the start or at any moment later, leaves nothing but a number: how many did not want to. Their
number in the session is never given to another child.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.activities.session_models import (
    SESSION_TRANSITIONS,
    AlsoThere,
    ChildVoice,
    ExpectedChild,
    FacilitatedSession,
    Permission,
    SessionKind,
    SessionState,
    Shown,
)
from engage.core import audit
from engage.core.audit import Actor
from engage.core.db import lock
from engage.core.errors import Conflict, Invalid, NotAllowed
from engage.people.models import Child
from engage.surveys.definition import Mode, Question, Survey
from engage.surveys.models import Completeness, Response
from engage.surveys.services import save_answer, start_response, submit_response
from engage.surveys.wording import SOURCE_LANGUAGE

LARGEST_GROUP = 60
LONGEST_PLACE = 200
HOW_YOU_KNOW = "Write down in a few words how you know"


@dataclass(frozen=True)
class SessionFacts:
    """What is known before anybody meets."""

    kind: SessionKind
    held_on: date
    place: str
    also_there: Sequence[AlsoThere] = ()


def plan(
    session: Session, facts: SessionFacts, survey: Survey, *, local_authority: str, by: Actor, now: datetime
) -> FacilitatedSession:
    """Plan a session, with whoever plans it as its facilitator. `Invalid` when the place is missing or too long."""
    if not facts.place.strip() or len(facts.place) > LONGEST_PLACE:
        wrong = "Enter where you meet" if not facts.place.strip() else f"Shorten this to {LONGEST_PLACE} letters"
        raise Invalid(f"{wrong}.", {"place": wrong})
    meeting = FacilitatedSession(
        local_authority=local_authority,
        kind=facts.kind,
        held_on=facts.held_on,
        place=facts.place.strip(),
        survey=survey.code,
        version=survey.version,
        facilitator=str(by),
        also_there=[str(role) for role in facts.also_there],
        state=SessionState.PLANNED,
        made_at=now,
    )
    session.add(meeting)
    session.flush()
    audit.record(session, "session.planned", "session", meeting.id, by=by, now=now, about=facts.kind)
    return meeting


def expect(session: Session, meeting: FacilitatedSession, child: Child, *, by: Actor, now: datetime) -> None:
    """Name a child whom the facilitator expects to meet, so that any hold is seen before; twice is once."""
    _open(session, meeting)
    if child.id not in {each.child_id for each in meeting.expected}:
        meeting.expected.append(ExpectedChild(child_id=child.id, child=child))
        audit.record(session, "session.child_expected", "session", meeting.id, by=by, now=now)


def expect_no_longer(session: Session, meeting: FacilitatedSession, child_id: int, *, by: Actor, now: datetime) -> None:
    """Take a child off the list of those expected."""
    _open(session, meeting)
    meeting.expected[:] = [each for each in meeting.expected if each.child_id != child_id]
    audit.record(session, "session.child_not_expected", "session", meeting.id, by=by, now=now)


def needs_note(permission: Permission) -> bool:
    """Whether it rests on what somebody found out about the child, which is then written down."""
    return permission in (Permission.UNDERSTANDS, Permission.REPRESENTATIVE)


def begin(
    session: Session,
    meeting: FacilitatedSession,
    survey: Survey,
    *,
    permission: Permission,
    note: str,
    shown: Shown,
    by: Actor,
    now: datetime,
) -> ChildVoice:
    """A child said yes: from here on their answers are kept. `Invalid` when it rests on what the facilitator found out
    about the child and they did not write that down."""
    _open(session, meeting)
    if needs_note(permission) and not note.strip():
        raise Invalid(f"{HOW_YOU_KNOW}.", {"note": HOW_YOU_KNOW})
    response = _response(session, meeting, survey, by=by, now=now)
    meeting.last_number += 1
    voice = ChildVoice(
        number=meeting.last_number,
        permission=permission,
        permission_note=note.strip(),
        shown=shown,
        assented_at=now,
        response_id=response.id,
        response=response,
    )
    meeting.voices.append(voice)
    session.flush()
    audit.record(session, "session.child_began", "session", meeting.id, by=by, now=now, permission=permission)
    return voice


def said_no(session: Session, meeting: FacilitatedSession, *, by: Actor, now: datetime, how_many: int = 1) -> None:
    """Somebody did not want to: that it happened is counted, and nothing else is kept."""
    _open(session, meeting)
    meeting.did_not_want += how_many
    audit.record(session, "session.said_no", "session", meeting.id, by=by, now=now)


def answer(session: Session, voice: ChildVoice, question: Question, value: str | None, *, now: datetime) -> None:
    """Keep what a child answered to one question; `Conflict` once they have finished."""
    _unfinished(session, voice)
    save_answer(voice.response, question, value, now=now)


def observe(session: Session, voice: ChildVoice, observed: str) -> None:
    """Keep what the facilitator saw, apart from every answer."""
    _unfinished(session, voice)
    voice.observed = observed.strip()


def say_who(session: Session, voice: ChildVoice, child_id: int | None, *, by: Actor, now: datetime) -> None:
    """Link a child's part to the child, who agreed to that; None takes the link away. `NotAllowed` for a child who was
    not expected in this session."""
    _unfinished(session, voice)
    if child_id is not None and child_id not in {each.child_id for each in voice.meeting.expected}:
        raise NotAllowed("Only a child who was expected in this session can be named.")
    voice.child_id = child_id
    audit.record(session, "session.child_named", "session", voice.session_id, by=by, now=now, named=bool(child_id))


def finish_child(
    session: Session, voice: ChildVoice, survey: Survey, *, stopped: bool, by: Actor, now: datetime
) -> Response:
    """The child has said all they want to, or asked to stop and lets us keep what they said."""
    _unfinished(session, voice)
    submit_response(voice.response, survey, now=now)
    voice.stopped, voice.finished_at = stopped, now
    session.flush()
    audit.record(session, "session.child_finished", "session", voice.session_id, by=by, now=now, stopped=stopped)
    return voice.response


def changed_their_mind(session: Session, voice: ChildVoice, *, by: Actor, now: datetime) -> None:
    """A child does not want it after all: everything of theirs goes at once, words, drawings and what was seen, also
    after they had finished. Where somebody's safety has opened a case, the case keeps its reasons and nothing else."""
    meeting = voice.meeting
    lock(session, meeting)
    response = voice.response
    for drawing in list(voice.drawings):
        session.delete(drawing)
    session.flush()
    session.expire(voice, ["drawings"])
    session.expire(meeting, ["drawings"])
    meeting.voices.remove(voice)
    meeting.did_not_want += 1
    session.flush()
    _forget(session, response)
    audit.record(session, "session.said_no", "session", meeting.id, by=by, now=now)


@dataclass(frozen=True)
class GroupSaid:
    """What a group said together: how many chose each answer, and their words."""

    size: int
    counts: Mapping[str, Mapping[str, int]]
    """Question id to code to how many."""
    words: Mapping[str, str]
    """Question id to what was said."""
    observed: str = ""


def keep_group(
    session: Session, meeting: FacilitatedSession, survey: Survey, said: GroupSaid, *, by: Actor, now: datetime
) -> Response | None:
    """Keep what a group said, in place of what was kept of it before; the response with its words, if there are any.
    `Invalid` for a number that cannot be: more answers to a question than children."""
    _open(session, meeting)
    _check_group(survey, said)
    _forget_group(session, meeting)
    meeting.group_size, meeting.group_observed = said.size, said.observed.strip()
    meeting.group_counts = {
        question: {code: n for code, n in codes.items() if n} for question, codes in said.counts.items()
    }
    words = {question: text for question, text in said.words.items() if text.strip()}
    response = None
    if words:
        response = _response(session, meeting, survey, by=by, now=now)
        for question in survey.questions:
            if not question.is_coded:
                save_answer(response, question, words.get(question.id), now=now)
        submit_response(response, survey, now=now)
        meeting.group_response = response
    session.flush()
    audit.record(session, "session.group_kept", "session", meeting.id, by=by, now=now, size=said.size)
    return response


def forget_group(session: Session, meeting: FacilitatedSession, *, by: Actor, now: datetime) -> None:
    """The group does not want it after all: what they said goes at once, and they are counted as not wanting to."""
    lock(session, meeting)
    meeting.did_not_want += meeting.group_size
    _forget_group(session, meeting)
    for drawing in [each for each in meeting.drawings if each.voice_id is None]:
        meeting.drawings.remove(drawing)
    audit.record(session, "session.said_no", "session", meeting.id, by=by, now=now)


def _check_group(survey: Survey, said: GroupSaid) -> None:
    wrong = {}
    if not 1 <= said.size <= LARGEST_GROUP:
        wrong["size"] = f"Enter how many children answered together, from 1 to {LARGEST_GROUP}"
    for question in survey.questions:
        given = said.counts.get(question.id, {})
        if any(n < 0 for n in given.values()) or sum(given.values()) > said.size:
            wrong[f"count-{question.id}"] = "These numbers come to more than the children in the group"
    if wrong:
        raise Invalid("What the group said cannot be saved yet.", wrong)


def finish(session: Session, meeting: FacilitatedSession, *, by: Actor, now: datetime) -> None:
    """The session is over: who was expected is forgotten. `Conflict` while a child has begun and not finished."""
    _open(session, meeting)
    waiting = [voice.number for voice in meeting.voices if voice.finished_at is None]
    if waiting:
        numbers = " and ".join(f"Child {number}" for number in waiting)
        raise Conflict(f"{numbers} has not finished yet. Finish or delete their part first.")
    _close(meeting, SessionState.FINISHED, now=now)
    audit.record(session, "session.finished", "session", meeting.id, by=by, now=now)


def cancel(session: Session, meeting: FacilitatedSession, *, by: Actor, now: datetime) -> None:
    """It does not take place. `Conflict` once anybody has said anything in it."""
    _open(session, meeting)
    if meeting.voices or meeting.group_size:
        raise Conflict("Children have already said something in this session. Finish it instead.")
    _close(meeting, SessionState.CANCELLED, now=now)
    audit.record(session, "session.cancelled", "session", meeting.id, by=by, now=now)


def response_for_worry(
    session: Session, meeting: FacilitatedSession, voice: ChildVoice | None, survey: Survey, *, by: Actor, now: datetime
) -> Response:
    """The response to which a worry about somebody's safety belongs: the child's own, or an empty one when the worry is
    about the session."""
    if voice is not None:
        return voice.response
    lock(session, meeting)
    response = _response(session, meeting, survey, by=by, now=now)
    response.submitted_at, response.completeness = now, Completeness.BREAK_OFF
    session.flush()
    return response


def _response(session: Session, meeting: FacilitatedSession, survey: Survey, *, by: Actor, now: datetime) -> Response:
    return start_response(
        session,
        survey,
        about_on=meeting.held_on,
        local_authority=meeting.local_authority,
        mode=Mode.FACE_TO_FACE,
        language=SOURCE_LANGUAGE,
        now=now,
        interviewer=str(by),
    )


def _open(session: Session, meeting: FacilitatedSession) -> None:
    lock(session, meeting)
    if meeting.state is not SessionState.PLANNED:
        raise Conflict("This session is over.")


def _unfinished(session: Session, voice: ChildVoice) -> None:
    lock(session, voice)
    if voice.finished_at is not None:
        raise Conflict("This child has finished. What they said stays as they said it.")


def _close(meeting: FacilitatedSession, to: SessionState, *, now: datetime) -> None:
    SESSION_TRANSITIONS.check(meeting.state, to)
    meeting.state, meeting.finished_at = to, now
    meeting.expected.clear()


def _forget_group(session: Session, meeting: FacilitatedSession) -> None:
    response = meeting.group_response
    meeting.group_size, meeting.group_counts, meeting.group_observed = 0, {}, ""
    meeting.group_response = None
    session.flush()
    if response is not None:
        _forget(session, response)


def _forget(session: Session, response: Response) -> None:
    """Delete a response, or, where a case stands on it, empty it."""
    try:
        with session.begin_nested():
            session.delete(response)
            session.flush()
    except IntegrityError:
        response.answers, response.completeness = {}, Completeness.BREAK_OFF
        response.texts.clear()
        session.flush()
