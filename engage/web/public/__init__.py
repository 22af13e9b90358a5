"""The door for anyone: what this is, joining, You said, we did, and the pages every service owes its visitors."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

# Each page group is one module, which hangs its views on the blueprint above. Add yours to this line.
from engage.web.public import about, booklets, home, machines, register, you_said_we_did  # noqa: E402, F401
