"""Which format a family reads in: the standard words, Easy Read, or large print.

`?format=` says it and is carried on by every address of the survey; no cookie remembers it. Whoever comes back to what they
began finds it in the format in which they began it, unless the address says another.
"""

from typing import Any

from flask import Flask, current_app, g, request
from werkzeug.urls import iri_to_uri

from engage.core.languages import gettext
from engage.surveys.definition import Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.formats import Format, format_named
from engage.web.request import house

PARAMETER = "format"
DOORS = frozenset({"respond", "open", "visit"})
"""Where surveys are answered."""


def configure(app: Flask) -> None:
    """Know the format on every request of this app."""
    app.before_request(begin)
    app.url_defaults(carry)
    app.context_processor(chooser)


def begin() -> None:
    """Take the format from the address."""
    asked = request.args.get(PARAMETER)
    g.format, g.format_said, g.formats_offered = Format.STANDARD, False, ()
    if _asks_families() and asked in set(Format):
        g.format, g.format_said = format_named(asked), True


def offer(survey: Survey) -> None:
    """Let the page of this survey be read in every format that it has; one that it lacks is never what it was read in."""
    has_easy_read = house().catalogue.easy_read(survey) is not None
    g.formats_offered = tuple(one for one in Format if one is not Format.EASY_READ or has_easy_read)
    if g.format not in g.formats_offered:
        g.format, g.format_said = Format.STANDARD, False


def settle(begun_in: Format) -> None:
    """Go on in the format in which somebody began, unless the address says another."""
    if not g.format_said:
        g.format = begun_in


def easy_words(survey: Survey) -> EasyRead | None:
    """The short words of a survey, when this page is read in Easy Read and somebody has written them."""
    return house().catalogue.easy_read(survey) if g.format is Format.EASY_READ else None


def carry(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses within a survey go on in the format of this page."""
    if endpoint.partition(".")[0] in DOORS and "format" in g and (g.format_said or g.format is not Format.STANDARD):
        values.setdefault(PARAMETER, g.format.value)


def chooser() -> dict[str, object]:
    """What a layout needs: the page's format, and the others with their addresses."""
    if "format" not in g:
        return {"format": Format.STANDARD.value, "formats": []}
    names = {
        Format.STANDARD: gettext("Standard"),
        Format.EASY_READ: gettext("Easy Read"),
        Format.LARGE_PRINT: gettext("Large print"),
    }
    formats = [
        {"format": one.value, "name": names[one], "href": _here_in(one), "current": one is g.format}
        for one in g.formats_offered
    ]
    return {"format": g.format.value, "formats": formats}


def _here_in(one: Format) -> str:
    """The address of this very page in another format."""
    others = {name: value for name, value in request.args.items() if name != PARAMETER}
    query = current_app.url_map.bind("").encode_query_args(others | {PARAMETER: one.value})
    return f"{iri_to_uri(request.path)}?{query}"


def _asks_families() -> bool:
    return (request.blueprint or "").partition(".")[0] in DOORS
