"""The door for people who sign in to work: one module a page group, every view guarded by `needs`."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

# Each page group is one module, which hangs its views on the blueprint above. Add yours to this line.
from engage.web.staff import people  # noqa: E402, F401
