"""Turning a no into a page: what happened in plain words, and what can be done now."""

from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from flask import Flask, Response, g, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError
from werkzeug.exceptions import HTTPException

from engage.accounts.permissions import roles_with
from engage.accounts.queries import active_administrators
from engage.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from engage.core.languages import gettext, gettext_noop
from engage.core.log import log
from engage.web import language
from engage.web.request import on_staff_door, session
from engage.web.security import LacksPermission

ExcInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]

STATUSES: dict[type[DomainError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}

# Looked up in the reader's language when a page is made.
_ = gettext_noop
TITLES = {
    400: _("Sorry, that page was out of date"),
    403: _("You cannot open this page"),
    404: _("Page not found"),
    405: _("Page not found"),
    409: _("Something has changed"),
    413: _("That file is too large"),
    422: _("There is a problem"),
    429: _("Too many tries"),
}
ANY_OTHER_TITLE = _("Sorry, there is a problem")
WORDS = {
    400: _("Go back, load the page again and try once more. Nothing was saved."),
    404: _("If you typed the address, check it. If you pasted it, check that you copied all of it."),
    405: _("If you typed the address, check it. If you pasted it, check that you copied all of it."),
    413: _("Choose a smaller file."),
    409: _(
        "Somebody has just changed the same thing, so yours was not saved. Load the page again and look at it once more."
    ),
    422: _(
        "Something that was entered is longer or larger than we can keep. Go back and shorten it. Nothing was saved."
    ),
    429: _("You have tried this many times. Wait a while, then try again."),
}
ANY_OTHER_WORDS = _("Try again later.")


def configure(app: Flask) -> None:
    """Answer every kind of no."""
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(LacksPermission, lacks_permission)
    app.register_error_handler(CSRFError, lambda _: page(400))
    app.register_error_handler(RateLimitExceeded, lambda _: page(429))
    app.register_error_handler(IntegrityError, refused_by_the_database)
    app.register_error_handler(DataError, refused_by_the_database)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(500, failure)
    app.log_exception = log_failure  # type: ignore[method-assign]  # Flask's own logs values


def page(status: int, message: str = "") -> ResponseReturnValue:
    """An error page in the frame of the door that was used."""
    if request_ctx.url_adapter is None:  # the request named no host that could be one, and a page's links need it
        return Response(WORDS[404], status, mimetype="text/plain")
    if "language" not in g:
        language.speak_as_asked()
    title = gettext(TITLES.get(status, ANY_OTHER_TITLE))
    words = message or gettext(WORDS.get(status, ANY_OTHER_WORDS))
    return render_template("error.html", layout=_layout(), title=title, words=words), status


def domain_error(error: DomainError) -> ResponseReturnValue:
    """A rule said no, in words fit for the person who asked."""
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), None)
    if status is None:
        raise error
    return page(status, error.message)


def refused_by_the_database(error: IntegrityError | DataError) -> ResponseReturnValue:
    """The database had the last word: two people made the same thing at once, or a value does not fit its column. What a
    form can foresee it says in better words before it comes to this."""
    log.warning("refused by the database", error_type=type(error).__name__, route=request.endpoint)
    g.records.rollback()  # on PostgreSQL nothing more can be asked in this transaction, and the page's frame asks
    return page(409 if isinstance(error, IntegrityError) else 422)


def lacks_permission(error: LacksPermission) -> ResponseReturnValue:
    """Say what the page needs and who can give it."""
    return render_template(
        "staff/not_allowed.html",
        about=error.permission.description,
        roles=[role.human_name for role in roles_with(error.permission)],
        administrators=active_administrators(session()),
    ), 403


def http_error(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error by its number; redirects and ready answers pass."""
    if error.code is None or error.code < 400:
        return error
    return page(error.code)


def failure(_error: Exception) -> ResponseReturnValue:
    """Something broke: no detail is shown, and the page asks nothing of what may have broken."""
    g.plain = True
    return page(500, gettext("We have written this down. Try again later. Nothing you sent just now was saved."))


def log_failure(exc_info: ExcInfo) -> None:
    """Log what kind of thing broke and where in the code: never its words or the address, which may hold a name or a
    link."""
    kind, _, trace = exc_info
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(trace)]
    log.error(
        "request failed",
        error_type=kind.__name__ if kind else None,
        code=" > ".join(places[-4:]),
        route=request.endpoint,
        method=request.method,
    )


def _layout() -> str:
    if request.blueprint == "respond":
        return "layouts/family.html"
    return "layouts/staff.html" if on_staff_door() else "layouts/public.html"
