"""Questions about people who sign in."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import SignInLink, Staff, StaffSession
from engage.accounts.permissions import Permission, Role, granted
from engage.core.errors import NotFound
from engage.core.tokens import digest, looks_like_token
from engage.notify.organisations import FORUM


class LinkState(StrEnum):
    """What a sign-in link can still do."""

    USABLE = "usable"
    USED = "used"
    TOO_OLD = "too_old"
    UNKNOWN = "unknown"


def everybody(session: Session) -> Sequence[Staff]:
    """All accounts, those still in use first, each group by name."""
    return session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.name, Staff.id)).all()


def staff_member(session: Session, staff_id: int) -> Staff:
    """One account by its number; `NotFound` when there is none."""
    staff = session.get(Staff, staff_id)
    if staff is None:
        raise NotFound("There is no such account.")
    return staff


def organisations_signed_for(staff: Staff) -> list[str]:
    """The organisations for which somebody may sign letters now. For the forum only its own steering group signs."""
    may = granted(staff.roles)
    if Permission.SIGN_FOR_FORUM in may:
        return [FORUM]
    return [code for code in staff.signs_for if code != FORUM] if Permission.SIGN_LETTERS in may else []


def active_administrators(session: Session) -> list[Staff]:
    """The administrators who can sign in."""
    return [person for person in everybody(session) if person.active and Role.ADMINISTRATOR in person.roles]


def link_by_token(session: Session, token: str) -> SignInLink | None:
    """The sign-in link with this text, in whatever state."""
    if not looks_like_token(token):
        return None
    return session.scalar(select(SignInLink).where(SignInLink.digest == digest(token)))


def link_state(session: Session, token: str, *, now: datetime) -> LinkState:
    """What the link can still do; looking spends nothing."""
    link = link_by_token(session, token)
    if link is None or not link.staff.active:
        return LinkState.UNKNOWN
    if link.claimed_at is not None:
        return LinkState.USED
    return LinkState.USABLE if now < link.expires_at else LinkState.TOO_OLD


def session_by_token(session: Session, token: str) -> StaffSession | None:
    """The session with this text, ended or not."""
    if not looks_like_token(token):
        return None
    return session.scalar(select(StaffSession).where(StaffSession.digest == digest(token)))
