"""`python -m engage.cli.documents`: writes the documents that the code itself knows best."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engage.activities.activity_models import ACTIVITY_TRANSITIONS
from engage.activities.session_models import SESSION_TRANSITIONS
from engage.campaigns.models import CAMPAIGN_TRANSITIONS, INVITATION_TRANSITIONS
from engage.cases.models import CASE_TRANSITIONS
from engage.core.config import PROJECT, settings_document
from engage.core.states import TransitionTable
from engage.notify.models import TRANSITIONS as MESSAGE_TRANSITIONS
from engage.register.models import REGISTRATION_TRANSITIONS
from engage.surveys.publishing import VERSION_TRANSITIONS
from engage.you_said_we_did.models import PUBLICATION_TRANSITIONS

TABLES: Mapping[str, TransitionTable[Any]] = {
    "A campaign": CAMPAIGN_TRANSITIONS,
    "A version of a survey": VERSION_TRANSITIONS,
    "An invitation": INVITATION_TRANSITIONS,
    "A message": MESSAGE_TRANSITIONS,
    "A dissatisfaction case": CASE_TRANSITIONS,
    "A registration": REGISTRATION_TRANSITIONS,
    "An entry of You said, we did": PUBLICATION_TRANSITIONS,
    "An activity": ACTIVITY_TRANSITIONS,
    "A session with children": SESSION_TRANSITIONS,
}


def states_document() -> str:
    """Every state table as a diagram."""
    parts = ["# States", "", "Which move is lawful, printed from the code by `make documents`.", ""]
    for name, table in TABLES.items():
        parts += [f"## {name}", "", "```mermaid", table.mermaid(), "```", ""]
    return "\n".join(parts)


def documents() -> Mapping[Path, str]:
    """Each written document and what it should say."""
    folder = PROJECT / "docs"
    return {folder / "settings.md": settings_document(), folder / "states.md": states_document()}


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
