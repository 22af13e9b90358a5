"""Which pages there are, by the routes that answer them."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.house.test_doors import ways

FAMILIES_COME_THROUGH = frozenset({"public", "respond", "open", "visit"})
"""Doors of families and of anybody else who does not sign in: they speak every language that we offer."""
NOT_PAGES = (".<", ".csv", ".xlsx", ".json", ".yaml", ".po", ".pdf", ".txt", ".css", ".jpg", "/healthz")
"""What a route that gives a file, or answers a machine, holds in its address."""
NOWHERE = "nowhere"


def pages(app: Flask) -> Iterator[Rule]:
    """Every route that shows a page."""
    for method, rule in ways(app):
        if method == "GET" and not any(sign in rule.rule for sign in NOT_PAGES):
            yield rule


def is_of_families(rule: Rule) -> bool:
    """Whether a family comes this way."""
    return rule.endpoint.partition(".")[0] in FAMILIES_COME_THROUGH


def route_of(app: Flask, path: str) -> str:
    """The rule that answers a path, or NOWHERE."""
    try:
        rule, _ = app.url_map.bind("localhost").match(urlsplit(path).path, method="GET", return_rule=True)
    except HTTPException:
        return NOWHERE
    return str(rule.rule)


def leads_nowhere(app: Flask, service: str, link: str) -> bool:
    """Whether a link into the service is one that no route answers."""
    address = urlsplit(link)
    if not link.startswith(f"{service}/") or address.fragment or address.path.startswith("/static/"):
        return False
    return route_of(app, address.path) == NOWHERE
