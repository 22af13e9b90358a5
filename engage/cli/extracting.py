"""Gathering every string that families read: from pages and code (`messages`), and from the surveys (`surveys`)."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

from engage.core.catalogues import MESSAGES
from engage.core.config import PROJECT
from engage.people.vocabulary.sen import SEN_TYPE_LABELS, SenType
from engage.surveys.loader import Catalogue
from engage.surveys.to_translate import to_translate

CODE = PROJECT / "engage"
TEMPLATES = CODE / "web" / "templates"
ENGLISH_ONLY_TEMPLATES = ("staff/", "forum/", "sign_in/", "layouts/staff.html", "parts/figures.html", "parts/work.html")
"""Pages of people who sign in: they are in English."""
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "gettext_noop": None}
NOTE = "NOTE:"
"""A comment that begins so is for the translators."""

Found = tuple[str | tuple[str, str], str, str, list[str]]
"""The words (or singular and plural), their context, the place, and notes for the translators."""


def extract(domain: str, catalogue: Catalogue) -> Catalog:
    """The template of a domain: every string once, each with the places where it stands."""
    template = Catalog(project="Engage", charset="utf-8", fuzzy=False)
    found = _messages() if domain == MESSAGES else _surveys(catalogue)
    for words, context, place, notes in found:
        template.add(words, locations=[(place, 0)], auto_comments=notes, context=context or None)
    return template


def _messages() -> Iterator[Found]:
    for path in sorted(CODE.rglob("*.py")):
        yield from _from_file("python", path, {})
    options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.do"}
    for path in sorted(TEMPLATES.rglob("*.html")):
        if not path.relative_to(TEMPLATES).as_posix().startswith(ENGLISH_ONLY_TEMPLATES):
            yield from _from_file("jinja2", path, options)
    place = "engage/people/vocabulary/data/sen_types.csv"
    for code, label in SEN_TYPE_LABELS.items():
        if code is not SenType.NSA:
            yield label, "", place, ["A kind of special educational need."]


def _from_file(method: str, path: Path, options: dict[str, str]) -> Iterator[Found]:
    place = path.relative_to(PROJECT).as_posix()
    for _, words, notes, context in extract_from_file(
        method, path, keywords=KEYWORDS, comment_tags=(NOTE,), options=options, strip_comment_tags=True
    ):
        pair = (str(words[0]), str(words[1])) if isinstance(words, (tuple, list)) else str(words)
        yield pair, str(context or ""), place, list(notes)


def _surveys(catalogue: Catalogue) -> Iterator[Found]:
    for entry in to_translate(catalogue).values():
        for place in entry.places:
            yield entry.msgid, entry.context, place, list(entry.notes)
