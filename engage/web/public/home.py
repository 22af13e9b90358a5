"""The first page: what this is, in plain words, and where to go."""

from flask import render_template
from flask.typing import ResponseReturnValue

from engage.web.public import blueprint


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """What this is, and what you can do here."""
    return render_template("public/home.html")
