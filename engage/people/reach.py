"""Whether a number or an address can carry a message: stricter than GOV.UK Notify, so that no family's message goes astray.

Notify takes a United Kingdom mobile with one digit too many for a Russian number and sends it abroad at ten times the rate, and
sends to personal (070) and island numbers at a higher one; here each is refused, with what to do about it.
"""

import re
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

from engage.people.vocabulary.mistakes import WrongValue

_WRITTEN_NUMBER = re.compile(r"\+?[\d\s().\-]+", re.ASCII)
_DRAMA = re.compile(r"7700900\d{3}|2079460\d{3}|1632960\d{3}", re.ASCII)
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LONGEST, _LONGEST_LOCAL = 320, 64
_TOP_LEVEL = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+", re.ASCII)
_CALLABLE = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.UAN,
    }
)
_CALL_REFUSALS = {
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a number charged above the usual rate",
    PhoneNumberType.PERSONAL_NUMBER: "a personal (070) number, which is dear to call",
    PhoneNumberType.PAGER: "a pager",
}
_LANDLINE_CURE = "Enter a mobile number that starts 07, or put this one in the telephone column."


def uk_mobile(text: str, *, demonstration: bool = False) -> str:
    """A United Kingdom mobile number in E.164 form (+447700900123), fit to be sent a text; `WrongValue` otherwise.

    Numbers of Jersey, Guernsey and the Isle of Man are refused: Notify charges them as foreign. Ofcom's numbers for drama
    (07700 900000 to 900999), which belong to nobody, pass only in a demonstration.
    """
    national = _national(text)
    if not national.startswith("7"):
        raise WrongValue("This is not a mobile number, so it cannot get a text.", _LANDLINE_CURE)
    if len(national) != 10:
        more = "too many" if len(national) > 10 else "too few"
        raise WrongValue(
            f"This mobile number has {more} digits: it should have 11, and has {len(national) + 1}.",
            "Check it with the family.",
        )
    if _is_drama(national, demonstration):
        return f"+44{national}"
    kind, region = _kind_and_region(national)
    if kind is PhoneNumberType.PERSONAL_NUMBER:
        raise WrongValue(
            "This is a personal (070) number, which is dear to text and often a diversion.",
            "Ask the family for their own mobile number.",
        )
    if region in {"IM", "GG", "JE"}:
        raise WrongValue(
            "This is a Channel Islands or Isle of Man mobile, which is charged as a foreign one.",
            "Use an email address or another number for texts; this one can go in the telephone column.",
        )
    if kind is not PhoneNumberType.MOBILE:
        raise WrongValue("No United Kingdom mobile number starts like this.", "Check it with the family.")
    return f"+44{national}"


def uk_telephone(text: str, *, demonstration: bool = False) -> str:
    """A United Kingdom number a person may call, landline or mobile, in E.164 form; never used for a text; `WrongValue` otherwise."""
    national = _national(text)
    if _is_drama(national, demonstration):
        return f"+44{national}"
    kind, _ = _kind_and_region(national)
    if kind in _CALL_REFUSALS:
        raise WrongValue(f"This is {_CALL_REFUSALS[kind]}.", "Ask the family for another number, or leave it blank.")
    if kind not in _CALLABLE:
        raise WrongValue(
            "This is not a telephone number in the United Kingdom.",
            "Check its digits with the family, or leave it blank.",
        )
    return f"+44{national}"


def email_address(text: str) -> str:
    """An email address in small letters that GOV.UK Notify will take, not checked to exist; `WrongValue` otherwise.

    Notify's rules (recipient validation): letters of the English alphabet, digits and the usual marks before the @, no two
    dots together, at most 320 characters, a domain with a dot and an ending of two letters or more.
    """
    written = text.strip().lower()
    cure = "Write one address like name@example.org; check for a missing @, a comma, a space or an accent."
    if written.startswith("mailto:"):
        raise WrongValue("This is a link, not an email address.", 'Take away "mailto:" from the front.')
    if written.count("@") > 1 or ";" in written or "," in written:
        raise WrongValue("This is more than one email address, or has a mark that no address has.", cure)
    local, _, domain = written.partition("@")
    if (
        not _LOCAL_PART.fullmatch(local)
        or len(local) > _LONGEST_LOCAL
        or len(written) > _LONGEST
        or not (host := _host(domain))
    ):
        raise WrongValue("This is not an email address that a message can be sent to.", cure)
    return f"{local}@{host}"


@lru_cache(maxsize=20_000)
def _host(domain: str) -> str | None:
    """A domain as machines write it, or None when no mail could go there; a few domains serve most families."""
    try:
        host = validate_email(f"someone@{domain}", check_deliverability=False, allow_smtputf8=False).ascii_domain
    except EmailNotValidError:
        return None
    return host if host and _TOP_LEVEL.fullmatch(host.rpartition(".")[2]) else None


def is_drama_number(number: str) -> bool:
    """Whether an E.164 number is one of those Ofcom keeps for drama, which belong to nobody."""
    return number.startswith("+44") and _DRAMA.fullmatch(number[3:]) is not None


def in_words(number: str) -> str:
    """An E.164 number as people in this country write it: +447700900123 is 07700 900123."""
    parsed = phonenumbers.parse(number, None)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def _national(text: str) -> str:
    """The digits after the leading 0 or +44 of a United Kingdom number; `WrongValue` when it is not written as one."""
    written = text.strip()
    if not _WRITTEN_NUMBER.fullmatch(written):
        raise WrongValue(
            "A telephone number has digits, spaces and brackets only.",
            "Write one number here, and move any words elsewhere.",
        )
    digits = re.sub(r"\D", "", written)
    if digits.startswith("0044"):
        return digits[4:].removeprefix("0")
    if written.startswith("+") or digits.startswith("00"):
        if digits.startswith("44"):
            return digits[2:].removeprefix("0")
        raise WrongValue(
            "This is a number outside the United Kingdom.", "Use a United Kingdom number or an email address instead."
        )
    if digits.startswith("44") and len(digits) >= 12:
        return digits[2:].removeprefix("0")
    if digits.startswith("0"):
        return digits[1:]
    if len(digits) in {9, 10}:
        raise WrongValue(
            "This number has lost its leading 0, as numbers do when a spreadsheet does not treat them as text.",
            "Put the 0 back: set the column's format to Text before you type or paste.",
        )
    raise WrongValue("This is not a telephone number in the United Kingdom.", "Write all its digits, starting with 0.")


def _is_drama(national: str, demonstration: bool) -> bool:
    if not _DRAMA.fullmatch(national):
        return False
    if not demonstration:
        raise WrongValue(
            "This number is kept for film and television and belongs to nobody.", "Ask the family for their own number."
        )
    return True


def _kind_and_region(national: str) -> tuple[int, str | None]:
    """What phonenumbers says of a national number: its `PhoneNumberType`, and the territory that shares the code 44."""
    if len(national) == 10:
        return _block(national[:6])
    return _ask(national)


@lru_cache(maxsize=20_000)
def _block(first_six: str) -> tuple[int, str | None]:
    """Numbers are given out in blocks that the first six digits settle, so one answer serves ten thousand."""
    return _ask(first_six + "0123")


def _ask(national: str) -> tuple[int, str | None]:
    if not 7 <= len(national) <= 10:
        return PhoneNumberType.UNKNOWN, None
    number = phonenumbers.PhoneNumber(country_code=44, national_number=int(national))
    return phonenumbers.number_type(number), phonenumbers.region_code_for_number(number)
