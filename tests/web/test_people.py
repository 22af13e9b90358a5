"""People and roles, as an administrator uses them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from tests import factories
from tests.browser_client import StrictClient

SignIn = Callable[[StrictClient, Staff], StrictClient]


@pytest.fixture
def desk(client: StrictClient, administrator: Staff, sign_in: SignIn) -> StrictClient:
    """The administrator's browser."""
    return sign_in(client, administrator)


def test_the_list_shows_who_can_sign_in_and_what_each_role_means(desk: StrictClient, callum: Staff) -> None:
    page = desk.get("/staff/people").text
    assert callum.email in page
    assert "2 people can sign in" in page
    assert all(role.human_name in page for role in Role)


def test_somebody_is_added(desk: StrictClient, session: Session) -> None:
    assert desk.get("/staff/people/add").status_code == 200
    answer = desk.post(
        "/staff/people/add", data={"name": "Gwen New", "email": "gwen@example.org", "roles": ["analyst"]}
    )
    assert answer.location == "/staff/people"
    assert "Gwen New can now sign in." in desk.get("/staff/people").text
    assert session.scalars(select(Staff.roles).where(Staff.email == "gwen@example.org")).one() == ["analyst"]


def test_every_mistake_is_shown_beside_its_field_and_what_was_typed_is_kept(
    desk: StrictClient, session: Session
) -> None:
    answer = desk.post("/staff/people/add", data={"name": "", "email": "gwen.example.org"})
    assert answer.status_code == 422
    for words in ("Enter the person’s name", "Enter an email address", "Select at least one role"):
        assert answer.text.count(words) == 2, words
    assert 'value="gwen.example.org"' in answer.text
    assert session.scalars(select(Staff.name)).all() == ["Farid Administrator"]


def test_a_role_that_is_not_one_is_refused(desk: StrictClient) -> None:
    data = {"name": "Gwen", "email": "gwen@example.org", "roles": ["emperor"]}
    assert desk.post("/staff/people/add", data=data).status_code == 422


def test_roles_are_changed(desk: StrictClient, callum: Staff, session: Session) -> None:
    page = desk.get(f"/staff/people/{callum.id}").text
    assert "checked" in page
    desk.post(f"/staff/people/{callum.id}", data={"roles": ["analyst", "engagement_officer"]})
    session.refresh(callum)
    assert callum.roles == ["analyst", "engagement_officer"]
    refused = desk.post(f"/staff/people/{callum.id}", data={"roles": ["analyst", "forum_steering_group"]})
    assert refused.status_code == 422
    assert "select it alone" in refused.text


def test_an_account_is_stopped_after_being_asked_once(desk: StrictClient, callum: Staff, session: Session) -> None:
    asked = desk.get(f"/staff/people/{callum.id}/stop").text
    assert "Callum Quality" in asked
    assert "signed out everywhere" in asked
    session.refresh(callum)
    assert callum.active
    desk.post(f"/staff/people/{callum.id}/stop")
    session.refresh(callum)
    assert not callum.active
    assert "1 stopped account" in desk.get("/staff/people").text


def test_the_last_administrator_cannot_be_stopped(desk: StrictClient, administrator: Staff, session: Session) -> None:
    answer = desk.post(f"/staff/people/{administrator.id}/stop")
    assert answer.status_code == 409
    session.refresh(administrator)
    assert administrator.active


def test_an_account_that_is_not_there_is_not_found(desk: StrictClient) -> None:
    assert desk.get("/staff/people/999").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_sees_it_and_each_is_told_whom_to_ask(
    client: StrictClient, session: Session, administrator: Staff, sign_in: SignIn, role: Role
) -> None:
    sign_in(client, factories.staff(session, "Nosy Person", role))
    answer = client.get("/staff/people")
    assert answer.status_code == 403
    assert administrator.email in answer.text
    assert "Administrator" in answer.text
