"""What became of every plan event that a survey asks about: one line an event, with no name and no answer in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, exists, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns.asking import settings_of
from engage.campaigns.eligibility import respondents
from engage.campaigns.models import (
    Campaign,
    CampaignState,
    CloseReason,
    Invitation,
    InvitationState,
    LadderContact,
    Step,
)
from engage.core.clock import london_date
from engage.people.contactability import NotAsked
from engage.people.mailboxes import Mailboxes
from engage.people.models import Channel, Child, ContactPoint, Relationship
from engage.plans.askable import why_not_askable
from engage.plans.models import EhcPlan, PlanEvent, PlanEventKind
from engage.surveys.models import Completeness, Mode, Response
from reports.columns import Disposition
from reports.rates import ANSWERED

BEST_FIRST = (
    Disposition.COMPLETE,
    Disposition.PARTIAL,
    Disposition.PENDING,
    Disposition.BREAKOFF,
    Disposition.REFUSED,
    Disposition.NO_RESPONSE,
    Disposition.UNDELIVERABLE,
    Disposition.NO_CONTACT_DETAILS,
    Disposition.HELD,
    Disposition.INELIGIBLE,
)
"""An event has one disposition, the best among the parents who were asked about it."""

_OF_AN_ANSWER = {
    Completeness.COMPLETE: Disposition.COMPLETE,
    Completeness.PARTIAL: Disposition.PARTIAL,
    Completeness.BREAK_OFF: Disposition.BREAKOFF,
}
_OF_AN_END = {
    CloseReason.OPTED_OUT: Disposition.REFUSED,
    CloseReason.NOT_FOR_ME: Disposition.REFUSED,
    CloseReason.REFUSED_ON_PHONE: Disposition.REFUSED,
    CloseReason.PLAN_WITHDRAWN: Disposition.INELIGIBLE,
}
NO_WAY_THERE = frozenset({NotAsked.NO_MAILBOX.value, NotAsked.MAILBOX_NOT_WORKING.value})
"""A professional who could not be asked because the list lacks a mailbox that works stays in the base."""
_MODES_BY_STEP = {Step.CALL: Mode.PHONE}


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one event, or of one parent's invitation about it."""

    disposition: Disposition
    because: str = ""
    """For an event left out of the rate: the code of the reason."""
    mode: str = ""
    channel: str = ""
    wave: str = ""
    late: bool = False
    """An answer came after asking had closed: it is kept, and is not in the rate."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One plan event with what became of it, and the child's two codes that groups are made of."""

    happened_on: date
    became: Became
    ethnicity: str | None
    first_language: str | None


def case_events(
    session: Session,
    survey: str,
    kinds: Collection[str],
    *,
    first: date,
    last: date,
    local_authority: str,
    now: datetime,
) -> list[CaseEvent]:
    """Every event of these kinds from `first` to `last`, withdrawn ones left out: they did not happen.

    Two parents who were asked about one event are one line here.
    """
    wanted = and_(
        PlanEvent.kind.in_([PlanEventKind(kind) for kind in kinds]),
        PlanEvent.withdrawn_at.is_(None),
        PlanEvent.happened_on.between(first, last),
    )
    of_children = (
        select(PlanEvent.id, PlanEvent.happened_on, Child.ethnicity, Child.first_language)
        .join(EhcPlan, EhcPlan.id == PlanEvent.plan_id)
        .join(Child, Child.id == EhcPlan.child_id)
        .where(wanted, Child.local_authority == local_authority)
        .order_by(PlanEvent.happened_on, PlanEvent.id)
    )
    events = session.execute(of_children).all()
    became = _asked(session, survey, wanted)
    unasked = {event.id: event.happened_on for event in events if event.id not in became}
    became |= _never_asked(session, survey, wanted, unasked, now)
    return [CaseEvent(each.happened_on, became[each.id], each.ethnicity, each.first_language) for each in events]


def _asked(session: Session, survey: str, wanted: ColumnElement[bool]) -> dict[int, Became]:
    can_be_reached = exists().where(
        ContactPoint.person_id == Invitation.person_id, ContactPoint.channel != Channel.POST
    )
    rows = session.execute(
        select(
            Invitation.plan_event_id,
            Invitation.state,
            Invitation.close_reason,
            Invitation.waits_because,
            Invitation.first_asked_at,
            Invitation.answered_at,
            Invitation.closed_at,
            Invitation.response_id,
            Response.completeness,
            Response.mode,
            LadderContact.step,
            LadderContact.channel,
            can_be_reached.label("can_be_reached"),
        )
        .join(PlanEvent, PlanEvent.id == Invitation.plan_event_id)
        .outerjoin(Response, Response.id == Invitation.response_id)
        .outerjoin(
            LadderContact,
            and_(LadderContact.invitation_id == Invitation.id, LadderContact.brought_answer_at.is_not(None)),
        )
        .where(Invitation.survey == survey, wanted)
    )
    found: dict[int, list[Became]] = defaultdict(list)
    for row in rows:
        found[row.plan_event_id].append(_of_invitation(row))
    return {event: _best(each) for event, each in found.items()}


def _best(several: Iterable[Became]) -> Became:
    each = list(several)
    best = min(each, key=lambda became: BEST_FIRST.index(became.disposition))
    return replace(best, late=best.disposition not in ANSWERED and any(became.late for became in each))


def _of_invitation(row: Row[*tuple[object, ...]]) -> Became:
    if row.state is InvitationState.ANSWERED:
        return _of_answer(row)
    if row.state in (InvitationState.PLANNED, InvitationState.ASKING):
        on_hold = row.first_asked_at is None and (row.waits_because or "").startswith("hold_")
        return Became(Disposition.HELD, "held") if on_hold else Became(Disposition.PENDING)
    if row.close_reason in _OF_AN_END:
        because = "plan_ceased" if row.close_reason is CloseReason.PLAN_WITHDRAWN else ""
        return Became(_OF_AN_END[row.close_reason], because)
    if row.close_reason is CloseReason.NO_LONGER_NAMED and row.first_asked_at is None:
        return Became(Disposition.INELIGIBLE, NotAsked.NO_LONGER_NAMED.value)
    if row.close_reason is CloseReason.HELD and row.first_asked_at is None:
        return Became(Disposition.HELD, "held")
    if row.response_id is not None:  # begun, and never sent
        return Became(Disposition.BREAKOFF)
    if row.close_reason is CloseReason.NO_WORKING_CONTACT:
        return Became(Disposition.UNDELIVERABLE if row.can_be_reached else Disposition.NO_CONTACT_DETAILS)
    return Became(Disposition.NO_RESPONSE)


def _of_answer(row: Row[*tuple[object, ...]]) -> Became:
    if row.closed_at is not None and row.answered_at is not None and row.answered_at > row.closed_at:
        return Became(Disposition.NO_RESPONSE, late=True)
    # Without a pointer to the response (the family asked not to be linked) nobody can tell how far it went: an answer
    # that was sent counts as finished, and the contact says how it came.
    disposition = _OF_AN_ANSWER.get(row.completeness, Disposition.COMPLETE)
    mode = row.mode or _MODES_BY_STEP.get(row.step, Mode.LINK)
    return Became(disposition, mode=mode.value, channel=row.channel or "", wave=row.step.value if row.step else "")


def _never_asked(
    session: Session, survey: str, wanted: ColumnElement[bool], unasked: Mapping[int, date], now: datetime
) -> dict[int, Became]:
    campaigns = session.scalars(
        select(Campaign).where(Campaign.survey == survey, Campaign.state != CampaignState.DRAFT).order_by(Campaign.id)
    ).all()
    if not campaigns:
        return {event: Became(Disposition.INELIGIBLE, "no_campaign") for event in unasked}
    began = min(campaign.asks_from for campaign in campaigns)
    found = {event: Became(Disposition.INELIGIBLE, "before_the_campaign") for event in unasked}
    asked = exists().where(Invitation.plan_event_id == PlanEvent.id, Invitation.survey == survey)
    since = session.scalars(
        select(PlanEvent)
        .where(wanted, PlanEvent.happened_on >= began, ~asked)
        .options(
            selectinload(PlanEvent.plan)
            .selectinload(EhcPlan.child)
            .selectinload(Child.relationships)
            .selectinload(Relationship.parent_carer)
        )
    )
    mailboxes = Mailboxes(session)
    return found | {event.id: _why_never(event, campaigns, mailboxes, now) for event in since if event.id in unasked}


def _why_never(event: PlanEvent, campaigns: Sequence[Campaign], mailboxes: Mailboxes, now: datetime) -> Became:
    """Why nobody was asked, as it was while they could have been: a reason does not change because time went by."""
    over = why_not_askable(event)
    if over is not None:
        return Became(Disposition.INELIGIBLE, over)
    mine = [each for each in campaigns if each.event_kind is event.kind and each.asks_from <= event.happened_on]
    if not mine:
        return Became(Disposition.INELIGIBLE, "no_campaign")
    last_day = event.happened_on + timedelta(days=max(settings_of(each).stale_after_days for each in mine))
    standings = respondents(event.plan.child, mine[0].audience, on=min(last_day, london_date(now)), mailboxes=mailboxes)
    if not standings:
        return Became(Disposition.NO_CONTACT_DETAILS, "nobody_on_record")
    reasons = [standing.not_asked.value for standing in standings if standing.not_asked]
    if set(reasons) & NO_WAY_THERE:
        return Became(Disposition.NO_CONTACT_DETAILS, reasons[0])
    if len(reasons) == len(standings):
        return Became(Disposition.INELIGIBLE, reasons[0])
    if london_date(now) > last_day:  # we were told of it too late to ask: our own doing, so it stays in the base
        return Became(Disposition.NO_RESPONSE, "too_long_ago")
    still = any(campaign.state is not CampaignState.ENDED for campaign in mine)
    return Became(Disposition.PENDING) if still else Became(Disposition.INELIGIBLE, "no_campaign")
