"""People who sign in, their sign-in links and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base
from engage.core.privacy import Keep, privacy


class Staff(Base):
    """Somebody who signs in: an officer, SEND QA, a steering group member, an analyst or an administrator."""

    __tablename__ = "staff"
    __privacy__ = privacy("id roles signs_for active created_at", name=Keep.STAFF, email=Keep.STAFF)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    """In lower case."""
    roles: Mapped[list[str]]
    signs_for: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the organisations for which this person may sign letters."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class SignInLink(Base):
    """A link emailed to a member of staff: opened by GET as often as scanners like, claimed once by POST."""

    __tablename__ = "sign_in_link"
    __privacy__ = privacy("id staff_id nonce digest created_at expires_at claimed_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()


class StaffSession(Base):
    """One signed-in browser; the cookie holds the token, the row only its hash."""

    __tablename__ = "staff_session"
    __privacy__ = privacy("id staff_id digest created_at expires_at ended_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()
