"""What was answered. A response never points to a person; an invitation points to the response."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code, KeyWithoutOrder, key_without_order
from engage.core.privacy import Keep, privacy
from engage.surveys.definition import Mode as Mode
from engage.surveys.formats import Format


class ContactChoice(StrEnum):
    """What the family lets us do with the answer."""

    CONTACT = "contact"
    WITHOUT_NAME = "without_name"
    DO_NOT_LINK = "do_not_link"


class Completeness(StrEnum):
    """AAPOR's terms: partial holds at least half of the core questions, a break-off less."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    BREAK_OFF = "break_off"


class VersionState(StrEnum):
    """Where a version of a survey stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    """Nobody new is asked with it; whoever was can still answer."""


class SurveyVersion(Base):
    """A version as the browser left it: brought in there, or only published or retired there."""

    __tablename__ = "survey_version"
    __table_args__ = (UniqueConstraint("survey", "version"), UniqueConstraint("revision"))
    __privacy__ = privacy("id survey version yaml measures sha256 state changed_at changed_by revision")

    id: Mapped[int] = mapped_column(primary_key=True)
    survey: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    yaml: Mapped[str | None] = mapped_column(Text)
    """As it was sent; None for a version whose words are a file of the repository."""
    measures: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[VersionState] = mapped_column(Code(VersionState))
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))
    revision: Mapped[int]
    """Grows with every change of any version, so that one question tells a process that there is something new."""


class SentVersion(Base):
    """A survey version that families have been asked with: its content can never change again."""

    __tablename__ = "sent_version"
    __table_args__ = (UniqueConstraint("survey", "version"),)
    __privacy__ = privacy("id survey version sha256 first_used_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    survey: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    first_used_at: Mapped[datetime]


class Response(Base):
    """One person's answers to one survey."""

    __tablename__ = "response"
    __table_args__ = (Index("ix_response_survey_cohort_quarter", "survey", "cohort_quarter"),)
    __privacy__ = privacy(
        "id survey version local_authority cohort_quarter mode language format started_at saved_at submitted_at completeness interviewer reference is_open",
        answers=Keep.RESPONSE,
        contact_choice=Keep.RESPONSE,
    )

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False, default=key_without_order)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    """What the family may quote: random, so that it tells nothing."""
    survey: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    local_authority: Mapped[str] = mapped_column(String(3))
    cohort_quarter: Mapped[date]
    """The first day of the quarter in which what is asked about happened: figures count by it, and so never need to
    know whose response it is."""
    mode: Mapped[Mode] = mapped_column(Code(Mode))
    language: Mapped[str] = mapped_column(String(20), default="en")
    format: Mapped[Format] = mapped_column(Code(Format), default=Format.STANDARD)
    """How the words were laid before the person when they last answered: figures may tell the mix."""
    interviewer: Mapped[str | None] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Coded answers by question id; free text is kept apart."""
    contact_choice: Mapped[ContactChoice | None] = mapped_column(Code(ContactChoice))
    completeness: Mapped[Completeness | None] = mapped_column(Code(Completeness))
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    is_open: Mapped[bool] = mapped_column(default=False)
    """It came by a link that anybody may open: who answered is their own word, so it is counted apart, and in no
    response rate."""

    texts: Mapped[list["FreeText"]] = relationship(order_by="FreeText.question", cascade="all, delete-orphan")


class FreeText(Base):
    """What somebody wrote in their own words: its own readers and its own keeping time."""

    __tablename__ = "free_text"
    __table_args__ = (UniqueConstraint("response_id", "question"),)
    __privacy__ = privacy(
        "id response_id question language read_at read_by",
        text=Keep.RESPONSE,
    )

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False, default=key_without_order)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    question: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20), default="en")
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None] = mapped_column(String(80))
