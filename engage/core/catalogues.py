"""Reading the translators' files: what each string says in each language, and whether somebody has reviewed it.

The `.po` files are read as they are: no compiled file has to be made, and none can be out of date. What staff correct or
review in the browser lies over the files (`lay_over`).
"""

import re
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileParser

from engage.core.config import PROJECT

FOLDER = PROJECT / "translations"
MESSAGES = "messages"
SURVEYS = "surveys"
DOMAINS = (MESSAGES, SURVEYS)
"""`messages` holds the words of pages, forms and errors; `surveys` the wording of what is asked."""

REVIEWED = re.compile(r"^reviewed:\s*(?P<name>.+?),\s*(?P<on>\d{4}-\d{2}-\d{2})$")

Key = tuple[str, str]
"""The context (mostly none: "") and the English words."""


@dataclass(frozen=True)
class Review:
    """Who has read a translated string and found it right, and when."""

    name: str
    on: date

    def __str__(self) -> str:
        return f"reviewed: {self.name}, {self.on.isoformat()}"


@dataclass(frozen=True)
class Entry:
    """One string of the source and what a language makes of it."""

    msgid: str
    plural: str | None = None
    context: str = ""
    strings: tuple[str, ...] = ()
    """The translation; one for each plural form of the language where there is a plural."""
    review: Review | None = None
    places: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What it is looked up by."""
        return self.context, self.msgid

    @property
    def is_there(self) -> bool:
        """Whether it is translated at all."""
        return bool(self.strings) and all(self.strings)


Entries = Mapping[Key, Entry]


@dataclass
class _Spoken:
    """One domain in one language, ready to be asked."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    plural_form: str = ""
    unspoken: frozenset[Key] = frozenset()
    """Drafts that wait until somebody has found them right."""

    def words(self, key: Key, num: int | None) -> str | None:
        entry = self.entries.get(key)
        if entry is None or not entry.is_there or key in self.unspoken:
            return None
        if num is None or entry.plural is None:
            return entry.strings[0]
        form = _plural_rule(self.plural_form)(num)
        return entry.strings[min(form, len(entry.strings) - 1)]


class _Plural:
    """The plural rule of a .po file's header as a function."""

    def __init__(self, rule: str) -> None:
        self._rule = c2py(rule)

    def __call__(self, num: int) -> int:
        return int(self._rule(num))


_plural_rule = cache(_Plural)
_lock = threading.Lock()
_version = 0
_files: dict[tuple[str, str], _Spoken] = {}
_over: dict[tuple[str, str], _Spoken] = {}


def lookup(
    language: str, domain: str, message: str, *, context: str = "", plural: str | None = None, num: int | None = None
) -> str | None:
    """What the language says for these English words; None when it says nothing, or when it is English."""
    if language == "en":
        return None
    spoken = _over.get((language, domain)) or _of_file(language, domain)
    return spoken.words((context, message), num if plural is not None else None)


def version() -> int:
    """A number that changes with every change laid over the files."""
    return _version


def entries(language: str, domain: str) -> Entries:
    """Every string of a domain in a language, corrections and reviews of staff included."""
    return dict((_over.get((language, domain)) or _of_file(language, domain)).entries)


def lay_over(changes: Iterable[tuple[str, str, Entry]], *, drafts: Collection[str] = ()) -> None:
    """From now on these (language, domain, entry) stand over what the files say; what was laid over before is lifted.

    A change of words that no file knows, such as those of a survey uploaded by staff, stands by itself: no language is
    offered or withdrawn for it. So as a draft it is spoken only in `drafts`, the languages in which drafts will do.
    """
    global _version
    over: dict[tuple[str, str], _Spoken] = {}
    for language, domain, entry in changes:
        spoken = over.get((language, domain))
        if spoken is None:
            file = _of_file(language, domain)
            spoken = over[language, domain] = _Spoken(dict(file.entries), file.plural_form)
        standing = spoken.entries.get(entry.key, entry)
        spoken.entries[entry.key] = replace(standing, strings=entry.strings, review=entry.review)
        if language not in drafts and entry.key not in _of_file(language, domain).entries:
            waits = frozenset({entry.key}) if entry.review is None else frozenset()
            spoken.unspoken = spoken.unspoken - {entry.key} | waits
    _over.clear()
    _over.update(over)
    _version += 1


def _of_file(language: str, domain: str) -> _Spoken:
    found = _files.get((language, domain))
    if found is None:
        with _lock:
            found = _files[language, domain] = _read(language, domain)
    return found


def _read(language: str, domain: str) -> _Spoken:
    path = po_path(language, domain)
    if not path.exists():
        return _Spoken()
    with path.open("rb") as file:
        catalogue = read_catalogue(file, language)
    return _Spoken(entries_of(catalogue), catalogue.plural_expr)


def po_path(language: str, domain: str, folder: Path = FOLDER) -> Path:
    """Where the translators' file of a language is."""
    return folder / language / "LC_MESSAGES" / f"{domain}.po"


def pot_path(domain: str, folder: Path = FOLDER) -> Path:
    """Where the list of all English strings of a domain is."""
    return folder / f"{domain}.pot"


def languages_with_files(folder: Path = FOLDER) -> list[str]:
    """The languages somebody has begun to translate into."""
    return sorted(path.parent.name for path in folder.glob("*/LC_MESSAGES"))


@cache
def source_entries(domain: str) -> Entries:
    """Every English string of a domain, as extracted."""
    path = pot_path(domain)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return entries_of(read_catalogue(file, None))


def read_catalogue(file: IO[bytes], language: str | None) -> Catalog:
    """A .po or .pot file; `PoFileError` when it is none."""
    catalogue = _Catalogue(locale=language)
    PoFileParser(catalogue, abort_invalid=True).parse(file)
    return catalogue


class _Catalogue(Catalog):
    """Its language alone says how many plural forms there are: what a file's header says could be more than memory holds."""

    @property
    def num_plurals(self) -> int:
        return plural_forms(str(self.locale)) if self.locale else 2


def plural_forms(language: str) -> int:
    """How many plural forms the language has."""
    return int(get_plural(language).num_plurals)


def entries_of(catalogue: Catalog) -> dict[Key, Entry]:
    """The strings of a catalogue by their keys."""
    found = (_entry(message) for message in catalogue if message.id)
    return {entry.key: entry for entry in found}


def _entry(message: Message) -> Entry:
    pair = isinstance(message.id, (tuple, list))
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string or "",)
    return Entry(
        msgid=message.id[0] if pair else str(message.id),
        plural=message.id[1] if pair else None,
        context=message.context or "",
        strings=() if message.fuzzy else tuple(str(words or "") for words in strings),
        review=_review(message.user_comments),
        places=tuple(file for file, _ in message.locations),
        notes=tuple(message.auto_comments),
    )


def _review(comments: Iterable[str]) -> Review | None:
    return next((review for comment in comments if (review := review_in(comment.strip()))), None)


def review_in(comment: str) -> Review | None:
    """The review that "reviewed: NAME, 2026-11-20" tells of, or None when it tells of none."""
    found = REVIEWED.match(comment)
    try:
        return Review(found["name"], date.fromisoformat(found["on"])) if found else None
    except ValueError:  # a day that never was
        return None
