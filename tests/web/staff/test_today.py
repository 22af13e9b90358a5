"""What the officer's home says, and who may open each page of hers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.campaigns.models import InvitationState, Step
from engage.core.audit import AuditEvent
from engage.notify import pacing
from engage.notify.models import MessageState, SendingPace
from engage.people.models import ContactState
from engage.plans.models import ImportState, PlanImport
from engage.register.models import RegistrationState
from engage.you_said_we_did.models import PublicationState
from tests import factories
from tests.browser_client import StrictClient
from tests.factories import AT

SignIn = Callable[[StrictClient, Staff], StrictClient]


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    """Bronwen's browser."""
    return sign_in(client, bronwen)


def card(page: str, label: str) -> str:
    """The number on the card whose words these are."""
    before, found, _ = page.partition(label)
    assert found, f"no card says {label}"
    return before.rsplit('app-number__value">', 1)[1].split("<", 1)[0]


def plan_import(session: Session, state: ImportState, faulty: int = 0) -> PlanImport:
    """A file as it stands after the import."""
    summary: dict[str, Any] = {name: {} for name in ("added", "changed", "withdrawn", "asked_on", "not_asked")}
    summary |= dict.fromkeys(("rows_read", "rows_sound", "no_message_possible", "on_hold", "events"), 9)
    summary |= {"rows_faulty": faulty, "notices": []}
    row = PlanImport(
        file_name="plans.csv", file_sha256="0" * 64, state=state, uploaded_at=AT, uploaded_by="staff:1", summary=summary
    )
    if state is ImportState.COMMITTED:
        row.committed_at, row.committed_by = AT, "staff:1"
    session.add(row)
    session.flush()
    return row


def test_a_new_house_says_how_to_begin(officer: StrictClient, session: Session) -> None:
    page = officer.get("/staff/today").text
    assert "Nothing has been brought in yet" in page
    factories.plan(session, factories.child(session))
    assert "Nobody is asked yet" in officer.get("/staff/today").text
    factories.campaign(session)
    assert "app-empty" not in officer.get("/staff/today").text


def test_each_number_is_the_work_behind_it(officer: StrictClient, session: Session) -> None:
    to_ring = factories.invitation(session, state=InvitationState.ASKING, next_step=Step.CLOSE, first_asked_at=AT)
    factories.ladder_contact(session, to_ring, step=Step.CALL, channel="phone")
    plan_import(session, ImportState.COMMITTED, faulty=4)
    plan_import(session, ImportState.PREVIEWED)
    failed = factories.message(session, purpose="campaigns.survey", state=MessageState.UNDELIVERED, claimed_at=AT)
    out_of_reach = factories.invitation(session)
    factories.ladder_contact(session, out_of_reach, message_id=failed.id)
    for point in out_of_reach.person.contact_points:
        point.state = ContactState.BOUNCED
    factories.hold(session, factories.child(session), review_on=AT.date())
    factories.hold(session, factories.child(session), review_on=AT.date() + timedelta(days=1))
    factories.case(session)
    page = officer.get("/staff/today").text
    for label, number in (
        ("family to ring now", "1"),
        ("file waits for you to decide", "1"),
        ("faulty rows in the last import", "4"),
        ("message did not arrive this week", "1"),
        ("asked, but no address or number works", "1"),
        ("on hold, to be looked at again", "1"),
        ("new case this week", "1"),
    ):
        assert card(page, label) == number
    assert 'href="/staff/cases"' not in page
    failures = officer.get("/staff/today/not-arrived").text
    assert failures.count(out_of_reach.person.full_name) == 2


def test_what_went_well_this_week_is_said_too(officer: StrictClient, session: Session) -> None:
    for answered_at in (AT, AT - timedelta(days=8)):
        factories.response(session, asked := factories.invitation(session))
        asked.answered_at = answered_at
    factories.commitment(session, publication=PublicationState.PUBLISHED, published_at=AT)
    factories.commitment(session)
    page = officer.get("/staff/today").text
    assert card(page, "family answered") == "1"
    assert card(page, "You said, we did entry published") == "1"


def test_both_lists_are_counted_and_no_member_is_named(officer: StrictClient, session: Session) -> None:
    factories.registration(session)
    factories.registration(session, state=RegistrationState.PENDING, confirmed_at=None)
    members = [factories.membership(session) for _ in range(3)]
    page = officer.get("/staff/today").text
    assert card(page, "family on the SEND Register") == "1"
    assert card(page, "members of the Parent Carer Forum") == "3"
    assert "1 more has not confirmed yet" in page
    assert not any(member.name in page or member.email in page for member in members)


def test_a_pause_of_sending_says_why_and_can_be_ended(officer: StrictClient, session: Session) -> None:
    pacing.pause(session, pacing.EVERYBODY, AT + timedelta(minutes=30), "Invalid token", now=AT)
    page = officer.get("/staff/today").text
    assert "Sending is paused until 10am, Monday 2 March 2026. GOV.UK Notify said: Invalid token." in page
    assert officer.post("/staff/today/resume-sending").location == "/staff/today"
    session.rollback()
    assert session.scalars(select(SendingPace.paused_until)).one() is None
    assert session.scalars(select(AuditEvent).where(AuditEvent.kind == "sending.resumed")).one()
    assert "Sending is paused" not in officer.get("/staff/today").text


def test_a_channel_at_its_daily_limit_is_shown_with_the_hour_it_goes_on(
    officer: StrictClient, session: Session
) -> None:
    pacing.pause(session, "text", pacing.next_midnight_utc(AT), "429 TooManyRequestsError", now=AT)
    page = officer.get("/staff/today").text
    assert "No text leaves until midnight, Tuesday 3 March 2026" in page
    assert "as many have gone by text today as GOV.UK Notify allows" in page
    assert "Go on sending now" not in page


PAGES = {
    "/staff/today": Permission.SEE_TODAY,
    "/staff/today/not-arrived": Permission.SEE_FAMILIES,
    "/staff/imports": Permission.IMPORT_PLANS,
    "/staff/imports/columns": Permission.IMPORT_PLANS,
    "/staff/imports/sample.csv": Permission.IMPORT_PLANS,
    "/staff/imports/{file}": Permission.IMPORT_PLANS,
    "/staff/imports/{file}/columns": Permission.IMPORT_PLANS,
    "/staff/imports/{file}/faulty-rows.csv": Permission.IMPORT_PLANS,
    "/staff/campaigns": Permission.RUN_CAMPAIGNS,
    "/staff/campaigns/new": Permission.RUN_CAMPAIGNS,
    "/staff/campaigns/{campaign}": Permission.RUN_CAMPAIGNS,
    "/staff/campaigns/{campaign}/next": Permission.RUN_CAMPAIGNS,
    "/staff/campaigns/{campaign}/messages": Permission.RUN_CAMPAIGNS,
    "/staff/campaigns/{campaign}/ladder": Permission.RUN_CAMPAIGNS,
    "/staff/campaigns/{campaign}/end": Permission.RUN_CAMPAIGNS,
    "/staff/families": Permission.SEE_FAMILIES,
    "/staff/families/{child}": Permission.SEE_FAMILIES,
    "/staff/families/{child}/hold": Permission.PLACE_HOLDS,
    "/staff/families/{child}/holds/{hold}/lift": Permission.LIFT_HOLDS,
    "/staff/holds": Permission.SEE_FAMILIES,
    "/staff/clock": Permission.MOVE_CLOCK,
}


@pytest.mark.parametrize("role", list(Role))
def test_each_page_opens_for_its_permission_and_for_nobody_else(
    client: StrictClient, session: Session, sign_in: SignIn, role: Role
) -> None:
    child, _ = factories.family(session)
    rows = {
        "file": plan_import(session, ImportState.DISCARDED).id,
        "campaign": factories.campaign(session).id,
        "child": child.id,
        "hold": factories.hold(session, child, placed_by="staff:999").id,
    }
    signed_in = sign_in(client, factories.staff(session, "Somebody Madeup", role))
    for page, permission in PAGES.items():
        status = signed_in.get(page.format(**rows)).status_code
        assert (status != 403) == (permission in GRANTS[role]), page
        assert status in (200, 403, 404, 409), page


@pytest.mark.parametrize("page", [page for page in PAGES if "{" not in page])
def test_a_stranger_is_sent_to_sign_in(client: StrictClient, page: str) -> None:
    assert client.get(page).location == "/sign-in"


def test_the_clock_is_on_the_menu_and_today_is_where_an_officer_lands(officer: StrictClient) -> None:
    page = officer.get("/staff/today").text
    assert 'href="/staff/clock"' in page
    assert officer.get("/sign-in").location == "/staff/today"
