"""What a survey message says, worked out in the transaction that claims it: the gate first, then the words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import climbing, gate, household, ladder, links, merging
from engage.campaigns.asking import RECHECK, leave_out, settings_of, survey_words, template_for
from engage.campaigns.models import Invitation, LadderContact, Step, SurveyLink
from engage.core.audit import SYSTEM
from engage.core.clock import london_date, london_moment
from engage.core.config import Settings
from engage.core.languages import current, day_and_month, speaking, survey_gettext
from engage.notify.models import Message, MessageChannel
from engage.notify.outbox import Refusal
from engage.notify.templates import Rendered, Templates
from engage.people.contactability import usable
from engage.people.models import RoleMailbox
from engage.surveys.definition import Survey


def compose(session: Session, message: Message, settings: Settings, now: datetime) -> Mapping[str, str] | Refusal:
    """The personalisation with this message's own link, or why it may not go. Of several surveys that it carries, those
    that may not be asked any more are left out, and those that must wait are put back."""
    carried = _may_go(session, message, now)
    if isinstance(carried, Refusal):
        return carried
    first, invitation = carried[0], carried[0].invitation
    if message.recipient not in {point.value for point in usable(invitation.person.contact_points)}:
        return Refusal("address_gone")
    every = [settings_of(contact.invitation.campaign).hours for contact in carried]
    if not all(hours.allows(now) for hours in every):
        return Refusal("outside_hours", later=max(hours.next_moment(now) for hours in every))
    refusal = _too_often(session, message, carried, settings, now)
    if refusal is not None:
        return refusal
    link = session.scalars(select(SurveyLink).where(SurveyLink.contact_id == first.id)).one()
    url = f"{settings.base_url}/r/{links.token_of(link, settings.secrets)}"
    words = words_for(invitation, first.step, settings, now) | _topic(message.personalisation)
    return words | {"link": url, "stop_link": f"{url}/stop"}


def _topic(said: Mapping[str, str]) -> dict[str, str]:
    """What the message asks about, in the language being spoken."""
    return {"topic": survey_gettext(said["topic"], current()) or said["topic"]} if "topic" in said else {}


def _may_go(session: Session, message: Message, now: datetime) -> Sequence[LadderContact] | Refusal:
    """The contacts that this message carries now, the gate having seen each of them."""
    riding = merging.riding(session, message.id)
    verdicts = [(contact, gate.why_not_now(session, contact.invitation, now=now)) for contact in riding]
    against = [(contact, verdict) for contact, verdict in verdicts if verdict is not None]
    if not against:
        return riding
    waits = [verdict for _, verdict in against if _later(verdict, now) is not None]
    # Notify may know of a message that was tried: then nobody is taken out of it who would be asked again.
    if gate.IN_USE in waits or len(against) == len(riding) or (message.attempts_made and waits):
        first = gate.IN_USE if gate.IN_USE in waits else waits[0] if waits else against[0][1]
        return Refusal(first.because, later=_later(first, now))
    for contact, verdict in against:
        if verdict in waits:
            climbing.heed(session, contact.invitation, verdict, by=SYSTEM, now=now)
        else:
            leave_out(session, message, contact, because=verdict.because)
    return merging.riding(session, message.id)


def _later(verdict: gate.Verdict, now: datetime) -> datetime | None:
    if verdict is gate.IN_USE:
        return now + gate.SOON
    return None if verdict.is_over or verdict.ends else now + RECHECK


def _too_often(
    session: Session, message: Message, carried: Sequence[LadderContact], settings: Settings, now: datetime
) -> Refusal | None:
    """That they have had one of the same kind today, or the household has heard from us often enough. Whoever asked for
    a link on the telephone gets it all the same, and what did not arrive goes another way the same day."""
    first, hours = carried[0], settings_of(carried[0].invitation.campaign).hours
    if first.step not in ladder.MESSAGE_STEPS:
        return None
    if not household.hold_still(session, first.invitation.person_id):
        return Refusal(gate.IN_USE.because, later=now + gate.SOON)
    is_second_way = any(contact.fallback for contact in carried)
    if not is_second_way and merging.heard_today(session, first.invitation, first.step, now=now, but=message):
        return Refusal("one_a_day", later=hours.next_moment(london_moment(london_date(now) + RECHECK, hours.opens)))
    cap = household.cap_of(settings)
    until = household.heard_until(session, first.invitation.person_id, cap, now=now, but=message)
    return None if until is None else Refusal(household.TOO_OFTEN, later=hours.next_moment(until))


def words_for(invitation: Invitation, step: Step, settings: Settings, now: datetime) -> dict[str, str]:
    """The values every survey message shares, links apart, for a step that goes out now."""
    closes = ladder.closes(
        settings_of(invitation.campaign),
        taken=step,
        first_asked_at=invitation.first_asked_at or now,
        last_contact_at=now,
    )
    person = invitation.person
    by_name = {"first_name": person.forename, "addressee": person.full_name.strip()}
    return ({} if isinstance(person, RoleMailbox) else by_name) | {
        "closes_on": day_and_month(london_date(closes)),
        "organisation": settings.organisation_name,
        "phone": settings.contact_phone,
    }


def preview(
    invitation: Invitation,
    step: Step,
    channel: MessageChannel,
    survey: Survey,
    templates: Templates,
    settings: Settings,
    now: datetime,
    *,
    name: str | None = None,
    said: dict[str, str] | None = None,
) -> Rendered:
    """A message as this person would read it, or did where `name` says which it was and `said` what it said of its
    surveys, with a link that leads nowhere."""
    sample = f"{settings.base_url}/r/{'x' * 26}"
    name = name or template_for(invitation.campaign, step, channel)
    template = templates.find(name, channel, invitation.person.written_language)
    said = said or survey_words(survey)
    with speaking(template.language):
        words = words_for(invitation, step, settings, now) | said | _topic(said)
    return templates.render(template, words | {"link": sample, "stop_link": f"{sample}/stop"})
