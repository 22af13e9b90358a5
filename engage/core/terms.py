"""The managed list of terms: words the area and its families agreed not to use in what is published."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from engage.core.data_files import Mistake, in_words, read_data_file
from engage.core.errors import Misconfigured

FOLDER = Path(__file__).resolve().parent


class Term(BaseModel):
    """One agreement on words; `why` is for whoever looks after the list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    avoid: str
    also: tuple[str, ...] = ()
    write: str
    why: str


class Terms(RootModel[tuple[Term, ...]]):
    """The file of terms."""


@dataclass(frozen=True)
class WrongTerm:
    """A term as it stands in a text, and what to write instead."""

    found: str
    write: str

    def __str__(self) -> str:
        return f"Write “{self.write}” instead of “{self.found}”"


def wrong_terms(text: str) -> list[WrongTerm]:
    """Every term in the text that was agreed not to be used, once each, in the order of the list."""
    plain = " ".join(text.split())
    found = ((term, pattern.search(plain)) for term, pattern in _terms())
    return [WrongTerm(match[0], term.write) for term, match in found if match]


@cache
def _terms() -> tuple[tuple[Term, re.Pattern[str]], ...]:
    read = read_data_file(FOLDER / "terms.yaml", root=FOLDER)
    if isinstance(read, Mistake):
        raise Misconfigured(str(read))
    terms, mistakes = read.shaped(Terms)
    if terms is None:
        raise Misconfigured(in_words(mistakes))
    return tuple((term, _pattern(term)) for term in terms.root)


def _pattern(term: Term) -> re.Pattern[str]:
    longest_first = sorted((term.avoid, *term.also), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
