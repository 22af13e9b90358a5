"""What the clock has done: one row a job and period, so that a period's work is taken once by one worker."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base
from engage.core.privacy import privacy


class JobRun(Base):
    """One job's work for one period: "weekly_share" for "2026-W47"."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "period"),)
    __privacy__ = privacy("id job period worker started_at lease_until finished_at tries outcome error")

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(40))
    worker: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
