"""A template and its personalisation made into the message that is sent, or the reason why it cannot be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engage.notify.standin import markdown, placeholders, sms
from engage.notify.standin.config import SmsFlavour
from engage.notify.standin.errors import bad_request, internal_error, validation_error
from engage.notify.standin.statuses import Channel
from engage.notify.standin.templates import Template

MOST_EMAIL_BYTES = 2_000_000
MOST_QR_BYTES = 504
_QR_LINE = re.compile(r"^[ \t]*qr:[ \t]*(\S.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Content:
    """What a message says; `sanitised` tells, for each value that was asked for, what it was and became."""

    body: str
    subject: str | None
    sanitised: dict[str, dict[str, str]] = field(default_factory=dict)


def render(
    template: Template,
    personalisation: Mapping[str, Any],
    *,
    flavour: SmsFlavour,
    sanitise_content_for: list[str] | None = None,
) -> Content:
    """Fill the template. Raises 400 for missing values and for a message that is empty or too long
    (a letter: whose QR code is).

    Raises 500 TypeError, as Notify does, where `sanitise_content_for` names a value that is not a string.
    """
    absent = placeholders.missing(template.placeholders, personalisation)
    if absent:
        raise bad_request(f"Missing personalisation: {', '.join(absent)}")
    values, sanitised = _sanitised(personalisation, sanitise_content_for or [])
    if template.type is Channel.SMS:
        body = sms.plain_characters(
            placeholders.fill(template.body, values, join=placeholders.as_sentence), flavour=flavour
        )
    else:
        body = placeholders.fill(template.body, values, join=placeholders.as_bullets)
    _check_size(template.type, body)
    return Content(body, _subject(template, values), sanitised)


def _subject(template: Template, values: Mapping[str, Any]) -> str | None:
    if template.subject is None:
        return None
    filled = placeholders.fill(template.subject, values, join=placeholders.as_sentence)
    return " ".join(filled.split())


def _sanitised(personalisation: Mapping[str, Any], keys: list[str]) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    wanted = {placeholders.same_key(key) for key in keys}
    values = dict(personalisation)
    told: dict[str, dict[str, str]] = {}
    for key, value in personalisation.items():
        if placeholders.same_key(key) not in wanted:
            continue
        if not isinstance(value, str):
            raise internal_error("TypeError")
        values[key] = markdown.sanitise(value)
        told[key] = {"unsanitised": value, "sanitised": values[key]}
    return values, told


def _check_size(channel: Channel, body: str) -> None:
    if not body.strip():
        raise bad_request("Your message is empty.")
    if channel is Channel.SMS and len(body) > sms.MOST_CHARACTERS:
        raise bad_request(
            "Your message is too long. Text messages cannot be longer than 918 characters. "
            f"Your message is {len(body)} characters long."
        )
    if channel is Channel.LETTER and any(len(link.encode()) > MOST_QR_BYTES for link in _QR_LINE.findall(body)):
        raise validation_error("Cannot create a usable QR code - the link you entered is too long")
    size = len(body.encode())
    if channel is Channel.EMAIL and size > MOST_EMAIL_BYTES:
        raise bad_request(
            f"Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is {size} bytes."
        )
