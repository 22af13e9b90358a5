"""Taking a translators' file out and in again: all of it as it stands now, and a corrected one only when nothing in it is wrong."""

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, write_po
from sqlalchemy.orm import Session

from engage.core import catalogues
from engage.core.audit import Actor
from engage.core.catalogues import Entries, Entry, Key, Review
from engage.core.clock import london_date
from engage.core.errors import Invalid
from engage.core.languages import LANGUAGES
from engage.core.translation_changes import keep
from engage.core.translation_checks import faults
from engage.core.translation_exceptions import exceptions

MOST_FAULTS = 200
"""Named at once; with more, something larger is wrong with the file."""


def as_po(language: str, domain: str, source: Entries) -> bytes:
    """The file of a language as it stands now, with what staff corrected and reviewed. `source` are its English strings."""
    catalogue = Catalog(locale=language, project="Engage", charset="utf-8", fuzzy=False)
    known = catalogues.entries(language, domain)
    for key, english in source.items():
        entry = known.get(key)
        words = entry.strings if entry is not None and entry.is_there else ()
        catalogue.add(
            (english.msgid, english.plural) if english.plural is not None else english.msgid,
            string=(words if english.plural is not None else words[0]) if words else None,
            locations=[(place, 0) for place in english.places],
            auto_comments=english.notes,
            user_comments=[str(entry.review)] if entry is not None and entry.review else [],
            context=english.context or None,
        )
    written = BytesIO()
    write_po(written, catalogue, width=120, include_lineno=False)
    return written.getvalue()


def upload(
    session: Session, language: str, domain: str, content: bytes, source: Entries, *, by: Actor, now: datetime
) -> int:
    """Take in a corrected file; how many strings changed. `Invalid` names every mistake, and then nothing is taken: a string
    that is none of the English ones of `source` is a mistake."""
    found = _read(content, language)
    same = _may_be_the_same()
    wrong = {}
    for key, entry in found.items():
        if key not in source:
            wrong[entry.msgid] = "This is not a string of ours: take it out, or put the msgid right."
        elif said := list(faults(source[key], entry, language, may_be_the_same=same)):
            wrong[entry.msgid] = " ".join(said)
    if wrong:
        many = "1 string is" if len(wrong) == 1 else f"{len(wrong):,} strings are"
        raise Invalid(f"{many} wrong, so nothing was taken in.", dict(list(wrong.items())[:MOST_FAULTS]))
    known = catalogues.entries(language, domain)
    changed = [entry for key, entry in found.items() if not _is_as_known(entry, known.get(key))]
    return keep(session, language, domain, changed, kind="translation.uploaded", by=by, now=now)


def review(
    session: Session, language: str, domain: str, names: Collection[str], *, reviewer: str, by: Actor, now: datetime
) -> int:
    """Record that this person has found these strings right; how many. `names` are those of `name_of`."""
    drafts = [entry for key, entry in _drafts(language, domain) if name_of(key) in names]
    mark = Review(" ".join(reviewer.replace(",", " ").split()), london_date(now))
    reviewed = [Entry(one.msgid, one.plural, one.context, one.strings, mark) for one in drafts]
    return keep(session, language, domain, reviewed, kind="translation.reviewed", by=by, now=now)


def name_of(key: Key) -> str:
    """A short name of a string, to stand in a form."""
    return hashlib.sha256("\0".join(key).encode()).hexdigest()[:20]


def _drafts(language: str, domain: str) -> Iterator[tuple[Key, Entry]]:
    for key, entry in catalogues.entries(language, domain).items():
        if entry.is_there and entry.review is None:
            yield key, entry


def _read(content: bytes, language: str) -> dict[Key, Entry]:
    """What the file says; strings without words are left out, for they take nothing away."""
    try:
        catalogue = catalogues.read_catalogue(BytesIO(content), language)
    except (PoFileError, ValueError, LookupError, AttributeError, TypeError, IndexError):
        raise Invalid(
            "This is not a sound .po file.", {"file": "Upload the file that you downloaded here, corrected"}
        ) from None
    said = {key: entry for key, entry in catalogues.entries_of(catalogue).items() if any(entry.strings)}
    if not said:
        raise Invalid("This file holds no words.", {"file": "Upload a .po file with translations in it"})
    if f"Language: {language}\\n".encode() not in content[:4000]:
        name = LANGUAGES[language].in_english
        raise Invalid(
            f"This file is not in {name}.", {"file": f"Upload the file whose header says “Language: {language}”"}
        )
    return said


def _may_be_the_same() -> frozenset[str]:
    return frozenset(one.words for one in exceptions().same_as_english)


def _is_as_known(entry: Entry, known: Entry | None) -> bool:
    return known is not None and (entry.strings, entry.review) == (known.strings, known.review)
