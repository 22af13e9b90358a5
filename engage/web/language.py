"""Which language a family is spoken to in, and how they change it on any page without losing what they typed.

`?lang=` says it and is carried on by every address; without it a family's own link speaks the language its holder reads, if
we offer it, and anything else English. No cookie remembers it. Staff pages are in English.
"""

from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app, g, redirect, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.urls import iri_to_uri

from engage.core import languages
from engage.core.languages import LANGUAGES, SOURCE
from engage.web.request import house

PARAMETER = "lang"
SWITCH = "switch_language"
"""The button that was pressed to read the page in another language: what was typed comes back unsent and unchecked."""
SWITCH_WITH_MISTAKES = "with_mistakes"
"""Sent along from a page that said what was wrong, so that it says so again, now in the other language."""

ENGLISH_DOORS = frozenset({"staff", "forum", "sign_in", "hooks"})


def configure(app: Flask) -> None:
    """Speak the right language on every request of this app."""
    app.before_request(begin)
    app.teardown_request(end)
    app.url_defaults(carry)
    app.context_processor(chooser)


def begin() -> ResponseReturnValue | None:
    """Take the language from the address; when only the language was changed, show the same page again."""
    speak_as_asked()
    if _speaks_to_families() and request.method == "POST" and SWITCH in request.form:
        return _same_page()
    return None


def speak_as_asked() -> None:
    """Take the language from the address. A form that is refused before this request has begun is answered in it too."""
    g.language, g.language_said = SOURCE, False
    languages.speak(SOURCE)
    if not _speaks_to_families():
        return
    house().follow_translations()
    asked = request.args.get(PARAMETER, "")
    if asked in offered():
        _say(asked)
        g.language_said = True


def end(_error: BaseException | None) -> None:
    """Whatever this thread does next, it begins in English."""
    languages.speak(SOURCE)


def settle(tag: str | None) -> None:
    """Speak the language this person reads, unless the address says another or we do not offer it."""
    code = languages.known(tag)
    if not g.language_said and code in offered():
        _say(code or SOURCE)


def stay_english() -> None:
    """Speak English whatever the address says, and offer nothing else: what people at work are asked is in no other
    language, and half a page of it would be worse than none."""
    _say(SOURCE)
    g.language_said, g.english_only = False, True


def offered() -> Sequence[str]:
    """The codes of the languages families may choose from, English first."""
    return house().templates.offered()


def switching() -> bool:
    """Whether this request only changes the language of the page: then what was typed is shown again as it is."""
    return SWITCH in request.form


def switching_with_mistakes() -> bool:
    """The same, from a page that said what was wrong."""
    return switching() and SWITCH_WITH_MISTAKES in request.form


def carry(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses of family and public pages go on in the language of this page."""
    door = endpoint.partition(".")[0]
    if "." not in endpoint or door in ENGLISH_DOORS or "language" not in g:
        return
    if g.language_said or g.language != SOURCE:
        values.setdefault(PARAMETER, g.language)


def chooser() -> dict[str, object]:
    """What a layout needs: the page's language, and the others with their addresses, by their own names."""
    if "language" not in g or not _speaks_to_families():
        return {}
    return {"language": g.language, "languages": [] if "english_only" in g else _choices()}


def _choices() -> list[dict[str, object]]:
    codes = offered()
    if len(codes) < 2:
        return []
    return [
        {"code": code, "name": LANGUAGES[code].name, "href": _here_in(code), "current": code == g.language}
        for code in codes
    ]


def _here_in(code: str) -> str:
    """The address of this very page in another language."""
    others = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    query = current_app.url_map.bind("").encode_query_args(dict(others) | {PARAMETER: code})
    return f"{iri_to_uri(request.path)}?{query}"


def _say(code: str) -> None:
    g.language = code
    languages.speak(code)


def _speaks_to_families() -> bool:
    return (request.blueprint or "") not in ENGLISH_DOORS and not request.path.startswith("/staff")


def _same_page() -> ResponseReturnValue:
    """The page that this form came from, made by the view that a browser would have looked at it with."""
    adapter = request_ctx.url_adapter
    assert adapter is not None
    try:
        endpoint, _ = adapter.match(method="GET")
    except HTTPException:
        return redirect("/")
    view = current_app.ensure_sync(current_app.view_functions[endpoint])
    answer: ResponseReturnValue = view(**(request.view_args or {}))
    return answer
