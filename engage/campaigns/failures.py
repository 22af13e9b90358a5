"""Failures: what could not be delivered, or reached somebody else, goes out by another way the same day."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engage.campaigns import ladder
from engage.campaigns.asking import address_for, settings_of
from engage.campaigns.models import Invitation, InvitationState, LadderContact, SurveyLink
from engage.notify.client import Fault
from engage.notify.letters import LETTERS_OFF
from engage.notify.models import Message, MessageState
from engage.notify.receipts import RETURNED
from engage.people.contactability import usable
from engage.people.models import ContactPoint, ContactState

DEAD = frozenset({"permanent-failure", RETURNED})
"""What Notify says of a message whose address is wrong."""


def unseen_failures(session: Session, *, limit: int) -> Sequence[LadderContact]:
    """Contacts whose message could not be delivered, or reached the wrong person, and of which the ladder has not yet
    taken note. Their invitations' rows are held; on PostgreSQL what another worker holds is passed over."""
    return session.scalars(
        select(LadderContact)
        .join(Invitation, Invitation.id == LadderContact.invitation_id)
        .join(Message, Message.id == LadderContact.message_id)
        .outerjoin(SurveyLink, SurveyLink.contact_id == LadderContact.id)
        .where(
            LadderContact.failure_seen_at.is_(None),
            or_(
                Message.state.in_([MessageState.UNDELIVERED, MessageState.FAILED]),
                and_(Message.state == MessageState.WITHDRAWN, Message.state_because.in_(["address_gone", LETTERS_OFF])),
                SurveyLink.revoked_at.is_not(None),
            ),
        )
        .order_by(LadderContact.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Invitation)
    ).all()


def follow_failure(session: Session, contact: LadderContact, *, now: datetime) -> None:
    """A message did not reach the family: a dead address is marked so, and unless the ladder has moved on, the same
    rung is due again by another way. With no way left the family comes on to the call list at once."""
    contact.failure_seen_at = now
    invitation, message = contact.invitation, contact.message
    if message is not None and is_dead(message):
        mark_address(session, invitation.person_id, message.recipient, ContactState.BOUNCED, now=now)
    if invitation.state is not InvitationState.ASKING or contact is not invitation.contacts[-1]:
        return
    if contact.step not in ladder.MESSAGE_STEPS:
        return
    reachable = ladder.channel_for(contact.step, usable(invitation.person.contact_points), last_used=None)
    if reachable and (contact.fallback or address_for(invitation, contact.step) is None):
        return  # the next rung may still reach them
    invitation.next_step = contact.step
    invitation.next_due_at = settings_of(invitation.campaign).hours.next_moment(now)


def is_dead(message: Message) -> bool:
    """Whether Notify said the address itself is wrong, rather than that it could not deliver, or be reached, this time."""
    last = message.attempts[-1] if message.attempts else None
    return last is not None and (last.status in DEAD or last.outcome == Fault.REFUSED.value)


def mark_address(session: Session, person_id: int, value: str, state: ContactState, *, now: datetime) -> None:
    """Note that an address no longer works, or was never this person's."""
    for point in session.scalars(
        select(ContactPoint).where(ContactPoint.person_id == person_id, ContactPoint.value == value)
    ):
        point.state, point.state_at = state, now
