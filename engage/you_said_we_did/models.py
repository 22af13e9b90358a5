"""You said, we did: what families said, what was done or could not be, and whether it has been published."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code
from engage.core.privacy import privacy
from engage.core.states import TransitionTable
from engage.core.themes import Theme


class CommitmentState(StrEnum):
    """How far the area has come; "we could not" is an answer too."""

    CONSIDERING = "considering"
    DOING = "doing"
    DID = "did"
    COULD_NOT = "could_not"


class Impact(StrEnum):
    SEEN = "seen"
    NOT_YET_SEEN = "not_yet_seen"


class PublicationState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


PUBLICATION_TRANSITIONS = TransitionTable(
    "entry",
    {
        PublicationState.DRAFT: {PublicationState.PUBLISHED},
        PublicationState.PUBLISHED: {PublicationState.WITHDRAWN},
        PublicationState.WITHDRAWN: {PublicationState.DRAFT},
    },
)


class EntryText(Protocol):
    """The words of an entry, in whatever language."""

    @property
    def you_said(self) -> str: ...
    @property
    def we_did(self) -> str: ...
    @property
    def because(self) -> str: ...
    @property
    def impact_note(self) -> str: ...


WRITTEN = ("you_said", "we_did", "because", "impact_note")
"""What of an entry is written freely, and so can be translated."""


def fingerprint(words: EntryText) -> str:
    """A mark of these very words: a translation is of them and of no others."""
    return hashlib.sha256("\0".join(getattr(words, field) for field in WRITTEN).encode()).hexdigest()


class Commitment(Base):
    """One thing families said, and what came of it. It names nobody, so it is kept for good."""

    __tablename__ = "commitment"
    __privacy__ = privacy(
        "id local_authority theme year you_said heard_from we_did because state impact impact_note publication "
        "drafted_at drafted_by changed_at published_at published_by withdrawn_at due_on"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    local_authority: Mapped[str] = mapped_column(String(3))
    theme: Mapped[Theme] = mapped_column(Code(Theme))
    year: Mapped[int]
    you_said: Mapped[str] = mapped_column(Text)
    heard_from: Mapped[int | None]
    """How many people said it; below the disclosure limit it is published as "a few"."""
    we_did: Mapped[str] = mapped_column(Text, default="")
    because: Mapped[str] = mapped_column(Text, default="")
    """Why it could not be done, or not yet."""
    state: Mapped[CommitmentState] = mapped_column(Code(CommitmentState))
    impact: Mapped[Impact | None] = mapped_column(Code(Impact))
    impact_note: Mapped[str] = mapped_column(Text, default="")
    publication: Mapped[PublicationState] = mapped_column(Code(PublicationState), default=PublicationState.DRAFT)
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(String(80))
    withdrawn_at: Mapped[datetime | None]
    due_on: Mapped[date | None]

    translations: Mapped[list["CommitmentTranslation"]] = relationship(
        order_by="CommitmentTranslation.language", cascade="all, delete-orphan", lazy="selectin"
    )

    def words_in(self, language: str, *, drafts: bool = False) -> EntryText:
        """The entry in this language when somebody has translated what it says now, and reviewed it or `drafts` will
        do; otherwise the entry itself, in English."""
        for translation in self.translations:
            if translation.language == language and translation.is_of(self) and (translation.is_reviewed or drafts):
                return translation
        return self


class CommitmentTranslation(Base):
    """An entry in another language. Once the English changes it is kept, but shown to nobody until it is looked at again."""

    __tablename__ = "commitment_translation"
    __table_args__ = (UniqueConstraint("commitment_id", "language"),)
    __privacy__ = privacy(
        "id commitment_id language you_said we_did because impact_note of_words translated_at translated_by reviewed_at "
        "reviewed_by"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    language: Mapped[str] = mapped_column(String(20))
    you_said: Mapped[str] = mapped_column(Text)
    we_did: Mapped[str] = mapped_column(Text, default="")
    because: Mapped[str] = mapped_column(Text, default="")
    impact_note: Mapped[str] = mapped_column(Text, default="")
    of_words: Mapped[str] = mapped_column(String(64))
    """The fingerprint of the English that was translated."""
    translated_at: Mapped[datetime]
    translated_by: Mapped[str] = mapped_column(String(80))
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None] = mapped_column(String(80))

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody who knows the language has found it right."""
        return self.reviewed_at is not None

    def is_of(self, entry: Commitment) -> bool:
        """Whether it says what the entry says now."""
        return self.of_words == fingerprint(entry)
