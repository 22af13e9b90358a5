"""Channels and statuses by Notify's own names, and what a status in a question or an answer stands for."""

from enum import StrEnum


class Channel(StrEnum):
    """How a message travels, in the order and by the names of Notify's API."""

    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class Status(StrEnum):
    """Every status a stored message may have."""

    CANCELLED = "cancelled"
    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    PENDING = "pending"
    TECHNICAL_FAILURE = "technical-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    PENDING_VIRUS_CHECK = "pending-virus-check"
    VALIDATION_FAILED = "validation-failed"
    VIRUS_SCAN_FAILED = "virus-scan-failed"
    RETURNED_LETTER = "returned-letter"


UNFINISHED = frozenset({Status.CREATED, Status.SENDING, Status.SENT, Status.PENDING, Status.PENDING_VIRUS_CHECK})
"""Statuses that may still change; all others are final. `sent` is a foreign text without a receipt so far."""

TOLD_BY_RECEIPT = frozenset({Status.DELIVERED, Status.TEMPORARY_FAILURE, Status.PERMANENT_FAILURE})
"""The only statuses that cause a callback: technical failure and every step of a letter do not."""

STATUS_GROUPS = {
    "failed": (
        Status.TECHNICAL_FAILURE,
        Status.TEMPORARY_FAILURE,
        Status.PERMANENT_FAILURE,
        Status.VALIDATION_FAILED,
        Status.VIRUS_SCAN_FAILED,
        Status.RETURNED_LETTER,
    ),
    "accepted": (Status.CREATED, Status.SENDING),
    "received": (Status.DELIVERED,),
}
"""Statuses that one may ask for and that stand for several stored ones."""

SEARCHABLE_STATUSES = (*Status, *STATUS_GROUPS)

_LETTER_WORDS = {
    Status.CREATED: "accepted",
    Status.SENDING: "accepted",
    Status.DELIVERED: "received",
    Status.RETURNED_LETTER: "received",
}


def shown_status(channel: Channel, status: Status) -> str:
    """The status as the API tells it: letters are accepted and received where the others are sent and delivered."""
    if channel is not Channel.LETTER:
        return status.value
    return _LETTER_WORDS.get(status, status.value)


def expanded(statuses: list[str]) -> frozenset[Status]:
    """The stored statuses asked for, groups opened up."""
    found: set[Status] = set()
    for status in statuses:
        found.update(STATUS_GROUPS.get(status, ()) or (Status(status),))
    return frozenset(found)
