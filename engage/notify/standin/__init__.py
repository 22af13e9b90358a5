"""A local stand-in of GOV.UK Notify: the same API, limits, errors and receipts, and an inbox to read what was sent.

It is an outside service in its own right and imports nothing else of Engage: everything reaches it over HTTP, with
the same client code that would reach GOV.UK Notify. Its behaviour follows Notify's documentation
(https://docs.notifications.service.gov.uk) and its open source code.
"""

from engage.notify.standin.app import create_standin
from engage.notify.standin.config import ApiKey, KeyType, SmsFlavour, StandinConfig
from engage.notify.standin.faults import FaultKind, Faults
from engage.notify.standin.messages import Message
from engage.notify.standin.server import RunningStandin, serve
from engage.notify.standin.statuses import Channel, Status
from engage.notify.standin.templates import (
    EMAIL_TEMPLATE_ID,
    LETTER_TEMPLATE_ID,
    TEXT_TEMPLATE_ID,
    Template,
    load_templates,
)

__all__ = [
    "EMAIL_TEMPLATE_ID",
    "LETTER_TEMPLATE_ID",
    "TEXT_TEMPLATE_ID",
    "ApiKey",
    "Channel",
    "FaultKind",
    "Faults",
    "KeyType",
    "Message",
    "RunningStandin",
    "SmsFlavour",
    "StandinConfig",
    "Status",
    "Template",
    "create_standin",
    "load_templates",
    "serve",
]
