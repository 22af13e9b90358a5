"""The last words of a sign-in email: its link, made at the moment of sending."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engage.accounts.models import SignInLink
from engage.accounts.services import PURPOSE
from engage.core.config import Settings
from engage.core.tokens import remake
from engage.notify.models import Message
from engage.notify.outbox import Refusal


def compose_sign_in(
    session: Session, message: Message, settings: Settings, now: datetime
) -> Mapping[str, str] | Refusal:
    """Make the link again from its nonce; refuse when it could no longer be used on arrival."""
    link = session.get(SignInLink, message.about_id)
    if link is None or link.claimed_at is not None or link.expires_at <= now or not link.staff.active:
        return Refusal("the link could no longer be used")
    token = remake(settings.secrets, PURPOSE, link.nonce, link.digest)
    if token is None:
        return Refusal("the secret that made the link is gone")
    return {"link": f"{settings.base_url}/sign-in/{token}"}
