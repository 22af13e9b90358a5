"""Households: whoever the same address or number reaches hears from us only so often, whatever the surveys are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import CallAttempt, CallOutcome, Invitation
from engage.core.config import Settings
from engage.notify.models import Message, MessageState
from engage.people.models import ContactPoint, ContactState, Person, RoleMailbox

SURVEY_MESSAGE = "campaigns.survey"
TOO_OFTEN = "contact_cap"
HEARD = frozenset({MessageState.CLAIMED, MessageState.UNKNOWN, MessageState.ACCEPTED, MessageState.DELIVERED})
"""States of a message that has reached somebody, as far as we know."""
MAILBOX_DAYS = 7
NOBODY_HEARD = frozenset({CallOutcome.NO_REPLY, CallOutcome.WRONG_NUMBER})


@dataclass(frozen=True)
class ContactCap:
    """How often a household may hear from us within so many days: by message, reminder, letter or call. A role's mailbox
    has a cap of its own, in a week."""

    limit: int
    days: int
    mailbox_limit: int = 2

    def of(self, session: Session, person_id: int) -> tuple[int, int]:
        """How often in how many days, for this person."""
        if isinstance(session.get(Person, person_id), RoleMailbox):
            return self.mailbox_limit, MAILBOX_DAYS
        return self.limit, self.days


def cap_of(settings: Settings) -> ContactCap:
    """The council's own cap, which holds across all surveys and campaigns."""
    return ContactCap(
        settings.household_contacts_limit, settings.household_contacts_days, settings.mailbox_messages_a_week
    )


def household(session: Session, person_id: int) -> set[int]:
    """The people whom the same working address or number reaches as this person; two parents who share none are two
    households. A role's mailbox is alone."""
    if isinstance(session.get(Person, person_id), RoleMailbox):
        return {person_id}
    shared = select(ContactPoint.person_id).where(ContactPoint.id.in_(_ways_in(session, person_id)))
    return {person_id, *session.scalars(shared)}


def _ways_in(session: Session, person_id: int) -> Sequence[int]:
    works = ContactPoint.state == ContactState.USABLE
    theirs = select(ContactPoint.value).where(ContactPoint.person_id == person_id, works)
    return session.scalars(select(ContactPoint.id).where(ContactPoint.value.in_(theirs), works)).all()


def hold_still(session: Session, person_id: int) -> bool:
    """Hold the rows of a household's addresses until the transaction ends, so that two workers never claim its last
    contact at once; False when somebody else holds one of them this moment."""
    ways_in = _ways_in(session, person_id)
    held = select(ContactPoint.id).where(ContactPoint.id.in_(ways_in)).with_for_update(skip_locked=True)
    return len(session.scalars(held).all()) == len(ways_in)


def heard_until(
    session: Session, person_id: int, cap: ContactCap, *, now: datetime, but: Message | None = None
) -> datetime | None:
    """Until when this person's household has heard from us often enough; None when there is room for one contact more.

    A message counts once however many surveys it carries, unless it is known not to have arrived; a call counts when
    somebody answered it or a message was left.
    """
    limit, days = cap.of(session, person_id)
    moments = contacts_since(session, household(session, person_id), now - timedelta(days=days), but=but)
    return None if len(moments) < limit else moments[len(moments) - limit] + timedelta(days=days)


def contacts_since(
    session: Session, people: set[int], since: datetime, *, but: Message | None = None
) -> list[datetime]:
    """When these people heard from us about surveys after a moment, in order."""
    messages = select(Message.claimed_at).where(
        Message.person_id.in_(people),
        Message.purpose == SURVEY_MESSAGE,
        Message.state.in_(HEARD),
        Message.claimed_at > since,
    )
    if but is not None:
        messages = messages.where(Message.id != but.id)
    calls = (
        select(CallAttempt.called_at)
        .join(Invitation, Invitation.id == CallAttempt.invitation_id)
        .where(
            Invitation.person_id.in_(people), CallAttempt.outcome.not_in(NOBODY_HEARD), CallAttempt.called_at > since
        )
    )
    left = [at for at in session.scalars(messages) if at is not None]
    return sorted([*left, *session.scalars(calls)])
