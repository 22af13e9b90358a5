"""The shape of what is posted and asked, checked before anything else, with Notify's words for what is wrong."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engage.notify.standin import recipients
from engage.notify.standin.errors import bad_request, validation_error
from engage.notify.standin.statuses import SEARCHABLE_STATUSES, Channel

LONGEST_REFERENCE = 1000
_PYTHON_TYPES: dict[str, type] = {"string": str, "object": dict, "array": list}
_SEND_FIELDS = {
    Channel.EMAIL: {
        "email_address": "string",
        "template_id": "string",
        "personalisation": "object",
        "reference": "string",
        "scheduled_for": "string",
        "email_reply_to_id": "string",
        "one_click_unsubscribe_url": "string",
        "sanitise_content_for": "array",
    },
    Channel.SMS: {
        "phone_number": "string",
        "template_id": "string",
        "personalisation": "object",
        "reference": "string",
        "scheduled_for": "string",
        "sms_sender_id": "string",
    },
    Channel.LETTER: {"template_id": "string", "personalisation": "object", "reference": "string"},
}
_REQUIRED = {
    Channel.EMAIL: ("email_address", "template_id"),
    Channel.SMS: ("phone_number", "template_id"),
    Channel.LETTER: ("template_id", "personalisation"),
}
_PRECOMPILED_FIELDS = {"reference": "string", "content": "string", "postage": "string"}
_NULLABLE = frozenset({"scheduled_for", "one_click_unsubscribe_url"})
_UUIDS = ("template_id", "email_reply_to_id", "sms_sender_id")


def check_send(channel: Channel, body: Any) -> dict[str, Any]:
    """A well-shaped request to send. Raises 400 listing every fault of its shape."""
    if body is None:
        raise bad_request("Invalid JSON supplied in POST data")
    if not isinstance(body, dict):
        raise validation_error(f"{body} is not of type object")
    faults = _shape_faults(body, _SEND_FIELDS[channel], _REQUIRED[channel])
    faults += _format_faults(body)
    if faults:
        raise validation_error(faults)
    return body


def check_precompiled(body: dict[str, Any]) -> dict[str, Any]:
    """A well-shaped request to send a letter that is a PDF already. Raises 400."""
    faults = _shape_faults(body, _PRECOMPILED_FIELDS, ("reference", "content"))
    postage = body.get("postage", "second")
    if postage not in ("first", "second", "economy"):
        faults.append("postage invalid. It must be either first, second or economy.")
    if faults:
        raise validation_error(faults)
    return body


def check_preview(body: Any) -> dict[str, Any]:
    """The personalisation of a preview. Raises 400."""
    if body is None:
        raise bad_request("Invalid JSON supplied in POST data")
    if not isinstance(body, dict):
        raise validation_error(f"{body} is not of type object")
    faults = _shape_faults(body, {"personalisation": "object", "id": "string"}, ())
    if faults:
        raise validation_error(faults)
    personalisation: dict[str, Any] = body.get("personalisation", {})
    return personalisation


def check_list_query(query: Mapping[str, list[str]]) -> None:
    """The filters of a list of messages. Raises 400."""
    faults = _unexpected(query, ("reference", "status", "template_type", "older_than", "include_jobs"))
    for name, allowed in (("status", SEARCHABLE_STATUSES), ("template_type", tuple(Channel))):
        for value in query.get(name, []):
            if value not in allowed:
                faults.append(f"{name} {value} is not one of [{', '.join(allowed)}]")
    if "older_than" in query and not is_uuid(query["older_than"][0]):
        faults.append("older_than is not a valid UUID")
    if faults:
        raise validation_error(faults)


def checked_uuid(name: str, value: str) -> str:
    """An id in a path, in the one form in which ids are kept. Raises 400."""
    if not is_uuid(value):
        raise validation_error(f"{name} is not a valid UUID")
    return str(UUID(value))


def is_uuid(value: object) -> bool:
    """Whether this is a UUID in text."""
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def _shape_faults(body: dict[str, Any], fields: Mapping[str, str], required: tuple[str, ...]) -> list[str]:
    faults = [f"{name} is a required property" for name in required if name not in body]
    for name, kind in fields.items():
        value = body.get(name)
        if name not in body or (value is None and name in _NULLABLE):
            continue
        if not isinstance(value, _PYTHON_TYPES[kind]):
            faults.append(f"{name} {value} is not of type {kind}")
    reference = body.get("reference")
    if isinstance(reference, str) and len(reference) > LONGEST_REFERENCE:
        faults.append(f"reference {reference} is too long")
    return faults + _unexpected(body, fields)


def _unexpected(body: Mapping[str, Any], known: Any) -> list[str]:
    return [f"Additional properties are not allowed ({name} was unexpected)" for name in body if name not in known]


def _format_faults(body: dict[str, Any]) -> list[str]:
    faults = [
        f"{name} is not a valid UUID" for name in _UUIDS if isinstance(body.get(name), str) and not is_uuid(body[name])
    ]
    faults += _recipient_faults(body, "email_address", recipients.email)
    faults += _recipient_faults(body, "phone_number", recipients.phone)
    url = body.get("one_click_unsubscribe_url")
    if isinstance(url, str) and not url.startswith("https://"):
        faults.append("one_click_unsubscribe_url is not a valid https url")
    return faults


def _recipient_faults(body: dict[str, Any], name: str, check: Callable[[str], object]) -> list[str]:
    value = body.get(name)
    if not isinstance(value, str):
        return []
    try:
        check(value)
    except recipients.RecipientError as error:
        return [f"{name} {error}"]
    return []
