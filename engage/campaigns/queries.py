"""Whether a campaign works: how far families came, and what did not arrive."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import gate
from engage.campaigns.asking import MESSAGE_PURPOSE
from engage.campaigns.models import (
    CallAttempt,
    Campaign,
    CampaignState,
    Invitation,
    InvitationState,
    LadderContact,
    Step,
)
from engage.campaigns.professionals import BY_MAILBOX
from engage.core.batches import batches
from engage.core.clock import london_date, london_moment
from engage.core.errors import NotFound
from engage.notify.models import Message, MessageState
from engage.people.models import Channel, Child, ContactPoint, ContactState
from engage.people.vocabulary.ages import left_school_age_if_born_by
from engage.plans.models import EhcPlan, PlanEvent
from engage.surveys.definition import Audience

NOT_ARRIVED = (MessageState.UNDELIVERED, MessageState.FAILED)
MONDAY = 0


def campaigns(session: Session) -> Sequence[Campaign]:
    """Every campaign, those that ask first, each group the newest first."""
    order = [CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DRAFT, CampaignState.ENDED]
    found = session.scalars(select(Campaign).order_by(Campaign.id.desc())).all()
    return sorted(found, key=lambda campaign: order.index(campaign.state))


def campaign(session: Session, campaign_id: int) -> Campaign:
    """One campaign; `NotFound` when there is none."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


@dataclass(frozen=True)
class Funnel:
    """How far a campaign has come, each a count of plan events: the first is the base of all the others."""

    eligible: int
    """Events of the campaign's kind since its first day, withdrawn ones left out."""
    asked: int
    delivered: int
    """At least one message is known to have arrived."""
    answered: int
    phoned: int
    closed: int
    """Nobody is being asked any more, and nobody answered."""


def funnel(session: Session, campaign: Campaign, *, now: datetime) -> Funnel:
    """How far the events that a campaign asks about have come; two parents of one child count once. A survey for young
    people is asked about those who are past school age alone."""

    def events(*conditions: ColumnElement[bool]) -> int:
        counted = select(func.count(Invitation.plan_event_id.distinct())).where(
            Invitation.campaign_id == campaign.id, *conditions
        )
        return session.scalar(counted) or 0

    answered = Invitation.state == InvitationState.ANSWERED
    arrived = exists().where(
        LadderContact.invitation_id == Invitation.id,
        LadderContact.message_id == Message.id,
        LadderContact.left_out_because.is_(None),
        Message.state == MessageState.DELIVERED,
    )
    goes_on = (
        select(Invitation.plan_event_id)
        .where(Invitation.campaign_id == campaign.id, Invitation.state.in_([*gate.OPEN, InvitationState.ANSWERED]))
        .scalar_subquery()
    )
    return Funnel(
        eligible=_eligible(session, campaign, now),
        asked=events(Invitation.first_asked_at.is_not(None), Invitation.state != InvitationState.WITHDRAWN),
        delivered=events(arrived, Invitation.state != InvitationState.WITHDRAWN),
        answered=events(answered),
        phoned=events(exists().where(CallAttempt.invitation_id == Invitation.id)),
        closed=events(Invitation.state == InvitationState.CLOSED, Invitation.plan_event_id.not_in(goes_on)),
    )


def _eligible(session: Session, campaign: Campaign, now: datetime) -> int:
    counted = select(func.count(PlanEvent.id)).where(
        PlanEvent.kind == campaign.event_kind,
        PlanEvent.withdrawn_at.is_(None),
        PlanEvent.happened_on >= campaign.asks_from,
    )
    if campaign.audience is Audience.YOUNG_PERSON:
        past_school_age = Child.born_on <= left_school_age_if_born_by(london_date(now))
        counted = counted.join(PlanEvent.plan).join(EhcPlan.child).where(past_school_age)
    return session.scalar(counted) or 0


def closed_because(session: Session, campaign: Campaign) -> dict[str, int]:
    """How many invitations ended without an answer, by the code of the reason, the commonest first."""
    counted = (
        select(Invitation.close_reason, func.count())
        .where(Invitation.campaign_id == campaign.id, Invitation.close_reason.is_not(None))
        .where(Invitation.state != InvitationState.ANSWERED)
        .group_by(Invitation.close_reason)
        .order_by(func.count().desc())
    )
    return {str(reason): number for reason, number in session.execute(counted)}


def monday_of(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday() - MONDAY)


def start_of_week(now: datetime) -> datetime:
    """When this week began in England."""
    return london_moment(monday_of(london_date(now)), time.min)


def answers_by_week(session: Session, campaign: Campaign, *, now: datetime, weeks: int = 8) -> list[tuple[date, int]]:
    """How many answered in each of the last weeks, by its Monday, the oldest first; the last is this week so far."""
    this = monday_of(london_date(now))
    mondays = [this - timedelta(weeks=back) for back in reversed(range(weeks))]
    moments = session.scalars(
        select(Invitation.answered_at).where(
            Invitation.campaign_id == campaign.id, Invitation.answered_at >= london_moment(mondays[0], time.min)
        )
    )
    counted = Counter(monday_of(london_date(at)) for at in moments if at is not None)
    return [(monday, counted[monday]) for monday in mondays]


def answered_since(session: Session, since: datetime) -> int:
    """How many invitations were answered from a moment on, in all campaigns."""
    return session.scalar(select(func.count()).where(Invitation.answered_at >= since)) or 0


def invitations_about(session: Session, child_id: int) -> Sequence[Invitation]:
    """Every invitation about a child, or to the child, the newest event first."""
    return session.scalars(
        select(Invitation)
        .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
        .join(EhcPlan, EhcPlan.id == PlanEvent.plan_id)
        .where(or_(EhcPlan.child_id == child_id, Invitation.person_id == child_id))
        .order_by(PlanEvent.happened_on.desc(), Invitation.id.desc())
        .options(
            selectinload(Invitation.contacts).selectinload(LadderContact.message).selectinload(Message.attempts),
            selectinload(Invitation.calls),
        )
    ).all()


def contact(session: Session, contact_id: int) -> LadderContact:
    """One contact that was a message; `NotFound` when there is none."""
    found = session.get(LadderContact, contact_id)
    if found is None or found.message is None:
        raise NotFound("There is no such message.")
    return found


def carried_by(session: Session, contacts: Iterable[LadderContact]) -> dict[int, Sequence[LadderContact]]:
    """For each of their messages, by its number, all that it carries, those left out of it included."""
    ids = {contact.message_id for contact in contacts if contact.message_id is not None}
    found: dict[int, list[LadderContact]] = defaultdict(list)
    for batch in batches(sorted(ids)):
        carried = select(LadderContact).where(LadderContact.message_id.in_(batch)).order_by(LadderContact.id)
        for contact in session.scalars(carried):
            found[contact.message_id or 0].append(contact)
    return dict(found)


def not_arrived(session: Session, since: datetime) -> Sequence[LadderContact]:
    """Survey messages that could not be delivered from a moment on, the latest first, each by the first of its contacts."""
    first = select(func.min(LadderContact.id)).where(LadderContact.message_id.is_not(None))
    return session.scalars(
        select(LadderContact)
        .join(Message, Message.id == LadderContact.message_id)
        .where(_failed_since(since), LadderContact.id.in_(first.group_by(LadderContact.message_id)))
        .order_by(LadderContact.id.desc())
        .options(selectinload(LadderContact.message).selectinload(Message.attempts))
    ).all()


def not_arrived_count(session: Session, since: datetime) -> int:
    """How many survey messages could not be delivered from a moment on."""
    return session.scalar(select(func.count(Message.id)).where(_failed_since(since))) or 0


def _failed_since(since: datetime) -> ColumnElement[bool]:
    return and_(
        Message.purpose == MESSAGE_PURPOSE,
        Message.state.in_(NOT_ARRIVED),
        func.coalesce(Message.claimed_at, Message.due_at) >= since,
    )


def out_of_reach(session: Session, *, letters: bool = False) -> Sequence[Invitation]:
    """Open invitations of families for whom no address or number works any more, the longest waiting first. A postal
    address counts where the council sends letters."""
    return session.scalars(
        select(Invitation)
        .where(_out_of_reach(letters))
        .order_by(Invitation.created_at, Invitation.id)
        .options(selectinload(Invitation.person), selectinload(Invitation.plan_event).selectinload(PlanEvent.plan))
    ).all()


def out_of_reach_count(session: Session, *, letters: bool = False) -> int:
    """How many open invitations nobody can be reached about."""
    return session.scalar(select(func.count(Invitation.id)).where(_out_of_reach(letters))) or 0


def _out_of_reach(letters: bool) -> ColumnElement[bool]:
    works = exists().where(
        ContactPoint.person_id == Invitation.person_id,
        ContactPoint.state == ContactState.USABLE,
        ContactPoint.channel.in_(set(Channel) - (set() if letters else {Channel.POST})),
    )
    by_mailbox = select(Campaign.id).where(Campaign.audience.in_(BY_MAILBOX))
    return and_(Invitation.state.in_(gate.OPEN), Invitation.campaign_id.not_in(by_mailbox), ~works)


@dataclass(frozen=True)
class Rung:
    """What one step of the ladder has done so far."""

    taken: int
    brought: int
    """Answers that came by the link or the call of this step."""


def rungs(session: Session, campaign: Campaign) -> dict[Step, Rung]:
    """What each step has done; a step not taken yet is not in it."""
    counted = (
        select(LadderContact.step, func.count(), func.count(LadderContact.brought_answer_at))
        .join(Invitation, Invitation.id == LadderContact.invitation_id)
        .where(Invitation.campaign_id == campaign.id)
        .group_by(LadderContact.step)
    )
    return {step: Rung(taken, brought) for step, taken, brought in session.execute(counted)}
