"""Seeing again what was begun: a code of six digits goes to where the link that began it was sent, and nowhere else.

The code is made from a secret and a nonce at the moment of sending and again when it is typed; it is never stored.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import beginnings, gate
from engage.campaigns.answering import Door, door, family_actor
from engage.campaigns.models import Beginning, Invitation, ResumeCode
from engage.core import audit
from engage.core.config import Settings
from engage.core.db import lock
from engage.core.errors import Conflict
from engage.notify import outbox
from engage.notify.models import Message, MessageChannel
from engage.notify.outbox import Refusal
from engage.people.contactability import usable

PURPOSE = "campaigns.resume_code"
TEMPLATE = "resume_code"
DIGITS = 6
LASTS = timedelta(minutes=15)
TRIES = 5
"""Guesses at one code: with so many codes an hour, one chance in fifty thousand."""
CODES_AN_HOUR = 3
CODES_A_DAY = 6
_CARRIES = frozenset({MessageChannel.EMAIL, MessageChannel.TEXT})
"""Ways that are there while somebody waits at a screen; a letter is not."""


class Tried(StrEnum):
    """What came of a code that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    USED_UP = "used_up"
    """Too old, used before, or tried too often: only another code helps."""


def way_back(session: Session, beginning: Beginning) -> MessageChannel | None:
    """How a code could reach whoever began this: by the way the link that began it went, while that address is still good
    and nothing forbids us to write. None for a letter, a call and paper."""
    sent = _message_of(beginning)
    if sent is None or sent.channel not in _CARRIES:
        return None
    invitation = _invitation_of(session, beginning)
    if sent.recipient not in {point.value for point in usable(invitation.person.contact_points)}:
        return None
    return None if gate.is_forbidden(session, invitation) else sent.channel


def may_ask(session: Session, beginning: Beginning, *, now: datetime) -> bool:
    """Whether another code may be asked for on this invitation: a few an hour, and a few a day."""
    asked = (
        select(func.count(ResumeCode.id))
        .join(Beginning, Beginning.id == ResumeCode.beginning_id)
        .where(Beginning.invitation_id == beginning.invitation_id)
    )
    in_an_hour = session.scalar(asked.where(ResumeCode.asked_at > now - timedelta(hours=1))) or 0
    in_a_day = session.scalar(asked.where(ResumeCode.asked_at > now - timedelta(days=1))) or 0
    return in_an_hour < CODES_AN_HOUR and in_a_day < CODES_A_DAY


def send_code(session: Session, beginning: Beginning, *, now: datetime) -> ResumeCode:
    """Queue a code for whoever began this; one that was asked for before no longer works. It is no rung of the ladder and
    does not count in the household's cap, for they asked for it. `Conflict` when none can be sent."""
    sent, channel = _message_of(beginning), way_back(session, beginning)
    if sent is None or channel is None or not may_ask(session, beginning, now=now):
        raise Conflict("We cannot send a code now.")
    for earlier in beginning.codes:
        earlier.expires_at = min(earlier.expires_at, now)
    code = ResumeCode(beginning_id=beginning.id, nonce=secrets.token_hex(16), asked_at=now, expires_at=now + LASTS)
    beginning.codes.append(code)
    session.flush()
    invitation = _invitation_of(session, beginning)
    outbox.queue(
        session,
        once_key=f"resume_code:{code.id}:{code.nonce[:12]}",  # a number comes again once its row is gone
        purpose=PURPOSE,
        channel=channel,
        template=TEMPLATE,
        recipient=sent.recipient,
        language=sent.language,
        about=("resume_code", code.id),
        person_id=invitation.person_id,
        due_at=now,
        now=now,
        priority=0,
    )
    audit.record(
        session,
        "invitation.code_sent",
        "invitation",
        invitation.id,
        by=family_actor(invitation),
        now=now,
        channel=channel.value,
    )
    return code


def codes_sent(session: Session, people: Collection[int]) -> Sequence[Message]:
    """Every message with a code that these people were sent, the oldest first."""
    sent = select(Message).where(Message.purpose == PURPOSE, Message.person_id.in_(people)).order_by(Message.id)
    return session.scalars(sent.options(selectinload(Message.attempts))).all()


def waiting_code(beginning: Beginning, *, now: datetime) -> ResumeCode | None:
    """The code that may be typed now."""
    newest = beginning.codes[-1] if beginning.codes else None
    if newest is None or newest.used_at is not None or newest.expires_at <= now or newest.tries >= TRIES:
        return None
    return newest


def try_code(
    session: Session,
    invitation: Invitation,
    beginning: Beginning,
    typed: str,
    secrets_: Sequence[bytes],
    *,
    now: datetime,
) -> Tried:
    """Compare what was typed with the code that was sent, and count the try. When it is right, what was begun is the
    invitation's own again, and the code is spent."""
    code = waiting_code(beginning, now=now)
    if code is None:
        return Tried.USED_UP
    lock(session, code)
    if code.tries >= TRIES or code.used_at is not None:
        return Tried.USED_UP
    code.tries += 1
    digits = "".join(letter for letter in typed if letter.isdecimal())
    given = "".join(str(int(digit)) for digit in digits[: DIGITS + 1])  # other scripts have digits of their own
    if not any(hmac.compare_digest(given, digits_of(code, secret)) for secret in secrets_):
        return Tried.WRONG if code.tries < TRIES else Tried.USED_UP
    code.used_at = now
    beginnings.take_up(session, invitation, beginning)
    audit.record(session, "invitation.resumed", "invitation", invitation.id, by=family_actor(invitation), now=now)
    return Tried.RIGHT


def digits_of(code: ResumeCode, secret: bytes) -> str:
    """The code's six digits, made anew."""
    mac = hmac.new(secret, f"{PURPOSE}:{code.nonce}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:8]) % 10**DIGITS:0{DIGITS}d}"


def compose(session: Session, message: Message, settings: Settings, now: datetime) -> Mapping[str, str] | Refusal:
    """The code, made at the moment of sending; refused when it could no longer be used, or nothing may go to them."""
    code = session.get(ResumeCode, message.about_id)
    if code is None or code.used_at is not None or code.expires_at <= now:
        return Refusal("the code could no longer be used")
    beginning = session.get_one(Beginning, code.beginning_id)
    invitation = _invitation_of(session, beginning)
    if gate.hold_people_still(session, invitation) is not None:
        return Refusal(gate.IN_USE.because, later=now + gate.A_MOMENT)
    if way_back(session, beginning) is None:
        return Refusal("nothing may go there any more")
    if door(invitation) is not Door.STARTED:
        return Refusal("the survey can no longer be answered")
    return {
        "code": digits_of(code, settings.secrets[0]),
        "minutes": str(int(LASTS.total_seconds() // 60)),
        "organisation": settings.organisation_name,
        "phone": settings.contact_phone,
    }


def _message_of(beginning: Beginning) -> Message | None:
    contact = beginning.link.contact if beginning.link else None
    return contact.message if contact else None


def _invitation_of(session: Session, beginning: Beginning) -> Invitation:
    return session.get_one(Invitation, beginning.invitation_id)
