"""The words somebody agrees to when they join, each with the version that is kept beside their choice."""

from dataclasses import dataclass

from engage.core.languages import gettext_noop


@dataclass(frozen=True)
class Wording:
    """Words that are agreed to. Change the words and the version together."""

    version: str
    text: str


FORUM_CHOICE = Wording(
    version="forum-2026-11",
    text=gettext_noop("Yes, give my name, email address and phone number to {forum}, so that it can make me a member"),
)
"""The separate, unticked choice to be passed to the forum, which is another organisation and its own data controller."""
