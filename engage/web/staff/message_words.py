"""A message as staff read it: who sent it and why, what became of it, and why one still waits to leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.campaigns.models import CallOutcome, LadderContact, Step
from engage.notify import pacing
from engage.notify.client import Fault
from engage.notify.models import Attempt, Message, MessageState, SendingPace
from engage.notify.outcomes import CHARACTERS_LOST
from engage.web.rendering import day, london
from engage.web.staff.words import EVENTS, NOTIFY_SAYS, by_channel, reason

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
BAD = frozenset({MessageState.UNDELIVERED, MessageState.FAILED})
LEFT = frozenset({MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.UNKNOWN})
_REFUSED = {
    Fault.REFUSED: "GOV.UK Notify does not take this address or number",
    Fault.TRY_AGAIN: "GOV.UK Notify did not take it",
    Fault.UNKNOWN: "GOV.UK Notify did not take it",
    Fault.STOP: "GOV.UK Notify took nothing from us",
    Fault.DAILY_LIMIT: "as many had gone that day as GOV.UK Notify allows",
    Fault.RATE_LIMIT: "GOV.UK Notify asked us to wait a moment",
    Fault.NOT_SENT: "it was put back, for the machine was held up",
}


@dataclass(frozen=True)
class Sending:
    """How sending stands now: the moment, and who is paused."""

    now: datetime
    pauses: Mapping[str, SendingPace]

    @classmethod
    def at(cls, session: Session, now: datetime) -> "Sending":
        return cls(now, pacing.standing_pauses(session, now=now))

    def pause_of(self, message: Message) -> SendingPace | None:
        """What keeps a message of this channel from leaving, whatever it is."""
        return self.pauses.get(pacing.EVERYBODY) or self.pauses.get(message.channel.value)


def said_of(message: Message, sending: Sending) -> str:
    """What became of a message, with GOV.UK Notify's own word and the moment it gave; or why it has not left."""
    said = MESSAGE_SAYS[message.state]
    last = message.attempts[-1] if message.attempts else None
    lost = ". Some of its letters came out as “?”" if last is not None and last.error == CHARACTERS_LOST else ""
    if message.state is MessageState.DELIVERED:
        return (f"{said} {london(last.completed_at)}" if last and last.completed_at else said) + lost
    if last is not None and last.status:
        return f"{said}: {NOTIFY_SAYS.get(last.status, last.status)} (“{last.status}”){lost}"
    because = _why_it_waits(message, sending) if message.state is MessageState.QUEUED else _why_not(message, last)
    return f"{said}: {because}" if because else said


def why_paused(pause: SendingPace) -> str:
    """Why nothing goes, or nothing by one channel."""
    by = "" if pause.name == pacing.EVERYBODY else f" {by_channel(pause.name)}"
    if not (pause.paused_because or "").startswith("429"):
        return f"GOV.UK Notify takes nothing from us{by} until somebody puts the account right"
    return f"as many have gone{by} today as GOV.UK Notify allows" if by else _REFUSED[Fault.RATE_LIMIT]


def _why_it_waits(message: Message, sending: Sending) -> str:
    pause = sending.pause_of(message)
    if pause is not None and pause.paused_until is not None:
        return f"{why_paused(pause)}, until {london(pause.paused_until)}"
    because = _why_not(message, message.attempts[-1] if message.attempts else None)
    again = f"it is looked at again {london(message.due_at)}" if message.due_at > sending.now else ""
    return ", and ".join(part for part in (because, again) if part)


def _why_not(message: Message, last: Attempt | None) -> str:
    """What stands against it: GOV.UK Notify's refusal of the last try, or a reason of our own."""
    if message.state_because is None:
        return ""
    if last is None or last.outcome not in set(_REFUSED) or message.state_because not in (last.error, NOT_FOUND):
        return reason(message.state_because).lower()
    return f"{_REFUSED[Fault(last.outcome)]} (“{message.state_because}”)"


NOT_FOUND = "not taken by Notify"
"""What a try says whose outcome was unknown until it was looked up."""


def why_sent(contact: LadderContact, carried: Sequence[LadderContact], name: Callable[[str], str]) -> str:
    """Who sent a message, or put somebody on the call list, and why; `carried` is all that the message asks about."""
    if contact.message is None:
        return f"{_for_campaigns([contact])}: {_why_a_call(contact)}."
    if contact.step is Step.CALL:
        asked = [call for call in contact.invitation.calls if call.outcome is CallOutcome.PREFERS_LINK]
        by = name(asked[-1].called_by) if asked else "A colleague"
        return f"{by} sent it, for they asked for it on the telephone."
    another = " The one before did not reach them, so it went another way." if contact.fallback else ""
    return f"{_for_campaigns(carried)}.{another}"


def _for_campaigns(carried: Sequence[LadderContact]) -> str:
    names = dict.fromkeys(f"“{one.invitation.campaign.name}”" for one in carried)
    return f"By Engage, for the campaign{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def _why_a_call(contact: LadderContact) -> str:
    sent = [one.message for one in contact.invitation.contacts if one.message is not None]
    if any(message.state not in (*BAD, MessageState.WITHDRAWN) for message in sent):
        return "no message brought an answer"
    return "no message could reach them"


def asks_about(carried: Sequence[LadderContact]) -> str:
    """The surveys one message carries, by child and event."""
    return "; ".join(asked(contact) for contact in carried)


def asked(contact: LadderContact) -> str:
    """One survey that a message carries, by child and event."""
    event = contact.invitation.plan_event
    return f"{event.plan.child.forename}, {EVENTS[event.kind].lower()} on {day(event.happened_on)}"
