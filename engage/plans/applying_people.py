"""Applying what a case system says of people: children, parent carers, how they are related, and how to reach them."""

from collections import defaultdict
from collections.abc import Sequence, Set
from typing import Any

from engage.core.bulk import Row, Rows, fresh_ids
from engage.people.models import Channel, Child, ContactPoint, ContactState, ParentCarer, Person
from engage.people.models import Relationship as Tie
from engage.people.postal import LONGEST, postal_address
from engage.people.vocabulary.mistakes import WrongValue
from engage.people.vocabulary.relationships import Relationship
from engage.plans.changes import Import, Naming
from engage.plans.reading import ChildPart, ChildRecord, ContactPart

_ONLY_IF_SAID = frozenset(
    {Relationship.GRANDPARENT, Relationship.OTHER_RELATIVE, Relationship.SOCIAL_WORKER, Relationship.OTHER}
)
"""Whose parental responsibility and care must be told: they may be no more than a number to ring in an emergency."""
_CONCERNS_CONTACT = frozenset({"looked_after", "born_on"})
_FOLLOWS = frozenset({ContactState.USABLE, ContactState.REPLACED, ContactState.UNUSABLE})
"""The states that are the case system's to say."""


class PeopleOnRecord:
    """The children and parent carers of one batch, as the database has them, and changed to what the file says."""

    def __init__(self, importing: Import, batch: Sequence[ChildRecord]) -> None:
        """Fetch everything the batch may touch, in a few queries."""
        self.importing, self.changes = importing, importing.changes
        session, ids = importing.session, fresh_ids(importing.session, Person)
        self.children, self.carers = Rows(session, Child, ids), Rows(session, ParentCarer, ids)
        self.ties, self.points = Rows(session, Tie), Rows(session, ContactPoint)
        refs = {contact.ref for record in batch for contact in record.contacts if not _is_self(contact)}
        children = self.children.find("source_ref", [record.child.ref for record in batch])
        carers = self.carers.find("source_ref", refs)
        ties = self.ties.find("child_id", [child["id"] for child in children])
        points = self.points.find("person_id", [person["id"] for person in (*children, *carers)])
        self.child_of = {child["source_ref"]: child for child in children}
        self._carer_of = {carer["source_ref"]: carer for carer in carers}
        self._ties_of: defaultdict[int, dict[int, Row]] = defaultdict(dict)
        for tie in ties:
            self._ties_of[tie["child_id"]][tie["parent_carer_id"]] = tie
        self._ref_of = {carer["id"]: carer["source_ref"] for carer in (*carers, *self._others(ties, carers))}
        self._points_of: defaultdict[int, list[Row]] = defaultdict(list)
        for point in points:
            self._points_of[point["person_id"]].append(point)

    def _others(self, ties: Sequence[Row], named: Sequence[Row]) -> Sequence[Row]:
        """Carers of the batch's children whom no row of the batch names."""
        return self.carers.find("id", {tie["parent_carer_id"] for tie in ties} - {carer["id"] for carer in named})

    def follow(self, record: ChildRecord) -> Row:
        """One child and everybody to reach about them."""
        child, named = self._child(record.child), set[int]()
        for part in record.contacts:
            if _is_self(part):
                person, was_known = child, not self.children.is_new(child)
                if self.children.amend(child, **self._language(record.child.ref, part)) and was_known:
                    self.changes.note(self.changes.changed, "children")
            else:
                person = self._carer(record.child.ref, part)
                was_known = not self.carers.is_new(person)
                self._tie(child, person, part)
            named.add(person["id"])
            if self._is_reached_as_told(record.child.ref, person, part) and was_known:
                self.changes.note(self.changes.changed, "addresses and numbers")
        if named:
            self._let_go(child, named)
        return child

    def _let_go(self, child: Row, named: Set[int]) -> None:
        """Whoever an earlier file named and this one does not may be barred, or dead: nobody asks them any more."""
        for carer_id, tie in self._ties_of[child["id"]].items():
            if carer_id in named or not tie["is_from_file"] or tie["no_longer_named_on"] is not None:
                continue
            if not self.importing.may_name(child["source_ref"], self._ref_of[carer_id]):
                self.ties.amend(tie, no_longer_named_on=self.importing.today)
                self.changes.no_longer_named.append(Naming(tie["id"], child["id"], carer_id))
                self._note_tie(child)

    def write(self) -> None:
        """Put it all on record: people first, since the others point to them."""
        for rows in (self.children, self.carers, self.ties, self.points):
            rows.write()

    def _child(self, part: ChildPart) -> Row:
        values = {
            "forename": part.forename,
            "surname": part.surname,
            "born_on": part.born_on,
            **self._optional(part),
        }
        child = self.child_of.get(part.ref)
        if child is None:
            values = {"local_authority": part.local_authority} | values
            child = self.children.add(source_ref=part.ref, created_at=self.importing.now, **values)
            self.child_of[part.ref] = child
            self.changes.note(self.changes.added, "children")
            return child
        concerns = {name: values.pop(name) for name in _CONCERNS_CONTACT & values.keys()}
        concerned, amended = self.children.amend(child, **concerns), self.children.amend(child, **values)
        if concerned:
            self.changes.children.add(child["id"])
        if concerned or amended:
            self.changes.note(self.changes.changed, "children")
        return child

    def _optional(self, part: ChildPart) -> dict[str, Any]:
        """The child's fields for which a file may have a column."""
        needs = [need.value for need in part.sen_types] + [None, None]
        return self.importing.told(
            part.ref,
            {
                "local_authority": ("localauthority", part.local_authority),
                "sex": ("sex", part.sex.value if part.sex else None),
                "ethnicity": ("ethnicity", part.ethnicity),
                "postcode": ("postcode", part.postcode),
                "upn": ("upn", part.upn),
                "uln": ("uniquelearnernumber", part.uln),
                "first_language": ("firstlanguage", part.first_language),
                "looked_after": ("lookedafter", part.looked_after),
                "sen_need": ("sentype1", needs[0]),
                "second_sen_need": ("sentype2", needs[1]),
                "setting_name": ("settingname", part.setting_name),
                "setting_urn": ("urn", part.urn),
            },
            blank={"looked_after": False},
        )

    def _carer(self, child_ref: str, part: ContactPart) -> Row:
        values = {"forename": part.forename or "", "surname": part.surname, **self._language(child_ref, part)}
        carer = self._carer_of.get(part.ref)
        if carer is None:
            carer = self.carers.add(source_ref=part.ref, created_at=self.importing.now, **values)
            self._carer_of[part.ref] = carer
            self.changes.note(self.changes.added, "parent carers")
        elif self.carers.amend(carer, **values):
            self.changes.note(self.changes.changed, "parent carers")
        return carer

    def _language(self, child_ref: str, part: ContactPart) -> dict[str, Any]:
        return self.importing.told(
            child_ref,
            {
                "written_language": ("preferredlanguage", part.preferred_language),
                "interpreter_needed": ("interpreter", part.interpreter),
            },
            blank={"written_language": "en", "interpreter_needed": False},
        )

    def _tie(self, child: Row, carer: Row, part: ContactPart) -> None:
        presumed = part.relationship not in _ONLY_IF_SAID
        unsaid = {"has_parental_responsibility": presumed, "has_care": presumed, "contact_allowed": True}
        values = {
            "type": part.relationship.value,
            "is_from_file": True,
            "no_longer_named_on": None,
            **self.importing.told(
                child["source_ref"],
                {
                    "has_parental_responsibility": ("parentalresponsibility", part.parental_responsibility),
                    "has_care": ("hascare", part.has_care),
                    "contact_allowed": ("contactallowed", None if part.allowed else False),
                },
                blank=unsaid,
            ),
        }
        tie = self._ties_of[child["id"]].get(carer["id"])
        if tie is None:
            ends = {"child_id": child["id"], "parent_carer_id": carer["id"]}
            self._ties_of[child["id"]][carer["id"]] = self.ties.add(**ends, **(unsaid | values))
            self._note_tie(child)
            return
        if tie["no_longer_named_on"] is not None:
            self.changes.named_again.append(Naming(tie["id"], child["id"], carer["id"]))
        if self.ties.amend(tie, **values):
            self._note_tie(child)

    def _note_tie(self, child: Row) -> None:
        if not self.children.is_new(child):
            self.changes.children.add(child["id"])
            self.changes.note(self.changes.changed, "relationships")

    def _is_reached_as_told(self, child_ref: str, person: Row, part: ContactPart) -> bool:
        """Follow the case system's addresses; one that bounced, or was somebody else's, does not come back to life.
        Whether that changed anything."""
        told = self.importing.told(
            child_ref,
            {
                Channel.EMAIL: ("email", part.email),
                Channel.MOBILE: ("mobile", part.mobile),
                Channel.LANDLINE: ("telephone", part.telephone),
                Channel.POST: ("addressline1", _written(part)),
            },
        )
        touched = [self._is_reached_at(person, Channel(channel), value) for channel, value in told.items()]
        return any(touched)

    def _is_reached_at(self, person: Row, channel: Channel, value: str | None) -> bool:
        """Make this the person's one address of its kind, or with None leave them without; whether that changed it."""
        touched, known, now = False, False, self.importing.now
        value, as_new = _fit(channel, value)
        for point in self._points_of[person["id"]]:
            if point["channel"] is not channel:
                continue
            is_it = point["value"] == value
            known = known or is_it
            state = as_new if is_it else ContactState.REPLACED
            if point["state"] in _FOLLOWS and point["state"] is not state:
                touched = self.points.amend(point, state=state, state_at=now)
        if value is not None and not known:
            new = self.points.add(person_id=person["id"], channel=channel, value=value, state=as_new, state_at=now)
            self._points_of[person["id"]].append(new)
            touched = True
        return touched


def _written(part: ContactPart) -> str | None:
    """The postal address as the file has it. A postcode alone is none."""
    return "\n".join([*part.address, part.postcode or ""]).strip() if part.address else None


def _fit(channel: Channel, value: str | None) -> tuple[str | None, ContactState]:
    """An address as it is kept. A postal one that no letter can carry is kept too, so that staff see it and mend it."""
    if channel is not Channel.POST or value is None:
        return value, ContactState.USABLE
    try:
        return postal_address(value.splitlines()), ContactState.USABLE
    except WrongValue:
        return value[:LONGEST], ContactState.UNUSABLE


def _is_self(part: ContactPart) -> bool:
    return part.relationship is Relationship.SELF
