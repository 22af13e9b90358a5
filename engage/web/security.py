"""Who gets through a door: permissions of staff, the session cookie, forged forms, and how often a stranger may knock."""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Network, ip_address
from typing import ParamSpec, TypeVar

from flask import Flask, Request, redirect, request, url_for
from flask import session as browser
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from engage.accounts.permissions import Permission, granted
from engage.core.config import Settings
from engage.core.errors import NotAllowed
from engage.web.request import LOOKS, cookie_name, house, signed_in

SIGN_IN_LIMIT = "30 per 15 minutes"
"""Sign-in links asked for from one address: a whole office may share one."""
PUBLIC_LIMIT = "20 per hour"
"""Forms that anyone may send and that send a message, from one address."""

ONE_HOUSEHOLD = 64
"""The bits that all addresses of one IPv6 network share (RFC 6177)."""

GOING_TO = "going_to"


def who_knocks() -> str:
    """Whom a stranger's knocks are counted for: their address; of IPv6 the network that a household or a hall is given whole,
    for with its billions of addresses nobody would ever knock twice."""
    given = request.remote_addr or ""
    try:
        address = ip_address(given.partition("%")[0])
    except ValueError:
        return given
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), ONE_HOUSEHOLD), strict=False))


# Counted in the memory of each process: with several web processes a stranger gets so many knocks at each of them.
# That is enough to slow a machine down, and needs no other service; the limits that matter are kept by the features.
limiter = Limiter(who_knocks, storage_uri="memory://", strategy="moving-window")
csrf = CSRFProtect()

Given = ParamSpec("Given")
Answer = TypeVar("Answer", bound=ResponseReturnValue)


class LacksPermission(NotAllowed):
    """The signed-in person's roles do not give this permission."""

    def __init__(self, permission: Permission) -> None:
        super().__init__("Your account does not open this page.")
        self.permission = permission


def needs(
    permission: Permission,
) -> Callable[[Callable[Given, ResponseReturnValue]], Callable[Given, ResponseReturnValue]]:
    """Guard a view: a signed-out person is sent to sign in and comes back here; one without the permission is refused.

    It stands below the route: `@blueprint.get("/cases")`, then `@needs(Permission.SEE_CASES)`.
    """

    def guard(view: Callable[Given, ResponseReturnValue]) -> Callable[Given, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
            person = signed_in()
            if person is None:
                return _to_sign_in()
            if permission not in granted(person.roles):
                raise LacksPermission(permission)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read back by `permission_of`
        return guarded

    return guard


def permission_of(view: Callable[..., object]) -> Permission | None:
    """The permission a view needs, or None when it is not guarded."""
    return getattr(view, "permission", None)


def may(permission: Permission) -> bool:
    """Whether the signed-in person holds a permission: for links and buttons on a page that several roles share."""
    person = signed_in()
    return person is not None and permission in granted(person.roles)


def _to_sign_in() -> Response:
    # The address is one of our own routes, kept in our own signed cookie, so it can lead nowhere else.
    if request.method == "GET":
        browser[GOING_TO] = request.full_path.rstrip("?")
    return redirect(url_for("sign_in.ask"))


def where_they_were_going() -> str | None:
    """The page that sent this browser to sign in, once."""
    path = browser.pop(GOING_TO, None)
    return path if isinstance(path, str) and path.startswith("/") and not path.startswith("//") else None


def give_cookie(response: Response, token: str) -> Response:
    """Sign this browser in: no script reads the cookie, and no other site sends it with a form."""
    settings = house().settings
    response.set_cookie(
        cookie_name(),
        token,
        max_age=settings.session_hours * 3600,
        secure=settings.uses_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def take_cookie(response: Response) -> Response:
    """Sign this browser out."""
    response.delete_cookie(cookie_name(), secure=house().settings.uses_https, httponly=True, samesite="Lax", path="/")
    return response


def configure(app: Flask, settings: Settings) -> None:
    """Set the app's secrets, its form cookie and its guards."""
    newest, *older = (key.decode() for key in settings.secrets)
    app.config.update(
        SECRET_KEY=newest,
        SECRET_KEY_FALLBACKS=older,
        SESSION_COOKIE_NAME="__Host-engage_form" if settings.uses_https else "engage_form",
        SESSION_COOKIE_SECURE=settings.uses_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the cookie: nobody loses a long form to a clock
        MAX_CONTENT_LENGTH=settings.import_size_limit_mb * 1_000_000 + 1_000_000,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the way Flask documents
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    app.session_interface = FormCookie()
    csrf.init_app(app)
    limiter.init_app(app)


@limiter.request_filter
def only_looks() -> bool:
    """Every limit is on forms that are sent: looking at a page is never counted."""
    return request.method in LOOKS


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, whose signature is only worked out for a browser that sent one: a family's has none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)
