"""Applying what a case system says of people: children, parent carers, how they are related, and how to reach them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from engage.people.models import Channel, Child, ContactPoint, ContactState, ParentCarer, Person
from engage.people.models import Relationship as Tie
from engage.people.postal import LONGEST, postal_address
from engage.people.vocabulary.mistakes import WrongValue
from engage.people.vocabulary.relationships import Relationship
from engage.plans.changes import Import, amend
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
        refs = [record.child.ref for record in batch]
        contacts = {contact.ref for record in batch for contact in record.contacts if not _is_self(contact)}
        children = select(Child).where(Child.source_ref.in_(refs))
        carers = select(ParentCarer).where(ParentCarer.source_ref.in_(contacts))
        session = importing.session
        self.children = {
            child.source_ref: child
            for child in session.scalars(
                children.options(selectinload(Child.relationships), selectinload(Child.contact_points))
            )
        }
        self.carers = {
            carer.source_ref: carer
            for carer in session.scalars(carers.options(selectinload(ParentCarer.contact_points)))
        }

    def follow(self, record: ChildRecord) -> Child:
        """One child and everybody to reach about them."""
        child = self._child(record.child)
        for part in record.contacts:
            person: Person = child
            if _is_self(part):
                if amend(child, self._language(child.source_ref, part)):
                    self.changes.note(self.changes.changed, "children")
            else:
                person = self._carer(child, part)
            self._contact_points(child.source_ref, person, part)
        return child

    def _child(self, part: ChildPart) -> Child:
        values = {
            "forename": part.forename,
            "surname": part.surname,
            "born_on": part.born_on,
            **self._optional(part),
        }
        child = self.children.get(part.ref)
        if child is None:
            values = {"looked_after": False, "local_authority": part.local_authority} | values
            child = Child(source_ref=part.ref, created_at=self.importing.now, **values)
            self.importing.session.add(child)
            self.children[part.ref] = child
            self.changes.note(self.changes.added, "children")
            return child
        if amend(child, {name: values.pop(name) for name in _CONCERNS_CONTACT & values.keys()}):
            self.changes.children.add(child.id)
            self.changes.note(self.changes.changed, "children")
            amend(child, values)
        elif amend(child, values):
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

    def _carer(self, child: Child, part: ContactPart) -> ParentCarer:
        values = {"forename": part.forename or "", "surname": part.surname, **self._language(child.source_ref, part)}
        carer = self.carers.get(part.ref)
        if carer is None:
            carer = ParentCarer(source_ref=part.ref, created_at=self.importing.now, **values)
            self.importing.session.add(carer)
            self.carers[part.ref] = carer
            self.changes.note(self.changes.added, "parent carers")
        elif amend(carer, values):
            self.changes.note(self.changes.changed, "parent carers")
        self._tie(child, carer, part)
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

    def _tie(self, child: Child, carer: ParentCarer, part: ContactPart) -> None:
        presumed = part.relationship not in _ONLY_IF_SAID
        unsaid = {"has_parental_responsibility": presumed, "has_care": presumed, "contact_allowed": True}
        values = {
            "type": part.relationship.value,
            **self.importing.told(
                child.source_ref,
                {
                    "has_parental_responsibility": ("parentalresponsibility", part.parental_responsibility),
                    "has_care": ("hascare", part.has_care),
                    "contact_allowed": ("contactallowed", None if part.allowed else False),
                },
                blank=unsaid,
            ),
        }
        tie = next((tie for tie in child.relationships if tie.parent_carer_id == carer.id), None) if carer.id else None
        if tie is None:
            child.relationships.append(Tie(parent_carer=carer, **(unsaid | values)))
        elif not amend(tie, values):
            return
        if child.id is not None:
            self.changes.children.add(child.id)
            self.changes.note(self.changes.changed, "relationships")

    def _contact_points(self, child_ref: str, person: Person, part: ContactPart) -> None:
        """Follow the case system's addresses; one that bounced, or was somebody else's, does not come back to life."""
        told = self.importing.told(
            child_ref,
            {
                Channel.EMAIL: ("email", part.email),
                Channel.MOBILE: ("mobile", part.mobile),
                Channel.LANDLINE: ("telephone", part.telephone),
                Channel.POST: ("addressline1", _written(part)),
            },
        )
        was_known = person.id is not None
        touched = [self._is_reached_at(person, Channel(channel), value) for channel, value in told.items()]
        if was_known and any(touched):
            self.changes.note(self.changes.changed, "addresses and numbers")

    def _is_reached_at(self, person: Person, channel: Channel, value: str | None) -> bool:
        """Make this the person's one address of its kind, or with None leave them without; whether that changed it."""
        touched, known = False, False
        value, as_new = _fit(channel, value)
        for point in person.contact_points:
            if point.channel is not channel:
                continue
            known = known or point.value == value
            state = as_new if point.value == value else ContactState.REPLACED
            if point.state in _FOLLOWS and point.state is not state:
                point.state, point.state_at, touched = state, self.importing.now, True
        if value is not None and not known:
            point = ContactPoint(channel=channel, value=value, state=as_new, state_at=self.importing.now)
            person.contact_points.append(point)
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
