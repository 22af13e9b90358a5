"""Climbing: taking an invitation one rung up its ladder when it is due, or making it wait, or ending it, as the gate says.

When a rung may be taken is worked out anew from what is on record each time it comes up: `next_due_at` says only when to
look. So a hold, a correction, other days on the ladder or a worker that was away never bring two contacts together.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engage.campaigns import gate, household, ladder, merging
from engage.campaigns.asking import RECHECK, Asking, address_for, finish, send_contact, settings_of, undo_unsent
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import (
    INVITATION_TRANSITIONS,
    CloseReason,
    Invitation,
    InvitationState,
    LadderContact,
    Step,
)
from engage.core.audit import SYSTEM, Actor
from engage.core.batches import batches
from engage.core.clock import london_date, london_moment
from engage.notify.models import MessageState
from engage.people.contactability import NotAsked
from engage.people.models import ContactPoint
from engage.plans.models import EhcPlan, PlanEvent

CALL_CHANNEL = "phone"
NO_MAILBOX_WORKS = gate.Verdict(NotAsked.MAILBOX_NOT_WORKING.value, at_close=CloseReason.NO_WORKING_CONTACT)
NOT_LEFT = frozenset({MessageState.QUEUED, MessageState.CLAIMED, MessageState.UNKNOWN})


def due_invitations(session: Session, *, now: datetime, limit: int) -> Sequence[Invitation]:
    """Invitations whose next rung is due, longest overdue first. On PostgreSQL rows another worker holds are passed
    over."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.state.in_(gate.OPEN),
            Invitation.next_due_at <= now,
            Invitation.next_step.is_not(None),
        )
        .order_by(Invitation.next_due_at, Invitation.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def due_beside(session: Session, invitation: Invitation, *, now: datetime) -> Sequence[Invitation]:
    """Other invitations of somebody to whom a message was just queued, whose rung of the same kind is due today too: it
    may carry them. Those that somebody else holds this moment are passed over."""
    taken = invitation.contacts[-1] if invitation.contacts else None
    if taken is None or taken.message_id is None or taken.taken_at != now:
        return []
    tomorrow = london_moment(london_date(now) + timedelta(days=1), time.min)
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.person_id == invitation.person_id,
            Invitation.id != invitation.id,
            Invitation.state.in_(gate.OPEN),
            Invitation.next_step == taken.step,
            Invitation.next_due_at < tomorrow,
        )
        .order_by(Invitation.id)
        .with_for_update(skip_locked=True)
    ).all()


def climb(session: Session, invitation: Invitation, asking: Asking, *, now: datetime, beside: bool = False) -> None:
    """Take the rung that is due, wait, or end, as the gate says. The caller commits: a rung is taken wholly or not.

    One that climbs `beside` another of the same person may be early by some hours of the day.
    """
    if not beside and invitation.next_due_at is not None and invitation.next_due_at > now:
        return  # it was taken beside another a moment ago
    verdict = gate.why_not_now(session, invitation, now=now)
    if verdict is not None:
        heed(session, invitation, verdict, by=SYSTEM, now=now)
        return
    settings = settings_of(invitation.campaign)
    step, point = _rung(invitation, asking)
    at = _not_before(invitation, step, settings, now)
    if beside and settings.hours.allows(now) and london_date(at) == london_date(now):
        at = now
    if at <= now and _came_today(session, invitation, step, now):
        at = settings.hours.next_moment(london_moment(london_date(now) + timedelta(days=1), settings.opens))
    too_often = _too_often(session, invitation, step, asking, now) if at <= now or _waits_to_leave(invitation) else None
    if step is Step.CALL and gate.in_dispute(session, invitation):  # no message can reach them, and nobody rings
        heed(session, invitation, gate.IN_DISPUTE, by=SYSTEM, now=now)
    elif step is Step.CALL and step not in settings.climb:  # nobody rings a mailbox: somebody must mend its address
        heed(session, invitation, NO_MAILBOX_WORKS, by=SYSTEM, now=now)
    elif too_often is not None:
        heed(session, invitation, too_often, by=SYSTEM, now=now)
    elif at > now:
        invitation.next_due_at = at
    elif step is Step.CLOSE:
        finish(session, invitation, _why_unanswered(invitation), by=SYSTEM, now=now)
    elif _is_too_late_to_start(invitation, settings, now):
        finish(session, invitation, CloseReason.HELD, by=SYSTEM, now=now)
    else:
        _take(session, invitation, step, point, asking, now)
        _advance(invitation, step, settings, now)


def _rung(invitation: Invitation, asking: Asking) -> tuple[Step, ContactPoint | None]:
    """The rung to take and where its message goes: a person must ring whom no message can reach."""
    step = invitation.next_step or Step.CLOSE
    if step not in ladder.MESSAGE_STEPS:
        return step, None
    point = address_for(invitation, step, letters=asking.letters)
    return (step, point) if point else (Step.CALL, None)


def _not_before(invitation: Invitation, step: Step, settings: LadderSettings, now: datetime) -> datetime:
    """The earliest moment from now on at which this rung may be taken."""
    if invitation.first_asked_at is None:
        return ladder.first_due(invitation.plan_event.happened_on, settings, now=now)
    if _waits_to_leave(invitation):
        return settings.hours.next_moment(now + RECHECK)  # the one before has not left: let it
    soonest = settings.hours.next_moment(now)
    if _is_second_way(invitation, step) or step is not invitation.next_step:
        return soonest  # what was sent did not reach them, so this is not one contact more
    due = ladder.due(
        step, settings, first_asked_at=invitation.first_asked_at, last_contact_at=_last_contact_at(invitation)
    )
    promised = invitation.calls[-1].call_back_at if step is Step.CLOSE and invitation.calls else None
    if promised is not None:
        due = max(due, settings.hours.next_moment(promised + RECHECK))
    return max(due, soonest)


def _waits_to_leave(invitation: Invitation) -> bool:
    return any(contact.message and contact.message.state in NOT_LEFT for contact in invitation.contacts)


def _came_today(session: Session, invitation: Invitation, step: Step, now: datetime) -> bool:
    """Whether this person has had a message of this step today; what did not reach them goes another way all the same."""
    is_message = step in ladder.MESSAGE_STEPS and not _is_second_way(invitation, step)
    return is_message and merging.heard_today(session, invitation, step, now=now)


def _too_often(
    session: Session, invitation: Invitation, step: Step, asking: Asking, now: datetime
) -> gate.Verdict | None:
    """That the household has heard from us often enough, and until when. Ending is no contact."""
    if asking.cap is None or step is Step.CLOSE:
        return None
    until = household.heard_until(session, invitation.person_id, asking.cap, now=now)
    return None if until is None else gate.Verdict(household.TOO_OFTEN, until=until)


def _is_second_way(invitation: Invitation, step: Step) -> bool:
    return any(contact.step is step for contact in invitation.contacts)


def _last_contact_at(invitation: Invitation) -> datetime:
    """When the last message really left, or the family came on to the call list."""
    moments = [_left_at(contact) for contact in invitation.contacts] + [invitation.first_asked_at]
    return max(moment for moment in moments if moment is not None)


def _left_at(contact: LadderContact) -> datetime | None:
    return contact.message.claimed_at if contact.message else contact.taken_at


def _is_too_late_to_start(invitation: Invitation, settings: LadderSettings, now: datetime) -> bool:
    too_late = ladder.is_stale(invitation.plan_event.happened_on, settings, now=now)
    return invitation.first_asked_at is None and too_late


def _take(
    session: Session, invitation: Invitation, step: Step, point: ContactPoint | None, asking: Asking, now: datetime
) -> None:
    if point is None:
        invitation.contacts.append(LadderContact(step=step, channel=CALL_CHANNEL, fallback=0, taken_at=now))
    else:
        again = _is_second_way(invitation, step)
        send_contact(session, invitation, step, point, asking, now=now, fallback=again)


def _advance(invitation: Invitation, taken: Step, settings: LadderSettings, now: datetime) -> None:
    invitation.waits_because = None
    if invitation.state is InvitationState.PLANNED:
        INVITATION_TRANSITIONS.check(invitation.state, InvitationState.ASKING)
        invitation.state, invitation.first_asked_at = InvitationState.ASKING, now
    first_asked_at = invitation.first_asked_at or now
    step = ladder.step_after(taken, settings) or Step.CLOSE
    invitation.next_step = step
    invitation.next_due_at = ladder.due(step, settings, first_asked_at=first_asked_at, last_contact_at=now)


def _why_unanswered(invitation: Invitation) -> CloseReason:
    """Whether they were never reached, or were and did not answer."""
    for contact in invitation.contacts:
        message = contact.message
        if message is not None and message.state in (MessageState.ACCEPTED, MessageState.DELIVERED):
            return CloseReason.NO_ANSWER
    spoke = any(call.outcome not in (call.outcome.WRONG_NUMBER, call.outcome.NO_REPLY) for call in invitation.calls)
    return CloseReason.NO_ANSWER if spoke else CloseReason.NO_WORKING_CONTACT


def heed(session: Session, invitation: Invitation, verdict: gate.Verdict, *, by: Actor, now: datetime) -> None:
    """Do as the gate says: end the invitation, or take back what has not left and let it wait. One that waits under a
    hold until its ladder would be over ends there; a campaign that is paused keeps everybody's place."""
    if verdict.is_over:
        return
    if verdict is gate.IN_USE:
        invitation.next_due_at = now + gate.SOON
        return
    settings = settings_of(invitation.campaign)
    if verdict.ends is not None:
        finish(session, invitation, verdict.ends, by=by, now=now)
    elif verdict.because != gate.NOT_RUNNING and _is_past_its_close(invitation, settings, now):
        finish(session, invitation, verdict.at_close, by=by, now=now)
    else:
        undo_unsent(session, invitation, by=by, now=now)
        invitation.waits_because = verdict.because
        again = now + RECHECK
        invitation.next_due_at = settings.hours.next_moment(min(again, verdict.until or again))


def _is_past_its_close(invitation: Invitation, settings: LadderSettings, now: datetime) -> bool:
    if invitation.first_asked_at is None:
        return ladder.is_stale(invitation.plan_event.happened_on, settings, now=now)
    taken, last = invitation.contacts[-1].step, _last_contact_at(invitation)
    return now >= ladder.closes(settings, taken=taken, first_asked_at=invitation.first_asked_at, last_contact_at=last)


def look_again(session: Session, people: Collection[int], *, by: Actor, now: datetime) -> None:
    """Let the gate stop at once whatever may no longer go to, or about, these people."""
    for invitation in open_about(session, people):
        verdict = gate.foreseen(session, invitation, now=now)
        if verdict is not None:
            heed(session, invitation, verdict, by=by, now=now)


def open_about(session: Session, people: Collection[int]) -> list[Invitation]:
    """Open invitations to these people, or about them when they are children, with their rows held. One that somebody
    else holds this moment is passed over: it comes to the gate, which sees why."""
    found: list[Invitation] = []
    for batch in batches(sorted(people)):
        found += session.scalars(
            select(Invitation)
            .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
            .join(EhcPlan, EhcPlan.id == PlanEvent.plan_id)
            .where(or_(Invitation.person_id.in_(batch), EhcPlan.child_id.in_(batch)), Invitation.state.in_(gate.OPEN))
            .order_by(Invitation.id)
            .with_for_update(skip_locked=True, of=Invitation)
            .execution_options(populate_existing=True)
        )
    return found
