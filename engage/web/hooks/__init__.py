"""The door for other services that call us: GOV.UK Notify's receipts."""

from flask import Blueprint

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")

# Each service that calls is one module, which hangs its views on the blueprint above.
from engage.web.hooks import notify  # noqa: E402, F401
