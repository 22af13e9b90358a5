"""Notify's errors: a status code and a list of type and message."""

from collections.abc import Iterable


class NotifyError(Exception):
    """An answer other than success, shaped as `{"status_code": N, "errors": [{"error", "message"}]}`."""

    def __init__(self, status_code: int, error: str, messages: str | Iterable[str]) -> None:
        texts = [messages] if isinstance(messages, str) else list(messages)
        super().__init__(f"{status_code} {error}")
        self.status_code = status_code
        self.body = {
            "status_code": status_code,
            "errors": [{"error": error, "message": text} for text in texts],
        }


def validation_error(messages: str | Iterable[str]) -> NotifyError:
    """The request is not shaped as the API asks, or names a recipient who cannot be."""
    return NotifyError(400, "ValidationError", messages)


def bad_request(message: str, *, status_code: int = 400) -> NotifyError:
    """The request is well shaped but cannot be carried out (403 where the key may not do it)."""
    return NotifyError(status_code, "BadRequestError", message)


def no_result() -> NotifyError:
    """No such message or template in this service."""
    return NotifyError(404, "NoResultFound", "No result found")


def internal_error(class_name: str) -> NotifyError:
    """Notify fell over; the type is the name of the exception's class."""
    return NotifyError(500, class_name, "Internal server error")
