"""The languages that families are offered, and every word of theirs: `gettext` and its sisters, free of any web.

English is the source: the words in the code, in the pages and in the surveys are themselves the keys. A door says which
language is being spoken (`speaking`, or `speak` for the rest of a request); everything below it only asks for its words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent
from babel.support import LazyProxy

from engage.core import catalogues
from engage.core.catalogues import MESSAGES, SURVEYS
from engage.core.clock import LONDON

SOURCE = "en"
"""The language in which everything is written first."""


@dataclass(frozen=True)
class Language:
    """A language families may be offered."""

    code: str
    name: str
    """What its readers call it."""
    in_english: str

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Which way its writing runs."""
        return "rtl" if Locale.parse(self.code).text_direction == "rtl" else "ltr"


LANGUAGES = {
    language.code: language
    for language in (
        Language("en", "English", "English"),
        Language("pl", "Polski", "Polish"),
        Language("ta", "தமிழ்", "Tamil"),
        Language("ko", "한국어", "Korean"),
        Language("ar", "العربية", "Arabic"),
        Language("ur", "اردو", "Urdu"),
        Language("fa", "فارسی", "Persian"),
    )
}
"""In the order in which the chooser shows them."""

_spoken: ContextVar[str] = ContextVar("spoken_language", default=SOURCE)


def current() -> str:
    """The language being spoken now; English wherever nobody has said."""
    return _spoken.get()


def speak(language: str) -> None:
    """From here on in this request; a door says it, and says English again at the end."""
    _spoken.set(language if language in LANGUAGES else SOURCE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """For a while, such as one message to one person."""
    token = _spoken.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(token)


def known(tag: str | None) -> str | None:
    """The language of ours that a BCP 47 tag means ("ar" for "ar-SY"), or None."""
    primary = (tag or "").partition("-")[0].lower()
    return primary if primary in LANGUAGES else None


def gettext(message: str, **variables: object) -> str:
    """The words in the language spoken, with `%(name)s` filled in when variables are given."""
    found = catalogues.lookup(current(), MESSAGES, message)
    return _filled(message if found is None else found, variables)


def pgettext(context: str, message: str, **variables: object) -> str:
    """The same for words that mean two things: the context tells which."""
    found = catalogues.lookup(current(), MESSAGES, message, context=context)
    return _filled(message if found is None else found, variables)


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """The words for so many, by the plural rule of the language spoken; `%(num)s` is the number."""
    return _filled(_plural(singular, plural, num), {"num": number(num), **variables})


def lazy_gettext(message: str, **variables: object) -> str:
    """Words that are looked up when they are shown: for what is made before anybody asks, such as a form's labels."""
    return LazyProxy(gettext, message, enable_cache=False, **variables)  # type: ignore[return-value]  # reads as text


def gettext_noop(message: str) -> str:
    """Mark words for the translators where they stand as plain English; whoever shows them calls `gettext`."""
    return message


_ = gettext


def _filled(words: str, variables: dict[str, Any]) -> str:
    return words % variables if variables else words


def _plural(singular: str, plural: str, num: int) -> str:
    found = catalogues.lookup(current(), MESSAGES, singular, plural=plural, num=num)
    if found is not None:
        return found
    return singular if num == 1 else plural


def page_gettext(message: str) -> str:
    """`gettext` as templates call it: Jinja fills the variables in itself, after escaping them."""
    return gettext(message)


def page_ngettext(singular: str, plural: str, num: int) -> str:
    """`ngettext` as templates call it."""
    return _plural(singular, plural, num)


def page_pgettext(context: str, message: str) -> str:
    """`pgettext` as templates call it."""
    return pgettext(context, message)


def page_npgettext(_context: str, singular: str, plural: str, num: int) -> str:
    """`npgettext` as templates call it; no context has plurals of its own yet."""
    return _plural(singular, plural, num)


def survey_gettext(message: str, language: str, context: str = "") -> str | None:
    """The words of a survey in this language; None when it has none for them, and English must be shown as English."""
    return message if language == SOURCE else catalogues.lookup(language, SURVEYS, message, context=context)


# Dates, times and numbers. England's calendar (Gregorian) and the digits 0 to 9 in every language: they are what stands on
# the letters, on the appointment cards and on the telephone that these same families use here.


def day(on: date) -> str:
    """A date in words, "3 March 2026"; a moment is first brought to England."""
    when = _in_england(on)
    if current() == SOURCE:
        return f"{when.day} {when:%B %Y}"
    return format_date(when, "long", locale=current())


def weekday(on: date) -> str:
    """A date with its day of the week, "Monday 3 March 2026"."""
    when = _in_england(on)
    if current() == SOURCE:
        return f"{when:%A} {day(when)}"
    return format_date(when, "full", locale=current())


def day_and_month(on: date) -> str:
    """A date without its year, "3 March"."""
    if current() == SOURCE:
        return f"{on.day} {on:%B}"
    return format_skeleton("MMMMd", on, locale=current())


NAMES_PARTS_OF_THE_DAY = frozenset({"ko", "ta", "ur"})
"""Languages whose short times hold the Latin letters AM and PM in CLDR, though their readers say "in the morning" in words
that CLDR has as well."""


def clock_face(at: datetime) -> str:
    """A time of day in England: "9:30am", "midday"."""
    local = at.astimezone(LONDON)
    if current() in NAMES_PARTS_OF_THE_DAY:
        return format_skeleton("Bhm", local, LONDON, locale=current())
    if current() != SOURCE:
        return format_time(local.time(), "short", locale=current())
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    return f"{hour}:{local.minute:02d}{half}" if local.minute else f"{hour}{half}"


def number(value: float) -> str:
    """A figure with its thousands marked: 1,234."""
    return f"{value:,}" if current() == SOURCE else format_decimal(value, locale=current())


def percent(n: int, total: int) -> str:
    """A whole percentage, halves rounded up."""
    rounded = (200 * n + total) // (2 * total)
    return f"{rounded}%" if current() == SOURCE else format_percent(rounded / 100, locale=current())


def _in_england(on: date) -> date:
    return on.astimezone(LONDON).date() if isinstance(on, datetime) else on
