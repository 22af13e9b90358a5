"""The forum's own list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from engage.core.audit import PUBLIC, AuditEvent, staff_actor
from engage.core.errors import NotFound
from engage.forum import queries, services
from engage.forum.models import Membership, MembershipState
from engage.forum.queries import ForumCounts
from tests import factories

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def join(session: Session, **changes: Any) -> Membership:
    values: dict[str, Any] = {
        "name": "Amina Invented",
        "email": "Amina@Example.org",
        "source": "register",
        "consent_wording": "forum-1",
        "by": PUBLIC,
        "now": NOW,
    }
    return services.join(session, **(values | changes))


def test_joining_makes_a_member_once(session: Session) -> None:
    first = join(session)
    again = join(session, email="amina@example.org", name="Somebody Else", now=NOW + timedelta(days=1))

    assert again is first
    assert (first.name, first.email, first.state) == ("Amina Invented", "amina@example.org", MembershipState.MEMBER)
    assert session.scalars(select(AuditEvent.kind)).all() == ["forum.joined"]


def test_leaving_erases_who_they_were_and_may_be_repeated(session: Session) -> None:
    member = join(session, phone="+447700900123", interested_in_steering_group=True)

    for _ in range(2):
        services.leave(session, member, by=staff_actor(4), now=NOW)

    assert (member.state, member.name, member.phone) == ("left", "", None)
    assert "@" not in member.email
    assert queries.counts(session) == ForumCounts(0, 0)
    assert session.scalars(select(AuditEvent.kind)).all() == ["forum.joined", "forum.left"]
    with pytest.raises(NotFound):
        queries.member(session, member.id)


def test_whoever_left_joins_as_somebody_new(session: Session) -> None:
    old = join(session)
    services.leave(session, old, by=PUBLIC, now=NOW)
    assert join(session) is not old
    assert queries.counts(session).members == 1


def test_members_are_listed_by_name_and_counted(session: Session) -> None:
    zoe = factories.membership(session, name="Zoe Madeup", interested_in_steering_group=True)
    adam = factories.membership(session, name="adam Madeup")
    assert queries.members(session) == [adam, zoe]
    assert queries.counts(session) == ForumCounts(members=2, interested_in_steering_group=1)
    assert queries.member(session, zoe.id) is zoe


def test_the_forum_holds_no_key_into_the_councils_records() -> None:
    assert inspect(Membership).local_table.foreign_keys == set()
