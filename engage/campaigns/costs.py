"""What a campaign's messages cost: parts of texts and letters that left, that go next, and that could still go at most."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import gate, ladder
from engage.campaigns.asking import CARRIES, address_for, settings_of, template_for
from engage.campaigns.merging import SEVERAL
from engage.campaigns.models import Campaign, Invitation, LadderContact, Step
from engage.core.clock import london_date, london_moment
from engage.notify.models import Attempt, Message, MessageChannel
from engage.people.contactability import usable
from engage.people.models import ContactPoint, Person

PartsOf = Callable[[Invitation, Step], int]
"""How many parts the text of a step has for this person."""
_APRIL = 4


@dataclass(frozen=True)
class Cost:
    """Messages by channel, and the parts that the texts among them are charged as."""

    emails: int = 0
    texts: int = 0
    parts: int = 0
    letters: int = 0

    def plus(self, channel: MessageChannel, parts: int, *, messages: int = 1) -> "Cost":
        """The same with some more messages."""
        return Cost(
            self.emails + messages * (channel is MessageChannel.EMAIL),
            self.texts + messages * (channel is MessageChannel.TEXT),
            self.parts + parts * (channel is MessageChannel.TEXT),
            self.letters + messages * (channel is MessageChannel.LETTER),
        )

    def pence(self, *, text_pence: float, letter_pence: int) -> float:
        """The price before VAT, once the free texts of the year are used up."""
        return self.parts * text_pence + self.letters * letter_pence


def so_far(session: Session, campaign: Campaign) -> Cost:
    """What Notify took of this campaign's messages. One that carried two campaigns' surveys counts for its first."""
    taken = (
        select(Message.channel, func.count(Attempt.id), func.coalesce(func.sum(Attempt.cost_parts), 0))
        .join(Attempt, Attempt.message_id == Message.id)
        .join(LadderContact, LadderContact.id == Message.about_id)
        .join(Invitation, Invitation.id == LadderContact.invitation_id)
        .where(
            Message.about_kind == "ladder_contact",
            Attempt.notify_id.is_not(None),
            Invitation.campaign_id == campaign.id,
        )
        .group_by(Message.channel)
    )
    cost = Cost()
    for channel, messages, parts in session.execute(taken):
        cost = cost.plus(channel, parts or 0, messages=messages)
    return cost


def coming(session: Session, campaign: Campaign, parts_of: PartsOf, *, letters: bool) -> tuple[Cost, Cost]:
    """The next message of everybody still being asked, where what is due to one person on one day goes together; and
    all that could still go, that one included, if nobody answered, everything arrived and nothing later went together.
    """
    following, at_most = Cost(), Cost()
    messages: set[Hashable] = set()
    waiting = (
        select(Invitation)
        .where(
            Invitation.campaign_id == campaign.id,
            Invitation.state.in_(gate.OPEN),
            Invitation.next_step.in_(ladder.MESSAGE_STEPS),
        )
        .order_by(Invitation.id)
        .options(
            selectinload(Invitation.person).selectinload(Person.contact_points),
            selectinload(Invitation.contacts).selectinload(LadderContact.message),
        )
    )
    for invitation in session.scalars(waiting):
        first = invitation.next_step
        assert first is not None
        point = address_for(invitation, first, letters=letters)
        if point is None:
            continue
        channel = CARRIES[point.channel]
        parts = parts_of(invitation, first) if channel is MessageChannel.TEXT else 0
        message = _would_ride_on(invitation, first, point)
        if message is None or message not in messages:
            following, at_most = following.plus(channel, parts), at_most.plus(channel, parts)
            messages.add(message)
        climb = settings_of(campaign).climb
        for step in climb[climb.index(first) + 1 :]:
            by_post = letters and settings_of(campaign).letters and channel is not MessageChannel.LETTER
            works = usable(invitation.person.contact_points)
            then = ladder.channel_for(step, works, last_used=point.channel, letters=by_post)
            if step in ladder.MESSAGE_STEPS and then is not None:
                channel = CARRIES[then.channel]
                parts = parts_of(invitation, step) if channel is MessageChannel.TEXT else 0
                at_most, point = at_most.plus(channel, parts), then
    return following, at_most


def _would_ride_on(invitation: Invitation, step: Step, point: ContactPoint) -> Hashable:
    """What the messages have in common that would go out as one; None for one that goes alone."""
    due = invitation.next_due_at
    if due is None or template_for(invitation.campaign, step, CARRIES[point.channel]) not in SEVERAL:
        return None
    return invitation.person_id, step, point.value, london_date(due)


def year_of_texts(on: date) -> date:
    """The first of April with which Notify's year of free texts began."""
    return date(on.year if on.month >= _APRIL else on.year - 1, _APRIL, 1)


def parts_this_year(session: Session, *, now: datetime) -> int:
    """Parts of texts that Notify took for Engage since April, all campaigns together."""
    since = london_moment(year_of_texts(london_date(now)), time.min)
    taken = select(func.sum(Attempt.cost_parts)).where(Attempt.notify_id.is_not(None), Attempt.started_at >= since)
    return session.scalar(taken) or 0
