"""The last words of the register's emails: their link, made at the moment of sending."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.core.tokens import remake
from engage.notify.models import Message
from engage.notify.outbox import Refusal
from engage.register.models import Registration, RegistrationState
from engage.register.rules import TIME_TO_CONFIRM
from engage.register.services import TOKEN_PURPOSE


def compose_confirmation(
    session: Session, message: Message, settings: Settings, now: datetime
) -> Mapping[str, str] | Refusal:
    """The link by which somebody confirms that they want to join; refused once that is no longer open."""
    registration = session.get(Registration, message.about_id)
    if registration is None or registration.state is not RegistrationState.PENDING or registration.expires_at <= now:
        return Refusal("it no longer waits to be confirmed")
    words = _words(registration, settings)
    return words if isinstance(words, Refusal) else {**words, "days": str(TIME_TO_CONFIRM.days)}


def compose_already(
    session: Session,
    message: Message,
    settings: Settings,
    now: datetime,  # noqa: ARG001 every composer is asked the same way
) -> Mapping[str, str] | Refusal:
    """The link by which somebody who is on the register may look at that, or leave."""
    registration = session.get(Registration, message.about_id)
    if registration is None or registration.state is not RegistrationState.CONFIRMED:
        return Refusal("the address is not on the register")
    return _words(registration, settings)


def _words(registration: Registration, settings: Settings) -> Mapping[str, str] | Refusal:
    token = remake(settings.secrets, TOKEN_PURPOSE, registration.nonce, registration.digest)
    if token is None:
        return Refusal("the secret that made the link is gone")
    return {
        "first_name": registration.name.split()[0],
        "link": f"{settings.base_url}/register/link/{token}",
        "organisation": settings.organisation_name,
        "phone": settings.contact_phone,
    }
