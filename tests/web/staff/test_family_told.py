"""One page tells everything of a family: what was sent, by whom, why, what became of it, and what comes next or why not."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.campaigns.models import CallOutcome, CampaignState, Invitation, InvitationState, LadderContact, Step
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.working_days import Days, keep_school_holidays
from engage.jobs import asking as jobs
from engage.jobs.wiring import House
from engage.notify import pacing
from engage.notify.models import Attempt, MessageState
from engage.people.models import Channel, Child, HoldReason, ParentCarer
from engage.plans.models import PlanEvent
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock, make_settings
from tests.factories import AT

SignIn = Callable[[StrictClient, Staff], StrictClient]
CAMPAIGN = "Asking after plans"


@pytest.fixture
def settings(database: Database) -> Settings:
    """A council that sends letters too."""
    return make_settings(database_url=database.url, notify_letter_template_id="55555555-5555-4555-8555-555555555555")


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    return sign_in(client, bronwen)


@pytest.fixture
def zain(session: Session, amina: ParentCarer, noise: None) -> Child:
    return session.scalars(select(Child).where(Child.forename == "Zain")).one()


@pytest.fixture
def asked(session: Session, amina: ParentCarer, zain: Child) -> Invitation:
    """Amina is to be asked now."""
    event = session.scalars(select(PlanEvent).join(PlanEvent.plan).where(PlanEvent.plan.has(child_id=zain.id))).one()
    campaign = factories.campaign(session, name=CAMPAIGN)
    return factories.invitation(session, campaign, amina, event, next_due_at=AT)


@pytest.fixture
def told(officer: StrictClient, session: Session, zain: Child) -> Callable[[], tuple[str, str]]:
    """What the page says comes next, and what it says happened, with the lines put together."""

    def read() -> tuple[str, str]:
        session.commit()
        page = " ".join(officer.get(f"/staff/families/{zain.id}").text.split())
        ahead, _, happened = page.partition("What happened")
        return ahead.partition("What comes next")[2], happened

    return read


Told = Callable[[], tuple[str, str]]


def sent(session: Session, invitation: Invitation, **given: Any) -> LadderContact:
    """A message of the ladder, with its one attempt where `attempt` says what came of it."""
    attempt: dict[str, Any] | None = given.pop("attempt", None)
    of_contact = {name: given.pop(name) for name in ("step", "channel", "fallback") if name in given}
    values = {"purpose": "campaigns.survey", "template": "survey_invitation", "claimed_at": AT, "attempts_made": 1}
    message = factories.message(session, **{**values, "person_id": invitation.person_id, **given})
    if attempt is not None:
        row = Attempt(message_id=message.id, reference=f"r-{message.id}", started_at=AT, **attempt)
        session.add(row)
    contact = factories.ladder_contact(session, invitation, message_id=message.id, **of_contact)
    invitation.state, invitation.first_asked_at = InvitationState.ASKING, AT
    session.flush()
    return contact


# -- what was sent, by whom and why ------------------------------------------------------------------------------


def test_a_message_says_who_sent_it_about_what_and_when_it_left(
    session: Session, asked: Invitation, told: Told
) -> None:
    left = datetime.fromisoformat("2026-03-03T10:00:00+00:00")
    sent(session, asked, state=MessageState.ACCEPTED, claimed_at=left, attempt={"status": "sending"})
    _, happened = told()
    assert "10am, Tuesday 3 March 2026" in happened
    assert "Taken by GOV.UK Notify: on its way (“sending”)." in happened
    assert "About Zain, plan issued on" in happened
    assert f"By Engage, for the campaign “{CAMPAIGN}”." in happened


def test_what_went_another_way_says_so(session: Session, asked: Invitation, told: Told) -> None:
    sent(session, asked, state=MessageState.UNDELIVERED, attempt={"status": "permanent-failure"})
    sent(
        session,
        asked,
        channel="mobile",
        fallback=1,
        recipient="+447700900123",
        state=MessageState.DELIVERED,
        attempt={"status": "delivered", "completed_at": AT},
    )
    _, happened = told()
    first, second = "Invitation by email to Amina Invented", "Invitation by text to Amina Invented"
    assert happened.index(second) < happened.index(first), "the latest stands first, also of one moment"
    assert "The one before did not reach them, so it went another way." in happened


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (MessageState.DELIVERED, "no message brought an answer"),
        (MessageState.UNDELIVERED, "no message could reach them"),
        (None, "no message could reach them"),
    ],
)
def test_the_call_list_says_who_put_them_there_and_why(
    session: Session, asked: Invitation, told: Told, state: MessageState | None, why: str
) -> None:
    if state is not None:
        sent(session, asked, state=state, attempt={"status": "delivered"})
    factories.ladder_contact(session, asked, step=Step.CALL, channel="phone")
    assert f"By Engage, for the campaign “{CAMPAIGN}”: {why}." in told()[1]


def test_a_link_asked_for_on_the_telephone_names_who_sent_it(
    session: Session, asked: Invitation, told: Told, bronwen: Staff
) -> None:
    factories.call_attempt(session, asked, outcome=CallOutcome.PREFERS_LINK, called_by=f"staff:{bronwen.id}")
    sent(session, asked, step=Step.CALL, state=MessageState.DELIVERED, attempt={"status": "delivered"})
    _, happened = told()
    assert "Link sent once more by email to Amina Invented" in happened
    assert "Bronwen Officer sent it, for they asked for it on the telephone." in happened


@pytest.mark.parametrize(
    ("state", "because", "attempt", "words"),
    [
        (
            MessageState.FAILED,
            "400 ValidationError",
            {"outcome": "refused", "error": "400 ValidationError"},
            "Could not be sent: GOV.UK Notify does not take this address or number (“400 ValidationError”).",
        ),
        (
            MessageState.FAILED,
            "not taken by Notify",
            {"outcome": "unknown", "error": "no answer"},
            "Could not be sent: GOV.UK Notify did not take it (“not taken by Notify”).",
        ),
        (
            MessageState.ACCEPTED,
            None,
            {"outcome": "accepted", "status": "created", "error": "characters lost"},
            "Some of its letters came out as “?”.",
        ),
        (MessageState.WITHDRAWN, "answered", None, "Taken back before it left: they answered."),
        (MessageState.UNKNOWN, None, {"outcome": "unknown"}, "finding out whether GOV.UK Notify took it."),
    ],
)
def test_what_became_of_a_message_is_said_in_words(
    session: Session,
    asked: Invitation,
    told: Told,
    state: MessageState,
    because: str | None,
    attempt: dict[str, Any] | None,
    words: str,
) -> None:
    sent(session, asked, state=state, state_because=because, attempt=attempt)
    assert words in told()[1]


# -- what waits to leave, and for what ---------------------------------------------------------------------------

QUEUED = {"state": MessageState.QUEUED, "claimed_at": None}
BUSY = {"outcome": "try_again", "error": "503 ServiceUnavailable"}


@pytest.mark.parametrize(
    ("given", "attempt", "pause", "words"),
    [
        ({}, None, None, "Waiting to leave."),
        (
            {"state_because": "outside_hours", "due_at": AT + timedelta(days=1)},
            None,
            None,
            "Waiting to leave: it waits for contact hours, and it is looked at again 9:30am, Tuesday 3 March 2026.",
        ),
        (
            {"state_because": "503 ServiceUnavailable", "due_at": AT + timedelta(minutes=5)},
            BUSY,
            None,
            "GOV.UK Notify did not take it (“503 ServiceUnavailable”), and it is looked at again 9:35am",
        ),
        (
            {"state_because": "not_signed", "due_at": AT + timedelta(minutes=15)},
            None,
            None,
            "Waiting to leave: it waits for everybody whom the letter names to sign it, and",
        ),
        (
            {},
            None,
            ("email", "429 TooManyRequestsError"),
            "as many have gone by email today as GOV.UK Notify allows, until midnight, Tuesday 3 March 2026.",
        ),
        ({}, None, ("all", "429 RateLimitError"), "GOV.UK Notify asked us to wait a moment, until"),
        (
            {},
            None,
            ("all", "403 AuthError"),
            "GOV.UK Notify takes nothing from us until somebody puts the account right, until",
        ),
        ({}, None, ("text", "429 TooManyRequestsError"), "Waiting to leave."),
    ],
)
def test_a_message_that_waits_says_for_what(
    session: Session,
    asked: Invitation,
    told: Told,
    given: dict[str, Any],
    attempt: dict[str, Any] | None,
    pause: tuple[str, str] | None,
    words: str,
) -> None:
    sent(session, asked, attempt=attempt, **{**QUEUED, **given})
    if pause is not None:
        pacing.pause(session, pause[0], pacing.next_midnight_utc(AT), pause[1], now=AT)
    ahead, happened = told()
    assert words in ahead
    assert words in happened
    assert "Invitation by email to Amina Invented" in ahead
    assert ("As soon as contact hours allow" in ahead) == (words == "Waiting to leave.")


# -- what comes next, and why not --------------------------------------------------------------------------------


def test_a_family_that_is_due_hears_as_soon_as_contact_hours_allow(asked: Invitation, told: Told) -> None:
    assert "As soon as contact hours allow" in told()[0]


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.ENDED])
def test_a_campaign_that_does_not_run_asks_nobody(
    session: Session, asked: Invitation, told: Told, state: CampaignState
) -> None:
    asked.campaign.state = state
    assert "The campaign is not running" in told()[0]


@pytest.mark.parametrize("reason", list(HoldReason))
def test_every_hold_says_that_nothing_goes_and_why(
    session: Session, asked: Invitation, told: Told, reason: HoldReason
) -> None:
    if reason is HoldReason.COMPLAINT_OR_TRIBUNAL:
        sent(session, asked, state=MessageState.DELIVERED, attempt={"status": "delivered", "completed_at": AT})
    factories.hold(session, asked.person, reason=reason)
    ahead, _ = told()
    assert "to Amina Invented" in ahead
    assert "On hold: " in ahead
    assert "Invitation by email" not in ahead


@pytest.fixture
def heard_enough(session: Session, asked: Invitation, house: House) -> None:
    """Amina has had as many messages as the council allows in so many days."""
    for number in range(house.settings.household_contacts_limit):
        factories.message(
            session,
            purpose="campaigns.survey",
            person_id=asked.person_id,
            state=MessageState.DELIVERED,
            claimed_at=AT - timedelta(days=number + 1),
        )


def test_the_household_cap_says_until_when(asked: Invitation, told: Told, heard_enough: None) -> None:
    assert "Their household has heard from us often enough for now, until" in told()[0]


def test_a_letter_that_not_everybody_has_signed_is_foreseen(
    session: Session, asked: Invitation, told: Told, amina: ParentCarer
) -> None:
    for point in list(amina.contact_points):
        session.delete(point)
    session.flush()
    session.expire(amina)
    factories.contact_point(session, amina, Channel.POST, "1 Example Road\nKingston\nKT1 1EU")
    assert "Invitation by letter: Amina Invented" in told()[0]
    asked.campaign.ladder = {**asked.campaign.ladder, "joint_letter": True}
    ahead, _ = told()
    assert "Nothing for now to Amina Invented" in ahead
    assert "It waits for everybody whom the letter names to sign it" in ahead


@pytest.fixture
def half_term() -> Iterator[None]:
    """Schools are closed until Friday."""
    keep_school_holidays([Days(date(2026, 3, 2), date(2026, 3, 6))])
    yield
    keep_school_holidays([])


def test_school_holidays_before_a_step_are_said(
    session: Session, asked: Invitation, told: Told, house: House, clock: SettableClock, half_term: None
) -> None:
    jobs.climb_ladders(house, clock.now())
    ahead, _ = told()
    assert "Saturday 7 March 2026" in ahead
    assert "Nothing goes in the school holidays, which come before it." in ahead


@pytest.fixture
def to_ring(session: Session, asked: Invitation) -> Invitation:
    sent(session, asked, state=MessageState.DELIVERED, attempt={"status": "delivered", "completed_at": AT})
    factories.ladder_contact(session, asked, step=Step.CALL, channel="phone")
    asked.next_step, asked.next_due_at = Step.CLOSE, AT + timedelta(days=14)
    return asked


def test_a_family_on_the_call_list_is_to_be_rung_and_then_let_be(to_ring: Invitation, told: Told) -> None:
    ahead, _ = told()
    assert ahead.index("A call to Amina Invented") < ahead.index("Stop asking: Amina Invented")
    assert "They are on the call list." in ahead


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ([{"called_at": AT}], "They have been rung today."),
        ([{"called_at": AT - timedelta(days=1)}] * 5, "They have been rung as often as we ring."),
        (
            [{"called_at": AT, "outcome": CallOutcome.CALL_BACK, "call_back_at": AT + timedelta(days=2)}],
            "They asked us to ring again.",
        ),
    ],
)
def test_why_a_family_on_the_list_is_not_rung_now(
    session: Session, to_ring: Invitation, told: Told, calls: list[dict[str, Any]], words: str
) -> None:
    for call in calls:
        factories.call_attempt(session, to_ring, **call)
    assert words in told()[0]


def test_nobody_is_rung_in_the_school_holidays_and_the_page_says_so(
    to_ring: Invitation, told: Told, half_term: None
) -> None:
    assert "Nobody is rung in the school holidays." in told()[0]


def test_the_household_cap_keeps_us_from_ringing_too(to_ring: Invitation, told: Told, heard_enough: None) -> None:
    ahead, _ = told()
    assert "No call to Amina Invented for now" in ahead
    assert "Their household has heard from us often enough for now, until" in ahead


def test_a_code_that_waits_says_for_what(session: Session, asked: Invitation, told: Told) -> None:
    factories.message(session, purpose="campaigns.resume_code", person_id=asked.person_id, template="resume_code")
    pacing.pause(session, pacing.EVERYBODY, AT + timedelta(minutes=15), "403 AuthError", now=AT)
    assert "GOV.UK Notify takes nothing from us until somebody puts the account right" in told()[1]


@pytest.mark.parametrize(("channel", "way"), [("email", "email"), ("mobile", "text"), ("post", "letter")])
def test_every_way_of_sending_has_its_word(
    session: Session, asked: Invitation, told: Told, channel: str, way: str
) -> None:
    sent(session, asked, channel=channel, state=MessageState.DELIVERED, attempt={"status": "delivered"})
    assert f"Invitation by {way} to Amina Invented" in told()[1]
