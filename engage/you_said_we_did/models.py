"""You said, we did: what families said, what was done or could not be, and whether it has been published."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

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
