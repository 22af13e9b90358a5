"""What comes next for a family, and when; or why nothing does, for now or for good."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.campaigns.asking import settings_of
from engage.campaigns.calls import CALL_BACK_LATER, is_on_the_list, why_not_rung
from engage.campaigns.climbing import NOT_LEFT
from engage.campaigns.coming import Next, whats_next
from engage.campaigns.eligibility import reasons_against
from engage.campaigns.gate import Verdict
from engage.campaigns.household import cap_of
from engage.campaigns.models import Campaign, Invitation, InvitationState, LadderContact
from engage.core.clock import london_date
from engage.core.config import Settings
from engage.core.working_days import is_school_holiday
from engage.notify.templates import Templates
from engage.plans.models import PlanEvent
from engage.web.rendering import day, london
from engage.web.staff.family_story import title_of
from engage.web.staff.message_words import Sending, said_of
from engage.web.staff.words import EVENTS, STEPS, by_channel, reason, wait

SOON = "As soon as contact hours allow"
DAYS_AT_AN_END = 3
"""A weekend and a bank holiday: so many days may lie between the last day of a school holiday and the next message."""


def coming(
    session: Session,
    events: Sequence[PlanEvent],
    invitations: Sequence[Invitation],
    running: Sequence[Campaign],
    *,
    now: datetime,
    settings: Settings,
    templates: Templates,
) -> list[dict[str, str]]:
    """What comes next for each open invitation, and for each event that nobody is asked about, why: for the timeline."""
    cap, sending = cap_of(settings), Sending.at(session, now)
    steps: list[dict[str, str]] = []
    told: set[int] = set()
    for invitation in invitations:
        if invitation.state not in (InvitationState.PLANNED, InvitationState.ASKING):
            continue
        ahead = whats_next(session, invitation, now=now, letters=settings.sends_letters, cap=cap, templates=templates)
        waiting = [one for one in invitation.contacts if _waits_to_leave(one)]
        if ahead.waits_because is None and waiting:
            steps += [_leaves(one, sending) for one in waiting if one.message_id not in told]
            told |= {one.message_id or 0 for one in waiting}
            continue
        if ahead.waits_because is None and is_on_the_list(invitation):
            steps.append(_ring(invitation, why_not_rung(session, invitation, cap, now=now)))
        steps.append(_next_step(ahead, now))
    known = {invitation.plan_event_id for invitation in invitations}
    steps += [_not_yet_asked(event, reasons_against(event, running, now)) for event in events if event.id not in known]
    return steps


def _waits_to_leave(contact: LadderContact) -> bool:
    return contact.left_out_because is None and contact.message is not None and contact.message.state in NOT_LEFT


def _leaves(contact: LadderContact, sending: Sending) -> dict[str, str]:
    """A message that has been made and not handed over yet, and what it waits for."""
    message = contact.message
    assert message is not None
    is_due = message.due_at <= sending.now and sending.pause_of(message) is None
    text = f"{said_of(message, sending)}."
    return {"title": title_of(contact), "when": SOON if is_due else "", "text": text, "kind": "next"}


def _ring(invitation: Invitation, against: Verdict | None) -> dict[str, str]:
    """A call, or why none is made for now."""
    to = invitation.person.full_name
    if against is None:
        return {"title": f"A call to {to}", "when": "Now", "text": "They are on the call list.", "kind": "next"}
    if against.because == CALL_BACK_LATER and against.until is not None:
        when = london(against.until)
        return {"title": f"A call to {to}", "when": when, "text": f"{reason(against.because)}.", "kind": "next"}
    text = f"{wait(against.because, against.until)}."
    return {"title": f"No call to {to} for now", "when": "", "text": text, "kind": "stopped"}


def _next_step(each: Next, now: datetime) -> dict[str, str]:
    to, about = each.invitation.person.full_name, each.invitation.plan_event
    text = f"About: {EVENTS[about.kind].lower()} on {day(about.happened_on)}."
    if each.waits_because is not None:
        title = f"Nothing {'more' if each.ends else 'for now'} to {to}"
        return {
            "title": title,
            "when": "",
            "text": f"{wait(each.waits_because, each.until)}. {text}",
            "kind": "stopped",
        }
    title = f"{STEPS[each.step]} {by_channel(each.channel)}".strip() if each.step else "Waiting for a call"
    when = "" if each.due_at is None else SOON if each.due_at <= now else london(each.due_at)
    if each.due_at is not None and _is_after_holidays(each.invitation, each.due_at):
        text = f"Nothing goes in the school holidays, which come before it. {text}"
    return {"title": f"{title}: {to}", "when": when, "text": text, "kind": "next"}


def _is_after_holidays(invitation: Invitation, due_at: datetime) -> bool:
    """Whether a step is due on one of the first days after school holidays in which nothing goes."""
    before = [london_date(due_at) - timedelta(days=back) for back in range(1, DAYS_AT_AN_END + 1)]
    return settings_of(invitation.campaign).skip_school_holidays and any(is_school_holiday(one) for one in before)


def _not_yet_asked(event: PlanEvent, against: Sequence[str]) -> dict[str, str]:
    what = f"{EVENTS[event.kind]} on {day(event.happened_on)}"
    if not against:
        return {"title": f"{what}: asking is about to be planned", "when": "", "text": "", "kind": "next"}
    said = "; ".join(dict.fromkeys(reason(code) for code in against))
    return {"title": f"{what}: nobody is asked about it", "when": "", "text": f"{said}.", "kind": "stopped"}
