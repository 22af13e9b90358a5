"""Applying what a case system says: children, parent carers, how to reach them, plans, and what happened to plans.

A file may come as often as it likes: what it repeats changes nothing, and what it corrects is corrected. A column the
file does not have is left as it was; a blank cell in a column it has takes the value away.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.people.holds import place_hold
from engage.people.models import Channel, Child, ContactPoint, ContactState, HoldReason, ParentCarer, Person, PersonKind
from engage.people.models import Relationship as Tie
from engage.people.vocabulary.ehcp import CeaseReason, PlanStatus
from engage.people.vocabulary.relationships import Relationship
from engage.plans.askable import review_event
from engage.plans.models import EhcPlan, PlanEvent, PlanEventKind, PlanState
from engage.plans.reading import ChildPart, ChildRecord, ContactPart, PlanPart, PlanRecord, Reading

BATCH = 400
ISSUE = "issue"
Progress = Callable[[int, int], None]


@dataclass
class Changes:
    """What a file would change, or has changed: counts by kind of thing, and the events whose asking must follow."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    events: list[PlanEvent] = field(default_factory=list)

    def note(self, tally: dict[str, int], thing: str) -> None:
        """Count one."""
        tally[thing] = tally.get(thing, 0) + 1

    @property
    def is_empty(self) -> bool:
        """Whether everything was as it is already."""
        return not (self.added or self.changed or self.withdrawn)


def apply(session: Session, reading: Reading, *, by: Actor, now: datetime, progress: Progress | None = None) -> Changes:
    """Bring the records up to a reading, in the caller's transaction."""
    applying = _Applying(session, reading.columns, by, now)
    done = 0
    for batch in _batches(reading.children):
        applying.load(batch)
        for record in batch:
            applying.child(record)
        session.flush()
        done += len(batch)
        if progress:
            progress(done, len(reading.children))
    return applying.changes


def _batches(records: Sequence[ChildRecord]) -> Iterator[Sequence[ChildRecord]]:
    for start in range(0, len(records), BATCH):
        yield records[start : start + BATCH]


class _Applying:
    """One file being applied; holds what the database has of the present batch."""

    def __init__(self, session: Session, columns: Collection[str], by: Actor, now: datetime) -> None:
        self.session, self.columns, self.by, self.now = session, columns, by, now
        self.today: date = london_date(now)
        self.changes = Changes()
        self.people: dict[tuple[PersonKind, str], Any] = {}
        self.plans: dict[int, dict[str, EhcPlan]] = {}

    def load(self, batch: Sequence[ChildRecord]) -> None:
        """Fetch everything the batch may touch, in a few queries."""
        children = [record.child.ref for record in batch]
        contacts = list({contact.ref for record in batch for contact in record.contacts if not _is_self(contact)})
        self.people = {}
        self.plans = {}
        for child in self.session.scalars(
            select(Child)
            .where(Child.kind == PersonKind.CHILD, Child.source_ref.in_(children))
            .options(selectinload(Child.relationships), selectinload(Child.contact_points))
        ):
            self.people[PersonKind.CHILD, child.source_ref] = child
            self.plans[child.id] = {}
        for carer in self.session.scalars(
            select(ParentCarer)
            .where(ParentCarer.kind == PersonKind.PARENT_CARER, ParentCarer.source_ref.in_(contacts))
            .options(selectinload(ParentCarer.contact_points))
        ):
            self.people[PersonKind.PARENT_CARER, carer.source_ref] = carer
        for plan in self.session.scalars(
            select(EhcPlan).where(EhcPlan.child_id.in_(list(self.plans))).options(selectinload(EhcPlan.events))
        ):
            self.plans[plan.child_id][plan.source_ref] = plan

    # -- people --------------------------------------------------------------------------------------------------

    def child(self, record: ChildRecord) -> None:
        """One child with contacts and plans."""
        part = record.child
        child = self.people.get((PersonKind.CHILD, part.ref))
        if child is None:
            child = Child(
                source_ref=part.ref, created_at=self.now, written_language="en", looked_after=False, **_always(part)
            )
            self._set(child, self._optional(part))
            self.session.add(child)
            self.session.flush()
            self.people[PersonKind.CHILD, part.ref] = child
            self.plans[child.id] = {}
            self.changes.note(self.changes.added, "children")
        elif self._set(child, _always(part) | self._optional(part)):
            self.changes.note(self.changes.changed, "children")
        for contact in record.contacts:
            self._contact(child, contact)
        for plan in record.plans:
            self._plan(child, plan)

    def _optional(self, part: ChildPart) -> dict[str, Any]:
        """The child's fields for which the file has a column."""
        needs = [need.value for need in part.sen_types] + [None, None]
        given = {
            "sex": ("sex", part.sex.value if part.sex else None),
            "ethnicity": ("ethnicity", part.ethnicity),
            "postcode": ("postcode", part.postcode),
            "upn": ("upn", part.upn),
            "uln": ("uniquelearnernumber", part.uln),
            "first_language": ("firstlanguage", part.first_language),
            "looked_after": ("lookedafter", bool(part.looked_after)),
            "sen_need": ("sentype1", needs[0]),
            "second_sen_need": ("sentype2", needs[1]),
            "setting_name": ("settingname", part.setting_name),
            "setting_urn": ("urn", part.urn),
        }
        return {name: value for name, (column, value) in given.items() if column in self.columns}

    def _contact(self, child: Child, part: ContactPart) -> None:
        if _is_self(part):
            self._person_fields(child, part)
            self._contact_points(child, part)
            return
        carer = self.people.get((PersonKind.PARENT_CARER, part.ref))
        if carer is None:
            carer = ParentCarer(
                source_ref=part.ref,
                forename=part.forename or "",
                surname=part.surname,
                written_language="en",
                interpreter_needed=False,
                created_at=self.now,
            )
            self._person_fields(carer, part)
            self.session.add(carer)
            self.session.flush()
            self.people[PersonKind.PARENT_CARER, part.ref] = carer
            self.changes.note(self.changes.added, "parent carers")
        elif self._set(carer, {"forename": part.forename or "", "surname": part.surname}) | self._person_fields(
            carer, part
        ):
            self.changes.note(self.changes.changed, "parent carers")
        self._tie(child, carer, part)
        self._contact_points(carer, part)

    def _person_fields(self, person: Person, part: ContactPart) -> bool:
        given: dict[str, Any] = {}
        if "preferredlanguage" in self.columns:
            given["written_language"] = part.preferred_language or "en"
        if "interpreter" in self.columns:
            given["interpreter_needed"] = bool(part.interpreter)
        return self._set(person, given)

    def _tie(self, child: Child, carer: ParentCarer, part: ContactPart) -> None:
        values = {
            "type": part.relationship.value,
            "has_parental_responsibility": part.parental_responsibility is not False,
            "has_care": part.has_care is not False,
            "contact_allowed": part.allowed,
        }
        tie = next((tie for tie in child.relationships if tie.parent_carer_id == carer.id), None)
        if tie is None:
            child.relationships.append(Tie(parent_carer_id=carer.id, parent_carer=carer, **values))
            return
        if self._set(tie, values):
            self.changes.note(self.changes.changed, "relationships")

    def _contact_points(self, person: Person, part: ContactPart) -> None:
        """Follow the case system's addresses; one that bounced, or was somebody else's, does not come back to life."""
        given = (
            (Channel.EMAIL, "email", part.email),
            (Channel.MOBILE, "mobile", part.mobile),
            (Channel.LANDLINE, "telephone", part.telephone),
        )
        touched = False
        for channel, column, value in given:
            if column not in self.columns:
                continue
            for point in person.contact_points:
                if point.channel is channel and point.value != value and point.state is ContactState.USABLE:
                    point.state, point.state_at, touched = ContactState.REPLACED, self.now, True
            touched |= value is not None and self._is_reached_at(person, channel, value)
        if touched:
            self.changes.note(self.changes.changed, "addresses and numbers")

    def _is_reached_at(self, person: Person, channel: Channel, value: str) -> bool:
        known = next((p for p in person.contact_points if p.channel is channel and p.value == value), None)
        if known is None:
            person.contact_points.append(
                ContactPoint(channel=channel, value=value, state=ContactState.USABLE, state_at=self.now)
            )
            return _was_known(person, self.now)
        if known.state is ContactState.REPLACED:
            known.state, known.state_at = ContactState.USABLE, self.now
            return True
        return False

    # -- plans ---------------------------------------------------------------------------------------------------

    def _plan(self, child: Child, record: PlanRecord) -> None:
        part = record.plan
        plan = self.plans[child.id].get(part.ref)
        values = _plan_values(part)
        if plan is None:
            plan = EhcPlan(child_id=child.id, child=child, source_ref=part.ref, **values)
            self.session.add(plan)
            self.session.flush()
            self.plans[child.id][part.ref] = plan
            self.changes.note(self.changes.added, "plans")
            moved = False
        else:
            was = plan.state
            moved = self._set(plan, values)
            if moved and plan.state is not was and plan.state is not PlanState.ACTIVE:
                self.changes.note(self.changes.withdrawn, "plans")
            elif moved:
                self.changes.note(self.changes.changed, "plans")
        if plan.cease_reason is CeaseReason.DECEASED:
            place_hold(self.session, child, HoldReason.BEREAVEMENT, by=self.by, now=self.now)
        issued = None if part.transferred_in else (part.issued_on, None, None)
        self._event(plan, PlanEventKind.PLAN_ISSUED, ISSUE, issued, plan_moved=moved)
        for review in record.reviews:
            finished = review_event(review, today=self.today)
            phase = "Y" if review.phase_transfer else None
            self._event(
                plan,
                PlanEventKind.ANNUAL_REVIEW,
                review.met_on.isoformat(),
                (*finished, phase) if finished else None,
                plan_moved=moved,
            )

    def _event(
        self,
        plan: EhcPlan,
        kind: PlanEventKind,
        ref: str,
        given: tuple[date, str | None, str | None] | None,
        *,
        plan_moved: bool,
    ) -> None:
        """Make, correct, withdraw or bring back one event. `given` is None when it did not happen, or not yet."""
        event = next((e for e in plan.events if e.kind is kind and e.source_ref == ref), None)
        if plan.state is PlanState.CANCELLED:
            given = None
        if event is None:
            if given is None:
                return
            happened_on, outcome, phase = given
            event = PlanEvent(
                kind=kind,
                source_ref=ref,
                happened_on=happened_on,
                outcome=outcome,
                phase_transfer=phase,
                recorded_at=self.now,
            )
            plan.events.append(event)
            self.changes.note(self.changes.added, kind.value)
            self.changes.events.append(event)
            return
        if given is None:
            if event.withdrawn_at is None:
                event.withdrawn_at = self.now
                event.withdrawn_because = "plan_cancelled" if plan.state is PlanState.CANCELLED else "did_not_happen"
                self.changes.note(self.changes.withdrawn, kind.value)
                self.changes.events.append(event)
            return
        happened_on, outcome, phase = given
        values = {"happened_on": happened_on, "outcome": outcome, "phase_transfer": phase}
        came_back = event.withdrawn_at is not None
        event.withdrawn_at = event.withdrawn_because = None
        if self._set(event, values) or came_back:
            self.changes.note(self.changes.changed, kind.value)
            self.changes.events.append(event)
        elif plan_moved:
            self.changes.events.append(event)

    @staticmethod
    def _set(thing: object, values: Mapping[str, Any]) -> bool:
        """Set what differs; whether anything did."""
        differing = {name: value for name, value in values.items() if getattr(thing, name) != value}
        for name, value in differing.items():
            setattr(thing, name, value)
        return bool(differing)


def _is_self(part: ContactPart) -> bool:
    return part.relationship is Relationship.SELF


def _always(part: ChildPart) -> dict[str, Any]:
    return {
        "forename": part.forename,
        "surname": part.surname,
        "born_on": part.born_on,
        "local_authority": part.local_authority,
    }


def _plan_values(part: PlanPart) -> dict[str, Any]:
    if part.status is PlanStatus.CANCELLED:
        state = PlanState.CANCELLED
    else:
        state = PlanState.CEASED if part.ceased_on else PlanState.ACTIVE
    return {
        "state": state,
        "started_on": part.issued_on,
        "transferred_in": part.transferred_in,
        "ceased_on": part.ceased_on,
        "cease_reason": part.cease_reason,
    }


def _was_known(person: Person, now: datetime) -> bool:
    """Whether the person was on record before this file: a new person's addresses are part of adding them."""
    return person.created_at != now
