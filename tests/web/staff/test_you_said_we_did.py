"""Writing and publishing through the staff door, and reading through the public one."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.you_said_we_did.models import Commitment, CommitmentState, Impact, PublicationState
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock

SignIn = Callable[[StrictClient, Staff], StrictClient]
WRITTEN = {
    "you_said": "The review form is too long.",
    "heard_from": "3",
    "theme": "annual_review",
    "year": "2025",
    "state": "did",
    "we_did": "We made it half as long.",
    "impact": "not_yet_seen",
}


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    return sign_in(client, bronwen)


def the_entry(session: Session) -> Commitment:
    session.rollback()
    found = session.scalars(select(Commitment)).one()
    session.refresh(found)
    session.commit()
    return found


def test_an_entry_goes_from_the_form_to_the_public_page_and_back(officer: StrictClient, session: Session) -> None:
    assert "No drafts" in officer.get("/staff/you-said-we-did").text
    assert "There is nothing here yet" in officer.get("/you-said-we-did").text
    officer.get("/staff/you-said-we-did/new")
    where = officer.post("/staff/you-said-we-did/new", data=WRITTEN).location
    assert "We made it half as long." in officer.get(where).text
    assert "There is nothing here yet" in officer.get("/you-said-we-did").text

    assert "Anyone can read it at once" in officer.get(f"{where}/publish").text
    assert officer.post(f"{where}/publish").location == where

    page = officer.get("/you-said-we-did").text
    for words in (
        "2025/26",
        "Annual reviews",
        "A few families said this",
        "We did",
        "We have not seen a change yet",
        "Published 2 March 2026",
    ):
        assert words in page
    assert "The review form is too long." in officer.get("/staff/you-said-we-did").text

    assert "no longer be on the public page" in officer.get(f"{where}/withdraw").text
    officer.post(f"{where}/withdraw")
    assert "There is nothing here yet" in officer.get("/you-said-we-did").text
    assert the_entry(session).publication is PublicationState.WITHDRAWN
    assert officer.post(f"{where}/publish").status_code == 409


def test_a_published_entry_is_changed_in_view_and_says_so(
    officer: StrictClient, session: Session, clock: SettableClock
) -> None:
    where = officer.post("/staff/you-said-we-did/new", data=WRITTEN).location
    officer.post(f"{where}/publish")
    clock.advance(days=30)
    officer.post(f"{where}/change", data=WRITTEN | {"impact": "seen", "impact_note": "Reviews are shorter."})
    page = officer.get("/you-said-we-did").text
    assert "Reviews are shorter." in page
    assert "Updated 1 April 2026" in page

    answer = officer.post(f"{where}/change", data=WRITTEN | {"we_did": ""})
    assert answer.status_code == 422
    assert "We made it half as long." in officer.get("/you-said-we-did").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"you_said": ""}, "Enter what families said"),
        ({"heard_from": "many"}, "Enter a number, like 12"),
        ({"heard_from": "0"}, "Enter how many people said it"),
        ({"state": ""}, "Select how far we have come"),
        ({"theme": ""}, "Select what it is about"),
        ({"due_on": ["31", "2", "2027"]}, "Enter a date"),
        ({"year": "1999"}, "Select the year"),
        ({"year": "x"}, "Select the year"),
    ],
)
def test_a_mistake_is_shown_and_what_was_typed_stays(
    officer: StrictClient, session: Session, changes: dict[str, object], words: str
) -> None:
    answer = officer.post("/staff/you-said-we-did/new", data=WRITTEN | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "We made it half as long." in answer.text
    session.rollback()
    assert session.scalars(select(Commitment)).all() == []


def test_what_is_not_fit_is_named_before_and_at_publishing(officer: StrictClient) -> None:
    where = officer.post(
        "/staff/you-said-we-did/new", data=WRITTEN | {"we_did": "", "you_said": "Training on ASD is needed."}
    ).location
    page = officer.get(where).text
    assert "Enter what was done" in page
    assert "Write “autistic spectrum condition” instead of “ASD”" in page
    assert f'{where}/publish"' not in page
    answer = officer.post(f"{where}/publish")
    assert answer.status_code == 422
    assert "Enter what was done" in answer.text
    assert 'href="#you_said"' in answer.text


def test_each_state_is_told_in_words(client: StrictClient, session: Session) -> None:
    for state in CommitmentState:
        factories.commitment(
            session,
            state=state,
            because="There was no money.",
            publication=PublicationState.PUBLISHED,
            published_at=factories.AT,
            impact=Impact.SEEN,
            impact_note="Things changed.",
        )
    session.commit()
    page = client.get("/you-said-we-did").text
    for words in ("We are thinking about it", "We are doing", "We did", "We could not", "Because", "What has changed"):
        assert words in page


def test_the_public_page_is_narrowed_by_year_and_theme(client: StrictClient, session: Session) -> None:
    published = {"publication": PublicationState.PUBLISHED, "published_at": factories.AT}
    factories.commitment(session, year=2024, theme="health", you_said="About health.", **published)
    factories.commitment(session, year=2025, theme="plan", you_said="About plans.", **published)
    factories.commitment(session, you_said="A secret draft.")
    session.commit()

    def seen(query: str) -> tuple[bool, bool]:
        page = client.get(f"/you-said-we-did{query}").text
        assert "A secret draft." not in page
        return "About health." in page, "About plans." in page

    assert seen("") == (True, True)
    assert seen("?year=2024") == (True, False)
    assert seen("?theme=plan") == (False, True)
    assert seen("?year=2024&theme=plan") == (False, False)
    assert seen("?year=x&theme=y") == (True, True)


def test_another_areas_entry_is_not_found(officer: StrictClient, session: Session) -> None:
    entry = factories.commitment(session, local_authority="318")
    session.commit()
    assert officer.get(f"/staff/you-said-we-did/{entry.id}").status_code == 404


def test_somebody_who_only_writes_neither_publishes_nor_changes_what_is_published(
    client: StrictClient, session: Session, callum: Staff, sign_in: SignIn
) -> None:
    entry = factories.commitment(session, publication=PublicationState.PUBLISHED, published_at=factories.AT)
    where = f"/staff/you-said-we-did/{entry.id}"
    sign_in(client, callum)
    page = client.get(where).text
    assert "Withdraw" not in page
    assert client.post(f"{where}/change", data=WRITTEN).status_code == 403


VIEWS = [
    ("GET", "", Permission.WRITE_YOU_SAID_WE_DID),
    ("GET", "/new", Permission.WRITE_YOU_SAID_WE_DID),
    ("POST", "/new", Permission.WRITE_YOU_SAID_WE_DID),
    ("GET", "/{entry}", Permission.WRITE_YOU_SAID_WE_DID),
    ("GET", "/{entry}/change", Permission.WRITE_YOU_SAID_WE_DID),
    ("POST", "/{entry}/change", Permission.WRITE_YOU_SAID_WE_DID),
    ("GET", "/{entry}/publish", Permission.PUBLISH_YOU_SAID_WE_DID),
    ("POST", "/{entry}/publish", Permission.PUBLISH_YOU_SAID_WE_DID),
    ("GET", "/{entry}/withdraw", Permission.PUBLISH_YOU_SAID_WE_DID),
    ("POST", "/{entry}/withdraw", Permission.PUBLISH_YOU_SAID_WE_DID),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path", "permission"), VIEWS)
def test_only_the_permission_opens_the_door(
    client: StrictClient, session: Session, sign_in: SignIn, role: Role, method: str, path: str, permission: Permission
) -> None:
    entry = factories.commitment(session)
    sign_in(client, factories.staff(session, "Somebody Madeup", role))
    answer = client.open(f"/staff/you-said-we-did{path.format(entry=entry.id)}", method=method)
    assert (answer.status_code != 403) is (permission in GRANTS[role])
