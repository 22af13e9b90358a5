"""The call list: whom to ring now, and what came of each call."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import asking, failures, gate
from engage.campaigns.answering import stop_asking
from engage.campaigns.gate import locked
from engage.campaigns.holding import hold_family
from engage.campaigns.household import TOO_OFTEN, ContactCap, heard_until
from engage.campaigns.models import (
    CallAttempt,
    CallOutcome,
    CloseReason,
    Invitation,
    InvitationState,
    LadderContact,
    Step,
)
from engage.core import audit
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.working_days import is_school_holiday
from engage.people.contactability import usable
from engage.people.models import Channel, ContactPoint, ContactState, HoldReason, Person
from engage.plans.models import EhcPlan, PlanEvent

ENOUGH_TRIES = 5
"""After so many calls without an answer a family leaves the list, unless it was promised another."""
CALL_BACK_LATER = "call_back_later"
IN_SCHOOL_HOLIDAYS = "school_holidays"
RUNG_TODAY = "rung_today"
RUNG_ENOUGH = "rung_enough"
_BEST_FIRST = (Channel.MOBILE, Channel.LANDLINE)


@dataclass(frozen=True)
class CallItem:
    """One family to ring."""

    invitation: Invitation
    number: ContactPoint | None
    """The best number; None when there is no working contact and somebody must find one."""
    why_now: str
    """A code: first_call, try_again, call_back, no_working_contact."""
    tries: int
    last: CallAttempt | None


def call_list(session: Session, *, now: datetime, limit: int = 200, cap: ContactCap | None = None) -> list[CallItem]:
    """Families on the call rung who may be rung now: promised call-backs first, then the longest waiting. Held families
    are not on it, and one rung today already is left alone until tomorrow."""
    on_the_list = (
        select(Invitation)
        .join(LadderContact, LadderContact.invitation_id == Invitation.id)
        .where(Invitation.state == InvitationState.ASKING, LadderContact.step == Step.CALL, LadderContact.fallback == 0)
        .order_by(LadderContact.taken_at, Invitation.id)
        .options(
            selectinload(Invitation.calls),
            selectinload(Invitation.campaign),
            selectinload(Invitation.person).selectinload(Person.contact_points),
            selectinload(Invitation.plan_event).selectinload(PlanEvent.plan).selectinload(EhcPlan.child),
        )
    )
    items = [
        _item(invitation)
        for invitation in session.scalars(on_the_list)
        if why_not_rung(session, invitation, cap, now=now) is None
    ]
    items.sort(key=lambda item: item.why_now != "call_back")
    return items[:limit]


def call_item(session: Session, invitation_id: int) -> CallItem:
    """One family as the call list would show it, whether or not it is their turn; `NotFound` when there is none."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound("There is no such family on the call list.")
    return _item(invitation)


def is_on_the_list(invitation: Invitation) -> bool:
    """Whether this family came on to the call list and is still being asked, be it their turn today or not."""
    came = any(contact.step is Step.CALL and not contact.fallback for contact in invitation.contacts)
    return came and invitation.state is InvitationState.ASKING


def why_not_rung(
    session: Session, invitation: Invitation, cap: ContactCap | None, *, now: datetime
) -> gate.Verdict | None:
    """Why a family on the list is not rung now, or None. A call is a contact like any other; one that was promised is
    made also in the holidays, however often we rang."""
    against = gate.foreseen(session, invitation, now=now)
    if against is not None:
        return against
    last = invitation.calls[-1] if invitation.calls else None
    if last is not None and last.call_back_at is not None:
        return None if last.call_back_at <= now else gate.Verdict(CALL_BACK_LATER, until=last.call_back_at)
    on, settings = london_date(now), asking.settings_of(invitation.campaign)
    if len(invitation.calls) >= ENOUGH_TRIES:
        return gate.Verdict(RUNG_ENOUGH)
    if settings.skip_school_holidays and is_school_holiday(on):
        return gate.Verdict(IN_SCHOOL_HOLIDAYS)
    if last is not None and london_date(last.called_at) == on:
        return gate.Verdict(RUNG_TODAY)
    until = None if cap is None else heard_until(session, invitation.person_id, cap, now=now)
    return None if until is None else gate.Verdict(TOO_OFTEN, until=until)


def _item(invitation: Invitation) -> CallItem:
    number = best_number(invitation.person)
    last = invitation.calls[-1] if invitation.calls else None
    if number is None:
        why = "no_working_contact"
    elif last is None:
        why = "first_call"
    else:
        why = "call_back" if last.call_back_at else "try_again"
    return CallItem(invitation, number, why, len(invitation.calls), last)


def best_number(person: Person) -> ContactPoint | None:
    """A mobile first: it is the person's own."""
    points = usable(person.contact_points)
    return next((point for channel in _BEST_FIRST for point in points if point.channel is channel), None)


def log_call(
    session: Session,
    invitation: Invitation,
    outcome: CallOutcome,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    call_back_at: datetime | None = None,
    asking_with: asking.Asking | None = None,
) -> CallAttempt:
    """Write down one call and do what it calls for: a wrong number is never rung again, a "no" ends the asking, distress
    holds everything until somebody has looked, and whoever prefers the link is sent it once more."""
    invitation = locked(session, invitation)
    if outcome is CallOutcome.CALL_BACK and (call_back_at is None or call_back_at <= now):
        raise Invalid("Enter when to call back.", {"call_back_at": "Enter a day and time from now on"})
    if outcome is not CallOutcome.ANSWERED_SURVEY and invitation.state is not InvitationState.ASKING:
        raise Conflict("This family has answered, or is no longer being asked.")
    call = CallAttempt(
        outcome=outcome,
        note=note,
        called_at=now,
        called_by=str(by),
        call_back_at=call_back_at if outcome is CallOutcome.CALL_BACK else None,
    )
    number = best_number(invitation.person)
    invitation.calls.append(call)
    session.flush()
    audit.record(session, "call.logged", "invitation", invitation.id, by=by, now=now, outcome=outcome)
    if outcome is CallOutcome.DECLINED:
        asking.finish(session, invitation, CloseReason.REFUSED_ON_PHONE, by=by, now=now)
    elif outcome is CallOutcome.STOP_ASKING:
        stop_asking(session, invitation, now=now, by=by)
    elif outcome is CallOutcome.WRONG_NUMBER and number is not None:
        failures.mark_address(session, invitation.person_id, number.value, ContactState.WRONG_PERSON, now=now)
    elif outcome is CallOutcome.DISTRESS:
        hold_family(session, invitation.person, HoldReason.DO_NOT_SEND, by=by, now=now, note="Upset on the telephone")
    elif outcome is CallOutcome.PREFERS_LINK and asking_with is not None:
        asking.send_link_again(session, invitation, asking_with, now=now)
    return call


def waiting_count(session: Session, *, now: datetime, cap: ContactCap | None = None) -> int:
    """How many families there are to ring now."""
    return len(call_list(session, now=now, cap=cap))
