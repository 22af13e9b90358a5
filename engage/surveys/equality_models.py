"""Answers to the equality questions, apart from every other: of nobody in particular, and never to be joined with anybody."""

from datetime import date
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, KeyWithoutOrder
from engage.core.privacy import Keep, privacy


class EqualityAnswers(Base):
    """What one person said about themselves after sending a response: it knows the survey and the quarter, as the response
    does, and neither the response nor the person. No moment is kept, and the key was drawn by lot."""

    __tablename__ = "equality_answers"
    __table_args__ = (Index("ix_equality_answers_survey_quarter", "survey", "cohort_quarter"),)
    __privacy__ = privacy("id version survey local_authority cohort_quarter", answers=Keep.EQUALITY)

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False)
    version: Mapped[int]
    """The version of the equality questions."""
    survey: Mapped[str] = mapped_column(String(40))
    local_authority: Mapped[str] = mapped_column(String(3))
    cohort_quarter: Mapped[date]
    answers: Mapped[dict[str, Any]]
    """Codes by question id; a list of codes where several could be selected."""
