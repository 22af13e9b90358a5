"""GOV.UK Notify's receipts and returned letters: checked, stored and answered at once.

Notify waits five seconds, asks again only after a 5xx, a 429 or no answer, and never after another 4xx (its
documentation, "Callbacks"). So what we could not store is answered with 503, and the rest is final.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, SQLAlchemyError
from sqlalchemy.orm import Session

from engage.core.errors import Invalid
from engage.core.log import log
from engage.notify.models import Receipt
from engage.notify.receipts import take, take_returned
from engage.web.hooks import blueprint
from engage.web.request import house, now, session

LARGEST_BYTES = 20_000


@blueprint.post("/notify/receipts")
def receipts() -> ResponseReturnValue:
    """Take one receipt. 204 stored; 400 not a receipt; 401 not from our Notify; 413 too large; 503 ask again."""
    return _stored(take)


@blueprint.post("/notify/returned-letters")
def returned_letters() -> ResponseReturnValue:
    """Take word of one letter that came back, answered as receipts are."""
    return _stored(take_returned)


class _Taking(Protocol):
    def __call__(self, session: Session, payload: Mapping[str, Any], *, now: datetime) -> Receipt: ...


def _stored(take_it: _Taking) -> ResponseReturnValue:
    if not _from_notify():
        return "", 401, {"WWW-Authenticate": "Bearer"}
    if (request.content_length or 0) > LARGEST_BYTES:
        return "", 413
    request.max_content_length = LARGEST_BYTES
    payload = _sent()
    if not isinstance(payload, dict):
        return "", 400
    try:
        take_it(session(), payload, now=now())
        session().commit()  # here, not after the view: a database that goes away now must still be answered with 503
    except (Invalid, DataError, ValueError):
        return "", 400
    return "", 204


@blueprint.errorhandler(SQLAlchemyError)
def ask_again(error: SQLAlchemyError) -> ResponseReturnValue:
    """The database is away, whether it was missed here or before the request came this far."""
    log.error("receipt not stored", error_type=type(error).__name__)
    return "", 503


def _from_notify() -> bool:
    expected = house().settings.notify_callback_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if expected is None or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.encode(), expected.get_secret_value().encode())


def _sent() -> Any:
    try:
        return request.get_json(force=True, silent=True)
    except RecursionError:  # brackets within brackets, deeper than any receipt
        return None
