"""Saving how another system's headings lead to our columns."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.errors import Invalid
from engage.plans.models import ColumnMapping


def save_mapping(
    session: Session,
    *,
    name: str,
    headings: Mapping[str, str],
    by: Actor,
    now: datetime,
    instead_of: ColumnMapping | None = None,
) -> ColumnMapping:
    """Keep a mapping under a name that no other has; `instead_of` is the one that it corrects. `Invalid` otherwise."""
    name = name.strip()
    if not name:
        raise Invalid("Enter a name for this column mapping.", {"name": "Enter a name for this column mapping"})
    standing = session.scalar(select(ColumnMapping).where(ColumnMapping.name == name))
    if standing is not None and standing is not instead_of:
        raise Invalid(
            "There is a column mapping with this name.",
            {"name": "Enter another name: there is a column mapping with this one"},
        )
    if standing is None:
        standing = ColumnMapping(name=name)
        session.add(standing)
    standing.headings, standing.saved_at, standing.saved_by = dict(headings), now, str(by)
    session.flush()
    audit.record(session, "column_mapping.saved", "column_mapping", standing.id, by=by, now=now)
    return standing
