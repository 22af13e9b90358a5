"""Joining and leaving the Parent Carer Forum: a list that is the forum's own and not the council's."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.db import lock
from engage.forum.models import Membership, MembershipState


def join(
    session: Session,
    *,
    name: str,
    email: str,
    source: str,
    consent_wording: str,
    by: Actor,
    now: datetime,
    phone: str | None = None,
    interested_in_steering_group: bool = False,
) -> Membership:
    """Make somebody a member by their own choice, given in the words of `consent_wording`.

    One address is one member: joining again changes nothing for somebody who is a member. Whoever left was erased, and so
    begins anew.
    """
    address = email.strip().lower()
    standing = session.scalar(select(Membership).where(Membership.email == address))
    if standing is not None:
        return standing
    member = Membership(
        name=name.strip(),
        email=address,
        phone=phone,
        interested_in_steering_group=interested_in_steering_group,
        source=source,
        consent_wording=consent_wording,
        joined_at=now,
    )
    session.add(member)
    session.flush()
    audit.record(session, "forum.joined", "membership", member.id, by=by, now=now, source=source)
    return member


def leave(session: Session, member: Membership, *, by: Actor, now: datetime) -> None:
    """Take somebody off the list at once and erase who they were; only that somebody left is kept. Safe to repeat."""
    lock(session, member)
    if member.state is MembershipState.LEFT:
        return
    member.state, member.left_at = MembershipState.LEFT, now
    member.name, member.phone, member.interested_in_steering_group = "", None, False
    member.email = f"left {member.id}"  # no address, and unlike any other row's
    audit.record(session, "forum.left", "membership", member.id, by=by, now=now)
