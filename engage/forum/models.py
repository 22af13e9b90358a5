"""The Parent Carer Forum's own members: another controller's list, with no key into the council's records."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, Code
from engage.core.privacy import Keep, privacy


class MembershipState(StrEnum):
    MEMBER = "member"
    LEFT = "left"


class Membership(Base):
    """One member of the forum, passed on with their own tick or joined directly."""

    __tablename__ = "membership"
    __privacy__ = privacy(
        "id state source consent_wording joined_at left_at",
        name=Keep.FORUM,
        email=Keep.FORUM,
        phone=Keep.FORUM,
        interested_in_steering_group=Keep.FORUM,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    interested_in_steering_group: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MembershipState] = mapped_column(Code(MembershipState), default=MembershipState.MEMBER)
    source: Mapped[str] = mapped_column(String(40))
    consent_wording: Mapped[str] = mapped_column(String(40))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
