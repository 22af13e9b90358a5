"""Finding a family, and the holds that stand."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from engage.core.batches import batches
from engage.core.errors import NotFound
from engage.people.models import CapacityRecord, Child, ContactPoint, Hold, ParentCarer, Person, Relationship
from engage.people.reach import uk_telephone
from engage.people.vocabulary.mistakes import WrongValue


def child(session: Session, child_id: int) -> Child:
    """One child or young person; `NotFound` when there is none."""
    found = session.get(Child, child_id)
    if found is None:
        raise NotFound("There is no such family.")
    return found


def find_children(session: Session, words: str, *, limit: int) -> Sequence[Child]:
    """Children whose family the words describe, by surname: every word must be part of a name or begin a reference, of
    the child or of one of their parent carers; or the words are one email address or telephone number of theirs."""
    if not words.strip():
        return []
    return session.scalars(
        select(Child)
        .where(or_(_described(Child, words), Child.id.in_(_children_of_described(words))))
        .order_by(func.lower(Child.surname), func.lower(Child.forename), Child.id)
        .limit(limit)
        .options(selectinload(Child.relationships).selectinload(Relationship.parent_carer))
    ).all()


def _children_of_described(words: str) -> ColumnElement[int]:
    parents = select(ParentCarer.id).where(_described(ParentCarer, words))
    ties = select(Relationship.child_id).where(Relationship.parent_carer_id.in_(parents))
    return ties.scalar_subquery()


def _described(kind: type[Child] | type[ParentCarer], words: str) -> ColumnElement[bool]:
    each = [_is_word_of(kind, word) for word in words.split()]
    reached = select(ContactPoint.person_id).where(ContactPoint.value.in_(_as_addresses(words)))
    return or_(and_(*each), kind.id.in_(reached))


def _is_word_of(kind: type[Child] | type[ParentCarer], word: str) -> ColumnElement[bool]:
    # SQLite lowers only the letters of English, so a name that begins with another is also looked for as it is written.
    spellings = {word.lower(), word.capitalize()}
    found: list[ColumnElement[bool]] = [func.lower(kind.source_ref).startswith(word.lower(), autoescape=True)]
    for spelling in sorted(spellings):
        found += [
            func.lower(kind.forename).contains(spelling, autoescape=True),
            func.lower(kind.surname).contains(spelling, autoescape=True),
        ]
    if kind is Child:
        found.append(Child.upn == word.upper())
    return or_(*found)


def _as_addresses(words: str) -> list[str]:
    """The ways in which an address or a number typed like this is kept."""
    typed = words.strip()
    kept = [typed.lower()]
    if re.fullmatch(r"\+?[\d\s()-]{9,}", typed):
        try:
            kept.append(uk_telephone(typed, demonstration=True))
        except WrongValue:
            return kept
    return kept


def family_of(session: Session, person: Person) -> Sequence[Child]:
    """The children whose page tells of a person: the child, or a parent carer's children."""
    if isinstance(person, Child):
        return [person]
    return session.scalars(
        select(Child)
        .join(Relationship, Relationship.child_id == Child.id)
        .where(Relationship.parent_carer_id == person.id)
        .order_by(Child.id)
    ).all()


def relationships(session: Session, ids: Collection[int], *, limit: int) -> Sequence[Relationship]:
    """These relationships as far as they are still on record, by the child's name, with both their people."""
    found = [
        tie
        for batch in batches(sorted(ids))
        for tie in session.scalars(
            select(Relationship)
            .where(Relationship.id.in_(batch))
            .options(selectinload(Relationship.child), selectinload(Relationship.parent_carer))
        )
    ]
    return sorted(found, key=lambda tie: (tie.child.surname, tie.child.forename, tie.id))[:limit]


def person(session: Session, person_id: int) -> Person:
    """A child or a parent carer; `NotFound` when there is none."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound("There is no such person.")
    return found


def hold(session: Session, hold_id: int) -> Hold:
    """One hold; `NotFound` when there is none."""
    found = session.get(Hold, hold_id)
    if found is None:
        raise NotFound("There is no such hold.")
    return found


def standing_holds(session: Session) -> Sequence[Hold]:
    """Every hold in force: those to be looked at again first, the earliest date before the others, then those without one."""
    return session.scalars(
        select(Hold).where(Hold.lifted_at.is_(None)).order_by(Hold.review_on.is_(None), Hold.review_on, Hold.id)
    ).all()


def capacity_to_review(session: Session, *, today: date) -> Sequence[CapacityRecord]:
    """The newest finding about each young person's capacity whose day to be looked at again has come, earliest first."""
    newest = select(func.max(CapacityRecord.id)).group_by(CapacityRecord.child_id, CapacityRecord.decision)
    due = select(CapacityRecord).where(CapacityRecord.id.in_(newest), CapacityRecord.review_on <= today)
    return session.scalars(due.order_by(CapacityRecord.review_on, CapacityRecord.id)).all()


def holds_to_review(session: Session, *, today: date) -> int:
    """How many holds in force have come to the day on which somebody promised to look again."""
    due = select(func.count()).select_from(Hold).where(Hold.lifted_at.is_(None), Hold.review_on <= today)
    return session.scalar(due) or 0
