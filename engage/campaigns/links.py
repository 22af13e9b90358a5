"""Links into a survey: one for each message, so that an answer is credited to what brought it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation, LadderContact, SurveyLink
from engage.core import tokens
from engage.core.errors import Misconfigured, NotFound

PURPOSE = "survey"


def make_link(
    session: Session, invitation: Invitation, contact: LadderContact | None, secrets: Sequence[bytes], *, now: datetime
) -> str:
    """A new link for one contact (or for paper, with none); returns its token, of which only the hash is kept."""
    minted = tokens.mint(secrets, PURPOSE)
    session.add(
        SurveyLink(
            invitation_id=invitation.id,
            contact_id=contact.id if contact else None,
            nonce=minted.nonce,
            digest=minted.digest,
            created_at=now,
        )
    )
    return minted.text


def token_of(link: SurveyLink, secrets: Sequence[bytes]) -> str:
    """The token of a link made before; `Misconfigured` when the secret that made it is no longer given."""
    text = tokens.remake(secrets, PURPOSE, link.nonce, link.digest)
    if text is None:
        raise Misconfigured(
            "A link was made with a secret that is gone. Add the old secret back to ENGAGE_SECRET_KEYS."
        )
    return text


def open_link(session: Session, token: str) -> SurveyLink:
    """The link a family followed; `NotFound` for one that never was or is no longer good, without saying which."""
    if tokens.looks_like_token(token):
        link = session.scalar(select(SurveyLink).where(SurveyLink.digest == tokens.digest(token)))
        if link is not None and link.revoked_at is None:
            return link
    raise NotFound("We do not know this link.")


def is_given_back(session: Session, token: str) -> bool:
    """Whether this link was good once and whoever held it told us that it was not theirs."""
    if not tokens.looks_like_token(token):
        return False
    link = session.scalar(select(SurveyLink).where(SurveyLink.digest == tokens.digest(token)))
    return link is not None and link.revoked_at is not None
