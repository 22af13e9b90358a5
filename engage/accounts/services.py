"""Staff accounts: adding people, their roles, and signing in by an emailed link that is claimed once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engage.accounts.models import SignInLink, Staff, StaffSession
from engage.accounts.permissions import STANDS_ALONE, Role
from engage.accounts.queries import active_administrators, link_by_token, session_by_token
from engage.core.audit import PUBLIC, Actor, record, staff_actor
from engage.core.config import Settings
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.tokens import mint
from engage.notify.models import MessageChannel
from engage.notify.organisations import FORUM
from engage.notify.outbox import queue
from engage.people.reach import email_address
from engage.people.vocabulary.mistakes import WrongValue

PURPOSE = "accounts.sign_in"
SESSION_PURPOSE = "accounts.session"
LINKS_AT_ONCE = 5
"""How many unused links one person may have: more only fill an inbox."""


def add_staff(
    session: Session,
    *,
    name: str,
    email: str,
    roles: Iterable[Role],
    by: Actor,
    now: datetime,
    signs_for: Iterable[str] = (),
) -> Staff:
    """Add somebody who may sign in; `signs_for` are codes of the organisations for which a signatory signs letters.
    `Invalid` names each field that cannot be used."""
    chosen, signing = sorted(roles), sorted(signs_for)
    wrong = {}
    if not name.strip():
        wrong["name"] = "Enter the person’s name"
    try:
        address = email_address(email)
    except WrongValue:
        wrong["email"] = "Enter an email address in the correct format, like name@example.org"
    else:
        if session.scalar(select(Staff.id).where(Staff.email == address)):
            wrong["email"] = "Somebody with this email address is already here"
    wrong |= _wrong_roles(chosen) | _wrong_signing(chosen, signing)
    if wrong:
        raise Invalid("This person cannot be added yet.", wrong)
    staff = Staff(
        name=name.strip(),
        email=address,
        roles=[role.value for role in chosen],
        signs_for=signing,
        active=True,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    record(session, "staff.added", "staff", staff.id, by=by, now=now, roles=staff.roles, signs_for=signing)
    return staff


def change_roles(
    session: Session,
    staff: Staff,
    *,
    roles: Iterable[Role],
    by: Actor,
    now: datetime,
    signs_for: Iterable[str] = (),
) -> None:
    """Give somebody other roles, and a signatory the organisations to sign for. Both hold from their next click; an area
    never loses its last administrator."""
    chosen, signing = sorted(roles), sorted(signs_for)
    if wrong := _wrong_roles(chosen) | _wrong_signing(chosen, signing):
        raise Invalid("These roles cannot be given.", wrong)
    if Role.ADMINISTRATOR not in chosen:
        _keep_an_administrator(session, staff)
    before, staff.roles, staff.signs_for = staff.roles, [role.value for role in chosen], signing
    record(
        session,
        "staff.roles_changed",
        "staff",
        staff.id,
        by=by,
        now=now,
        before=before,
        after=staff.roles,
        signs_for=signing,
    )


def deactivate(session: Session, staff: Staff, *, by: Actor, now: datetime) -> None:
    """Stop somebody signing in, and sign them out everywhere at once."""
    if not staff.active:
        return
    if by == staff_actor(staff.id):
        raise Conflict("You cannot stop your own account. Ask another administrator.")
    _keep_an_administrator(session, staff)
    staff.active = False
    session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff.id, StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    _kill_links(session, staff, now=now)
    record(session, "staff.deactivated", "staff", staff.id, by=by, now=now)


def request_sign_in(session: Session, email: str, *, settings: Settings, now: datetime) -> None:
    """Send a sign-in link if this is an active person's address. Whether it was is never told: one event is written
    and committed either way, and nothing comes back."""
    address = email.strip().lower()
    minted = mint(settings.secrets, PURPOSE)  # made for a stranger too, so that both ways take the same work
    staff = session.scalar(select(Staff).where(Staff.email == address, Staff.active))
    record(session, "sign_in.asked", "staff", staff.id if staff else "unknown", by=PUBLIC, now=now)
    if staff is None or _unused_links(session, staff, now=now) >= LINKS_AT_ONCE:
        return
    link = SignInLink(
        staff_id=staff.id,
        nonce=minted.nonce,
        digest=minted.digest,
        created_at=now,
        expires_at=now + timedelta(minutes=settings.sign_in_link_minutes),
    )
    session.add(link)
    session.flush()
    queue(
        session,
        once_key=f"sign_in_link:{link.id}",
        purpose=PURPOSE,
        channel=MessageChannel.EMAIL,
        template="sign_in",
        recipient=staff.email,
        about=("sign_in_link", link.id),
        personalisation={
            "minutes": str(settings.sign_in_link_minutes),
            "organisation": settings.organisation_name,
            "phone": settings.contact_phone,
        },
        due_at=now,
        priority=0,
        now=now,
    )


def claim(session: Session, token: str, *, settings: Settings, now: datetime) -> str:
    """Use a sign-in link, once, and get the text of a new session for the cookie. `NotFound` when there is no such
    link or its person may no longer sign in; `Conflict` when it was used before or is too old."""
    link = link_by_token(session, token)
    if link is None or not link.staff.active:
        raise NotFound("This sign-in link does not work.")
    claimed = session.scalar(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.claimed_at.is_(None), SignInLink.expires_at > now)
        .values(claimed_at=now)
        .returning(SignInLink.id)
    )
    if claimed is None:
        raise Conflict("This sign-in link was used before, or is too old.")
    _kill_links(session, link.staff, now=now)
    minted = mint(settings.secrets, SESSION_PURPOSE)
    session.add(
        StaffSession(
            staff_id=link.staff_id,
            digest=minted.digest,
            created_at=now,
            expires_at=now + timedelta(hours=settings.session_hours),
        )
    )
    record(session, "sign_in.claimed", "staff", link.staff_id, by=staff_actor(link.staff_id), now=now)
    return minted.text


def session_for(session: Session, token: str, *, now: datetime) -> Staff | None:
    """The active person this cookie signs in, or None."""
    kept = session_by_token(session, token)
    if kept is None or kept.ended_at is not None or kept.expires_at <= now or not kept.staff.active:
        return None
    return kept.staff


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End this one session; ending one that is not there is no mistake."""
    kept = session_by_token(session, token)
    if kept is None or kept.ended_at is not None:
        return
    kept.ended_at = now
    record(session, "sign_in.ended", "staff", kept.staff_id, by=staff_actor(kept.staff_id), now=now)


def _wrong_roles(roles: list[Role]) -> dict[str, str]:
    if not roles:
        return {"roles": "Select at least one role"}
    alone = STANDS_ALONE.intersection(roles)
    if alone and len(roles) > 1:
        return {"roles": f"{min(alone).human_name} belongs to another organisation, so select it alone"}
    return {}


def _wrong_signing(roles: list[Role], signs_for: list[str]) -> dict[str, str]:
    if FORUM in signs_for:
        return {"signs_for": "Only the forum’s own steering group signs for the forum"}
    if Role.SIGNATORY in roles and not signs_for:
        return {"signs_for": "Select whom this signatory signs for"}
    if signs_for and Role.SIGNATORY not in roles:
        return {"signs_for": "Only a signatory signs letters: select that role too, or nobody to sign for"}
    return {}


def _keep_an_administrator(session: Session, staff: Staff) -> None:
    if {person.id for person in active_administrators(session)} == {staff.id}:
        raise Conflict("This is the only administrator. Make somebody else an administrator first.")


def _unused_links(session: Session, staff: Staff, *, now: datetime) -> int:
    count = select(func.count()).where(
        SignInLink.staff_id == staff.id, SignInLink.claimed_at.is_(None), SignInLink.expires_at > now
    )
    return session.scalar(count) or 0


def _kill_links(session: Session, staff: Staff, *, now: datetime) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.staff_id == staff.id, SignInLink.claimed_at.is_(None), SignInLink.expires_at > now)
        .values(expires_at=now)
    )


def keep_signed_in(session: Session, by: timedelta, *, now: datetime) -> None:
    """When a demonstration's time is turned forward, nobody is thrown out by it: every live session lasts as much longer."""
    for kept in session.scalars(
        select(StaffSession).where(StaffSession.ended_at.is_(None), StaffSession.expires_at > now)
    ):
        kept.expires_at += by
