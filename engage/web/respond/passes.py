"""Knowing the same visit again: a signed pass that the browser keeps for as long as somebody answers, and no longer.

It is a cookie for the one link's own pages, set when Start is pressed (docs/decisions). A browser that keeps no cookies
carries it in its addresses instead, where nothing that could lead to an unlinked answer is ever put.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from flask import Response, g, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.http import dump_cookie

from engage.core.config import Settings
from engage.web.request import house, now

IN_ADDRESS = "visit"
SALT = "respond.visit"
RENEWED_AFTER = timedelta(minutes=1)


class Pass(NamedTuple):
    """What a browser shows: the beginning whose answers it gave, or the invitation for which it has just sent them."""

    kind: str
    about: int
    visitor: str
    at: datetime
    extra: dict[str, Any]


BEGUN, SENT = "begun", "sent"


def cookie_name(settings: Settings) -> str:
    """The cookie's name; over https the prefix makes browsers refuse one that was set without it."""
    return "__Secure-engage-visit" if settings.uses_https else "engage-visit"


def shown() -> Pass | None:
    """The pass that came with this request, if it is ours and still good: the cookie's before the address's."""
    if "shown_pass" not in g:
        cookie = _read(request.cookies.get(cookie_name(house().settings), ""))
        g.pass_in_cookie = cookie is not None
        g.shown_pass = cookie or _read(request.args.get(IN_ADDRESS, ""))
    found: Pass | None = g.shown_pass
    return found


def give(kind: str, about: int, visitor: str = "", *, extra: dict[str, Any] | None = None) -> None:
    """Let this browser keep a pass from now on, instead of any before."""
    g.shown_pass = Pass(kind, about, visitor, now(), extra or {})
    g.new_pass = True
    if IN_ADDRESS in request.args:
        carry_in_addresses()


def carry_in_addresses() -> None:
    """Put the pass into the addresses of this page too, for a browser that may keep no cookies."""
    held = shown()
    if held is not None and not g.get("pass_in_cookie"):
        g.carried = write(held._replace(extra={}), g.token, house().settings)


def only_in_cookie() -> None:
    """Leave the pass out of the addresses after all: the next page finds out whether the browser kept the cookie."""
    g.carried = None


def add_to(values: dict[str, object]) -> None:
    """Complete the parts of an address within this link's pages."""
    if g.get("carried") and values.get("token") == g.token:
        values.setdefault(IN_ADDRESS, g.carried)


def is_twice() -> bool:
    """Whether the pass stands in the address although the browser keeps it: then the address can do without."""
    return bool(shown() and g.pass_in_cookie and IN_ADDRESS in request.args)


def without() -> str:
    """This page's address without the pass."""
    rest = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != IN_ADDRESS])
    path = quote(request.path)
    return f"{path}?{rest}" if rest else path


def keep(response: Response) -> Response:
    """Set the cookie, on the answer to a form or when it has grown older than a minute. It ends with the visit."""
    held = g.get("shown_pass")
    fresh = g.get("new_pass") or (g.get("pass_in_cookie") and held and now() - held.at > RENEWED_AFTER)
    if held is None or not fresh or (request.method != "POST" and not g.get("pass_in_cookie")):
        return response
    response.headers.add("Set-Cookie", cookie(held, g.token, house().settings, now=now()))
    return response


def cookie(held: Pass, token: str, settings: Settings, *, now: datetime) -> str:
    """The header that lets a browser keep this pass to this link, from now on as long as a visit may last."""
    return dump_cookie(
        cookie_name(settings),
        write(held._replace(at=now), token, settings),
        max_age=settings.visit_minutes * 60,
        secure=settings.uses_https,
        httponly=True,
        samesite="Lax",
        path=f"/r/{token}",
    )


def write(held: Pass, token: str, settings: Settings) -> str:
    """A pass as text, good for this link alone."""
    at = int(held.at.timestamp())
    written = _serializer(token, settings.secrets).dumps([held.kind, held.about, held.visitor, at, held.extra])
    return written if isinstance(written, str) else written.decode()


def read(text: str, token: str, settings: Settings, *, now: datetime) -> Pass | None:
    """The pass that a text is, if we wrote it for this link and it is still good."""
    if not text:
        return None
    try:
        kind, about, visitor, seconds, extra = _signed(text, token, settings.secrets)
        at = datetime.fromtimestamp(seconds, now.tzinfo)
    except (BadData, ValueError, TypeError, OverflowError):
        return None
    if not timedelta(seconds=-5) <= now - at <= timedelta(minutes=settings.visit_minutes):
        return None
    return Pass(kind, about, visitor, at, extra)


@lru_cache(maxsize=2_000)  # a browser shows the same one for a minute
def _signed(text: str, token: str, secrets: tuple[bytes, ...]) -> Any:
    return _serializer(token, secrets).loads(text)


def _serializer(token: str, secrets: tuple[bytes, ...]) -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(secrets)), salt=f"{SALT}:{token}")  # the oldest first


def _read(text: str) -> Pass | None:
    return read(text, g.token, house().settings, now=now())
