"""Who did something, as people read it: the audit keeps a number, a page shows a name."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from engage.accounts.queries import everybody
from engage.core.audit import Actor, ActorKind, staff_actor

WORDS = {
    ActorKind.FAMILY: "The family",
    ActorKind.PUBLIC: "A member of the public",
    ActorKind.SYSTEM: "Engage",
    ActorKind.STAFF: "Somebody who has left",
}


def namer(session: Session) -> Callable[[str], str]:
    """A function from what is kept ("staff:3") to a name, asked of the database once."""
    names = {str(staff_actor(person.id)): person.name for person in everybody(session)}

    def name(kept: Actor | str) -> str:
        return names.get(str(kept)) or WORDS[ActorKind(str(kept).partition(":")[0])]

    return name
