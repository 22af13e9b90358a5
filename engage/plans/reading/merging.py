"""Bring the rows of each child together: one row a child and contact in the file, one record a child here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from engage.plans.reading.checks import CONTACT_CELLS
from engage.plans.reading.rows import (
    ChildRecord,
    PlanRecord,
    Values,
    child_part,
    contact_part,
    plan_part,
    plan_ref,
    review_part,
)

T = TypeVar("T")


def merge_children(rows: Mapping[int, Values], *, local_authority: str) -> tuple[ChildRecord, ...]:
    """One record a child, in the order in which the file first names them; the rows must not gainsay each other."""
    shared = _shared_contacts(rows.values())
    return tuple(
        _child_record(group, shared, local_authority=local_authority)
        for group in _grouped(rows.items(), lambda row: row[1]["personref"]).values()
    )


def _shared_contacts(rows: Iterable[Values]) -> dict[str, Values]:
    """What any row says of a contact whom several children have: what it says is so for all of them."""
    contacts = _grouped((each for each in rows if "contactref" in each), lambda each: each["contactref"])
    return {
        ref: {name: each[name] for each in group for name in CONTACT_CELLS if name in each}
        for ref, group in contacts.items()
        if len({each["personref"] for each in group}) > 1
    }


def _child_record(rows: list[tuple[int, Values]], shared: Mapping[str, Values], *, local_authority: str) -> ChildRecord:
    values = [each for _, each in rows]
    plans = _grouped((each for each in values if "startdate" in each), plan_ref)
    contacts = _grouped((each for each in values if "contactref" in each), lambda each: each["contactref"])
    merged = (contact_part({**_merged(group), **shared.get(ref, {})}) for ref, group in contacts.items())
    return ChildRecord(
        child=child_part(_merged(values), local_authority=local_authority),
        plans=tuple(_plan_record(group) for group in plans.values()),
        contacts=tuple(contact for contact in merged if contact),
        rows=tuple(number for number, _ in rows),
    )


def _plan_record(rows: list[Values]) -> PlanRecord:
    plan = plan_part(_merged(rows))
    assert plan is not None
    meetings = _grouped((each for each in rows if "reviewmeeting" in each), lambda each: each["reviewmeeting"])
    reviews = (review_part(_merged(meetings[day])) for day in sorted(meetings))
    return PlanRecord(plan, tuple(review for review in reviews if review))


def _merged(rows: list[Values]) -> Values:
    """Every filled cell of rows that agree; "must not be contacted" on any of them holds for all."""
    if len(rows) == 1:
        return rows[0]
    merged: dict[str, Any] = {}
    for row in rows:
        merged |= row
    if any(row.get("contactallowed") is False for row in rows):
        merged["contactallowed"] = False
    return merged


def _grouped(things: Iterable[T], key: Callable[[T], Any]) -> dict[Any, list[T]]:
    groups: dict[Any, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups
