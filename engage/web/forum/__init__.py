"""The door of the Parent Carer Forum's steering group: what is being done, and the forum's own members."""

from flask import Blueprint

blueprint = Blueprint("forum", __name__, url_prefix="/forum")

from engage.web.forum import figures, home, letters, members  # noqa: E402, F401
