"""What a view may ask for during one request: the house, one moment, one session with its promise kept, and who acts.

A GET gets a session that the database itself will not let write. Any other request gets one that is committed when the
view answers with success, and undone when it answers with a mistake (status 400 or more) or fails.
"""

from contextlib import ExitStack
from datetime import datetime
from typing import NamedTuple, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.services import session_for
from engage.core.audit import PUBLIC, Actor, record, staff_actor
from engage.core.errors import NotAllowed
from engage.jobs.wiring import House

LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
STAFF_DOORS = frozenset({"staff", "forum"})


class View(NamedTuple):
    """Somebody looked at a thing whose reading is itself recorded."""

    kind: str
    subject_kind: str
    subject_id: object


def house() -> House:
    """Everything that was opened at the start: settings, database, clock, surveys, templates."""
    return cast(House, current_app.extensions["engage"])


def now() -> datetime:
    """The moment of this request, the same however often it is asked."""
    if "moment" not in g:
        g.moment = house().clock.now()
    return cast(datetime, g.moment)


def session() -> Session:
    """This request's session: read-only for a GET, otherwise committed on success by `finish`."""
    if "records" not in g:
        database = house().database
        g.records_open = ExitStack()
        g.records = g.records_open.enter_context(database.reading() if _only_looks() else database.writing())
    return cast(Session, g.records)


def signed_in() -> Staff | None:
    """The member of staff whose cookie came with this request, or None."""
    if "person" not in g:
        token = cookie_token()
        g.person = session_for(session(), token, now=now()) if token else None
    return cast(Staff | None, g.person)


def staff() -> Staff:
    """The signed-in member of staff; for views that `needs` has already guarded."""
    person = signed_in()
    if person is None:
        raise NotAllowed("Sign in first.")
    return person


def actor() -> Actor:
    """Who acts, for the audit: the signed-in member of staff, or the public."""
    person = signed_in()
    return PUBLIC if person is None else staff_actor(person.id)


def cookie_name() -> str:
    """The session cookie's name; over https the prefix makes browsers refuse one set by any other host or path."""
    return "__Host-engage" if house().settings.uses_https else "engage"


def cookie_token() -> str | None:
    """The text of the session cookie, whether or not it still opens anything."""
    return request.cookies.get(cookie_name())


def record_view(kind: str, subject_kind: str, subject_id: object) -> None:
    """Record that the signed-in person looked at this, such as ("case.viewed", "case", 7). It is written after the page
    is made, in a transaction of its own, and only if there was a page."""
    g.setdefault("views", []).append(View(kind, subject_kind, subject_id))


def configure(app: Flask) -> None:
    """Keep the promises above on every request of this app."""
    app.before_request(follow_surveys)
    app.after_request(finish)
    app.teardown_request(close)


def follow_surveys() -> None:
    """Ask with the surveys as they stand now, whichever process staff changed them in. A file needs none."""
    if request.endpoint not in (None, "static"):
        house().follow_surveys()


def finish(response: Response) -> Response:
    """Commit what a successful request changed, undo what another one tried, and write down what was looked at."""
    succeeded = response.status_code < 400
    if "records" in g and not _only_looks():
        if succeeded:
            g.records.commit()
        else:
            g.records.rollback()
    if succeeded and "views" in g:
        _write_views(actor(), g.pop("views"))
    return response


def close(_error: BaseException | None) -> None:
    """Give the connection back, whatever happened."""
    if "records_open" in g:
        g.records_open.close()


def _write_views(by: Actor, views: list[View]) -> None:
    with house().database.writing() as writing:
        for view in views:
            record(writing, view.kind, view.subject_kind, view.subject_id, by=by, now=now())
        writing.commit()


def on_staff_door() -> bool:
    """Whether this request came to a door of people who sign in."""
    return (request.blueprint or "").partition(".")[0] in STAFF_DOORS


def _only_looks() -> bool:
    return request.method in LOOKS
