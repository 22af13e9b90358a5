"""The formats in which the same survey is given: the ids and codes are the same in each, so that answers count alike."""

from enum import StrEnum


class Format(StrEnum):
    """How a survey's words are laid before somebody."""

    STANDARD = "standard"
    EASY_READ = "easy_read"
    """Short words, one idea a sentence, a picture beside each."""
    LARGE_PRINT = "large_print"
    """The standard words in large type: half as large again on a screen, 18 point on paper."""


def format_named(name: str | None) -> Format:
    """The format that an address or a form names; the standard one for none, or for one that is not known."""
    return Format(name) if name in set(Format) else Format.STANDARD
