"""Signing: nothing jointly signed goes until every organisation it names has signed these very words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.errors import Conflict, Invalid, NotAllowed
from engage.notify.signing_models import Decision, SignOff
from engage.notify.templates import Template

LONGEST_REASON = 2000
NOT_SIGNED = "not_signed"
"""Why a message waits: somebody whom its words name has not signed them."""


def standing(session: Session, template: Template) -> Mapping[str, SignOff | None]:
    """Each organisation the template names, in its order, with its newest word on these very words."""
    newest: dict[str, SignOff | None] = dict.fromkeys(template.signatories)
    of_version = and_(_of(template), SignOff.version == template.version)
    for sign_off in session.scalars(select(SignOff).where(of_version).order_by(SignOff.id)):
        if sign_off.organisation in newest:
            newest[sign_off.organisation] = sign_off
    return newest


def not_signed(session: Session, template: Template) -> list[str]:
    """The organisations whose signature these words lack: while there is one, nothing of it may go to anybody."""
    if not template.signatories:
        return []
    words = standing(session, template)
    return [code for code, word in words.items() if word is None or word.decision is not Decision.SIGNED]


def history(session: Session, template: Template) -> Sequence[SignOff]:
    """Every word of every organisation on this message, newest first, those on earlier words among them."""
    return session.scalars(select(SignOff).where(_of(template)).order_by(SignOff.id.desc())).all()


def sign(session: Session, template: Template, organisation: str, *, version: str, by: Actor, now: datetime) -> SignOff:
    """Sign for an organisation. `version` is the words the signer has read: `Conflict` when they are others by now,
    `NotAllowed` when the message does not name the organisation."""
    return _decide(session, template, organisation, Decision.SIGNED, "", version=version, by=by, now=now)


def object_to(
    session: Session, template: Template, organisation: str, *, reason: str, version: str, by: Actor, now: datetime
) -> SignOff:
    """Object for an organisation, with a reason: nothing more of these words goes until it signs after all."""
    said = reason.strip()
    if not said:
        raise Invalid("An objection needs a reason.", {"reason": "Enter what would have to change"})
    if len(said) > LONGEST_REASON:
        wrong = f"The reason must be {LONGEST_REASON:,} characters or fewer"
        raise Invalid("This reason is too long.", {"reason": wrong})
    return _decide(session, template, organisation, Decision.OBJECTED, said, version=version, by=by, now=now)


def _decide(
    session: Session,
    template: Template,
    organisation: str,
    decision: Decision,
    reason: str,
    *,
    version: str,
    by: Actor,
    now: datetime,
) -> SignOff:
    if organisation not in template.signatories:
        raise NotAllowed("This message does not name that organisation, so it cannot sign it.")
    if version != template.version:
        raise Conflict("The words have changed since this page was opened. Read them again before you decide.")
    sign_off = SignOff(
        template=template.name,
        channel=template.channel,
        language=template.language,
        version=version,
        organisation=organisation,
        decision=decision,
        reason=reason,
        decided_by=str(by),
        decided_at=now,
    )
    session.add(sign_off)
    session.flush()
    kind = "letter.signed" if decision is Decision.SIGNED else "letter.objected"
    audit.record(
        session, kind, "template", str(template), by=by, now=now, organisation=organisation, version=version[:12]
    )
    return sign_off


def _of(template: Template) -> ColumnElement[bool]:
    return and_(
        SignOff.template == template.name,
        SignOff.channel == template.channel,
        SignOff.language == template.language,
    )
