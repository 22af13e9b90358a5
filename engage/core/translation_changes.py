"""What staff corrected or reviewed in the browser: it lies over the translators' files, in every process, without a restart.

Each change is a row that stays: the newest one of a string counts, and the others tell its story.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import Date, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engage.core import audit, catalogues
from engage.core.audit import Actor
from engage.core.catalogues import Entry, Review
from engage.core.db import Base, Database
from engage.core.privacy import Keep, privacy

LOOK_EVERY_SECONDS = 5.0
"""How soon at the latest a change reaches every process."""


class TranslationChange(Base):
    """A string as staff left it: its words in a language, and who found them right."""

    __tablename__ = "translation_change"
    __privacy__ = privacy(
        "id language domain context msgid plural strings reviewed_on at by",
        reviewed_by=Keep.STAFF,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(20))
    domain: Mapped[str] = mapped_column(String(20))
    context: Mapped[str] = mapped_column(String(200), default="")
    msgid: Mapped[str] = mapped_column(Text)
    plural: Mapped[str | None] = mapped_column(Text)
    strings: Mapped[list[str]]
    reviewed_by: Mapped[str | None] = mapped_column(String(200))
    """The name of whoever reviewed it, as it stands in the translators' file too."""
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))

    def entry(self) -> Entry:
        """The string as the catalogues know it."""
        review = Review(self.reviewed_by, self.reviewed_on) if self.reviewed_by and self.reviewed_on else None
        return Entry(self.msgid, self.plural, self.context, tuple(self.strings), review)


def keep(
    session: Session, language: str, domain: str, entries: Iterable[Entry], *, kind: str, by: Actor, now: datetime
) -> int:
    """Lay these over the files from now on; how many. `kind` is what the audit calls it, such as "translation.uploaded"."""
    rows = [
        TranslationChange(
            language=language,
            domain=domain,
            context=entry.context,
            msgid=entry.msgid,
            plural=entry.plural,
            strings=list(entry.strings),
            reviewed_by=entry.review.name if entry.review else None,
            reviewed_on=entry.review.on if entry.review else None,
            at=now,
            by=str(by),
        )
        for entry in entries
    ]
    session.add_all(rows)
    if rows:
        audit.record(session, kind, "translation", f"{language}/{domain}", by=by, now=now, strings=len(rows))
    return len(rows)


def changes(session: Session) -> Iterator[tuple[str, str, Entry]]:
    """Every change in the order in which they were made."""
    for row in session.scalars(select(TranslationChange).order_by(TranslationChange.id)):
        yield row.language, row.domain, row.entry()


_followed: tuple[str, float, int] | None = None


def follow(database: Database, *, at_once: bool = False, drafts: Collection[str] = ()) -> None:
    """Take in what was changed anywhere, looking at most every few seconds unless `at_once`. `drafts` are the languages in
    which drafts will do."""
    global _followed
    seen = None
    if _followed is not None and _followed[0] == database.url:
        if not at_once and time.monotonic() - _followed[1] < LOOK_EVERY_SECONDS:
            return
        seen = _followed[2]
    with database.reading() as session:
        newest = session.scalar(select(func.max(TranslationChange.id))) or 0
        if newest != seen:
            catalogues.lay_over(changes(session), drafts=drafts)
    _followed = database.url, time.monotonic(), newest
