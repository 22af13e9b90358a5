"""Who is asked about a child: a pure rule over relationships, ages and holds, with a reason for every "no"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engage.people.models import Child, ContactPoint, ContactState, Hold, HoldReason, Person, Relationship
from engage.people.vocabulary.ages import is_over_compulsory_school_age


class NotAsked(StrEnum):
    """Why somebody related to a child is not asked about them."""

    YOUNG_PERSON_DECIDES = "young_person_decides"
    LOOKED_AFTER_NEEDS_CHECK = "looked_after_needs_check"
    CONTACT_NOT_ALLOWED = "contact_not_allowed"
    RELATIONSHIP_ENDED = "relationship_ended"
    NO_RESPONSIBILITY_OR_CARE = "no_responsibility_or_care"


ENDS_FOR_GOOD = frozenset({HoldReason.OPTED_OUT, HoldReason.WRONG_PERSON})
"""Holds after which the present invitation is over; any other only makes it wait."""


@dataclass(frozen=True)
class Standing:
    """One related person, and whether they may be asked."""

    person: Person
    not_asked: NotAsked | None


def parent_carers_of(child: Child, *, on: date) -> list[Standing]:
    """Every parent carer of a child with whether a parent carers' survey may go to them.

    Parent: anyone with parental responsibility or care (Education Act 1996 s576). After compulsory school age the
    young person holds the rights (Children and Families Act 2014 s83), so their parents are not asked in their place.
    For a looked-after child a worker checks first who should be asked.
    """
    return [Standing(tie.parent_carer, why_not_asked(child, tie, on=on)) for tie in child.relationships]


def why_not_asked(child: Child, tie: Relationship, *, on: date) -> NotAsked | None:
    """The first reason against asking this parent carer about this child, or None."""
    if not tie.contact_allowed:
        return NotAsked.CONTACT_NOT_ALLOWED
    if tie.ended_on and tie.ended_on <= on:
        return NotAsked.RELATIONSHIP_ENDED
    if not (tie.has_parental_responsibility or tie.has_care):
        return NotAsked.NO_RESPONSIBILITY_OR_CARE
    if is_over_compulsory_school_age(child.born_on, on):
        return NotAsked.YOUNG_PERSON_DECIDES
    if child.looked_after:
        return NotAsked.LOOKED_AFTER_NEEDS_CHECK
    return None


def usable(points: Iterable[ContactPoint]) -> list[ContactPoint]:
    """The addresses and numbers that still work, as far as we know."""
    return [point for point in points if point.state is ContactState.USABLE]


def standing_hold(holds: Iterable[Hold]) -> Hold | None:
    """The hold in force, if any; one that ends an invitation comes before one that only makes it wait."""
    standing = [hold for hold in holds if hold.lifted_at is None]
    return next((hold for hold in standing if hold.reason in ENDS_FOR_GOOD), standing[0] if standing else None)
