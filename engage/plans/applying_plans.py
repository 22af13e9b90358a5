"""Applying what a case system says of plans: that one was issued, reviewed, ceased or cancelled, and each correction."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from operator import itemgetter

from sqlalchemy import select

from engage.core.bulk import Row, Rows
from engage.people.holds import place_hold
from engage.people.models import Child, HoldReason
from engage.people.vocabulary.ehcp import CeaseReason, PlanStatus
from engage.plans.askable import OVERDUE, review_event
from engage.plans.changes import Import
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

    def __init__(self, importing: Import, children: Iterable[Row]) -> None:
        self.importing, self.changes = importing, importing.changes
        self.plans, self.events = Rows(importing.session, EhcPlan), Rows(importing.session, PlanEvent)
        self._died: set[int] = set()
        self._plans_of: defaultdict[int, dict[str, Row]] = defaultdict(dict)
        self._events_of: defaultdict[int, list[Row]] = defaultdict(list)
        plans = self.plans.find("child_id", [child["id"] for child in children])
        for plan in plans:
            self._plans_of[plan["child_id"]][plan["source_ref"]] = plan
        events = self.events.find("plan_id", [plan["id"] for plan in plans])
        for event in sorted(events, key=itemgetter("happened_on")):
            self._events_of[event["plan_id"]].append(event)

    def follow(self, child: Row, record: ChildRecord) -> None:
        """Every plan of one child, and what happened to it."""
        refs = {each.plan.ref for each in record.plans}
        for each in record.plans:
            plan, moved = self._plan(child, each.plan, refs)
            if plan["cease_reason"] is CeaseReason.DECEASED:
                self._died.add(child["id"])
            self._issue(plan, each.plan, moved)
            for review in each.reviews:
                self._review(child, plan, review, each, moved)

    def write(self) -> None:
        """Put it all on record; the children must be there."""
        self.plans.write()
        self.events.write()

    def _plan(self, child: Row, part: PlanPart, refs: set[str]) -> tuple[Row, bool]:
        """The plan, and whether it changed in what its events depend on."""
        plans = self._plans_of[child["id"]]
        plan = plans.pop(part.ref, None) or _nameless(plans, part, refs)
        if plan is None:
            plan = self.plans.add(child_id=child["id"], source_ref=part.ref)
            self._amend(plan, part, child["source_ref"])
            self.changes.note(self.changes.added, "plans")
            return plan, False
        plans[part.ref], was = plan, plan["state"]
        moved = self._amend(plan, part, child["source_ref"])
        if moved:
            ended = plan["state"] is not was and plan["state"] is not PlanState.ACTIVE
            self.changes.note(self.changes.withdrawn if ended else self.changes.changed, "plans")
        return plan, moved

    def _amend(self, plan: Row, part: PlanPart, child_ref: str) -> bool:
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
        if told.pop("cancelled", plan["state"] is PlanState.CANCELLED):
            state = PlanState.CANCELLED
        else:
            state = PlanState.CEASED if told.get("ceased_on", plan["ceased_on"]) else PlanState.ACTIVE
        return self.plans.amend(plan, **told, source_ref=part.ref, started_on=part.issued_on, state=state)

    def hold_those_who_died(self) -> None:
        """Nobody is asked about a child who has died until a person has looked. The batch must have been written."""
        importing = self.importing
        for child in importing.session.scalars(select(Child).where(Child.id.in_(self._died)).order_by(Child.id)):
            place_hold(importing.session, child, HoldReason.BEREAVEMENT, by=importing.by, now=importing.now)
        self.changes.children |= self._died

    def _issue(self, plan: Row, part: PlanPart, moved: bool) -> None:
        happened = None if plan["transferred_in"] else (part.issued_on, None, None)
        issued = (event for event in self._events_of[plan["id"]] if event["kind"] is PlanEventKind.PLAN_ISSUED)
        self._event(plan, next(issued, None), PlanEventKind.PLAN_ISSUED, ISSUE, happened, moved)

    def _review(self, child: Row, plan: Row, part: ReviewPart, record: PlanRecord, moved: bool) -> None:
        finished = review_event(part, today=self.importing.today)
        event, ref = _event_of(self._events_of[plan["id"]], part, record), part.met_on.isoformat()
        happened: Happened | None = (*finished, "Y" if part.phase_transfer else None) if finished else None
        if event is not None and self._may_lack_its_decision(child["source_ref"], finished):
            happened, ref = _as_it_stands(event), event["source_ref"]
        self._event(plan, event, PlanEventKind.ANNUAL_REVIEW, ref, happened, moved)

    def _may_lack_its_decision(self, child_ref: str, finished: tuple[date, str] | None) -> bool:
        decided = finished is not None and finished[1] != OVERDUE
        whole = self.importing.tells_all(child_ref)
        return not decided and not (
            whole and self.importing.has("reviewoutcome", "reviewoutcomedate", "reviewfinaldate")
        )

    def _event(
        self, plan: Row, event: Row | None, kind: PlanEventKind, ref: str, happened: Happened | None, plan_moved: bool
    ) -> None:
        """Make, correct, withdraw or bring back one event. `happened` is None when it did not, or not yet."""
        is_cancelled, now = plan["state"] is PlanState.CANCELLED, self.importing.now
        told = None if happened is None or is_cancelled else _as_told(ref, happened)
        if event is None:
            if told is not None:
                event = self.events.add(plan_id=plan["id"], kind=kind, recorded_at=now, **told)
                self.changes.note(self.changes.added, kind.value)
                self.changes.events.append(event["id"])
            return
        if told is not None:
            if self.events.amend(event, **told):
                self.changes.note(self.changes.changed, kind.value)
            elif not plan_moved:
                return
        elif event["withdrawn_at"] is None:
            because = "plan_cancelled" if is_cancelled else DID_NOT_HAPPEN
            self.events.amend(event, withdrawn_at=now, withdrawn_because=because)
            self.changes.note(self.changes.withdrawn, kind.value)
        elif not plan_moved:
            return
        self.changes.events.append(event["id"])
        self.changes.corrected_events.append(event["id"])


def _as_told(ref: str, happened: Happened) -> Row:
    """An event as the file has it."""
    happened_on, outcome, phase = happened
    return {
        "source_ref": ref,
        "happened_on": happened_on,
        "outcome": outcome,
        "phase_transfer": phase,
        "withdrawn_at": None,
        "withdrawn_because": None,
    }


def _nameless(plans: dict[str, Row], part: PlanPart, refs: set[str]) -> Row | None:
    """The same plan under another name: a council that begins to give plans references of their own issues none anew."""
    same = (ref for ref, plan in plans.items() if ref not in refs and plan["started_on"] == part.issued_on)
    ref = next(same, None)
    return plans.pop(ref) if ref is not None else None


def _as_it_stands(event: Row) -> Happened | None:
    if event["withdrawn_because"] == DID_NOT_HAPPEN:
        return None
    return event["happened_on"], event["outcome"], event["phase_transfer"]


def _event_of(events: Iterable[Row], part: ReviewPart, record: PlanRecord) -> Row | None:
    """This review's event: the one of its day, or of a day near by that the file no longer knows."""
    reviews = {event["source_ref"]: event for event in events if event["kind"] is PlanEventKind.ANNUAL_REVIEW}
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
