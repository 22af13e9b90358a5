"""The reading queue through SEND QA's door."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.cases.models import DissatisfactionCase
from engage.core.audit import AuditEvent
from engage.surveys.models import FreeText
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock

SignIn = Callable[[StrictClient, Staff], StrictClient]


@pytest.fixture
def text(session: Session) -> FreeText:
    """A comment of a family that was content and wrote in Urdu."""
    response = factories.response(session, factories.invitation(session), version=2, language="ur")
    return factories.free_text(session, response, "شکریہ <b>", language="ur")


@pytest.fixture
def qa(client: StrictClient, callum: Staff, sign_in: SignIn, text: FreeText) -> StrictClient:
    return sign_in(client, callum)


def test_a_comment_is_shown_in_its_language_and_goes_when_it_was_read(
    qa: StrictClient, session: Session, text: FreeText, clock: SettableClock
) -> None:
    page = qa.get("/staff/reading").text
    assert '<p lang="ur" dir="rtl">شکریہ &lt;b&gt;</p>' in page
    assert "Overdue" not in page
    clock.advance(days=2)
    assert "Overdue" in qa.get("/staff/reading").text

    for _ in range(2):
        assert qa.post(f"/staff/reading/{text.id}/read").location == "/staff/reading"

    assert "Everything has been read" in qa.get("/staff/reading").text
    session.rollback()
    kinds = session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)).all()
    assert kinds == ["reading.viewed", "reading.viewed", "text.read", "reading.viewed"]


def test_a_comment_that_needs_somebody_becomes_an_urgent_case(
    qa: StrictClient, session: Session, text: FreeText
) -> None:
    where = qa.post(f"/staff/reading/{text.id}/follow-up").location
    page = qa.get(where).text
    assert "Urgent" in page
    assert "Somebody read their words" in page
    session.rollback()
    assert len(session.scalars(select(DissatisfactionCase)).all()) == 1


def test_an_unknown_comment_is_not_found(qa: StrictClient) -> None:
    for number in (999, 10**30):
        assert qa.post(f"/staff/reading/{number}/read").status_code == 404


VIEWS = [
    ("GET", "", Permission.SEE_CASES),
    ("POST", "/{text}/read", Permission.WORK_CASES),
    ("POST", "/{text}/follow-up", Permission.WORK_CASES),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path", "permission"), VIEWS)
def test_only_the_permission_opens_the_door(
    client: StrictClient,
    session: Session,
    sign_in: SignIn,
    text: FreeText,
    role: Role,
    method: str,
    path: str,
    permission: Permission,
) -> None:
    sign_in(client, factories.staff(session, "Somebody Madeup", role))
    answer = client.open(f"/staff/reading{path.format(text=text.id)}", method=method)
    assert (answer.status_code != 403) is (permission in GRANTS[role])
