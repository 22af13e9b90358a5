"""The four organisations sign the demonstration's joint letter, each by one of its own people."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.queries import organisations_signed_for
from engage.core.audit import staff_actor
from engage.notify import signing
from engage.notify.templates import Templates

SIGNS_FOR = {"nadia@example.org": ("council",), "iona@example.org": ("icb",), "rhys@example.org": ("afc",)}


def sign_joint_letters(session: Session, templates: Templates, people: Iterable[Staff], *, now: datetime) -> None:
    """Let everybody who signs for an organisation sign every message that names it."""
    signers = [(person, code) for person in people for code in organisations_signed_for(person)]
    for template in templates.all():
        waiting = set(signing.not_signed(session, template))
        for person, code in signers:
            if code in waiting:
                waiting.remove(code)
                by = staff_actor(person.id)
                signing.sign(session, template, code, version=template.version, by=by, now=now)
