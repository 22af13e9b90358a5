"""The language of the pages of an open survey: the one that the address says, or English."""

from flask import g

from engage.surveys.wording import SOURCE_LANGUAGE


def spoken() -> str:
    """The language of this page."""
    return str(g.get("language", SOURCE_LANGUAGE))
