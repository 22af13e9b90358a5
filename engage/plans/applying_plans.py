"""Applying what a case system says of plans: that one was issued, reviewed, ceased or cancelled, and each correction."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from engage.people.holds import place_hold
from engage.people.models import Child, HoldReason
from engage.people.vocabulary.ehcp import CeaseReason, PlanStatus
from engage.plans.askable import OVERDUE, review_event
from engage.plans.changes import Import, amend
from engage.plans.models import EhcPlan, PlanEvent, PlanEventKind, PlanState
from engage.plans.reading import ChildRecord, PlanPart, PlanRecord, ReviewPart

ISSUE = "issue"
DID_NOT_HAPPEN = "did_not_happen"
SAME_REVIEW = timedelta(weeks=8)
"""Two meetings on record closer than this are one review whose day was corrected: even for under-fives reviews are
three months apart (SEND Code of Practice 9.178)."""

Happened = tuple[date, str | None, str | None]
"""When an event counts as having happened, its outcome, and the phase transfer it belongs to."""


class PlansOnRecord:
    """The plans of one batch's children, as the database has them, and changed to what the file says."""

    def __init__(self, importing: Import, children: Iterable[Child]) -> None:
        self.importing, self.changes = importing, importing.changes
        self._died: list[Child] = []
        on_record = {child.id: child.source_ref for child in children}
        plans = select(EhcPlan).where(EhcPlan.child_id.in_(on_record)).options(selectinload(EhcPlan.events))
        self.plans: dict[str, dict[str, EhcPlan]] = {}
        for plan in importing.session.scalars(plans):
            self.plans.setdefault(on_record[plan.child_id], {})[plan.source_ref] = plan

    def follow(self, child: Child, record: ChildRecord) -> None:
        """Every plan of one child, and what happened to it."""
        refs = {each.plan.ref for each in record.plans}
        for each in record.plans:
            plan, moved = self._plan(child, each.plan, refs)
            if plan.cease_reason is CeaseReason.DECEASED:
                self._died.append(child)
            self._issue(plan, each.plan, moved)
            for review in each.reviews:
                self._review(plan, review, each, moved)

    def _plan(self, child: Child, part: PlanPart, refs: set[str]) -> tuple[EhcPlan, bool]:
        """The plan, and whether it changed in what its events depend on."""
        plans = self.plans.setdefault(child.source_ref, {})
        plan = plans.pop(part.ref, None) or _nameless(plans, part, refs)
        if plan is None:
            plan = EhcPlan(child=child, source_ref=part.ref, state=PlanState.ACTIVE, transferred_in=False)
            self._amend(plan, part, child.source_ref)
            self.importing.session.add(plan)
            self.changes.note(self.changes.added, "plans")
            return plan, False
        plans[part.ref], was = plan, plan.state
        moved = self._amend(plan, part, child.source_ref)
        if moved:
            ended = plan.state is not was and plan.state is not PlanState.ACTIVE
            self.changes.note(self.changes.withdrawn if ended else self.changes.changed, "plans")
        return plan, moved

    def _amend(self, plan: EhcPlan, part: PlanPart, child_ref: str) -> bool:
        cancelled = True if part.status is PlanStatus.CANCELLED else None
        told = self.importing.told(
            child_ref,
            {
                "cancelled": ("planstatus", cancelled),
                "transferred_in": ("transferredin", part.transferred_in or None),
                "ceased_on": ("ceasedate", part.ceased_on),
                "cease_reason": ("ceasereason", part.cease_reason),
            },
            blank={"cancelled": False, "transferred_in": False},
        )
        if told.pop("cancelled", plan.state is PlanState.CANCELLED):
            state = PlanState.CANCELLED
        else:
            state = PlanState.CEASED if told.get("ceased_on", plan.ceased_on) else PlanState.ACTIVE
        return amend(plan, told | {"source_ref": part.ref, "started_on": part.issued_on, "state": state})

    def hold_those_who_died(self) -> None:
        """Nobody is asked about a child who has died until a person has looked. The batch must have been flushed."""
        importing = self.importing
        for child in self._died:
            place_hold(importing.session, child, HoldReason.BEREAVEMENT, by=importing.by, now=importing.now)
            self.changes.children.add(child.id)

    def _issue(self, plan: EhcPlan, part: PlanPart, moved: bool) -> None:
        happened = None if plan.transferred_in else (part.issued_on, None, None)
        event = next((event for event in plan.events if event.kind is PlanEventKind.PLAN_ISSUED), None)
        self._event(plan, event, PlanEventKind.PLAN_ISSUED, ISSUE, happened, moved)

    def _review(self, plan: EhcPlan, part: ReviewPart, record: PlanRecord, moved: bool) -> None:
        finished = review_event(part, today=self.importing.today)
        event, ref = _event_of(plan, part, record), part.met_on.isoformat()
        happened: Happened | None = (*finished, "Y" if part.phase_transfer else None) if finished else None
        if event is not None and self._may_lack_its_decision(plan, finished):
            happened, ref = _as_it_stands(event), event.source_ref
        self._event(plan, event, PlanEventKind.ANNUAL_REVIEW, ref, happened, moved)

    def _may_lack_its_decision(self, plan: EhcPlan, finished: tuple[date, str] | None) -> bool:
        decided = finished is not None and finished[1] != OVERDUE
        whole = self.importing.tells_all(plan.child.source_ref)
        return not decided and not (
            whole and self.importing.has("reviewoutcome", "reviewoutcomedate", "reviewfinaldate")
        )

    def _event(
        self,
        plan: EhcPlan,
        event: PlanEvent | None,
        kind: PlanEventKind,
        ref: str,
        happened: Happened | None,
        plan_moved: bool,
    ) -> None:
        """Make, correct, withdraw or bring back one event. `happened` is None when it did not, or not yet."""
        if plan.state is PlanState.CANCELLED:
            happened = None
        if event is None and happened is None:
            return
        if event is None:
            event = PlanEvent(kind=kind, recorded_at=self.importing.now)
            plan.events.append(event)
            self.changes.note(self.changes.added, kind.value)
            self.changes.events.append(event)
            self._amend_event(event, ref, happened)
            return
        came_back = happened is not None and event.withdrawn_at is not None
        if happened is None and event.withdrawn_at is None:
            event.withdrawn_at = self.importing.now
            event.withdrawn_because = "plan_cancelled" if plan.state is PlanState.CANCELLED else DID_NOT_HAPPEN
            self.changes.note(self.changes.withdrawn, kind.value)
        elif self._amend_event(event, ref, happened) or came_back:
            self.changes.note(self.changes.changed, kind.value)
        elif not plan_moved:
            return
        self.changes.events.append(event)
        self.changes.corrected_events.append(event)

    @staticmethod
    def _amend_event(event: PlanEvent, ref: str, happened: Happened | None) -> bool:
        if happened is None:
            return False
        happened_on, outcome, phase = happened
        event.withdrawn_at = event.withdrawn_because = None
        values = {"source_ref": ref, "happened_on": happened_on, "outcome": outcome, "phase_transfer": phase}
        return amend(event, values)


def _nameless(plans: dict[str, EhcPlan], part: PlanPart, refs: set[str]) -> EhcPlan | None:
    """The same plan under another name: a council that begins to give plans references of their own issues none anew."""
    same = (ref for ref, plan in plans.items() if ref not in refs and plan.started_on == part.issued_on)
    ref = next(same, None)
    return plans.pop(ref) if ref is not None else None


def _as_it_stands(event: PlanEvent) -> Happened | None:
    if event.withdrawn_because == DID_NOT_HAPPEN:
        return None
    return event.happened_on, event.outcome, event.phase_transfer


def _event_of(plan: EhcPlan, part: ReviewPart, record: PlanRecord) -> PlanEvent | None:
    """This review's event: the one of its day, or of a day near by that the file no longer knows."""
    reviews = {event.source_ref: event for event in plan.events if event.kind is PlanEventKind.ANNUAL_REVIEW}
    exact = reviews.get(part.met_on.isoformat())
    if exact is not None:
        return exact
    told = {review.met_on.isoformat() for review in record.reviews}
    near = (
        event
        for ref, event in reviews.items()
        if ref not in told and abs(date.fromisoformat(ref) - part.met_on) < SAME_REVIEW
    )
    return next(near, None)
