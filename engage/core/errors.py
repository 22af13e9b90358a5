"""The ways a rule can say no; only doors turn these into a page or an exit code."""

from collections.abc import Mapping


class DomainError(Exception):
    """A rule of the field was not met; `message` is a plain sentence fit for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """There is no such thing, or not for this person."""


class NotAllowed(DomainError):
    """This person may not do this."""


class Conflict(DomainError):
    """The thing has moved on, and this step no longer fits its state."""


class Invalid(DomainError):
    """What was given cannot be used; `fields` maps a field's name to what is wrong and what to do."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Misconfigured(DomainError):
    """A setting or a data file is wrong; the message names it, its place and its cure."""
