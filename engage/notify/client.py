"""Handing one message to GOV.UK Notify through its own client, and saying plainly what came of it.

The client raises one kind of error for many facts; what each means for us follows the API's error table
(docs.notifications.service.gov.uk/python.html, "Error codes"): the status code and the error's type are promised, the
text is not, so the text is never looked at.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import requests
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from engage.core.config import Settings
from engage.core.errors import Misconfigured
from engage.notify.letters import address_lines
from engage.notify.models import MessageChannel
from engage.notify.templates import Rendered

# The client's own warnings repeat the API's words, which may hold what was sent; ours say a status and a type.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


class Fault(StrEnum):
    """What a failed call means for the message and for everybody else's."""

    REFUSED = "refused"  # this message will never be taken
    TRY_AGAIN = "try_again"  # nothing was taken; later may do
    UNKNOWN = "unknown"  # it may have been taken: look it up before any second try
    STOP = "stop"  # the key or the service is wrong: nothing can be sent until somebody mends it
    DAILY_LIMIT = "daily_limit"  # nothing more on this channel until midnight UTC
    RATE_LIMIT = "rate_limit"  # everybody must be quiet for a few seconds
    NOT_SENT = "not_sent"  # we never called: the worker was held up until its lease was nearly over


class NotifyError(Exception):
    """A call to Notify that did not succeed. `detail` is a status and a type, never a person's data."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True)
class Sent:
    """Notify took it. `characters_lost` when the text it will send has a "?" where we meant another character."""

    notify_id: str
    characters_lost: bool = False


@dataclass(frozen=True)
class Status:
    """Where Notify says a message stands."""

    notify_id: str
    reference: str | None
    status: str
    completed_at: datetime | None


class Notify(Protocol):
    """Notify as Engage uses it. Not thread-safe: one for each thread."""

    def send(
        self,
        channel: MessageChannel,
        recipient: str,
        rendered: Rendered,
        *,
        reference: str,
        unsubscribe_url: str | None,
    ) -> Sent: ...

    def preview_text(self, rendered: Rendered) -> str: ...

    def find(self, reference: str) -> Status | None: ...

    def status(self, notify_id: str) -> Status | None: ...


class LiveNotify:
    """Notify over HTTP: the real service or the stand-in, by the same code."""

    def __init__(self, settings: Settings) -> None:
        if settings.notify_api_key is None:
            raise Misconfigured("Set ENGAGE_NOTIFY_API_KEY: without it nothing can be sent.")
        self._settings = settings
        self._client = NotificationsAPIClient(
            settings.notify_api_key.get_secret_value(),
            base_url=str(settings.notify_url).rstrip("/"),
            timeout=settings.notify_timeout_seconds,
        )

    def send(
        self,
        channel: MessageChannel,
        recipient: str,
        rendered: Rendered,
        *,
        reference: str,
        unsubscribe_url: str | None,
    ) -> Sent:
        """Hand over one message; raises `NotifyError`."""
        try:
            if channel is MessageChannel.EMAIL:
                answer = self._client.send_email_notification(
                    recipient,
                    rendered.template_id or self._settings.notify_email_template_id,
                    personalisation=_personalisation(rendered, "subject", "body"),
                    reference=reference,
                    email_reply_to_id=self._settings.notify_reply_to_id,
                    one_click_unsubscribe_url=unsubscribe_url,
                    sanitise_content_for=sorted(rendered.sanitised),
                )
                return Sent(_told(answer, "id"))
            if channel is MessageChannel.LETTER:
                answer = self._client.send_letter_notification(
                    rendered.template_id or self._settings.notify_letter_template_id,
                    personalisation=_personalisation(rendered, "subject", "body") | address_lines(recipient),
                    reference=reference,
                )
                return Sent(_told(answer, "id"))
            answer = self._client.send_sms_notification(
                recipient,
                rendered.template_id or self._settings.notify_text_template_id,
                personalisation=_personalisation(rendered, "body"),
                reference=reference,
                sms_sender_id=self._settings.notify_sender_id,
            )
            return Sent(_told(answer, "id"), characters_lost=_lost_characters(answer, rendered))
        except APIError as error:
            raise classify(error) from error

    def preview_text(self, rendered: Rendered) -> str:
        """A text as Notify would send it, with nothing sent; raises `NotifyError`."""
        try:
            answer = self._client.post_template_preview(
                rendered.template_id or self._settings.notify_text_template_id,
                personalisation=_personalisation(rendered, "body"),
            )
        except APIError as error:
            raise classify(error) from error
        return str(_told(answer, "body"))

    def find(self, reference: str) -> Status | None:
        """The message Notify holds under a reference of ours; None when it has none. Raises `NotifyError`.

        A reference is used for one attempt only, so the first page holds all there can be. Notify lists only messages
        sent with a key of the same type as ours.
        """
        try:
            answer = self._client.get_all_notifications(reference=reference)
        except APIError as error:
            raise classify(error) from error
        held = _told(answer, "notifications")
        return _status(held[0]) if held else None

    def status(self, notify_id: str) -> Status | None:
        """Where a message stands; None when Notify no longer holds it. Raises `NotifyError`."""
        try:
            return _status(self._client.get_notification_by_id(notify_id))
        except APIError as error:
            if error.status_code == requests.codes.not_found:
                return None
            raise classify(error) from error


def _personalisation(rendered: Rendered, *names: str) -> dict[str, str]:
    """The values of a hosted template, or the parts of the message that the common one has room for."""
    if rendered.template_id is not None:
        return dict(rendered.values)
    return {name: str(getattr(rendered, name)) for name in names}


def _told(answer: Any, name: str) -> Any:
    """One value of an answer. Something between us and Notify may answer 200 with words of its own: that is no news,
    least of all that Notify does not hold a message."""
    if not isinstance(answer, dict) or name not in answer:
        raise NotifyError(Fault.UNKNOWN, "not an answer of Notify")
    return answer[name]


def _lost_characters(answer: Mapping[str, Any], rendered: Rendered) -> bool:
    """Whether a text lost characters on its way: Notify has answered 201 and put "?" for scripts it could not send."""
    taken = answer.get("content", {}).get("body", "")
    return str(taken).count("?") > rendered.body.count("?")


def _status(found: Any) -> Status:
    return Status(
        str(_told(found, "id")), found.get("reference"), str(_told(found, "status")), moment(found.get("completed_at"))
    )


def moment(text: str | None) -> datetime | None:
    """A moment as Notify writes it: in UTC, whether it says so or not. `ValueError` when it is none."""
    at = datetime.fromisoformat(text) if text else None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def classify(error: APIError) -> NotifyError:
    """What an error of the client means."""
    if not isinstance(error, HTTPError):  # a 2xx whose body is not JSON: something was done, but what?
        return NotifyError(Fault.UNKNOWN, "unreadable answer")
    if error.response is None:
        return _without_answer(error)
    status, kinds = error.status_code, _types(error)
    detail = f"{status} {' '.join(kinds)}".strip()
    if status == requests.codes.too_many_requests:
        fault = Fault.DAILY_LIMIT if "TooManyRequestsError" in kinds else Fault.RATE_LIMIT
        return NotifyError(fault, detail)
    return NotifyError(_BY_STATUS.get(status) or _by_hundred(status, kinds), detail)


_BY_STATUS = {
    401: Fault.STOP,
    403: Fault.STOP,
    404: Fault.TRY_AGAIN,  # unknown templates are a 400 on sending, so this is an outage's spurious one
    503: Fault.TRY_AGAIN,
}
_NEVER_TAKEN = frozenset({"ValidationError", "InvalidPhoneError", "QrCodeTooLongError"})


def _by_hundred(status: int, kinds: list[str]) -> Fault:
    if status >= 500:
        return Fault.UNKNOWN
    # A BadRequestError may be the template, the key or an outage: it is tried again a few times before it is believed.
    return Fault.REFUSED if kinds and set(kinds) <= _NEVER_TAKEN else Fault.TRY_AGAIN


def _types(error: HTTPError) -> list[str]:
    message = error.message
    if not isinstance(message, list):
        return []
    return [str(part.get("error", "")) for part in message if isinstance(part, dict)]


def _without_answer(error: HTTPError) -> NotifyError:
    """No answer at all: only when the connection was never made is it sure that nothing was taken."""
    cause: BaseException | None = error.__cause__
    if isinstance(cause, requests.ConnectTimeout):
        return NotifyError(Fault.TRY_AGAIN, "connection timed out")
    if isinstance(cause, requests.ConnectionError):
        reason = getattr(cause.args[0], "reason", None) if cause.args else None
        if isinstance(reason, NewConnectionError | ConnectTimeoutError):
            return NotifyError(Fault.TRY_AGAIN, "no connection")
    return NotifyError(Fault.UNKNOWN, "no answer")
