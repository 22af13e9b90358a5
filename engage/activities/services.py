"""Planning what is done with families, counting who came, and taking in what they answered on slips of paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.activities.activity_models import (
    ACTIVITY_TRANSITIONS,
    Activity,
    ActivityAnswer,
    ActivityKind,
    ActivityState,
    CameAs,
    Remark,
)
from engage.activities.models import OpenLink
from engage.activities.open_links import create_open_link
from engage.core import audit
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.db import lock
from engage.core.errors import Conflict, Invalid
from engage.surveys.definition import Mode, Survey
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from engage.surveys.services import save_answer, start_response, submit_response
from engage.surveys.wording import SOURCE_LANGUAGE

MOST_CAME = 100_000
LINK_STAYS_OPEN = timedelta(days=56)
"""How long after the day people may still answer by its link."""
LONGEST_LINE = 200
REMARK = "remark"
"""The survey in which a remark is kept: what was said, about what, and whether we may use it."""


@dataclass(frozen=True)
class ActivityFacts:
    """All that is written down of an activity."""

    kind: ActivityKind
    name: str
    held_on: date
    time_of_day: str = ""
    place: str = ""
    run_by: str = ""
    survey: str = ""
    came: Mapping[CameAs, int] | None = None
    notes: str = ""


def plan(session: Session, facts: ActivityFacts, *, local_authority: str, by: Actor, now: datetime) -> Activity:
    """Write down an activity, before or after it. `Invalid` names each fact that cannot be kept."""
    activity = Activity(local_authority=local_authority, made_at=now, made_by=str(by), state=ActivityState.PLANNED)
    _write(activity, facts, now=now)
    session.add(activity)
    session.flush()
    audit.record(session, "activity.planned", "activity", activity.id, by=by, now=now, about=facts.kind)
    return activity


def change(session: Session, activity: Activity, facts: ActivityFacts, *, by: Actor, now: datetime) -> None:
    """Write it down anew. `Invalid` as in `plan`, or when answers to another survey are already in."""
    lock(session, activity)
    if facts.survey != activity.survey and (activity.answers or activity.open_link_id is not None):
        wrong = "People are already being asked with the other survey, so it cannot be changed"
        raise Invalid(f"{wrong}.", {"survey": wrong})
    _write(activity, facts, now=now)
    audit.record(session, "activity.changed", "activity", activity.id, by=by, now=now)


def _write(activity: Activity, facts: ActivityFacts, *, now: datetime) -> None:
    came = {group: n for group, n in (facts.came or {}).items() if n is not None}
    wrong = {
        name: f"Shorten this to {LONGEST_LINE} letters"
        for name in ("name", "place", "run_by")
        if len(getattr(facts, name)) > LONGEST_LINE
    }
    if not facts.name.strip():
        wrong["name"] = "Enter what it is called"
    if len(facts.time_of_day) > 80:
        wrong["time_of_day"] = "Shorten this to 80 letters"
    for group, n in came.items():
        if not 0 <= n <= MOST_CAME:
            wrong[group] = f"Enter a number up to {MOST_CAME:,}"
    if wrong:
        raise Invalid("This activity cannot be saved yet.", wrong)
    activity.kind, activity.name, activity.held_on = facts.kind, facts.name.strip(), facts.held_on
    activity.time_of_day, activity.place = facts.time_of_day.strip(), facts.place.strip()
    activity.run_by, activity.notes = facts.run_by.strip(), facts.notes.strip()
    activity.survey, activity.came, activity.changed_at = facts.survey, {str(g): n for g, n in came.items()}, now


def move(session: Session, activity: Activity, to: ActivityState, *, by: Actor, now: datetime) -> None:
    """Cancel it, put it away, or take it out again; `Conflict` when that move is not lawful."""
    lock(session, activity)
    ACTIVITY_TRANSITIONS.check(activity.state, to)
    activity.state, activity.changed_at = to, now
    audit.record(session, f"activity.{to}", "activity", activity.id, by=by, now=now)


def make_link(session: Session, activity: Activity, catalogue: Catalogue, *, by: Actor, now: datetime) -> OpenLink:
    """The public address of this activity's survey, for its poster: made once, open from today until a while after the
    day. `Invalid` when its survey is not asked by link, or the time for it has passed."""
    lock(session, activity)
    if activity.open_link is not None:
        return activity.open_link
    today = london_date(now)
    closes_on = activity.held_on + LINK_STAYS_OPEN
    if closes_on < today:
        raise Invalid("It is too long ago to ask people by a link. Enter slips instead.")
    activity.open_link = create_open_link(
        session,
        catalogue,
        survey=activity.survey,
        name=activity.name[:120],
        local_authority=activity.local_authority,
        opens_on=today,
        closes_on=closes_on,
        about_on=activity.held_on,
        by=by,
        now=now,
    )
    audit.record(session, "activity.link_made", "activity", activity.id, by=by, now=now)
    return activity.open_link


def keep_slip(
    session: Session,
    activity: Activity,
    survey: Survey,
    given: Mapping[str, str | None],
    *,
    mode: Mode,
    by: Actor,
    now: datetime,
) -> Response:
    """One person's answers at an activity, by question id, as a sent response. A slip without any answer is refused
    with `Invalid`."""
    if not any(given.values()):
        raise Invalid("This slip is empty. Enter at least one answer, or leave it out.")
    response = _answered(
        session, survey, given, on=activity.held_on, area=activity.local_authority, mode=mode, by=by, now=now
    )
    session.add(ActivityAnswer(activity_id=activity.id, response_id=response.id, kept_at=now, kept_by=str(by)))
    session.flush()
    session.expire(activity, ["answers"])
    audit.record(session, "activity.slip_kept", "activity", activity.id, by=by, now=now, mode=mode)
    return response


def undo_last_slip(session: Session, activity: Activity, *, by: Actor, now: datetime) -> None:
    """Take back the slip that this person entered last for this activity. `Conflict` when there is none, or somebody is
    already following it up."""
    lock(session, activity)
    last = session.scalar(
        select(ActivityAnswer)
        .where(ActivityAnswer.activity_id == activity.id, ActivityAnswer.kept_by == str(by))
        .order_by(ActivityAnswer.id.desc())
        .limit(1)
    )
    if last is None:
        raise Conflict("You have entered no slip for this activity.")
    response = last.response
    try:
        with session.begin_nested():
            session.delete(last)
            session.flush()
            session.delete(response)
            session.flush()
    except IntegrityError:
        raise Conflict("Somebody is already following up what this slip says, so it stays.") from None
    session.expire(activity, ["answers"])
    audit.record(session, "activity.slip_undone", "activity", activity.id, by=by, now=now)


@dataclass(frozen=True)
class RemarkFacts:
    """When and where something was said in passing."""

    heard_on: date
    place: str = ""
    activity: Activity | None = None


def keep_remark(
    session: Session,
    survey: Survey,
    given: Mapping[str, str | None],
    facts: RemarkFacts,
    *,
    local_authority: str,
    by: Actor,
    now: datetime,
) -> Response:
    """What somebody said in passing, as a response of the survey `REMARK`: its words wait in the reading queue like any
    other. `Invalid` when the place is too long."""
    if len(facts.place) > LONGEST_LINE:
        wrong = f"Shorten this to {LONGEST_LINE} letters"
        raise Invalid(f"{wrong}.", {"place": wrong})
    response = _answered(
        session, survey, given, on=facts.heard_on, area=local_authority, mode=Mode.FACE_TO_FACE, by=by, now=now
    )
    remark = Remark(
        local_authority=local_authority,
        response_id=response.id,
        activity_id=facts.activity.id if facts.activity else None,
        heard_on=facts.heard_on,
        place=facts.place.strip(),
        kept_at=now,
        kept_by=str(by),
    )
    session.add(remark)
    session.flush()
    audit.record(session, "remark.kept", "remark", remark.id, by=by, now=now)
    return response


def _answered(
    session: Session,
    survey: Survey,
    given: Mapping[str, str | None],
    *,
    on: date,
    area: str,
    mode: Mode,
    by: Actor,
    now: datetime,
) -> Response:
    response = start_response(
        session,
        survey,
        about_on=on,
        local_authority=area,
        mode=mode,
        language=SOURCE_LANGUAGE,
        now=now,
        interviewer=str(by),
    )
    for question in survey.questions:
        save_answer(response, question, given.get(question.id), now=now)
    submit_response(response, survey, now=now)
    session.flush()
    return response
