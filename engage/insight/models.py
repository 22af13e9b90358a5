"""Figures that were put before people outside the council, kept exactly as they were shown."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base
from engage.core.privacy import privacy


class Release(Base):
    """What the forum and the public see of one survey until the next release: it never changes."""

    __tablename__ = "figures_release"
    __table_args__ = (UniqueConstraint("survey", "local_authority", "last_quarter"),)
    __privacy__ = privacy(
        "id survey local_authority last_quarter up_to released_at released_by counted tables shown policy_version"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey: Mapped[str] = mapped_column(String(40))
    local_authority: Mapped[str] = mapped_column(String(3))
    last_quarter: Mapped[date]
    """The first day of the last quarter in it."""
    up_to: Mapped[str] = mapped_column(String(40))
    """The newest period in it, by name, such as "2021/22 up to Q3"."""
    released_at: Mapped[datetime]
    released_by: Mapped[str] = mapped_column(String(80))
    counted: Mapped[dict[str, Any]]
    """The counts of the quarters that no earlier release held. They stand for good: what came in later is not added, or
    two releases side by side would give away the few families between them."""
    tables: Mapped[dict[str, Any]]
    """The protected tables, ready to be shown."""
    shown: Mapped[dict[str, Any]]
    """Every count that its readers now know, under "counts": later releases are protected against these."""
    policy_version: Mapped[str] = mapped_column(String(20))
