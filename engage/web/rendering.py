"""How pages are drawn: the template environment, its filters, and what every layout may rely on.

Our own templates are strict: a name that is missing is an error, never an empty space. The macros of the GOV.UK library
read keys that need not be there, so they live in an environment of their own and are handed to ours as globals:
a page writes `{{ govukRadios({...}) }}` and imports nothing.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Flask, Response, url_for
from govuk_frontend_wtf.main import wtforms_errors
from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.filters import do_default
from markupsafe import Markup
from wtforms.form import BaseForm

from engage.core import languages
from engage.core.config import Settings
from engage.core.errors import Misconfigured
from engage.core.languages import clock_face, gettext, gettext_noop, percent
from engage.core.languages import day as day  # the filters are one family, wherever each is made
from engage.core.languages import number as number
from engage.core.languages import weekday as weekday
from engage.web import theme

WEB = Path(__file__).resolve().parent
MANIFEST = WEB / "static" / "built" / "manifest.json"

# The form widgets of govuk-frontend-wtf draw themselves through a template of this name each.
WIDGETS = {
    "button": "govukButton",
    "charactercount": "govukCharacterCount",
    "checkboxes": "govukCheckboxes",
    "date": "govukDateInput",
    "file-upload": "govukFileUpload",
    "input": "govukInput",
    "password": "govukPasswordInput",
    "radios": "govukRadios",
    "select": "govukSelect",
    "textarea": "govukTextarea",
}

# A browser's own "fill in this field" is neither in our words nor in the family's language, so `required` goes.
WIDGET_TEMPLATE = '{%% do params.get("attributes", {}).pop("required", none) %%}{{ %s(params) }}'

# One tone for a state wherever it appears; a state that is not named here is grey. The words always say it too.
TONES = {
    "blue": "new scheduled queued sending sent active open running started contacted triaged shared invited due pending "
    "in_progress still_doing",
    "green": "delivered answered completed complete resolved done published verified signed agreed action_agreed "
    "confirmed joined reached impact_seen",
    "yellow": "draft waiting reminded unable_to_contact paused held on_hold to_call no_answer unconfirmed needs_review "
    "cannot_tell provisional",
    "red": "overdue failed permanent_failure temporary_failure technical_failure undelivered escalated faulty objected "
    "urgent less_heard",
}
_TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}


def london(at: datetime) -> str:
    """A moment as people in England write it: "9:30am, Monday 3 March 2026".

    A moment without a time zone is refused, for it could be any of two.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    # NOTE: A time and a day, such as 9:30, Monday 3 March 2026
    return gettext("%(time)s, %(day)s", time=clock_face(at), day=weekday(at))


def share(n: int, total: int) -> str:
    """A percentage that never travels without its counts, halves rounded up: "82% (9/11)"."""
    if total == 0:
        return gettext("no answers (0/0)")
    return f"{percent(n, total)} ({number(n)}/{number(total)})"


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 call", "3 calls"; give `many` where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def words(state: str) -> str:
    """A state as people read it: `action_agreed` becomes "Action agreed"."""
    text = re.sub(r"[_-]+", " ", str(state)).strip()
    return text[:1].upper() + text[1:]


def tone(state: str) -> str:
    """The colour of a state's tag: blue, green, yellow, red or grey."""
    return _TONE_OF.get(str(state).lower().replace("-", "_").replace(" ", "_"), "grey")


def english(text: str) -> str:
    """Words that stay as they are in every language, such as the council's own name, marked as English among others."""
    return text if languages.current() == languages.SOURCE else Markup('<bdi lang="en" dir="ltr">{}</bdi>').format(text)


@cache
def direction(language: str) -> str:
    """ "rtl" for a language written from right to left, otherwise "ltr"."""
    try:
        return Locale.parse(language, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def lang_attrs(language: str) -> Markup:
    """The two attributes that any element in another language needs: `lang="ur" dir="rtl"`."""
    return Markup('lang="{}" dir="{}"').format(language, direction(language))


def failures(form: BaseForm) -> list[dict[str, str]]:
    """A form's errors for the error summary, each leading to the first place where it can be put right."""
    return [_leading(form, failure) for failure in wtforms_errors(form)["errorList"]]


def _leading(form: BaseForm, failure: dict[str, str]) -> dict[str, str]:
    name = failure["href"].removeprefix("#")
    if name == "None":  # it belongs to the form as a whole
        return {"text": failure["text"]}
    if name in form and isinstance(form[name].widget, GovDateInput):
        return failure | {"href": f"#{name}-day"}
    return failure


def read_manifest(path: Path = MANIFEST) -> Mapping[str, str]:
    """Which built file stands behind each name; `Misconfigured` says how to build them."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise Misconfigured(f"{path} is missing. Run `make assets` to build the pages' styles.") from None


LIBRARY_WORDS = frozenset({gettext_noop("Error"), gettext_noop("Warning")})
"""What the library says on its own, hidden from sight, for whoever hears the page."""


def _default_in_our_words(value: Any, default_value: Any = "", boolean: bool = False) -> Any:
    """Jinja's `default`, with the library's own words in the language being spoken."""
    found = do_default(value, default_value, boolean)
    return gettext(found) if isinstance(found, str) and found in LIBRARY_WORDS else found


@cache  # compiling the library takes a third of a second, and nothing in it depends on the app
def _library_macros() -> dict[str, object]:
    """Every `govuk...` macro of govuk-frontend-jinja, by its own name."""
    library = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}), autoescape=True
    )
    library.filters["default"] = _default_in_our_words
    components = [name for name in library.list_templates() if name.endswith("/macro.html")]
    return {
        macro: getattr(library.get_template(name).module, macro)
        for name in components
        for macro in vars(library.get_template(name).module)
        if macro.startswith("govuk") and macro != "govukAttributes"
    }


def configure(app: Flask, settings: Settings) -> None:
    """Give the app its template environment, the filters and globals, and the theme."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    widgets = {f"{name}.html": WIDGET_TEMPLATE % macro for name, macro in WIDGETS.items()}
    environment.loader = ChoiceLoader(
        [FileSystemLoader(WEB / "templates"), PrefixLoader({"govuk_frontend_wtf": DictLoader(widgets)})]
    )
    environment.add_extension("jinja2.ext.do")
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        languages.page_gettext,
        languages.page_ngettext,
        newstyle=True,
        pgettext=languages.page_pgettext,
        npgettext=languages.page_npgettext,
    )
    environment.globals.update(_library_macros())
    for function in (london, day, weekday, number, share, plural, words, tone, lang_attrs):
        environment.filters[function.__name__] = function

    manifest = read_manifest()
    environment.globals.update(
        asset=lambda name: url_for("static", filename=manifest[name]),
        lang_attrs=lang_attrs,
        direction=direction,
        english=english,
        failures=failures,
        settings=settings,
        themed=settings.accent_colour is not None,
    )
    if settings.accent_colour is not None:
        style = theme.style_sheet(settings.accent_colour)
        app.add_url_rule("/theme.css", "theme", lambda: Response(style, mimetype="text/css"))

    @app.context_processor
    def _defaults() -> dict[str, object]:
        """What a layout may rely on when a view says nothing of it."""
        return {
            "language": "en",
            "languages": [],
            "format": "standard",
            "formats": [],
            "navigation": [],
            "signed_in": None,
            "demonstration_at": None,
            "demonstration_links": [],
            "errors": [],
            "back": None,
            "form": None,
        }
