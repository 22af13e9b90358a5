"""What planning a campaign's invitations would come to, worked out without changing anything."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import ladder
from engage.campaigns.asking import settings_of
from engage.campaigns.eligibility import respondents
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import Campaign, Invitation, Step
from engage.campaigns.planning import askable_events, settled
from engage.core.clock import london_date
from engage.people.contactability import HOLD_POLICY, HoldPolicy, standing_hold, usable
from engage.people.mailboxes import Mailboxes
from engage.people.models import (
    Channel,
    Child,
    ContactPoint,
    HoldReason,
    ParentCarer,
    Person,
    Relationship,
    RoleMailbox,
)
from engage.plans.askable import why_not_askable
from engage.plans.models import EhcPlan, PlanEvent


@dataclass(frozen=True)
class Outlook:
    """What a campaign would do from now on with the events in its sight, and why it would leave people out."""

    asked_on: Mapping[date, int]
    """People newly to be asked, by the day of their first message."""
    no_message_possible: int
    """Of those, how many no message can reach, and so must be rung."""
    on_hold: int
    not_asked: Mapping[str, int]
    """People, or events without any, by reason code."""
    letters: int = 0
    """Of those asked, how many get a letter first, for they have neither email nor mobile."""

    in_dispute: int = 0
    """Of those asked, how many get one gentle message and no more, for their complaint or appeal is open."""

    @property
    def people(self) -> int:
        """How many would be asked."""
        return sum(self.asked_on.values())


@dataclass(frozen=True)
class First:
    """One person who would be newly asked, about which event, and when and how first."""

    event: PlanEvent
    person: Person
    at: datetime
    point: ContactPoint | None
    """Where the first message goes; None when nothing can carry one, and so they must be rung."""
    held_because: HoldReason | None
    """A hold in force. In a dispute they are asked all the same, once and gently; any other makes them wait."""

    @property
    def waits(self) -> bool:
        return self.held_because is not None and not self.in_dispute

    @property
    def in_dispute(self) -> bool:
        is_gentle = self.held_because is not None and HOLD_POLICY[self.held_because] is HoldPolicy.ONE_GENTLE_MESSAGE
        return is_gentle and not isinstance(self.person, RoleMailbox)


def first_messages(session: Session, campaign: Campaign, *, now: datetime, letters: bool = False) -> list[First]:
    """Everybody whom this campaign would newly ask, whoever is first before the others. Nothing is changed."""
    found = [
        _first(event, person, settings_of(campaign), now, letters=letters)
        for event, person, reason in _candidates(session, campaign, now)
        if person is not None and reason is None
    ]
    return sorted(found, key=lambda first: (first.waits, first.at, first.event.id, first.person.id))


def _first(event: PlanEvent, person: Person, settings: LadderSettings, now: datetime, *, letters: bool) -> First:
    hold = standing_hold([*person.holds, *event.plan.child.holds])
    point = ladder.channel_for(
        Step.INVITATION, usable(person.contact_points), last_used=None, letters=letters and settings.letters
    )
    at = ladder.first_due(event.happened_on, settings, now=now)
    return First(event, person, at, point, hold.reason if hold else None)


def outlook(session: Session, campaign: Campaign, *, now: datetime, letters: bool = False) -> Outlook:
    """What planning this campaign's invitations now would come to, where the council sends `letters` or not. Nothing is
    changed; whoever has an invitation of the
    same survey about the same event is passed over, as planning would."""
    settings = settings_of(campaign)
    asked_on: Counter[date] = Counter()
    not_asked: Counter[str] = Counter()
    no_message = on_hold = first_letters = in_dispute = 0
    for event, parent, reason in _candidates(session, campaign, now):
        if parent is None or reason is not None:
            not_asked[reason or "nobody_on_record"] += 1
            continue
        first = _first(event, parent, settings, now, letters=letters)
        if first.waits or (first.in_dispute and first.point is None):
            on_hold += 1
            continue
        asked_on[london_date(first.at)] += 1
        in_dispute += first.in_dispute
        no_message += first.point is None
        first_letters += first.point is not None and first.point.channel is Channel.POST
    return Outlook(
        dict(sorted(asked_on.items())),
        no_message,
        on_hold,
        dict(not_asked.most_common()),
        first_letters,
        in_dispute,
    )


def _candidates(
    session: Session, campaign: Campaign, now: datetime
) -> Iterator[tuple[PlanEvent, Person | None, str | None]]:
    """Each event in sight with each person who has no invitation about it, and the reason against them."""
    in_sight = askable_events(campaign, now=now)
    child, mailboxes = selectinload(PlanEvent.plan).selectinload(EhcPlan.child), Mailboxes(session)
    parents = child.selectinload(Child.relationships).selectinload(Relationship.parent_carer)
    events = session.scalars(
        select(PlanEvent)
        .where(in_sight)
        .options(
            child.selectinload(Child.holds),
            parents.selectinload(ParentCarer.holds),
            parents.selectinload(ParentCarer.contact_points),
        )
    ).all()
    invited = _invited(session, campaign, in_sight)
    done = settled(session, campaign, in_sight)
    for event in events:
        if event.id in done:
            continue
        over = why_not_askable(event)
        standings = respondents(event.plan.child, campaign.audience, on=london_date(now), mailboxes=mailboxes)
        if over is not None or not standings:
            yield event, None, over
            continue
        for standing in standings:
            if (event.id, standing.person.id) not in invited:
                yield event, standing.person, standing.not_asked


def _invited(session: Session, campaign: Campaign, in_sight: ColumnElement[bool]) -> set[tuple[int, int]]:
    pairs = (
        select(Invitation.plan_event_id, Invitation.person_id)
        .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
        .where(Invitation.survey == campaign.survey, in_sight)
    )
    return {(event_id, person_id) for event_id, person_id in session.execute(pairs)}
