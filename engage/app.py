"""Wires everything that answers a browser into one Flask app."""

from flask import Flask, g, url_for

from engage.accounts.permissions import Permission
from engage.core.config import Settings, load_settings
from engage.core.log import configure_logging
from engage.jobs.wiring import House, open_house
from engage.web import (
    compression,
    errors,
    formats,
    forum,
    headers,
    hooks,
    language,
    navigation,
    pictures,
    public,
    rendering,
    request,
    respond,
    security,
    staff,
)
from engage.web import open as open_door
from engage.web.respond import short_way
from engage.web.staff import sign_in
from engage.web.typed import TypedRequest

DOORS = (
    public.blueprint,
    sign_in.blueprint,
    staff.blueprint,
    forum.blueprint,
    respond.blueprint,
    open_door.blueprint,
    open_door.visits,
    hooks.blueprint,
)
OWN_CREDENTIAL = (respond.blueprint, open_door.blueprint, open_door.visits, hooks.blueprint)
"""Doors where an unguessable link or a bearer token is sent on purpose with every request, or where anybody may send a
form without a name: no cookie, so no forgery."""


def create_app(settings: Settings | None = None, *, house: House | None = None) -> Flask:
    """The web service, ready to serve; `Misconfigured` names whatever it cannot start with."""
    house = house or open_house(settings or load_settings())
    configure_logging(house.settings.log_level)
    app = Flask("engage.web", static_folder="static")
    app.request_class = TypedRequest
    app.extensions["engage"] = house
    short_way.configure(app, house)
    security.configure(app, house.settings)
    rendering.configure(app, house.settings)
    pictures.configure(app)
    headers.configure(app)
    compression.configure(app)
    errors.configure(app)
    request.configure(app)
    formats.configure(app)
    language.configure(app)
    app.context_processor(_frame)
    for door in OWN_CREDENTIAL:
        security.csrf.exempt(door)
    for door in DOORS:
        app.register_blueprint(door)
    return app


def _frame() -> dict[str, object]:
    """What the frame of a page shows: whether this is a demonstration, and to staff their name and menu."""
    if "plain" in g:
        return {}
    settings = request.house().settings
    frame: dict[str, object] = {"demonstration_at": request.now() if settings.demonstration else None}
    if request.on_staff_door() and (person := request.signed_in()):
        frame |= {
            "signed_in": person.name,
            "demonstration_links": _demonstration_links(settings),
            "navigation": navigation.menu(person, request.session(), request.now()),
        }
    return frame


def _demonstration_links(settings: Settings) -> list[tuple[str, str]]:
    """Where to let time pass and where to read what was sent, from every page of staff."""
    clock = [(url_for("staff.clock"), "Move the clock")] if security.may(Permission.MOVE_CLOCK) else []
    return [*clock, (str(settings.notify_url), "Read the messages")]
