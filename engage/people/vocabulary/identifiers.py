"""Numbers that name a pupil, a learner, a school or a place, checked and put in one form."""

import re

from stdnum.gb.upn import calc_check_digit

from engage.people.vocabulary.mistakes import WrongValue

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # I, O and S are left out: they look like 1, 0 and 5
_UPN = re.compile(rf"[{_UPN_LETTERS}]\d{{11}}[\d{_UPN_LETTERS}]", re.ASCII)
_ULN = re.compile(r"\d{10}", re.ASCII)
_URN = re.compile(r"[1-9]\d{5}", re.ASCII)
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", re.ASCII)


def upn(text: str) -> str:
    """A unique pupil number, permanent or temporary, in capitals without spaces; `WrongValue` otherwise.

    The check letter catches every single wrong character but one kind: in the last place a digit and the letter that
    stands for the same value (0 and A, 1 and B ... 9 and K) weigh alike. Source: DfE, Common Basic Data Set. The authority's
    number inside is not checked, since authorities are still being made and merged.
    """
    written = "".join(text.split()).upper()
    if len(written) != 13:
        raise WrongValue(
            f"A unique pupil number has 13 characters; this has {len(written)}.",
            "Copy it again, or leave it blank if there is none.",
        )
    if not _UPN.fullmatch(written):
        raise WrongValue(
            "A unique pupil number is a letter and 12 digits (a temporary one ends in a letter), and never uses I, O or S.",
            "Check for the letter O in place of zero, then copy it again, or leave it blank.",
        )
    if calc_check_digit(written[1:]) != written[0]:
        raise WrongValue(
            "This unique pupil number does not add up: its first letter does not fit the rest.",
            "A character is probably wrong. Copy it again from the pupil's record, or leave it blank.",
        )
    return written


def is_temporary_upn(checked: str) -> bool:
    """Whether a checked unique pupil number is a temporary one, which ends in a letter."""
    return checked[-1].isalpha()


def uln(text: str) -> str:
    """A unique learner number: 10 digits, the last one a check digit (weights 10 to 2, modulus 11); `WrongValue` otherwise."""
    written = "".join(text.split())
    if not _ULN.fullmatch(written):
        raise WrongValue(
            "A unique learner number has 10 digits.", "Copy it again as text, or leave it blank if there is none."
        )
    remainder = sum(int(digit) * weight for digit, weight in zip(written, range(10, 1, -1), strict=False)) % 11
    if remainder == 0 or 10 - remainder != int(written[9]):
        raise WrongValue(
            "This unique learner number does not add up: its last digit does not fit the rest.",
            "A digit is probably wrong. Copy it again, or leave it blank.",
        )
    return written


def urn(text: str) -> str:
    """An education setting's unique reference number: 6 digits; `WrongValue` otherwise."""
    written = text.strip()
    if not _URN.fullmatch(written):
        raise WrongValue("A setting's unique reference number has 6 digits.", "Copy it again, or leave it blank.")
    return written


def postcode(text: str) -> str:
    """A United Kingdom postcode in capitals with one space before its last three characters; `WrongValue` otherwise."""
    written = re.sub(r"[\s.]+", "", text).upper()
    found = _POSTCODE.fullmatch(written)
    if found:
        return f"{found[1]} {found[2]}"
    if written == "GIR0AA":
        return "GIR 0AA"
    raise WrongValue(
        "This is not a full postcode.",
        "Write it like KT1 1EU; check for the letter O in place of zero, or leave it blank.",
    )
