"""What each stored column is: personal or not, and for how long a personal one is kept.

Keeping times are proposals a council must approve; they follow common English practice for SEND records
(date of birth plus 31 years is the case file's rule, which Engage is not).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Keep(StrEnum):
    """When a personal value must go."""

    WHILE_ON_RECORD = "while the case system still names the person, then 24 months"
    RESPONSE = "24 months after the survey closes, then the link to the person is dropped"
    DRAWING = "12 months after the session"
    SESSION = "24 months after the session, then nothing says which child it was"
    ACTIVITY = "6 years after the day it was held"
    EQUALITY = "24 months after the quarter they count for; nothing leads from them to a person"
    CASE = "6 years after the case is closed"
    MESSAGE = "12 months after the message is sent"
    SUPPRESSION = "for as long as the person must not be contacted"
    REGISTER = "until removed by the family, 12 months after a missed yearly check, or the 26th birthday"
    FORUM = "until the member leaves; the forum decides, as its own controller"
    STAFF = "6 years after the person leaves"
    SIGN_IN = "30 days"
    AUDIT = "6 years"


class Privacy(NamedTuple):
    """The label of every column of one table."""

    personal: Mapping[str, Keep]
    impersonal: frozenset[str]


def privacy(impersonal: str = "", **personal: Keep) -> Privacy:
    """Label a table: the impersonal columns as one spaced string, each personal column with its keeping time."""
    return Privacy(personal=personal, impersonal=frozenset(impersonal.split()))
