"""The forum's members for its own steering group, and bare counts for everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.forum.models import Membership, MembershipState


@dataclass(frozen=True)
class ForumCounts:
    """All that the council may know of the forum's list."""

    members: int
    interested_in_steering_group: int


def members(session: Session) -> Sequence[Membership]:
    """Everybody on the forum's list, by name. Only for the forum's own door."""
    return session.scalars(
        select(Membership)
        .where(Membership.state == MembershipState.MEMBER)
        .order_by(func.lower(Membership.name), Membership.id)
    ).all()


def member(session: Session, membership_id: int) -> Membership:
    """One member; `NotFound` when there is none, or they have left. Only for the forum's own door."""
    found = session.get(Membership, membership_id)
    if found is None or found.state is MembershipState.LEFT:
        raise NotFound("There is no such member.")
    return found


def counts(session: Session) -> ForumCounts:
    """How many members the forum has, and how many of them would join its steering group."""
    present = select(func.count()).select_from(Membership).where(Membership.state == MembershipState.MEMBER)
    return ForumCounts(
        members=session.scalar(present) or 0,
        interested_in_steering_group=session.scalar(present.where(Membership.interested_in_steering_group)) or 0,
    )
