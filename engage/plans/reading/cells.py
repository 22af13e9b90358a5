"""What one cell of an import means; every parser takes the cell's text and raises `WrongValue` when it cannot be read."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from engage.people import reach
from engage.people.vocabulary import authorities, ehcp, ethnicity, identifiers, languages, relationships, sen
from engage.people.vocabulary.mistakes import WrongValue
from engage.plans.reading.settings import ReadingSettings

Parser = Callable[[str, ReadingSettings], Any]

_LONGEST = 250
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}}){_TIME}", re.ASCII)
_BRITISH = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_TIME}", re.ASCII)
_WORDED = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ -]([A-Za-z]{{3,9}})[ ,-]+(\d{{4}}){_TIME}", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\- ](?:\d{1,2}|[A-Za-z]{3,9})[/.\- ]\d{2}", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_ROUNDED = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INVISIBLE = dict.fromkeys((0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_YES_NO = {
    "y": True, "yes": True, "true": True, "1": True,
    "n": False, "no": False, "false": False, "0": False,
}  # fmt: skip
_DATE_CURE = "Write it like 14/03/2025 or 2025-03-14."


def tidy(raw: str) -> str:
    """A cell's text on one line, without the marks that no eye can see.

    An apostrophe put before a sign so that a spreadsheet does not take it for a formula is taken off again.
    """
    text = " ".join(raw.split())
    if not text.isascii():
        text = text.translate(_INVISIBLE).strip()
    if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"}:
        text = text[1:]
    return text


def words(text: str, _: ReadingSettings) -> str:
    """Any words, up to 250 characters."""
    if len(text) > _LONGEST:
        raise WrongValue(
            f"This has {len(text)} characters; {_LONGEST} is the most.",
            "Shorten it, or check that no quotation mark is missing.",
        )
    if _CONTROL.search(text):
        raise WrongValue("This has marks that cannot be shown.", "Type it again.")
    return text


def reference(text: str, settings: ReadingSettings) -> str:
    """The council's own id, kept as it is written."""
    if _ROUNDED.fullmatch(text):
        raise WrongValue(
            "The spreadsheet has rounded this number.", "Set the column's format to Text and copy the number again."
        )
    return words(text, settings)


def calendar_date(text: str) -> date:
    """A date written 2025-03-14, 14/03/2025, 14.03.2025 or 14 March 2025, with or without a time; `WrongValue` otherwise."""
    if found := _ISO.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _BRITISH.fullmatch(text):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if found := _WORDED.fullmatch(text):
        name = found[2].lower()
        if name in _FULL_MONTHS:
            return _date(int(found[3]), _FULL_MONTHS.index(name) + 1, int(found[1]))
        if name[:3] in _MONTHS and len(name) <= 4:
            return _date(int(found[3]), _MONTHS.index(name[:3]) + 1, int(found[1]))
    if _SHORT_YEAR.fullmatch(text):
        raise WrongValue("This date has only two figures for the year.", f"Write all four. {_DATE_CURE}")
    if _SERIAL.fullmatch(text):
        raise WrongValue(
            "This is a spreadsheet's number for a day, not a date.", "Set the column's format to Date, and save again."
        )
    raise WrongValue("This is not a date.", _DATE_CURE)


def _date(year: int, month: int, day: int) -> date:
    if month > 12 >= day:
        raise WrongValue("This date has the month before the day.", f"Write the day first. {_DATE_CURE}")
    if not 1900 <= year <= 2200:
        raise WrongValue(f"The year {year} cannot be right.", _DATE_CURE)
    try:
        return date(year, month, day)
    except ValueError:
        raise WrongValue("There is no such day.", _DATE_CURE) from None


def past_date(text: str, settings: ReadingSettings) -> date:
    """A date that has come."""
    found = calendar_date(text)
    if found > settings.today:
        raise WrongValue("This date has not come yet.", "Check the year, or leave it blank until it has happened.")
    return found


def yes_or_no(text: str, _: ReadingSettings) -> bool:
    """Y or N, yes or no, true or false, 1 or 0."""
    found = _YES_NO.get(text.casefold())
    if found is None:
        raise WrongValue("This is not Y or N.", "Write Y for yes, N for no, or leave it blank if it is not known.")
    return found


def _long_number(check: Callable[[str], str]) -> Parser:
    """A check of a number so long that a spreadsheet may have rounded it."""

    def parse(text: str, settings: ReadingSettings) -> str:
        return check(reference(text, settings))

    return parse


def mobile(text: str, settings: ReadingSettings) -> str:
    """A mobile that can be sent a text."""
    return reach.uk_mobile(reference(text, settings), demonstration=settings.demonstration)


def telephone(text: str, settings: ReadingSettings) -> str:
    """A number that a person can call."""
    return reach.uk_telephone(reference(text, settings), demonstration=settings.demonstration)


def _plain(check: Callable[[str], Any]) -> Parser:
    """A check that needs nothing but the text."""
    return lambda text, _: check(text)


upn = _long_number(identifiers.upn)
uln = _long_number(identifiers.uln)
urn = _plain(identifiers.urn)
postcode = _plain(identifiers.postcode)
email = _plain(reach.email_address)
sex = _plain(sen.sex)
sen_type = _plain(sen.sen_type)
ethnic_code = _plain(lambda text: ethnicity.ethnicity(text).code)
language_code = _plain(lambda text: languages.language(text).code)
preferred_language = _plain(languages.preferred_language)
authority = _plain(lambda text: authorities.authority(text).code)
relationship = _plain(relationships.relationship)
cease_reason = _plain(ehcp.cease_reason)
plan_status = _plain(ehcp.plan_status)
review_outcome = _plain(ehcp.review_outcome)
