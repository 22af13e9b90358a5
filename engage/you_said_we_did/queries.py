"""Which entries are published, and which are still being written."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.core.themes import Theme
from engage.you_said_we_did.models import Commitment, PublicationState


def published(
    session: Session, *, local_authority: str, year: int | None = None, theme: Theme | None = None
) -> Sequence[Commitment]:
    """What the public may read of one area: the latest year first, in each by theme, the newest entry first."""
    asked = select(Commitment).where(
        Commitment.local_authority == local_authority, Commitment.publication == PublicationState.PUBLISHED
    )
    if year is not None:
        asked = asked.where(Commitment.year == year)
    if theme is not None:
        asked = asked.where(Commitment.theme == theme)
    return session.scalars(
        asked.order_by(Commitment.year.desc(), Commitment.theme, Commitment.published_at.desc(), Commitment.id.desc())
    ).all()


def drafts(session: Session, *, local_authority: str) -> Sequence[Commitment]:
    """What is being written or was withdrawn, the latest change first."""
    return session.scalars(
        select(Commitment)
        .where(Commitment.local_authority == local_authority, Commitment.publication != PublicationState.PUBLISHED)
        .order_by(Commitment.changed_at.desc(), Commitment.id.desc())
    ).all()


def entry(session: Session, entry_id: int, *, local_authority: str) -> Commitment:
    """One entry of an area; `NotFound` when there is none."""
    found = session.get(Commitment, entry_id)
    if found is None or found.local_authority != local_authority:
        raise NotFound("There is no such entry.")
    return found
