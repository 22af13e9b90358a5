"""What every answer tells the browser: run nothing foreign, frame nothing, keep nothing private, send no address on.

A page is private unless its door is known to be open: it is not kept by any cache and not found by any search.
"""

from flask import Flask, Response, request

# No 'unsafe-inline' anywhere: a page carries no style attribute, no style element and no script of its own.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
EVERYWHERE = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Permissions-Policy", PERMISSIONS_POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
FOREVER = "public, max-age=31536000, immutable"
TWO_YEARS_IN_SECONDS = 63_072_000

FAMILY = frozenset({"respond", "open", "visit"})
OPEN = frozenset({"public", "static", "theme"})
LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
"""The answer to a form may show what was typed, and so is private at any door."""


def configure(app: Flask) -> None:
    """Set the headers on every response; a view that set one of them itself keeps its own."""
    app.after_request(protect)


def protect(response: Response) -> Response:
    """Add the headers for the door that answered (`request.blueprint`, or the endpoint where there is none)."""
    headers = response.headers
    there = {name.lower() for name in headers.keys()}  # noqa: SIM118  # iterating headers gives pairs
    for name, value in EVERYWHERE:
        if name.lower() not in there:
            headers.add(name, value)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS_IN_SECONDS}; includeSubDomains")

    door = (request.blueprint or request.endpoint or "").partition(".")[0]
    carries_token = "token" in (request.view_args or {})
    headers.setdefault("Referrer-Policy", _referrer_policy(door, carries_token=carries_token))
    if door in OPEN and not carries_token and request.method in LOOKS:
        _let_keep(response, built=request.path.startswith("/static/built/") and response.status_code == 200)
        return response
    headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    headers["Cache-Control"] = "no-store"
    return response


def _referrer_policy(door: str, *, carries_token: bool) -> str:
    """No address with a token in it is ever told to anyone, ourselves included.

    Outside the family's door forms are checked against forgery, which over https needs the origin, so it is sent alone.
    """
    if door in FAMILY:
        return "no-referrer"
    return "strict-origin" if carries_token else "same-origin"


def _let_keep(response: Response, *, built: bool) -> None:
    """Built files have their hash in the name and never change; anything else is asked for again."""
    if built:
        response.headers["Cache-Control"] = FOREVER
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
