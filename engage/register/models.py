"""The SEND Register: families who chose to join, and what each agreed to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code
from engage.core.privacy import Keep, privacy
from engage.core.states import TransitionTable


class RegistrationState(StrEnum):
    """Nothing counts until the emailed link has been confirmed."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REMOVED = "removed"


REGISTRATION_TRANSITIONS = TransitionTable(
    "registration",
    {
        RegistrationState.PENDING: {RegistrationState.CONFIRMED, RegistrationState.REMOVED},
        RegistrationState.CONFIRMED: {RegistrationState.REMOVED},
        RegistrationState.REMOVED: set(),
    },
)


class SendHelp(StrEnum):
    """What help the family says the child has."""

    PLAN = "plan"
    SEN_SUPPORT = "sen_support"
    NEITHER = "neither"
    NOT_SURE = "not_sure"


class Registration(Base):
    """One family member's entry: joining is a choice and changes nothing about the help a child gets."""

    __tablename__ = "registration"
    __privacy__ = privacy(
        "id state local_authority joins_forum forum_wording asked_at confirmed_at removed_at nonce digest expires_at",
        name=Keep.REGISTER,
        email=Keep.REGISTER,
        phone=Keep.REGISTER,
        postcode=Keep.REGISTER,
        written_language=Keep.REGISTER,
        wants_news=Keep.REGISTER,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[RegistrationState] = mapped_column(Code(RegistrationState), default=RegistrationState.PENDING)
    local_authority: Mapped[str] = mapped_column(String(3))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), index=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    postcode: Mapped[str | None] = mapped_column(String(8))
    written_language: Mapped[str] = mapped_column(String(20), default="en")
    wants_news: Mapped[bool] = mapped_column(default=False)
    joins_forum: Mapped[bool] = mapped_column(default=False)
    """The separate, unticked choice to be passed to the forum, which is another organisation."""
    forum_wording: Mapped[str | None] = mapped_column(String(40))
    """The version of the words they agreed to."""
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]

    children: Mapped[list["RegisteredChild"]] = relationship(
        cascade="all, delete-orphan", order_by="RegisteredChild.id"
    )


class RegisteredChild(Base):
    """A child or young person the family put on the register."""

    __tablename__ = "registered_child"
    __privacy__ = privacy(
        "id registration_id",
        forename=Keep.REGISTER,
        surname=Keep.REGISTER,
        born_on=Keep.REGISTER,
        sen_need=Keep.REGISTER,
        has_plan=Keep.REGISTER,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    forename: Mapped[str] = mapped_column(String(120))
    surname: Mapped[str] = mapped_column(String(120))
    born_on: Mapped[date]
    sen_need: Mapped[str | None] = mapped_column(String(4))
    has_plan: Mapped[SendHelp | None] = mapped_column(Code(SendHelp))
