"""Whether a recipient can be written to: email addresses, phone numbers, postal addresses, and the simulated ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult

from engage.notify.standin.statuses import Channel, Status

SMOKE_TEST_EMAILS = frozenset(
    {
        "simulate-delivered@notifications.service.gov.uk",
        "simulate-delivered-2@notifications.service.gov.uk",
        "simulate-delivered-3@notifications.service.gov.uk",
    }
)
SMOKE_TEST_PHONES = frozenset({"447700900000", "447700900111", "447700900222"})
_EMAIL_OUTCOMES = {
    "temp-fail@simulator.notify": Status.TEMPORARY_FAILURE,
    "perm-fail@simulator.notify": Status.PERMANENT_FAILURE,
}
_PHONE_OUTCOMES = {
    "7700900003": Status.TEMPORARY_FAILURE,
    "7700900002": Status.PERMANENT_FAILURE,
}

_LOCAL_PART = re.compile(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+")
_DOMAIN_PART = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)
_TOP_DOMAIN = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_INVISIBLE = "\u180e\u200b\u200c\u200d\u2060\ufeff"

_UK_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)\s*([0-9][ABD-HJLNP-UW-Z]{2})")
_BAD_FIRST_CHARACTERS = '@()=[]"”\\/,<>~'
FEWEST_LINES, MOST_LINES = 3, 7

_SERVED_TYPES = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.UAN,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)
_LANDLINES = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UAN})
_PHONE_REASONS = {
    ValidationResult.TOO_LONG: "Too many digits",
    ValidationResult.TOO_SHORT: "Not enough digits",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "Not enough digits",
    ValidationResult.INVALID_COUNTRY_CODE: "Not a valid country prefix",
}
_NO_COUNTRY = frozenset({"001", "ZZ"})
_NOT_VALID = "Number is not valid – double check the phone number you entered"


class RecipientError(ValueError):
    """The recipient cannot be; the text is Notify's."""


class UnservedCountryError(RecipientError):
    """The number's prefix is not that of a country; no other reading of it is tried."""


@dataclass(frozen=True)
class Phone:
    """A phone number: digits with the country's, and what kind it is."""

    digits: str
    international: bool
    uk_landline: bool


def email(address: str) -> str:
    """The address trimmed and in lower case. Raises RecipientError."""
    address = address.strip().strip(_INVISIBLE).strip()
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 320 or ".." in address or not _LOCAL_PART.fullmatch(local):
        raise RecipientError("Not a valid email address")
    try:
        parts = domain.encode("idna").decode("ascii").split(".")
    except UnicodeError as error:
        raise RecipientError("Not a valid email address") from error
    if len(parts) < 2 or not all(_DOMAIN_PART.fullmatch(part) for part in parts):
        raise RecipientError("Not a valid email address")
    if not _TOP_DOMAIN.fullmatch(parts[-1]):
        raise RecipientError("Not a valid email address")
    return address.lower()


def phone(number: str) -> Phone:
    """The number as Notify understands it, which is generous: a UK mobile with a digit too many may become foreign.

    Raises RecipientError.
    """
    parsed = _generously_parsed(number)
    digits = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:]
    is_drama = _is_drama_number(parsed)
    region = phonenumbers.region_code_for_number(parsed)
    return Phone(
        digits,
        international=region != "GB" and not is_drama,
        uk_landline=parsed.country_code == 44 and phonenumbers.number_type(parsed) in _LANDLINES,
    )


def _generously_parsed(number: str) -> phonenumbers.PhoneNumber:
    try:
        return _parsed(number)
    except UnservedCountryError:
        raise
    except RecipientError:
        return _parsed(number.replace("+", "").lstrip("0"))


def _parsed(number: str) -> phonenumbers.PhoneNumber:
    if re.search(r"[^\d\s()+-]", number, re.ASCII):
        raise RecipientError("Must not contain letters or symbols")
    if not number.strip():
        raise RecipientError("Not enough digits")
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException as error:
        raise RecipientError(_NOT_VALID) from error
    if phonenumbers.region_code_for_country_code(parsed.country_code or 0) in _NO_COUNTRY:
        raise UnservedCountryError("Not a valid country prefix")
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason != ValidationResult.IS_POSSIBLE:
        foreign = _as_foreign(number)
        if foreign is None:
            raise RecipientError(_PHONE_REASONS.get(reason, _NOT_VALID))
        parsed = foreign
    served = phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _SERVED_TYPES
    if not served and not _is_drama_number(parsed):
        raise RecipientError(_NOT_VALID)
    return parsed


def _as_foreign(number: str) -> phonenumbers.PhoneNumber | None:
    """The number as if only its `+` were missing, as a spreadsheet may have lost it."""
    try:
        parsed = phonenumbers.parse(f"+{number}")
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


def _is_drama_number(parsed: phonenumbers.PhoneNumber) -> bool:
    """Ofcom's numbers for film and television begin 07700 900; Notify takes them at any length that is possible."""
    return parsed.country_code == 44 and str(parsed.national_number).startswith("77009")


def postal_address(personalisation: Mapping[str, Any]) -> list[str]:
    """The address lines with a tidy postcode last. Raises RecipientError.

    Only addresses in the United Kingdom: the stand-in keeps no list of countries.
    """
    last = "address_line_7" if "address_line_7" in personalisation else "postcode"
    keys = [*(f"address_line_{number}" for number in range(1, 7)), last]
    raw = (" ".join(str(personalisation.get(key) or "").split()).rstrip(" ,") for key in keys)
    lines = [line for line in raw if line]
    if len(lines) < FEWEST_LINES:
        raise RecipientError(f"Address must be at least {FEWEST_LINES} lines")
    if len(lines) > MOST_LINES:
        raise RecipientError(f"Address must be no more than {MOST_LINES} lines")
    postcode = _UK_POSTCODE.fullmatch(lines[-1].upper())
    if postcode is None:
        raise RecipientError("Last line of address must be a real UK postcode or another country")
    if any(line.startswith(tuple(_BAD_FIRST_CHARACTERS)) for line in lines):
        raise RecipientError(
            'Address lines must not start with any of the following characters: @ ( ) = [ ] " \\ / , < > ~'
        )
    return [*lines[:-1], f"{postcode[1]} {postcode[2]}"]


def is_smoke_test(channel: Channel, recipient: str) -> bool:
    """Whether this normalised recipient is one that is answered and neither stored nor sent."""
    return recipient in (SMOKE_TEST_EMAILS if channel is Channel.EMAIL else SMOKE_TEST_PHONES)


def simulated_outcome(channel: Channel, to: str, recipient: str) -> Status:
    """What becomes of a message: `to` as it was given (emails match exactly), `recipient` normalised (phones by end)."""
    if channel is Channel.EMAIL:
        return _EMAIL_OUTCOMES.get(to, Status.DELIVERED)
    if channel is Channel.SMS:
        return _PHONE_OUTCOMES.get(recipient[-10:], Status.DELIVERED)
    return Status.DELIVERED
