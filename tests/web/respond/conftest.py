"""Families who were asked, and browsers that hold no cookie."""

import pytest
from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.people.models import ParentCarer
from tests.web.respond.family import Asked, ask


@pytest.fixture
def asked(session: Session, settings: Settings, amina: ParentCarer) -> Asked:
    """Amina, asked by email how getting Zain's plan was."""
    return ask(session, settings, amina)
