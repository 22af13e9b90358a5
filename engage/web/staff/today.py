"""Today: what needs the engagement officer now, each one click away; and what went well this week."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engage.accounts.permissions import Permission
from engage.campaigns.calls import waiting_count
from engage.campaigns.checking import all_to_find_out
from engage.campaigns.coming import whats_next
from engage.campaigns.household import cap_of
from engage.campaigns.models import Invitation, LadderContact
from engage.campaigns.queries import (
    answered_since,
    campaigns,
    not_arrived,
    not_arrived_count,
    out_of_reach,
    out_of_reach_count,
    start_of_week,
)
from engage.cases.queries import CaseView
from engage.cases.queries import count as count_cases
from engage.core import audit
from engage.core.clock import london_date
from engage.forum import queries as forum
from engage.notify import pacing
from engage.people.queries import capacity_to_review, holds_to_review
from engage.plans.queries import any_plan, import_to_mend, undecided_imports
from engage.register import queries as register
from engage.web.rendering import day, london, plural
from engage.web.request import actor, house, now, session
from engage.web.security import may, needs
from engage.web.staff import blueprint
from engage.web.staff.message_words import Sending, said_of, why_paused
from engage.web.staff.words import CHANNELS, EVENTS, STEPS, by_channel, reason, wait
from engage.you_said_we_did.queries import published


@dataclass(frozen=True)
class Card:
    """One number with its words and where the work is."""

    value: int
    label: str
    href: str | None = None
    note: str = ""
    pressing: bool = False


@blueprint.get("/today")
@needs(Permission.SEE_TODAY)
def today() -> ResponseReturnValue:
    """What waits, what went well, and how many have joined."""
    records = session()
    return render_template(
        "staff/today.html",
        paused=_paused(records),
        channels_paused=_channels_paused(records),
        may_resume=may(Permission.RUN_CAMPAIGNS),
        to_do=_to_do(records),
        well=_well(records),
        joined=_joined(records),
        is_new=not any_plan(records),
        has_campaign=bool(campaigns(records)),
    )


@blueprint.get("/today/not-arrived")
@needs(Permission.SEE_FAMILIES)
def messages_not_arrived() -> ResponseReturnValue:
    """The messages of this week that did not arrive, and the families whom nothing reaches."""
    sending = Sending.at(session(), now())
    return render_template(
        "staff/not_arrived.html",
        failed=[_failed(contact, sending) for contact in not_arrived(session(), start_of_week(now()))],
        unreached=[
            _unreached(invitation) for invitation in out_of_reach(session(), letters=house().settings.sends_letters)
        ],
    )


@blueprint.post("/today/resume-sending")
@needs(Permission.RUN_CAMPAIGNS)
def resume_sending() -> ResponseReturnValue:
    """Whatever was wrong is mended: messages go out again."""
    pacing.resume(session(), now=now())
    audit.record(session(), "sending.resumed", "sending_pace", pacing.EVERYBODY, by=actor(), now=now())
    flash("Messages go out again.", "success")
    return redirect(url_for("staff.today"))


def _paused(records: Session) -> str | None:
    pause = pacing.standing_pause(records, now=now())
    if pause is None or pause.paused_until is None:
        return None
    because = (pause.paused_because or "GOV.UK Notify asked us to wait").rstrip(".")
    return f"Sending is paused until {london(pause.paused_until)}. GOV.UK Notify said: {because}."


def _channels_paused(records: Session) -> list[str]:
    """What one channel alone waits for, such as the end of a day's limit."""
    pauses = pacing.standing_pauses(records, now=now()).values()
    return [
        f"No {CHANNELS[pause.name]} leaves until {london(pause.paused_until)}: {why_paused(pause)}."
        for pause in pauses
        if pause.name != pacing.EVERYBODY and pause.paused_until is not None
    ]


def _to_do(records: Session) -> list[Card]:
    mend = import_to_mend(records)
    faulty = mend.summary["rows_faulty"] if mend else 0
    undecided = undecided_imports(records)
    failed = not_arrived_count(records, start_of_week(now()))
    unreached = out_of_reach_count(records, letters=house().settings.sends_letters)
    calls = waiting_count(records, now=now(), cap=cap_of(house().settings))
    cases = count_cases(records, CaseView.NEW_THIS_WEEK, who=actor(), now=now())
    sees_cases, sees_families = may(Permission.SEE_CASES), may(Permission.SEE_FAMILIES)
    not_arrived_page = url_for("staff.messages_not_arrived") if sees_families else None
    return [
        Card(
            calls,
            f"{'family' if calls == 1 else 'families'} to ring now",
            url_for("staff.call_list") if may(Permission.MAKE_CALLS) else None,
            pressing=True,
        ),
        Card(
            undecided,
            f"{'file waits' if undecided == 1 else 'files wait'} for you to decide",
            url_for("staff.import_plans"),
            pressing=True,
        ),
        Card(
            faulty,
            f"faulty {'row' if faulty == 1 else 'rows'} in the last import",
            url_for("staff.one_import", import_id=mend.id) if mend else url_for("staff.import_plans"),
        ),
        Card(failed, f"{'message' if failed == 1 else 'messages'} did not arrive this week", not_arrived_page),
        Card(unreached, "asked, but no address or number works", not_arrived_page),
        Card(
            len(all_to_find_out(records, now=now())),
            "not asked until somebody finds out who can be",
            url_for("staff.to_find_out") if sees_families else None,
        ),
        Card(
            len(capacity_to_review(records, today=london_date(now()))),
            "young people’s capacity, to be looked at again",
            url_for("staff.to_find_out") if sees_families else None,
        ),
        Card(
            holds_to_review(records, today=london_date(now())),
            "on hold, to be looked at again",
            url_for("staff.holds") if sees_families else None,
        ),
        Card(
            cases,
            f"new {'case' if cases == 1 else 'cases'} this week",
            url_for("staff.cases") if sees_cases else None,
            "" if sees_cases else "SEND QA follows them up.",
        ),
    ]


def _well(records: Session) -> list[Card]:
    since = start_of_week(now())
    answers = answered_since(records, since)
    entries = published(records, local_authority=house().settings.local_authority)
    new = sum(1 for entry in entries if entry.published_at and entry.published_at >= since)
    return [
        Card(answers, f"{'family' if answers == 1 else 'families'} answered"),
        Card(new, f"You said, we did {'entry' if new == 1 else 'entries'} published"),
    ]


def _joined(records: Session) -> list[Card]:
    on_register = register.counts(records, today=london_date(now()))
    members = forum.counts(records).members
    waiting = f"{plural(on_register.pending, 'more has', 'more have')} not confirmed yet" if on_register.pending else ""
    return [
        Card(
            on_register.confirmed,
            f"{'family' if on_register.confirmed == 1 else 'families'} on the SEND Register",
            url_for("staff.joining") if may(Permission.SEE_JOINING) else None,
            waiting,
        ),
        Card(
            members,
            f"{'member' if members == 1 else 'members'} of the Parent Carer Forum",
            note="The forum is another organisation: we see how many, never who.",
        ),
    ]


def _failed(contact: LadderContact, sending: Sending) -> dict[str, str]:
    invitation = contact.invitation
    assert contact.message is not None
    return {
        "name": invitation.person.full_name,
        "href": url_for("staff.family", child_id=invitation.plan_event.plan.child_id),
        "what": f"{STEPS[contact.step]} {by_channel(contact.channel)}",
        "when": day(contact.taken_at),
        "became": said_of(contact.message, sending),
        "next": _what_now(invitation),
    }


def _what_now(invitation: Invitation) -> str:
    if invitation.state.value not in ("planned", "asking"):
        return "Nothing more: " + reason(invitation.close_reason or invitation.state).lower()
    settings = house().settings
    ahead = whats_next(
        session(),
        invitation,
        now=now(),
        letters=settings.sends_letters,
        cap=cap_of(settings),
        templates=house().templates,
    )
    if ahead.waits_because:
        return wait(ahead.waits_because, ahead.until)
    step = f"{STEPS[ahead.step]} {by_channel(ahead.channel)}".strip() if ahead.step else "A call"
    return f"{step}, {day(ahead.due_at)}" if ahead.due_at else step


def _unreached(invitation: Invitation) -> dict[str, str]:
    event = invitation.plan_event
    return {
        "name": invitation.person.full_name,
        "href": url_for("staff.family", child_id=event.plan.child_id),
        "about": f"{EVENTS[event.kind]} on {day(event.happened_on)}",
    }
