"""What a check of words would name and is right all the same: a data file, each line with its reason."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from engage.core.catalogues import FOLDER
from engage.core.data_files import Mistake, in_words, read_data_file
from engage.core.errors import Misconfigured

FILE = "exceptions.yaml"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exempt(_Frozen):
    """Words and why they are let be."""

    words: str
    why: str


class HarderPlace(_Frozen):
    """A page, survey or email that may need a higher reading age, and how high."""

    place: str
    age: float
    why: str


class Exceptions(_Frozen):
    """The file."""

    same_as_english: tuple[Exempt, ...] = ()
    """The same in a translation as in English."""
    names: tuple[Exempt, ...] = ()
    """Names that families meet everywhere, and that count as one short word each."""
    harder_words: tuple[Exempt, ...] = ()
    """Whole strings that are not ours to change."""
    harder_places: tuple[HarderPlace, ...] = ()


def exceptions(folder: Path = FOLDER) -> Exceptions:
    """Read it; `Misconfigured` names every mistake."""
    read = read_data_file(folder / FILE, root=folder)
    if isinstance(read, Mistake):
        raise Misconfigured(str(read))
    shaped, mistakes = read.shaped(Exceptions)
    if shaped is None:
        raise Misconfigured(in_words(mistakes))
    return shaped
