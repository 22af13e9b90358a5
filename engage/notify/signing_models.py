"""Signatures: which organisation has signed, or objected to, which words of a message."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, Code
from engage.core.privacy import privacy
from engage.notify.models import MessageChannel


class Decision(StrEnum):
    SIGNED = "signed"
    OBJECTED = "objected"


class SignOff(Base):
    """One organisation's word on one version of a message's words. Rows are only added: the newest one counts."""

    __tablename__ = "sign_off"
    __table_args__ = (Index("ix_sign_off_version", "template", "channel", "language", "version"),)
    __privacy__ = privacy("id template channel language version organisation decision reason decided_by decided_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(60))
    channel: Mapped[MessageChannel] = mapped_column(Code(MessageChannel))
    language: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of the words: other words are another version, which nobody has signed."""
    organisation: Mapped[str] = mapped_column(String(40))
    decision: Mapped[Decision] = mapped_column(Code(Decision))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]
