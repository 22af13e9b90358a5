"""Booklets: a survey printed for one invitation, to be answered with a pen."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.campaigns.models import Invitation, SurveyLink
from engage.core.db import Base, Code
from engage.core.privacy import privacy
from engage.surveys.formats import Format


class Booklet(Base):
    """One printed booklet. What it says can be printed again; its answers are typed in once."""

    __tablename__ = "booklet"
    __privacy__ = privacy(
        "id invitation_id link_id survey version language format batch nonce digest printed_at printed_by received_on "
        "entered_at entered_by"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("survey_link.id"))
    """The way to answer online instead, printed as a pattern that a telephone reads."""
    survey: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(20))
    format: Mapped[Format] = mapped_column(Code(Format))
    batch: Mapped[str | None] = mapped_column(String(12), index=True)
    """What was printed together with others has this in common."""
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the code on its cover, which is never stored."""
    printed_at: Mapped[datetime]
    printed_by: Mapped[str] = mapped_column(String(80))
    received_on: Mapped[date | None]
    """The day it came back, as whoever typed it in says."""
    entered_at: Mapped[datetime | None]
    entered_by: Mapped[str | None] = mapped_column(String(80))

    invitation: Mapped[Invitation] = relationship()
    link: Mapped[SurveyLink] = relationship()
