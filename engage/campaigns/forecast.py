"""What planning a campaign's invitations would come to, worked out without changing anything."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import ladder
from engage.campaigns.asking import settings_of
from engage.campaigns.models import Campaign, Invitation, Step
from engage.campaigns.planning import askable_events
from engage.core.clock import london_date
from engage.people.contactability import parent_carers_of, standing_hold, usable
from engage.people.models import Channel, Child, ParentCarer, Relationship
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

    @property
    def people(self) -> int:
        """How many would be asked."""
        return sum(self.asked_on.values())


def outlook(session: Session, campaign: Campaign, *, now: datetime, letters: bool = False) -> Outlook:
    """What planning this campaign's invitations now would come to, where the council sends `letters` or not. Nothing is
    changed; whoever has an invitation of the
    same survey about the same event is passed over, as planning would."""
    settings = settings_of(campaign)
    asked_on: Counter[date] = Counter()
    not_asked: Counter[str] = Counter()
    no_message = on_hold = first_letters = 0
    letters = letters and settings.letters
    for event, parent, reason in _candidates(session, campaign, now):
        if parent is None or reason is not None:
            not_asked[reason or "nobody_on_record"] += 1
        elif standing_hold([*parent.holds, *event.plan.child.holds]):
            on_hold += 1
        else:
            asked_on[london_date(ladder.first_due(event.happened_on, settings, now=now))] += 1
            works = usable(parent.contact_points)
            point = ladder.channel_for(Step.INVITATION, works, last_used=None, letters=letters)
            no_message += point is None
            first_letters += point is not None and point.channel is Channel.POST
    return Outlook(dict(sorted(asked_on.items())), no_message, on_hold, dict(not_asked.most_common()), first_letters)


def _candidates(
    session: Session, campaign: Campaign, now: datetime
) -> Iterator[tuple[PlanEvent, ParentCarer | None, str | None]]:
    """Each event in sight with each parent carer who has no invitation about it, and the reason against them."""
    in_sight = askable_events(campaign, now=now)
    child = selectinload(PlanEvent.plan).selectinload(EhcPlan.child)
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
    for event in events:
        over = why_not_askable(event)
        standings = parent_carers_of(event.plan.child, on=london_date(now))
        if over is not None or not standings:
            yield event, None, over
            continue
        for standing in standings:
            if (event.id, standing.person.id) not in invited:
                yield event, standing.person, standing.not_asked  # type: ignore[misc]  # parent carers are all it holds


def _invited(session: Session, campaign: Campaign, in_sight: ColumnElement[bool]) -> set[tuple[int, int]]:
    pairs = (
        select(Invitation.plan_event_id, Invitation.person_id)
        .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
        .where(Invitation.survey == campaign.survey, in_sight)
    )
    return {(event_id, person_id) for event_id, person_id in session.execute(pairs)}
