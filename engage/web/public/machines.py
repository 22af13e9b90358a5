"""What machines ask: whether the service is well, and which pages may be searched."""

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from engage import migrations
from engage.core.log import log
from engage.web.public import blueprint
from engage.web.request import house

ROBOTS = "User-agent: *\nDisallow: /r/\nDisallow: /staff/\nDisallow: /forum/\nDisallow: /sign-in\nDisallow: /hooks/\nDisallow: /register/link/\n"


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 only when the database answers and is at the newest revision; otherwise 503 and which of the two it is."""
    try:
        current = migrations.is_current(house().database)
    except SQLAlchemyError as error:
        log.error("database away", error_type=type(error).__name__)
        return jsonify(status="database away"), 503
    if not current:
        return jsonify(status="migrations waiting"), 503
    return jsonify(status="ok")


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Public pages may be found; a family's link and the pages of staff may not."""
    return Response(ROBOTS, mimetype="text/plain")
