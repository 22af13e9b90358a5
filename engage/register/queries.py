"""How many are on the register, and what a confirmation link can still do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.clock import london_date
from engage.core.tokens import digest, looks_like_token
from engage.people.vocabulary.ages import age_on
from engage.register.models import RegisteredChild, Registration, RegistrationState
from engage.register.rules import ADULT_AGE


class LinkState(StrEnum):
    """What the link in a joining email can do."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    TOO_OLD = "too_old"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RegisterCounts:
    """The register in figures. Self-selected: never a census of children with SEND."""

    confirmed: int
    pending: int
    children: int
    under_18: int
    """Children of an age at which the law asks for a register (Children Act 1989, schedule 2)."""


def by_token(session: Session, token: str) -> Registration | None:
    """The registration a link belongs to, in whatever state."""
    if not looks_like_token(token):
        return None
    return session.scalar(select(Registration).where(Registration.digest == digest(token)))


def link_state(session: Session, token: str, *, now: datetime) -> LinkState:
    """What the link can still do; looking spends nothing."""
    registration = by_token(session, token)
    if registration is None or registration.state is RegistrationState.REMOVED:
        return LinkState.UNKNOWN
    if registration.state is RegistrationState.CONFIRMED:
        return LinkState.CONFIRMED
    return LinkState.WAITING if now < registration.expires_at else LinkState.TOO_OLD


def counts(session: Session, *, today: date) -> RegisterCounts:
    """Families confirmed and pending, and the children of the confirmed ones."""
    rows = session.execute(select(Registration.state, func.count()).group_by(Registration.state))
    states = dict(rows.all())
    born: Sequence[date] = session.scalars(
        select(RegisteredChild.born_on)
        .join(Registration, RegisteredChild.registration_id == Registration.id)
        .where(Registration.state == RegistrationState.CONFIRMED)
    ).all()
    return RegisterCounts(
        confirmed=states.get(RegistrationState.CONFIRMED, 0),
        pending=states.get(RegistrationState.PENDING, 0),
        children=len(born),
        under_18=sum(age_on(each, today) < ADULT_AGE for each in born),
    )


def confirmed_by_month(session: Session) -> list[tuple[date, int]]:
    """How many families confirmed in each month of England's calendar, the latest first; removed ones are not counted."""
    moments = session.scalars(
        select(Registration.confirmed_at).where(Registration.state == RegistrationState.CONFIRMED)
    )
    months = Counter(london_date(at).replace(day=1) for at in moments if at)
    return sorted(months.items(), reverse=True)
