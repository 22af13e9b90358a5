"""What a survey message says, worked out in the transaction that claims it: the gate first, then the words."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import gate, links
from engage.campaigns.asking import RECHECK, settings_of
from engage.campaigns.models import Invitation, LadderContact, SurveyLink
from engage.core.config import Settings
from engage.notify.models import Message
from engage.notify.outbox import Refusal
from engage.people.contactability import usable
from engage.people.models import Person


def compose(session: Session, message: Message, settings: Settings, now: datetime) -> Mapping[str, str] | Refusal:
    """The personalisation with this message's own link, or why it may not go."""
    contact = session.get_one(LadderContact, message.about_id)
    invitation = contact.invitation
    verdict = gate.why_not_now(session, invitation, now=now)
    if verdict is not None:
        later = None if verdict.is_over or verdict.ends else now + RECHECK
        return Refusal(verdict.because, later)
    if message.recipient not in {point.value for point in usable(invitation.person.contact_points)}:
        return Refusal("address_gone")
    hours = settings_of(invitation.campaign).hours
    if not hours.allows(now):
        return Refusal("outside_hours", later=hours.next_moment(now))
    link = session.scalars(select(SurveyLink).where(SurveyLink.contact_id == contact.id)).one()
    url = f"{settings.base_url}/r/{links.token_of(link, settings.secrets)}"
    return words_for(invitation.person, settings) | {"link": url, "stop_link": f"{url}/stop"}


def words_for(person: Person, settings: Settings) -> dict[str, str]:
    """The values every survey message shares."""
    return {
        "first_name": person.forename,
        "service_name": settings.service_name,
        "area_name": settings.area_name,
        "organisation_name": settings.organisation_name,
        "phone": settings.contact_phone,
    }


def preview(session: Session, invitation: Invitation, settings: Settings) -> dict[str, str]:
    """The values as the next message would carry them, with a link that leads nowhere."""
    sample = f"{settings.base_url}/r/{'x' * 26}"
    return words_for(session.get_one(Person, invitation.person_id), settings) | {
        "link": sample,
        "stop_link": f"{sample}/stop",
    }
