"""Symbols in a page: drawn into it, so that they need no second request, and silent where words stand beside them."""

from flask import Flask
from markupsafe import Markup

from engage.web.request import house

TURNS = frozenset({"arrow_forward"})
"""What points the way that words run, and so the other way in words written from the right."""
_FRAME = 'viewBox="0 0 64 64" focusable="false"'


def configure(app: Flask) -> None:
    """Let every template write `{{ picture("phone") }}`."""
    app.jinja_env.globals["picture"] = picture


def picture(name: str, alternative: str = "") -> Markup:
    """The symbol of this name. It is hidden from whoever listens, for the words beside it say the same; where none stand
    beside it, give its words as `alternative`. A name that nobody has drawn gives nothing: the words are enough."""
    known = house().catalogue.pictures.get(name)
    if known is None:
        return Markup("")
    heard = Markup('role="img" aria-label="{}"').format(alternative) if alternative else Markup('aria-hidden="true"')
    kind = "app-picture app-picture--turns" if name in TURNS else "app-picture"
    return Markup('<svg class="{}" {} {}>{}</svg>').format(kind, Markup(_FRAME), heard, Markup(known.drawing))  # noqa: S704  # checked when read
