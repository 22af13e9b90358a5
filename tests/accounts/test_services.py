"""Accounts: adding, roles, stopping, and signing in once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.messages import compose_sign_in
from engage.accounts.models import SignInLink, Staff, StaffSession
from engage.accounts.permissions import Role
from engage.accounts.queries import LinkState, link_state
from engage.accounts.services import (
    LINKS_AT_ONCE,
    add_staff,
    change_roles,
    claim,
    deactivate,
    request_sign_in,
    session_for,
    sign_out,
)
from engage.core.audit import SYSTEM, AuditEvent, staff_actor
from engage.core.config import Settings
from engage.core.errors import Conflict, Invalid, NotFound
from engage.notify.models import Message, MessageState
from engage.notify.outbox import Refusal
from engage.notify.templates import Templates
from tests import factories
from tests.conftest import MONDAY, make_settings


def link_of(session: Session, settings: Settings, *, now: datetime = MONDAY) -> str:
    """The token of the newest sign-in email, as it would be sent now."""
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    values = compose_sign_in(session, message, settings, now)
    assert not isinstance(values, Refusal)
    return str(values["link"]).rpartition("/")[2]


def test_somebody_added_can_ask_for_a_link_and_sign_in(session: Session, settings: Settings) -> None:
    staff = add_staff(session, name=" Gwen New ", email="Gwen@Example.org", roles=[Role.ANALYST], by=SYSTEM, now=MONDAY)
    assert (staff.name, staff.email, staff.roles) == ("Gwen New", "gwen@example.org", ["analyst"])
    request_sign_in(session, "GWEN@example.org ", settings=settings, now=MONDAY)
    cookie = claim(session, link_of(session, settings), settings=settings, now=MONDAY)
    assert session_for(session, cookie, now=MONDAY) is staff


def test_what_cannot_be_used_is_named_field_by_field(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        add_staff(session, name=" ", email="nobody", roles=[], by=SYSTEM, now=MONDAY)
    assert set(refused.value.fields) == {"name", "email", "roles"}


def test_an_address_belongs_to_one_person(session: Session, bronwen: Staff) -> None:
    with pytest.raises(Invalid) as refused:
        add_staff(session, name="Again", email=bronwen.email.upper(), roles=[Role.ANALYST], by=SYSTEM, now=MONDAY)
    assert set(refused.value.fields) == {"email"}


def test_the_forums_role_stands_alone(session: Session, callum: Staff) -> None:
    with pytest.raises(Invalid, match="roles"):
        change_roles(session, callum, roles=[Role.FORUM_STEERING_GROUP, Role.SEND_QA], by=SYSTEM, now=MONDAY)
    assert callum.roles == ["send_qa"]


def test_there_is_always_an_administrator(session: Session, administrator: Staff, bronwen: Staff) -> None:
    with pytest.raises(Conflict, match="only administrator"):
        change_roles(session, administrator, roles=[Role.ANALYST], by=SYSTEM, now=MONDAY)
    with pytest.raises(Conflict, match="only administrator"):
        deactivate(session, administrator, by=SYSTEM, now=MONDAY)
    change_roles(session, bronwen, roles=[Role.ADMINISTRATOR], by=SYSTEM, now=MONDAY)
    deactivate(session, administrator, by=SYSTEM, now=MONDAY)
    assert not administrator.active


def test_nobody_stops_their_own_account(session: Session, administrator: Staff) -> None:
    factories.staff(session, "Other", Role.ADMINISTRATOR)
    with pytest.raises(Conflict, match="your own"):
        deactivate(session, administrator, by=staff_actor(administrator.id), now=MONDAY)


def test_a_stopped_account_is_signed_out_and_its_links_and_waiting_email_are_dead(
    session: Session, settings: Settings, callum: Staff
) -> None:
    cookie = factories.session_token(session, callum, settings=settings, now=MONDAY)
    request_sign_in(session, callum.email, settings=settings, now=MONDAY)
    token = link_of(session, settings)
    deactivate(session, callum, by=SYSTEM, now=MONDAY)
    assert session_for(session, cookie, now=MONDAY) is None
    assert link_state(session, token, now=MONDAY) is LinkState.UNKNOWN
    with pytest.raises(NotFound):
        claim(session, token, settings=settings, now=MONDAY)
    message = session.scalars(select(Message)).one()
    assert isinstance(compose_sign_in(session, message, settings, MONDAY), Refusal)
    request_sign_in(session, callum.email, settings=settings, now=MONDAY)
    assert session.scalar(select(func.count(SignInLink.id))) == 1


def test_new_roles_hold_from_the_next_click(session: Session, settings: Settings, callum: Staff) -> None:
    cookie = factories.session_token(session, callum, settings=settings, now=MONDAY)
    change_roles(session, callum, roles=[Role.ANALYST], by=SYSTEM, now=MONDAY)
    session.commit()
    seen = session_for(session, cookie, now=MONDAY)
    assert seen is not None
    assert seen.roles == ["analyst"]


def test_a_link_is_claimed_once(session: Session, settings: Settings, bronwen: Staff) -> None:
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY)
    token = link_of(session, settings)
    claim(session, token, settings=settings, now=MONDAY)
    with pytest.raises(Conflict):
        claim(session, token, settings=settings, now=MONDAY)
    assert session.scalar(select(func.count(StaffSession.id))) == 1


def test_older_unused_links_die_when_a_newer_one_is_claimed(
    session: Session, settings: Settings, bronwen: Staff, callum: Staff
) -> None:
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY)
    older = link_of(session, settings)
    request_sign_in(session, callum.email, settings=settings, now=MONDAY)
    another = link_of(session, settings)
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY + timedelta(minutes=1))
    claim(session, link_of(session, settings), settings=settings, now=MONDAY + timedelta(minutes=2))
    assert link_state(session, older, now=MONDAY + timedelta(minutes=2)) is LinkState.TOO_OLD
    assert link_state(session, another, now=MONDAY + timedelta(minutes=2)) is LinkState.USABLE


@pytest.mark.parametrize(("minutes", "usable"), [(0, True), (19.99, True), (20, False), (2000, False)])
def test_a_link_lives_as_long_as_the_setting_says(
    session: Session, settings: Settings, bronwen: Staff, minutes: float, usable: bool
) -> None:
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY)
    token, then = link_of(session, settings), MONDAY + timedelta(minutes=minutes)
    assert (link_state(session, token, now=then) is LinkState.USABLE) is usable
    message = session.scalars(select(Message)).one()
    assert isinstance(compose_sign_in(session, message, settings, then), Refusal) is not usable


def test_neither_the_links_nor_the_sessions_text_is_ever_stored(
    session: Session, settings: Settings, bronwen: Staff
) -> None:
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY)
    token = link_of(session, settings)
    cookie = claim(session, token, settings=settings, now=MONDAY)
    kept = [
        *session.scalars(select(SignInLink)),
        *session.scalars(select(StaffSession)),
        *session.scalars(select(Message)),
    ]
    values = " ".join(str(getattr(row, column.key)) for row in kept for column in row.__table__.columns)
    assert token not in values
    assert cookie not in values


def test_a_link_made_with_an_older_secret_still_goes_out_and_one_made_with_a_lost_secret_does_not(
    session: Session, settings: Settings, bronwen: Staff
) -> None:
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY)
    message = session.scalars(select(Message)).one()
    old = "a-secret-for-tests-only-0123456789abcdef"
    rotated = make_settings(secret_keys=f"another-secret-of-more-than-32-characters,{old}")
    assert not isinstance(compose_sign_in(session, message, rotated, MONDAY), Refusal)
    lost = make_settings(secret_keys="another-secret-of-more-than-32-characters")
    assert isinstance(compose_sign_in(session, message, lost, MONDAY), Refusal)


def test_a_strangers_request_leaves_the_same_trace_and_no_message(
    session: Session, settings: Settings, bronwen: Staff
) -> None:
    request_sign_in(session, "stranger@example.org", settings=settings, now=MONDAY)
    assert session.scalar(select(func.count(Message.id))) == 0
    event = session.scalars(select(AuditEvent)).one()
    assert (event.kind, event.subject_id, event.detail) == ("sign_in.asked", "unknown", {})


def test_an_inbox_is_never_filled(session: Session, settings: Settings, bronwen: Staff) -> None:
    for _ in range(LINKS_AT_ONCE + 5):
        request_sign_in(session, bronwen.email, settings=settings, now=MONDAY)
    assert session.scalar(select(func.count(Message.id))) == LINKS_AT_ONCE
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY + timedelta(hours=1))
    assert session.scalar(select(func.count(Message.id))) == LINKS_AT_ONCE + 1


def test_signing_out_ends_this_session_and_no_other(session: Session, settings: Settings, bronwen: Staff) -> None:
    here, elsewhere = (factories.session_token(session, bronwen, settings=settings, now=MONDAY) for _ in range(2))
    sign_out(session, here, now=MONDAY)
    sign_out(session, here, now=MONDAY)
    sign_out(session, "nonsense", now=MONDAY)
    assert session_for(session, here, now=MONDAY) is None
    assert session_for(session, elsewhere, now=MONDAY) is bronwen


def test_the_sign_in_template_has_every_value_it_needs(
    session: Session, settings: Settings, bronwen: Staff, templates: Templates
) -> None:
    request_sign_in(session, bronwen.email, settings=settings, now=MONDAY)
    message = session.scalars(select(Message)).one()
    composed = compose_sign_in(session, message, settings, MONDAY)
    assert not isinstance(composed, Refusal)
    assert message.state is MessageState.QUEUED
    assert templates.values_of("sign_in") == set(message.personalisation) | set(composed)
