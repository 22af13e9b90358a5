"""The main menu of people who sign in: every place in its order, the permission that opens it, and what waits there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Permission, granted

Count = Callable[[Session, datetime], int]


@dataclass(frozen=True)
class Place:
    """One entry of the menu; `count` is asked only for people who may go there."""

    label: str
    endpoint: str
    permission: Permission
    count: Count | None = None


# Add a line with your page. The first place a person may see is where they land after signing in.
PLACES: tuple[Place, ...] = (Place("People and roles", "staff.people", Permission.MANAGE_PEOPLE),)


def places_for(staff: Staff) -> list[Place]:
    """The entries this person may open, in order."""
    permissions = granted(staff.roles)
    return [place for place in PLACES if place.permission in permissions]


def landing(staff: Staff) -> str | None:
    """The address of the first page this person may see; None when their roles open none."""
    places = places_for(staff)
    return url_for(places[0].endpoint) if places else None


def menu(staff: Staff, session: Session, now: datetime) -> list[dict[str, object]]:
    """The entries as the layout draws them; the one whose address the present page lies under is marked."""
    drawn: list[dict[str, object]] = []
    for place in places_for(staff):
        href = url_for(place.endpoint)
        active = request.path == href or request.path.startswith(href.rstrip("/") + "/")
        count = place.count(session, now) if place.count else None
        drawn.append({"label": place.label, "href": href, "active": active, "count": count})
    return drawn
