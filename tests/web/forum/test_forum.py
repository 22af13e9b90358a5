"""The steering group's door."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.core.audit import AuditEvent
from engage.forum.models import Membership
from engage.you_said_we_did.models import PublicationState
from tests import factories
from tests.browser_client import StrictClient

SignIn = Callable[[StrictClient, Staff], StrictClient]


@pytest.fixture
def steering(client: StrictClient, devi: Staff, sign_in: SignIn) -> StrictClient:
    return sign_in(client, devi)


def test_the_first_page_shows_what_is_published_and_nothing_else(steering: StrictClient, session: Session) -> None:
    assert "Nothing has been published yet" in steering.get("/forum").text
    factories.commitment(session, you_said="A secret draft.")
    factories.commitment(
        session, you_said="Plans are long.", publication=PublicationState.PUBLISHED, published_at=factories.AT
    )
    session.commit()
    page = steering.get("/forum").text
    assert "Plans are long." in page
    assert "A secret draft." not in page


def test_the_members_are_listed_looked_at_on_record_and_leave(steering: StrictClient, session: Session) -> None:
    assert "No members yet" in steering.get("/forum/members").text
    member = factories.membership(session, name="Zara Madeup", email="zara@example.org", phone="+447700900123")
    registration = factories.registration(session)
    session.commit()
    page = steering.get("/forum/members").text
    assert "Zara Madeup" in page
    assert registration.name not in page

    where = f"/forum/members/{member.id}/leave"
    assert "Take Zara Madeup off the list?" in steering.get(where).text
    assert steering.post(where).location == "/forum/members"
    page = steering.get("/forum/members").text
    assert "Zara" not in page
    assert steering.post(where).status_code == 404
    session.rollback()
    assert session.scalars(select(Membership)).one().name == ""
    kinds = session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)).all()
    assert kinds == ["forum.members_viewed"] * 2 + ["forum.member_viewed", "forum.left", "forum.members_viewed"]


VIEWS = [
    ("GET", "/forum", Permission.SEE_FORUM_VIEW),
    ("GET", "/forum/members", Permission.SEE_FORUM_MEMBERS),
    ("GET", "/forum/members/{member}/leave", Permission.SEE_FORUM_MEMBERS),
    ("POST", "/forum/members/{member}/leave", Permission.SEE_FORUM_MEMBERS),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path", "permission"), VIEWS)
def test_only_the_permission_opens_the_door(
    client: StrictClient, session: Session, sign_in: SignIn, role: Role, method: str, path: str, permission: Permission
) -> None:
    member = factories.membership(session)
    sign_in(client, factories.staff(session, "Somebody Madeup", role))
    answer = client.open(path.format(member=member.id), method=method)
    assert (answer.status_code < 400) is (permission in GRANTS[role])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FORUM_STEERING_GROUP])
def test_no_role_of_the_council_opens_the_forums_list(role: Role) -> None:
    assert Permission.SEE_FORUM_MEMBERS not in GRANTS[role]
    assert not GRANTS[role] & GRANTS[Role.FORUM_STEERING_GROUP]
