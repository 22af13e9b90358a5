"""Printing a booklet: the gate is asked, nothing stops, and what comes back is known."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import booklets, links
from engage.campaigns.booklet_models import Booklet
from engage.campaigns.models import CampaignState, Invitation, InvitationState, Step
from engage.core.audit import SYSTEM, AuditEvent
from engage.core.config import Settings
from engage.core.errors import Conflict, Invalid
from engage.people.models import HoldReason
from engage.surveys.formats import Format
from engage.surveys.loader import Catalogue
from tests import factories

AT = factories.AT


@pytest.fixture
def asked(session: Session) -> Invitation:
    """Somebody being asked, who has not been shown a version yet."""
    found: Invitation = factories.invitation(
        session, state=InvitationState.ASKING, version=None, next_step=Step.REMINDER
    )
    return found


def printed(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation, in_format: Format = Format.STANDARD
) -> Booklet:
    return booklets.print_booklet(
        session, asked, catalogue, settings.secrets, language="ur", in_format=in_format, by=SYSTEM, now=AT
    )


def test_it_has_a_code_and_a_link_of_its_own_and_fixes_the_version(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation
) -> None:
    booklet = printed(session, catalogue, settings, asked)
    code = booklets.code_of(booklet, settings.secrets)
    assert booklets.booklet_with(session, code.lower(), settings.secrets) is booklet
    assert links.open_link(session, links.token_of(booklet.link, settings.secrets)).invitation_id == asked.id
    assert asked.version == booklet.version == catalogue.current("post_issuance").version
    assert session.scalars(select(AuditEvent.kind)).all() == ["booklet.printed"]


def test_it_stops_nothing_by_itself(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation
) -> None:
    before = asked.state, asked.next_step, asked.next_due_at
    printed(session, catalogue, settings, asked)
    assert (asked.state, asked.next_step, asked.next_due_at) == before
    assert asked.response_id is None


@pytest.mark.parametrize("reason", list(HoldReason))
def test_a_held_family_cannot_be_sent_one(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation, reason: HoldReason
) -> None:
    factories.hold(session, asked.person, reason=reason)
    assert booklets.why_not_printed(session, asked, now=AT) is not None
    with pytest.raises(Conflict):
        printed(session, catalogue, settings, asked)
    assert session.scalars(select(Booklet)).all() == []


def test_a_dispute_lets_one_gentle_message_through_which_a_booklet_is_not(
    session: Session, catalogue: Catalogue, settings: Settings
) -> None:
    planned = factories.invitation(session)
    factories.hold(session, planned.person, reason=HoldReason.COMPLAINT_OR_TRIBUNAL)
    with pytest.raises(Conflict):
        printed(session, catalogue, settings, planned)


@pytest.mark.parametrize("state", [InvitationState.ANSWERED, InvitationState.CLOSED, InvitationState.WITHDRAWN])
def test_whoever_is_not_being_asked_gets_none(
    session: Session, catalogue: Catalogue, settings: Settings, state: InvitationState
) -> None:
    with pytest.raises(Conflict):
        printed(session, catalogue, settings, factories.invitation(session, state=state))


def test_a_campaign_that_rests_prints_none(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation
) -> None:
    asked.campaign.state = CampaignState.PAUSED
    with pytest.raises(Conflict):
        printed(session, catalogue, settings, asked)


def test_a_version_without_easy_read_is_not_printed_in_it(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation
) -> None:
    asked.version = 1
    assert Format.EASY_READ not in booklets.formats_of(catalogue, asked)
    with pytest.raises(Invalid):
        printed(session, catalogue, settings, asked, Format.EASY_READ)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the code"),
        ("ABC-DEF-GHJ", "not right"),
        ("O" * 10, "not right"),
        ("AAA-AAA-AAAA", "We know no booklet"),
    ],
)
def test_a_code_that_fits_none_is_told_kindly(session: Session, settings: Settings, typed: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        booklets.booklet_with(session, typed, settings.secrets)
    assert words in refused.value.fields["code"]


def test_it_comes_back_once(session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation) -> None:
    booklet = printed(session, catalogue, settings, asked)
    later = AT + timedelta(days=9)
    booklets.came_back(session, booklet, received_on=later.date(), by=SYSTEM, now=later)
    with pytest.raises(Conflict):
        booklets.came_back(session, booklet, received_on=later.date(), by=SYSTEM, now=later)


@pytest.mark.parametrize("received_on", [date(2026, 3, 1), date(2026, 3, 3)])
def test_it_cannot_come_before_it_was_printed_nor_tomorrow(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation, received_on: date
) -> None:
    booklet = printed(session, catalogue, settings, asked)
    with pytest.raises(Invalid) as refused:
        booklets.came_back(session, booklet, received_on=received_on, by=SYSTEM, now=AT)
    assert "received_on" in refused.value.fields


def test_those_printed_together_are_found_together(
    session: Session, catalogue: Catalogue, settings: Settings, asked: Invitation
) -> None:
    factories.noise(session)
    batch = booklets.new_batch()
    one = booklets.print_booklet(
        session,
        asked,
        catalogue,
        settings.secrets,
        language="en",
        in_format=Format.STANDARD,
        by=SYSTEM,
        now=AT,
        batch=batch,
    )
    printed(session, catalogue, settings, asked)
    assert list(booklets.printed_together(session, batch)) == [one]
    assert len(booklets.booklets_for(session, [asked.id])) == 2
