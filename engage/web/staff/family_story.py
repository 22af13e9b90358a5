"""A family's story in words: everything that was said to them and when, and what comes next or why nothing does."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from engage.campaigns.booklet_models import Booklet
from engage.campaigns.eligibility import reasons_against
from engage.campaigns.household import cap_of
from engage.campaigns.models import CallAttempt, Campaign, Invitation, InvitationState, LadderContact
from engage.campaigns.queries import Next, whats_next
from engage.core.clock import london_moment
from engage.core.config import Settings
from engage.core.languages import LANGUAGES
from engage.notify.models import Message, MessageState
from engage.people.models import ContactPoint, ContactState, Hold, Person
from engage.plans.models import PlanEvent
from engage.web.booklet_pages import FORMATS
from engage.web.rendering import day, london, weekday, words
from engage.web.staff.words import (
    CHANNELS,
    CONTACT_STATES,
    ENDED,
    EVENTS,
    HOLDS,
    NOTIFY_SAYS,
    STEPS,
    by_channel,
    reason,
    wait,
)

MESSAGE_SAYS = {
    MessageState.QUEUED: "Waiting to leave",
    MessageState.CLAIMED: "Leaving now",
    MessageState.UNKNOWN: "Sent, and we are finding out whether GOV.UK Notify took it",
    MessageState.ACCEPTED: "Taken by GOV.UK Notify",
    MessageState.DELIVERED: "Delivered",
    MessageState.UNDELIVERED: "Not delivered",
    MessageState.WITHDRAWN: "Taken back before it left",
    MessageState.FAILED: "Could not be sent",
}
CALLS = {
    "answered_survey": "they answered",
    "no_reply": "nobody answered",
    "left_message": "a message was left",
    "call_back": "they asked to be called back",
    "declined": "they did not want to answer this time",
    "stop_asking": "they asked us to stop",
    "wrong_number": "wrong number",
    "prefers_link": "they would rather use the link",
    "distress": "they were upset",
}
BAD = frozenset({MessageState.UNDELIVERED, MessageState.FAILED})


@dataclass(frozen=True)
class Moment:
    """One thing that happened, ready for the timeline."""

    at: datetime
    title: str
    text: str | Markup = ""
    kind: str = "done"
    dated_only: bool = False

    @property
    def when(self) -> str:
        return weekday(self.at) if self.dated_only else london(self.at)


def story(
    child_id: int,
    events: Sequence[PlanEvent],
    invitations: Sequence[Invitation],
    people: Sequence[Person],
    carried: Mapping[int, Sequence[LadderContact]],
    booklets: Sequence[Booklet] = (),
    codes: Sequence[Message] = (),
    *,
    name: Callable[[str], str],
) -> list[Moment]:
    """Everything that happened with a family, the latest first; `name` says who an actor is, and `carried` what each
    message, which comes once, asks about."""
    moments = [moment for event in events for moment in _of_event(event)]
    for invitation in invitations:
        moments += [
            _of_contact(contact, child_id, carried.get(contact.message_id or 0, [contact]))
            for contact in invitation.contacts
            if contact.message_id is None or _is_first_here(contact, child_id, carried)
        ]
        moments += [_of_call(call, invitation.person, name) for call in invitation.calls]
        moments += _of_end(invitation)
    moments += [moment for booklet in booklets for moment in _of_booklet(booklet, name)]
    names = {person.id: person.full_name for person in people}
    moments += [_of_code(message, names.get(message.person_id or 0, "them")) for message in codes]
    for person in people:
        moments += [moment for hold in person.holds for moment in _of_hold(hold, person, name)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _of_event(event: PlanEvent) -> Iterable[Moment]:
    outcome = f"Outcome: {words(event.outcome).lower()}." if event.outcome else ""
    yield Moment(london_moment(event.happened_on, time(0)), EVENTS[event.kind], outcome, dated_only=True)
    if event.withdrawn_at is not None:
        title = f"{EVENTS[event.kind]} on {day(event.happened_on)}: withdrawn"
        yield Moment(event.withdrawn_at, title, reason(event.withdrawn_because), kind="stopped")


def _is_first_here(contact: LadderContact, child_id: int, carried: Mapping[int, Sequence[LadderContact]]) -> bool:
    """Whether a message has not been told already for another survey about the same child."""
    together = carried.get(contact.message_id or 0, [contact])
    return contact is next(one for one in together if one.invitation.plan_event.plan.child_id == child_id)


def asks_about(carried: Sequence[LadderContact]) -> str:
    """The surveys one message carries, by child and event."""
    return "; ".join(_asked(contact) for contact in carried)


def _asked(contact: LadderContact) -> str:
    event = contact.invitation.plan_event
    return f"{event.plan.child.forename}, {EVENTS[event.kind].lower()} on {day(event.happened_on)}"


def _together(carried: Sequence[LadderContact]) -> str:
    """What one message asks about, when it is more than one thing, and what was left out before it went."""
    if len(carried) < 2:
        return ""
    asked = [contact for contact in carried if contact.left_out_because is None]
    out = [contact for contact in carried if contact.left_out_because is not None]
    left_out = [f" Left out: {_asked(one)} ({reason(one.left_out_because).lower()})." for one in out]
    return f" One message about {asks_about(asked)}.{''.join(left_out)}"


def _of_contact(contact: LadderContact, child_id: int, carried: Sequence[LadderContact]) -> Moment:
    to = contact.invitation.person.full_name
    if contact.message is None:
        return Moment(contact.taken_at, f"{STEPS[contact.step]}: {to}")
    title = f"{STEPS[contact.step]} {by_channel(contact.channel)} to {to}"
    href = url_for("staff.family_message", child_id=child_id, contact_id=contact.id)
    text = Markup('{}.{} <a class="govuk-link" href="{}">Read it<span class="govuk-visually-hidden">: {}</span></a>')
    kind = "stopped" if contact.message.state in BAD else "done"
    return Moment(contact.taken_at, title, text.format(said_of(contact.message), _together(carried), href, title), kind)


def said_of(message: Message) -> str:
    """What became of a message, with GOV.UK Notify's own word and the moment it gave."""
    said = MESSAGE_SAYS[message.state]
    last = message.attempts[-1] if message.attempts else None
    if message.state is MessageState.DELIVERED:
        return f"{said} {london(last.completed_at)}" if last and last.completed_at else said
    if last is not None and last.status:
        return f"{said}: {NOTIFY_SAYS.get(last.status, last.status)} (“{last.status}”)"
    return f"{said}: {reason(message.state_because).lower()}" if message.state_because else said


def _of_call(call: CallAttempt, person: Person, name: Callable[[str], str]) -> Moment:
    title = f"{name(call.called_by)} rang {person.full_name}: {CALLS[call.outcome]}"
    note = f"“{call.note}” " if call.note else ""
    back = f"Ring again {london(call.call_back_at)}." if call.call_back_at else ""
    return Moment(call.called_at, title, f"{note}{back}".strip())


def _of_booklet(booklet: Booklet, name: Callable[[str], str]) -> Iterable[Moment]:
    to = booklet.invitation.person.full_name
    as_what = f"{FORMATS[booklet.format]}, {LANGUAGES[booklet.language].in_english}"
    yield Moment(booklet.printed_at, f"Booklet printed for {to}", f"By {name(booklet.printed_by)}. {as_what}.")
    if booklet.entered_at is not None and booklet.received_on is not None:
        typed = f"It came on {day(booklet.received_on)}. {name(booklet.entered_by or '')} typed it in."
        yield Moment(booklet.entered_at, f"Booklet of {to} came back", typed)


def _of_code(message: Message, to: str) -> Moment:
    title = f"Code {by_channel(message.channel)} to {to}, who asked for it to see again what they had begun"
    return Moment(message.created_at, title, said_of(message), "stopped" if message.state in BAD else "done")


def _of_end(invitation: Invitation) -> Iterable[Moment]:
    about = f"{EVENTS[invitation.plan_event.kind].lower()} on {day(invitation.plan_event.happened_on)}"
    if invitation.answered_at is not None:
        brought = next((contact for contact in invitation.contacts if contact.brought_answer_at), None)
        by = _brought_by(brought) if brought else ""
        yield Moment(invitation.answered_at, f"{invitation.person.full_name} answered about the {about}", by)
    elif invitation.closed_at is not None and invitation.close_reason is not None:
        title = f"We stopped asking {invitation.person.full_name} about the {about}"
        yield Moment(invitation.closed_at, title, ENDED[invitation.close_reason], kind="stopped")


def _brought_by(contact: LadderContact) -> str:
    if contact.message is None:
        return "It came by telephone."
    return f"It came by the {STEPS[contact.step].lower()} {by_channel(contact.channel)}."


def _of_hold(hold: Hold, person: Person, name: Callable[[str], str]) -> Iterable[Moment]:
    by = f"By {name(hold.placed_by)}."
    text = f"{by} “{hold.note}”" if hold.note else by
    yield Moment(hold.placed_at, f"Hold on {person.full_name}: {HOLDS[hold.reason].lower()}", text, kind="stopped")
    if hold.lifted_at is not None:
        title = f"Hold on {person.full_name} lifted: {HOLDS[hold.reason].lower()}"
        yield Moment(hold.lifted_at, title, f"By {name(hold.lifted_by or '')}.")


def coming(
    session: Session,
    events: Sequence[PlanEvent],
    invitations: Sequence[Invitation],
    running: Sequence[Campaign],
    *,
    now: datetime,
    settings: Settings,
) -> list[dict[str, str]]:
    """What comes next for each open invitation, and for each event that nobody is asked about, why: for the timeline."""
    steps = [
        _next_step(whats_next(session, invitation, now=now, letters=settings.sends_letters, cap=cap_of(settings)), now)
        for invitation in invitations
        if invitation.state in (InvitationState.PLANNED, InvitationState.ASKING)
    ]
    asked = {invitation.plan_event_id for invitation in invitations}
    for event in events:
        if event.id not in asked:
            steps.append(_not_yet_asked(event, reasons_against(event, running, now)))
    return steps


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
    soon = "As soon as contact hours allow"
    when = "" if each.due_at is None else soon if each.due_at <= now else london(each.due_at)
    return {"title": f"{title}: {to}", "when": when, "text": text, "kind": "next"}


def _not_yet_asked(event: PlanEvent, against: Sequence[str]) -> dict[str, str]:
    what = f"{EVENTS[event.kind]} on {day(event.happened_on)}"
    if not against:
        return {"title": f"{what}: asking is about to be planned", "when": "", "text": "", "kind": "next"}
    said = "; ".join(dict.fromkeys(reason(code) for code in against))
    return {"title": f"{what}: nobody is asked about it", "when": "", "text": f"{said}.", "kind": "stopped"}


def ways(person: Person, in_words: Callable[[str], str]) -> list[tuple[str, str]]:
    """How a person may be reached: each address with its channel, and what is wrong with it if it does not work."""
    return [
        (in_words(point.value) if point.value.startswith("+") else point.value, _way(point))
        for point in person.contact_points
    ]


def _way(point: ContactPoint) -> str:
    channel = CHANNELS[point.channel]
    return channel if point.state is ContactState.USABLE else f"{channel}: {CONTACT_STATES[point.state]}"
