"""What an import changes, and what may be believed of its file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from engage.core.audit import Actor
from engage.core.clock import london_date


class Naming(NamedTuple):
    """The numbers of a relationship, its child and its parent carer."""

    relationship: int
    child: int
    parent_carer: int


@dataclass
class Changes:
    """What a file would change, or has changed: counts by kind of thing, and whose asking must follow."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    events: list[int] = field(default_factory=list)
    """The numbers of events that are new, or were corrected, withdrawn or brought back."""
    corrected_events: list[int] = field(default_factory=list)
    """Those of them that were on record before."""
    children: set[int] = field(default_factory=set)
    """Children on record about whom somebody may be asked no longer, or again."""
    no_longer_named: list[Naming] = field(default_factory=list)
    """Carers whom an earlier file named, and this one, which names others for the child, does not."""
    named_again: list[Naming] = field(default_factory=list)

    def note(self, tally: dict[str, int], thing: str) -> None:
        """Count one."""
        tally[thing] = tally.get(thing, 0) + 1

    @property
    def is_empty(self) -> bool:
        """Whether everything was as it is already."""
        return not (self.added or self.changed or self.withdrawn)


@dataclass(frozen=True)
class Import:
    """One file being applied."""

    session: Session
    columns: Collection[str]
    faulty_children: Collection[str]
    faulty_contacts: Collection[tuple[str, str]]
    is_mended: bool
    by: Actor
    now: datetime
    changes: Changes

    @property
    def today(self) -> date:
        return london_date(self.now)

    def has(self, *columns: str) -> bool:
        """Whether the file has all these columns."""
        return all(column in self.columns for column in columns)

    def tells_all(self, child_ref: str) -> bool:
        """Whether what the file lacks of a child is gone: not if a row of theirs was left out as faulty."""
        return child_ref not in self.faulty_children

    def may_name(self, child_ref: str, contact_ref: str) -> bool:
        """Whether the file may name this contact of a child on a row that was left out."""
        unclear = {(child_ref, contact_ref), (child_ref, ""), ("", contact_ref)}
        return self.is_mended or not unclear.isdisjoint(self.faulty_contacts)

    def told(
        self, child_ref: str, cells: Mapping[str, tuple[str, Any]], blank: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """What the file says of one child: `cells` are a column and its value by field of ours, `blank` is what a field
        becomes by an empty cell, None unless given. A column the file does not have says nothing."""
        whole = self.tells_all(child_ref)
        empty = blank or {}
        return {
            name: empty.get(name) if value is None else value
            for name, (column, value) in cells.items()
            if column in self.columns and (whole or value is not None)
        }
