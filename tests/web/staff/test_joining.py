"""The counts of who joined."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.register.models import RegistrationState
from tests import factories
from tests.browser_client import StrictClient

SignIn = Callable[[StrictClient, Staff], StrictClient]


def test_counts_and_no_names_are_shown(client: StrictClient, session: Session, bronwen: Staff, sign_in: SignIn) -> None:
    sign_in(client, bronwen)
    assert "Nobody has joined yet" in client.get("/staff/joining").text

    joined = factories.registration(session)
    factories.registration(session, state=RegistrationState.PENDING, confirmed_at=None)
    member = factories.membership(session, interested_in_steering_group=True)
    session.commit()
    page = client.get("/staff/joining").text
    assert "March 2026" in page
    assert "1 of them under 18" in page
    for secret in (joined.name, joined.email, member.name, member.email):
        assert secret not in page


@pytest.mark.parametrize("role", Role)
def test_only_the_permission_opens_the_door(
    client: StrictClient, session: Session, sign_in: SignIn, role: Role
) -> None:
    sign_in(client, factories.staff(session, "Somebody Madeup", role))
    assert (client.get("/staff/joining").status_code == 200) is (Permission.SEE_JOINING in GRANTS[role])
