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


def renew(link: SurveyLink, secrets: Sequence[bytes]) -> None:
    """A new token for a link that no message ever held, when the secret that made its old one is gone."""
    if tokens.remake(secrets, PURPOSE, link.nonce, link.digest) is None:
        minted = tokens.mint(secrets, PURPOSE)
        link.nonce, link.digest = minted.nonce, minted.digest


def beside(session: Session, link: SurveyLink) -> Sequence[SurveyLink]:
    """The links into all that one message asks about, the one it holds first; for any other link, only that link."""
    message = link.contact.message if link.contact else None
    if message is None:
        return [link]
    return session.scalars(
        select(SurveyLink)
        .join(LadderContact, LadderContact.id == SurveyLink.contact_id)
        .where(
            LadderContact.message_id == message.id,
            LadderContact.left_out_because.is_(None),
            SurveyLink.revoked_at.is_(None),
        )
        .order_by(LadderContact.id != message.about_id, LadderContact.id)
    ).all()


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
