"""What a facilitator asks about sessions: which there are, one of them, one child's part, and the holds to see before."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities.session_models import ChildVoice, FacilitatedSession, SessionState
from engage.core.errors import NotFound
from engage.people.models import Hold, ParentCarer, Relationship


def sessions(
    session: Session, *states: SessionState, local_authority: str, limit: int = 100
) -> Sequence[FacilitatedSession]:
    """Sessions in these states, the newest day first."""
    return session.scalars(
        select(FacilitatedSession)
        .where(FacilitatedSession.local_authority == local_authority, FacilitatedSession.state.in_(states))
        .order_by(FacilitatedSession.held_on.desc(), FacilitatedSession.made_at.desc())
        .limit(limit)
    ).all()


def one_session(session: Session, session_id: int, *, local_authority: str) -> FacilitatedSession:
    """One session; `NotFound` when this area has none of that number."""
    found = session.get(FacilitatedSession, session_id)
    if found is None or found.local_authority != local_authority:
        raise NotFound("There is no such session.")
    return found


def voice(meeting: FacilitatedSession, number: int) -> ChildVoice:
    """The part of the child with this number; `NotFound` when there is none, or it was deleted."""
    found = next((each for each in meeting.voices if each.number == number), None)
    if found is None:
        raise NotFound("There is no child of that number in this session.")
    return found


def holds_on_expected(session: Session, meeting: FacilitatedSession) -> list[tuple[str, Hold]]:
    """The holds that stand on the children expected, and on their parent carers, each with the child's name."""
    found = []
    for expected in meeting.expected:
        family = select(Relationship.parent_carer_id).where(Relationship.child_id == expected.child_id)
        carers = select(ParentCarer.id).where(ParentCarer.id.in_(family))
        standing = select(Hold).where(
            Hold.lifted_at.is_(None), (Hold.person_id == expected.child_id) | Hold.person_id.in_(carers)
        )
        found += [(expected.child.full_name, hold) for hold in session.scalars(standing.order_by(Hold.id))]
    return found


def children_heard(meeting: FacilitatedSession) -> int:
    """How many children have said something that is kept."""
    return sum(voice.finished_at is not None for voice in meeting.voices) + meeting.group_size
