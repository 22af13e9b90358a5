"""What there is to see of activities: lists, one of them, how many answers it has, and what was said in passing."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from engage.activities.activity_models import Activity, ActivityAnswer, ActivityKind, ActivityState, Remark
from engage.activities.models import OpenVisit
from engage.core.audit import Actor
from engage.core.errors import NotFound
from engage.surveys.models import Response

COPRODUCTION_A_YEAR = 8
"""The area's aim (Written Statement of Action, February 2019: "8 activities across the year")."""


def activity(session: Session, activity_id: int, *, local_authority: str) -> Activity:
    """One activity; `NotFound` when this area has none of that number."""
    found = session.get(Activity, activity_id)
    if found is None or found.local_authority != local_authority:
        raise NotFound("There is no such activity.")
    return found


def activities(session: Session, state: ActivityState, *, local_authority: str, limit: int = 200) -> Sequence[Activity]:
    """Those in one state, the newest day first."""
    return session.scalars(
        select(Activity)
        .where(Activity.local_authority == local_authority, Activity.state == state)
        .order_by(Activity.held_on.desc(), Activity.id.desc())
        .limit(limit)
    ).all()


def answers_of(session: Session, activity: Activity) -> int:
    """How many have answered about an activity: slips, face to face, and by its open link."""
    return answer_counts(session, [activity]).get(activity.id, 0)


def answer_counts(session: Session, these: Sequence[Activity]) -> dict[int, int]:
    """How many have answered about each of these activities, by its number; those without an answer are left out."""
    numbers = [one.id for one in these]
    by_hand = (
        select(ActivityAnswer.activity_id, func.count())
        .where(ActivityAnswer.activity_id.in_(numbers))
        .group_by(ActivityAnswer.activity_id)
    )
    by_link = (
        select(Activity.id, func.count())
        .join(OpenVisit, OpenVisit.open_link_id == Activity.open_link_id)
        .join(Response, Response.id == OpenVisit.response_id)
        .where(Activity.id.in_(numbers), Response.submitted_at.is_not(None))
        .group_by(Activity.id)
    )
    found: dict[int, int] = {}
    for asked in (by_hand, by_link):
        for number, n in session.execute(asked):
            found[number] = found.get(number, 0) + n
    return found


def slips_entered(session: Session, activity: Activity) -> int:
    """How many of its answers somebody of ours wrote down."""
    asked = select(func.count(ActivityAnswer.id)).where(ActivityAnswer.activity_id == activity.id)
    return session.scalar(asked) or 0


def entered_by(session: Session, activity: Activity, *, by: Actor) -> bool:
    """Whether this person has entered a slip, and so could take the last one back."""
    asked = select(ActivityAnswer.id).where(
        ActivityAnswer.activity_id == activity.id, ActivityAnswer.kept_by == str(by)
    )
    return session.scalar(asked.limit(1)) is not None


def held_between(session: Session, first: date, last: date, *, local_authority: str) -> dict[ActivityKind, int]:
    """How many activities of each kind were held in these days, the cancelled ones left out; every kind is there."""
    rows = session.execute(
        select(Activity.kind, func.count())
        .where(
            Activity.local_authority == local_authority,
            Activity.state != ActivityState.CANCELLED,
            Activity.held_on.between(first, last),
        )
        .group_by(Activity.kind)
    )
    found = dict(rows.all())
    return {kind: found.get(kind, 0) for kind in ActivityKind}


def remarks(session: Session, *, local_authority: str, limit: int = 100) -> Sequence[Remark]:
    """What was said in passing, the newest first; its words are for those who read them."""
    return session.scalars(
        select(Remark)
        .where(Remark.local_authority == local_authority)
        .order_by(Remark.heard_on.desc(), Remark.id.desc())
        .limit(limit)
        .options(joinedload(Remark.response).selectinload(Response.texts), joinedload(Remark.activity))
    ).all()
