"""The door of anybody: a survey at a public address. Nobody is asked by name, and no answer leads to a person."""

from flask import Blueprint, g

from engage.core.tokens import digest
from engage.web.security import limiter

BEGUN_FROM_ONE_ADDRESS = "60 per 10 minutes"
"""A hall full of parents on one school's network comes from one address, and a machine from one address is slowed down.
Behind a proxy the setting `ENGAGE_PROXIES` must say how many there are, or all the world is one address."""
BEGUN_BY_ONE_LINK = "300 per 10 minutes"
TRIES = "100 per 10 minutes"
"""Forms sent under one answer's address: far more than anybody needs."""

blueprint = Blueprint("open", __name__)
visits = Blueprint("visit", __name__, url_prefix="/o/<token>")


@visits.url_value_preprocessor
def take_token(_endpoint: str | None, values: dict[str, object] | None) -> None:
    """Every address of an answer holds its token; no view needs to name it."""
    g.token = (values or {}).pop("token", "")


@visits.url_defaults
def give_token(_endpoint: str, values: dict[str, object]) -> None:
    """Addresses within an answer are its own."""
    if "token" in g:
        values.setdefault("token", g.token)


limiter.limit(TRIES, key_func=lambda: digest(str(g.token)), methods=["POST"])(visits)

# Each page group is one module, which hangs its views on the blueprints above.
from engage.web.open import about_you, answering, arriving  # noqa: E402, F401
