"""Joining the SEND Register, confirming it, and leaving again.

What is said to somebody who asks never depends on who is already on the register: only the owner of the address learns
that, by email.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core import audit, tokens
from engage.core.audit import PUBLIC, SYSTEM, Actor
from engage.core.clock import london_date
from engage.core.config import Settings
from engage.core.db import lock
from engage.core.errors import Conflict, NotFound
from engage.notify import outbox
from engage.notify.models import Message, MessageChannel
from engage.people.vocabulary.ages import age_on
from engage.register.models import REGISTRATION_TRANSITIONS, RegisteredChild, Registration, RegistrationState
from engage.register.rules import OLDEST_AGE, TIME_TO_CONFIRM, Asking, checked
from engage.register.wording import FORUM_CHOICE

TOKEN_PURPOSE = "register"  # noqa: S105 the use of a token, not a token
CONFIRMATION = "register.confirmation"
ALREADY = "register.already"
MOST_EMAILS_A_DAY = 3
"""However often somebody types an address, its owner gets no more than this from us about joining."""


@dataclass(frozen=True)
class Confirmed:
    """A registration that counts, and whether it was this very step that made it count."""

    registration: Registration
    newly: bool


def ask_to_join(session: Session, asking: Asking, *, settings: Settings, now: datetime) -> None:
    """Keep what was asked, uncounted, and send the address one email: a link to confirm it, or that it is on the
    register already. Asking again before confirming replaces what was asked before, and its link.

    `Invalid` names each field that cannot be used.
    """
    asking = checked(asking, today=london_date(now), demonstration=settings.demonstration)
    standing = session.scalar(
        select(Registration)
        .where(Registration.email == asking.email, Registration.state != RegistrationState.REMOVED)
        .order_by(Registration.state, Registration.id)  # confirmed comes before pending
        .with_for_update()
    )
    if standing is not None and _emails_since(session, standing, now - timedelta(days=1)) >= MOST_EMAILS_A_DAY:
        return
    if standing is not None and standing.state is RegistrationState.CONFIRMED:
        _queue(session, standing, ALREADY, "register_already", now=now)
        return
    registration = standing or Registration(local_authority=settings.local_authority, email=asking.email)
    _write(registration, asking, settings=settings, now=now)
    session.add(registration)
    session.flush()
    _withdraw_queued(session, registration)
    _queue(session, registration, CONFIRMATION, "register_confirm", now=now)
    audit.record(session, "register.asked", "registration", registration.id, by=PUBLIC, now=now)


def confirm(session: Session, token: str, *, now: datetime) -> Confirmed:
    """Count the registration whose link this is; again changes nothing. `NotFound` for a link that is not, or no longer,
    one of ours, `Conflict` for one that is too old."""
    registration = session.scalar(
        select(Registration).where(Registration.digest == tokens.digest(token)).with_for_update()
    )
    if registration is None or registration.state is RegistrationState.REMOVED:
        raise NotFound("This link is not one we know. You can ask to join again.")
    if registration.state is RegistrationState.CONFIRMED:
        return Confirmed(registration, newly=False)
    if now >= registration.expires_at:
        raise Conflict("This link is too old. You can ask to join again.")
    for other in _others_of(session, registration):
        remove(session, other, by=PUBLIC, now=now)
    REGISTRATION_TRANSITIONS.check(registration.state, RegistrationState.CONFIRMED)
    registration.state, registration.confirmed_at = RegistrationState.CONFIRMED, now
    audit.record(
        session,
        "register.confirmed",
        "registration",
        registration.id,
        by=PUBLIC,
        now=now,
        forum_wording=registration.forum_wording,
    )
    return Confirmed(registration, newly=True)


def remove(session: Session, registration: Registration, *, by: Actor, now: datetime) -> None:
    """Take a family off the register and erase what it told us; only that somebody was on it is kept. Safe to repeat."""
    lock(session, registration)
    if registration.state is RegistrationState.REMOVED:
        return
    REGISTRATION_TRANSITIONS.check(registration.state, RegistrationState.REMOVED)
    registration.state, registration.removed_at = RegistrationState.REMOVED, now
    registration.name = registration.email = ""
    registration.phone = registration.postcode = None
    registration.written_language, registration.wants_news = "en", False
    registration.children.clear()
    _withdraw_queued(session, registration)
    audit.record(session, "register.removed", "registration", registration.id, by=by, now=now)


def forget_unconfirmed(session: Session, *, now: datetime) -> int:
    """Erase what was asked and not confirmed in time; how many were. We were never told that they meant it."""
    late = session.scalars(
        select(Registration).where(
            Registration.state == RegistrationState.PENDING, Registration.expires_at <= now - TIME_TO_CONFIRM
        )
    ).all()
    for registration in late:
        remove(session, registration, by=SYSTEM, now=now)
    return len(late)


def forget_grown_up(session: Session, now: datetime) -> int:
    """Take whoever is older than the register is for off it, and a family with nobody left on it; how many people were."""
    today = london_date(now)
    registered = (
        select(RegisteredChild, Registration)
        .join(Registration, Registration.id == RegisteredChild.registration_id)
        .where(RegisteredChild.born_on < date(today.year - OLDEST_AGE, 1, 1))  # the rest are younger for certain
    )
    grown_up = [row for row in session.execute(registered).all() if age_on(row[0].born_on, today) > OLDEST_AGE]
    for child, registration in grown_up:
        registration.children.remove(child)
        if not registration.children:
            remove(session, registration, by=SYSTEM, now=now)
    return len(grown_up)


def _others_of(session: Session, registration: Registration) -> Sequence[Registration]:
    """Other rows of the same address: two that asked at one moment, of which one may count."""
    return session.scalars(
        select(Registration).where(
            Registration.email == registration.email,
            Registration.state != RegistrationState.REMOVED,
            Registration.id != registration.id,
        )
    ).all()


def _write(registration: Registration, asking: Asking, *, settings: Settings, now: datetime) -> None:
    token = tokens.mint(settings.secrets, TOKEN_PURPOSE)
    registration.state = RegistrationState.PENDING
    registration.name, registration.phone = asking.name, asking.phone
    registration.postcode, registration.written_language = asking.postcode, asking.written_language
    registration.wants_news, registration.joins_forum = asking.wants_news, asking.joins_forum
    registration.forum_wording = FORUM_CHOICE.version if asking.joins_forum else None
    registration.asked_at, registration.expires_at = now, now + TIME_TO_CONFIRM
    registration.nonce, registration.digest = token.nonce, token.digest
    registration.children = [
        RegisteredChild(
            forename=child.forename.strip(),
            surname=child.surname.strip(),
            born_on=cast(date, child.born_on),  # `checked` refused a child without one
            sen_need=child.sen_need,
            has_plan=child.has_plan,
        )
        for child in asking.children
    ]


def _queue(session: Session, registration: Registration, purpose: str, template: str, *, now: datetime) -> None:
    nth = len(_message_ids(session, registration)) + 1
    outbox.queue(
        session,
        once_key=f"{purpose}:{registration.id}:{nth}",
        purpose=purpose,
        channel=MessageChannel.EMAIL,
        template=template,
        recipient=registration.email,
        language=registration.written_language,
        about=("registration", registration.id),
        due_at=now,
        priority=0,
        now=now,
    )


def _message_ids(session: Session, registration: Registration) -> list[int]:
    about = (Message.about_kind == "registration", Message.about_id == registration.id)
    return list(session.scalars(select(Message.id).where(*about)))


def _withdraw_queued(session: Session, registration: Registration) -> None:
    outbox.withdraw(session, _message_ids(session, registration), because="asked anew, or taken back")


def _emails_since(session: Session, registration: Registration, since: datetime) -> int:
    counted = (
        select(func.count())
        .select_from(Message)
        .where(Message.about_kind == "registration", Message.about_id == registration.id, Message.created_at > since)
    )
    return session.scalar(counted) or 0
