"""What a survey message says, worked out in the transaction that claims it: the gate first, then the words."""

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import gate, ladder, links
from engage.campaigns.asking import RECHECK, settings_of, survey_words, template_for
from engage.campaigns.models import Invitation, LadderContact, Step, SurveyLink
from engage.core.clock import london_date
from engage.core.config import Settings
from engage.notify.models import Message, MessageChannel
from engage.notify.outbox import Refusal
from engage.notify.templates import Rendered, Templates
from engage.people.contactability import usable
from engage.surveys.definition import Survey


def compose(session: Session, message: Message, settings: Settings, now: datetime) -> Mapping[str, str] | Refusal:
    """The personalisation with this message's own link, or why it may not go."""
    contact = session.get_one(LadderContact, message.about_id)
    invitation = contact.invitation
    verdict = gate.why_not_now(session, invitation, now=now)
    if verdict is not None:
        return Refusal(verdict.because, later=_later(verdict, now))
    if message.recipient not in {point.value for point in usable(invitation.person.contact_points)}:
        return Refusal("address_gone")
    hours = settings_of(invitation.campaign).hours
    if not hours.allows(now):
        return Refusal("outside_hours", later=hours.next_moment(now))
    link = session.scalars(select(SurveyLink).where(SurveyLink.contact_id == contact.id)).one()
    url = f"{settings.base_url}/r/{links.token_of(link, settings.secrets)}"
    return words_for(invitation, contact.step, settings, now) | {"link": url, "stop_link": f"{url}/stop"}


def _later(verdict: gate.Verdict, now: datetime) -> datetime | None:
    if verdict is gate.IN_USE:
        return now + gate.SOON
    return None if verdict.is_over or verdict.ends else now + RECHECK


def words_for(invitation: Invitation, step: Step, settings: Settings, now: datetime) -> dict[str, str]:
    """The values every survey message shares, links apart, for a step that goes out now."""
    closes = ladder.closes(
        settings_of(invitation.campaign),
        taken=step,
        first_asked_at=invitation.first_asked_at or now,
        last_contact_at=now,
    )
    return {
        "first_name": invitation.person.forename,
        "addressee": invitation.person.full_name.strip(),
        "closes_on": format_date(london_date(closes), "d MMMM", locale="en_GB"),
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
) -> Rendered:
    """A message as this person would read it, with a link that leads nowhere."""
    sample = f"{settings.base_url}/r/{'x' * 26}"
    name = template_for(step, channel, settings_of(invitation.campaign))
    template = templates.find(name, channel, invitation.person.written_language)
    words = words_for(invitation, step, settings, now) | survey_words(survey)
    return templates.render(template, words | {"link": sample, "stop_link": f"{sample}/stop"})
