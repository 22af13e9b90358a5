"""The door of a family: an unguessable link is all they need, and nothing but a form they send changes anything."""

from flask import Blueprint, g

from engage.core.tokens import digest
from engage.web.respond import passes
from engage.web.security import limiter

TRIES = "100 per 10 minutes"
"""Forms sent with one link: far more than any family needs, and too few to wear the service out."""

blueprint = Blueprint("respond", __name__, url_prefix="/r/<token>")


@blueprint.url_value_preprocessor
def take_token(_endpoint: str | None, values: dict[str, object] | None) -> None:
    """Every address of this door holds the link's token; no view needs to name it."""
    g.token = (values or {}).pop("token", "")


@blueprint.url_defaults
def give_token(_endpoint: str, values: dict[str, object]) -> None:
    """Addresses within this door are this link's own."""
    values.setdefault("token", g.token)
    passes.add_to(values)


blueprint.after_request(passes.keep)
limiter.limit(TRIES, key_func=lambda: digest(str(g.token)), methods=["POST"])(blueprint)

# Each page group is one module, which hangs its views on the blueprint above.
from engage.web.respond import about_you, arriving, asking, leaving, resuming, sending, several  # noqa: E402, F401
