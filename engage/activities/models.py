"""Open links: a survey at a public address, that anybody may answer and nobody is asked by name."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, KeyWithoutOrder, key_without_order
from engage.core.privacy import privacy
from engage.surveys.models import Response


class OpenLink(Base):
    """One public address of one survey: on posters, in newsletters, or for those who came to one event."""

    __tablename__ = "open_link"
    __privacy__ = privacy(
        "id slug survey name local_authority about_on is_listed opens_on closes_on closed_at closed_by "
        "created_at created_by"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    """What the address ends in. It is no secret."""
    survey: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    """What staff call it; people who answer never read it."""
    local_authority: Mapped[str] = mapped_column(String(3))
    about_on: Mapped[date | None]
    """The day of the event it asks about: answers count in its quarter. Without one they count when they are begun."""
    is_listed: Mapped[bool] = mapped_column(default=False)
    """Whether the public home page leads to it while it is open."""
    opens_on: Mapped[date]
    closes_on: Mapped[date | None]
    """The last day on which it can be answered; without one, until somebody closes it."""
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class OpenVisit(Base):
    """One answer begun by an open link, and the unguessable address under which it is given. It knows no person."""

    __tablename__ = "open_visit"
    __privacy__ = privacy("id open_link_id response_id once nonce digest")

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False, default=key_without_order)
    open_link_id: Mapped[int] = mapped_column(ForeignKey("open_link.id"), index=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), unique=True)
    once: Mapped[str] = mapped_column(String(32), unique=True)
    """A number on the start page: pressing Start twice begins one answer."""
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    open_link: Mapped[OpenLink] = relationship()
    response: Mapped[Response] = relationship()
