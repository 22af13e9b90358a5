"""What comes next for those who are asked, and why nothing does; who is next in a campaign."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import gate, ladder
from engage.campaigns.asking import address_for, template_for
from engage.campaigns.climbing import NO_MAILBOX_WORKS
from engage.campaigns.household import TOO_OFTEN, ContactCap, heard_until
from engage.campaigns.models import (
    Campaign,
    Invitation,
    Step,
)
from engage.campaigns.professionals import is_by_mailbox
from engage.notify import signing
from engage.notify.models import MessageChannel
from engage.notify.templates import Templates
from engage.people.models import Channel
from engage.plans.models import PlanEvent


@dataclass(frozen=True)
class Next:
    """One open invitation, and what comes next for it."""

    invitation: Invitation
    step: Step | None
    due_at: datetime | None
    channel: Channel | None
    """What would carry it; None when only a call can, or when the step is no message."""
    waits_because: str | None
    """The code of the reason why nothing goes out for now; None when it will."""
    ends: bool
    """The reason ends the invitation rather than making it wait."""
    until: datetime | None = None
    """When it may go on, where that is known."""


def whats_next(
    session: Session,
    invitation: Invitation,
    *,
    now: datetime,
    letters: bool = False,
    cap: ContactCap | None = None,
    templates: Templates | None = None,
) -> Next:
    """What comes next for an open invitation, and whether the gate would let it pass now; with the council's `cap`, also
    whether its household will have heard from us too often by then, and with the `templates` whether everybody has
    signed the letter that is next."""
    verdict = gate.foreseen(session, invitation, now=now) or _too_often(session, invitation, cap, now)
    step, channel = invitation.next_step, None
    if step in ladder.MESSAGE_STEPS:
        point = address_for(invitation, step, letters=letters)
        if point is None and is_by_mailbox(invitation.campaign):
            verdict = verdict or NO_MAILBOX_WORKS
        elif point is None:
            step = Step.CALL
        channel = point.channel if point else None
    if verdict is None and step is not None and channel is Channel.POST and templates is not None:
        verdict = _not_signed(session, invitation, step, templates)
    return Next(
        invitation,
        step,
        invitation.next_due_at,
        channel,
        verdict.because if verdict else None,
        ends=verdict is not None and verdict.ends is not None,
        until=verdict.until if verdict else None,
    )


def _too_often(session: Session, invitation: Invitation, cap: ContactCap | None, now: datetime) -> gate.Verdict | None:
    if cap is None or invitation.next_step is Step.CLOSE:
        return None
    until = heard_until(session, invitation.person_id, cap, now=now)
    due = invitation.next_due_at or now
    return gate.Verdict(TOO_OFTEN, until=until) if until is not None and until > due else None


def _not_signed(session: Session, invitation: Invitation, step: Step, templates: Templates) -> gate.Verdict | None:
    in_dispute = gate.in_dispute(session, invitation)
    name = template_for(invitation.campaign, step, MessageChannel.LETTER, in_dispute=in_dispute)
    letter = templates.find(name, MessageChannel.LETTER, invitation.person.written_language)
    return gate.Verdict(signing.NOT_SIGNED) if signing.not_signed(session, letter) else None


def who_is_next(
    session: Session,
    campaign: Campaign,
    *,
    now: datetime,
    limit: int,
    offset: int = 0,
    letters: bool = False,
    cap: ContactCap | None = None,
    templates: Templates | None = None,
) -> list[Next]:
    """Open invitations of a campaign, whoever is due soonest first."""
    return [
        whats_next(session, invitation, now=now, letters=letters, cap=cap, templates=templates)
        for invitation in session.scalars(
            select(Invitation)
            .where(*_waiting(campaign))
            .order_by(Invitation.next_due_at, Invitation.id)
            .limit(limit)
            .offset(offset)
            .options(selectinload(Invitation.person), selectinload(Invitation.plan_event).selectinload(PlanEvent.plan))
        )
    ]


def waiting(session: Session, campaign: Campaign) -> int:
    """How many invitations of a campaign are open and have a next step."""
    return session.scalar(select(func.count(Invitation.id)).where(*_waiting(campaign))) or 0


def _waiting(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.campaign_id == campaign.id,
        Invitation.state.in_(gate.OPEN),
        Invitation.next_step.is_not(None),
    )


def overdue(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """How many of them are due already: whom a paused campaign would contact first."""
    return session.scalar(select(func.count()).where(*_waiting(campaign), Invitation.next_due_at <= now)) or 0


def someone_next(session: Session, campaign: Campaign) -> Invitation | None:
    """The real person a message of this campaign goes to next, to show it as they would read it."""
    return session.scalar(
        select(Invitation).where(*_waiting(campaign)).order_by(Invitation.next_due_at, Invitation.id).limit(1)
    )
