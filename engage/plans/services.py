"""Applying what a case system says: children, parent carers, how to reach them, plans, and what happened to plans.

A file may come as often as it likes: what it repeats changes nothing, and what it corrects is corrected. A column the
file does not have is left as it was; a blank cell in a column it has takes the value away, unless another row of the same
child was faulty: then what is lacking may stand on that row. A carer whom earlier files named, and whom no row of a child
with contacts names now, is no longer asked about that child.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.batches import batches
from engage.plans.applying_people import PeopleOnRecord
from engage.plans.applying_plans import PlansOnRecord
from engage.plans.changes import Changes, Import
from engage.plans.reading import Reading

Progress = Callable[[int, int], None]
NO_LONGER_NAMED, NAMED_AGAIN = "relationship.no_longer_named", "relationship.named_again"


def apply(session: Session, reading: Reading, *, by: Actor, now: datetime, progress: Progress | None = None) -> Changes:
    """Bring the records up to a reading, in the caller's transaction."""
    changes = Changes()
    importing = Import(
        session,
        reading.columns,
        reading.faulty_children,
        reading.faulty_contacts,
        reading.is_mended,
        by,
        now,
        changes,
    )
    done = 0
    for batch in batches(reading.children):
        people = PeopleOnRecord(importing, batch)
        plans = PlansOnRecord(importing, people.child_of.values())
        for record in batch:
            plans.follow(people.follow(record), record)
        people.write()
        plans.write()
        plans.hold_those_who_died()
        done += len(batch)
        if progress:
            progress(done, len(reading.children))
    _record_namings(session, changes, by, now)
    session.flush()
    session.expire_all()  # what it holds as objects was changed beneath it
    return changes


def _record_namings(session: Session, changes: Changes, by: Actor, now: datetime) -> None:
    for kind, namings in ((NO_LONGER_NAMED, changes.no_longer_named), (NAMED_AGAIN, changes.named_again)):
        about = {each.relationship: {"child": each.child, "parent_carer": each.parent_carer} for each in namings}
        audit.record_each(session, kind, "relationship", about, by=by, now=now)
