"""The audit: who did what and when, newest first. It names things by number, and nobody but our own staff."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.core.audit import count_events, events, rooms
from engage.web.rendering import london, words
from engage.web.request import session
from engage.web.security import needs
from engage.web.staff import blueprint
from engage.web.staff.actors import namer

A_PAGE = 50


@blueprint.get("/audit")
@needs(Permission.SEE_AUDIT)
def audit() -> ResponseReturnValue:
    """One page of events, of all kinds or of one room."""
    known = rooms(session())
    room = request.args.get("room") if request.args.get("room") in known else None
    total = count_events(session(), room=room)
    last = max(1, -(-total // A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    name = namer(session())
    rows = [
        [
            words(event.kind.replace(".", ": ")),
            f"{words(event.subject_kind)} {event.subject_id}",
            name(event.by),
            london(event.at),
            detail(event.detail),
        ]
        for event in events(session(), room=room, skip=(page - 1) * A_PAGE, most=A_PAGE)
    ]
    return render_template(
        "staff/audit.html",
        rows=rows,
        total=total,
        page=page,
        last=last,
        room=room,
        rooms=[("", "Everything"), *((each, words(each)) for each in known)],
        href=lambda number: url_for("staff.audit", page=number, room=room),
    )


def detail(known: Mapping[str, Any]) -> str:
    """An event's codes and numbers on one line."""
    return "; ".join(f"{words(key)}: {_plain(value)}" for key, value in known.items())


def _plain(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
