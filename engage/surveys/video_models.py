"""Where the videos of a survey's words are: addresses that the council sets."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base
from engage.core.privacy import privacy

START = "start"
"""Stands for the page before the first question; no question may have this id in a video's row."""
LONGEST_ADDRESS = 500


class QuestionVideo(Base):
    """The video of one question, or of the start page, in one language."""

    __tablename__ = "question_video"
    __table_args__ = (UniqueConstraint("survey", "question", "language"),)
    __privacy__ = privacy("id survey question language address seconds set_at set_by")

    id: Mapped[int] = mapped_column(primary_key=True)
    survey: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(String(60))
    """The question's id, in whatever version asks it, or `START`."""
    language: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    seconds: Mapped[int]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(80))

    @property
    def minutes(self) -> int:
        """How long it is, as a person would say it: half a minute counts as one."""
        return max(1, (self.seconds + 30) // 60)
