"""A family's story in words: everything that was said to them, by whom and why, and what became of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from flask import url_for
from markupsafe import Markup

from engage.campaigns.booklet_models import Booklet
from engage.campaigns.models import CallAttempt, Invitation, LadderContact, Step
from engage.core.audit import AuditEvent
from engage.core.clock import london_moment
from engage.core.languages import LANGUAGES
from engage.notify.models import Message
from engage.people.models import ContactPoint, ContactState, Hold, Person
from engage.plans.models import PlanEvent
from engage.plans.services import NO_LONGER_NAMED
from engage.web.booklet_pages import FORMATS
from engage.web.rendering import day, london, weekday, words
from engage.web.staff.message_words import BAD, LEFT, Sending, asked, asks_about, said_of, why_sent
from engage.web.staff.words import (
    CHANNELS,
    CONTACT_STATES,
    ENDED,
    EVENTS,
    HOLDS,
    STEPS,
    by_channel,
    reason,
)

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
    namings: Sequence[AuditEvent] = (),
    *,
    name: Callable[[str], str],
    sending: Sending,
) -> list[Moment]:
    """Everything that happened with a family, the latest first; `name` says who an actor is, `carried` what each
    message, which comes once, asks about, and `namings` when files named a carer no longer, or again."""
    moments = [moment for event in events for moment in _of_event(event)]
    for invitation in invitations:
        moments += [
            _of_contact(contact, child_id, carried.get(contact.message_id or 0, [contact]), name, sending)
            for contact in invitation.contacts
            if contact.message_id is None or _is_first_here(contact, child_id, carried)
        ]
        moments += [_of_call(call, invitation.person, name) for call in invitation.calls]
        moments += _of_end(invitation)
    moments += [moment for booklet in booklets for moment in _of_booklet(booklet, name)]
    names = {person.id: person.full_name for person in people}
    moments += [_of_code(message, names.get(message.person_id or 0, "them"), sending) for message in codes]
    moments += [_of_naming(event, names.get(event.detail["parent_carer"], "A carer"), name) for event in namings]
    for person in people:
        moments += [moment for hold in person.holds for moment in _of_hold(hold, person, name)]
    return sorted(moments, key=lambda moment: moment.at)[::-1]  # of what came at one moment, too, the latest is first


def _of_naming(event: AuditEvent, who: str, name: Callable[[str], str]) -> Moment:
    text = f"By a file that {name(event.by)} brought in."
    if event.kind == NO_LONGER_NAMED:
        return Moment(event.at, f"The case system no longer names {who} for this child", text, kind="stopped")
    return Moment(event.at, f"The case system names {who} again for this child", text)


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


def _together(carried: Sequence[LadderContact]) -> str:
    """What one message asks about, and what was left out before it went."""
    kept = [contact for contact in carried if contact.left_out_because is None]
    out = [contact for contact in carried if contact.left_out_because is not None]
    left_out = [f" Left out: {asked(one)} ({reason(one.left_out_because).lower()})." for one in out]
    one = "One message about" if len(carried) > 1 else "About"
    return f"{one} {asks_about(kept or carried)}.{''.join(left_out)}"


def _of_contact(
    contact: LadderContact,
    child_id: int,
    carried: Sequence[LadderContact],
    name: Callable[[str], str],
    sending: Sending,
) -> Moment:
    title, message = title_of(contact), contact.message
    why = f"{_together(carried)} {why_sent(contact, carried, name)}"
    if message is None:
        return Moment(contact.taken_at, title, why)
    href = url_for("staff.family_message", child_id=child_id, contact_id=contact.id)
    text = Markup('{}. {} <a class="govuk-link" href="{}">Read it<span class="govuk-visually-hidden">: {}</span></a>')
    left = message.claimed_at if message.state in LEFT else None
    kind = "stopped" if message.state in BAD else "done"
    return Moment(left or contact.taken_at, title, text.format(said_of(message, sending), why, href, title), kind)


def title_of(contact: LadderContact) -> str:
    """What was done, by what and to whom; the link that somebody asked for on the telephone is no call."""
    to = contact.invitation.person.full_name
    if contact.message is None:
        return f"{STEPS[contact.step]}: {to}"
    step = "Link sent once more" if contact.step is Step.CALL else STEPS[contact.step]
    return f"{step} {by_channel(contact.channel)} to {to}"


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


def _of_code(message: Message, to: str, sending: Sending) -> Moment:
    title = f"Code {by_channel(message.channel)} to {to}, who asked for it to see again what they had begun"
    return Moment(message.created_at, title, said_of(message, sending), "stopped" if message.state in BAD else "done")


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


def ways(person: Person, in_words: Callable[[str], str]) -> list[tuple[str, str]]:
    """How a person may be reached: each address with its channel, and what is wrong with it if it does not work."""
    return [
        (in_words(point.value) if point.value.startswith("+") else point.value, _way(point))
        for point in person.contact_points
    ]


def _way(point: ContactPoint) -> str:
    channel = CHANNELS[point.channel]
    return channel if point.state is ContactState.USABLE else f"{channel}: {CONTACT_STATES[point.state]}"
