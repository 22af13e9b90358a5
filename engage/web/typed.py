"""A request in which nothing that was typed holds what no database can keep."""

from collections.abc import Iterable
from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from engage.surveys.answers import clean_text


def _clean(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = clean_text(value.filename or "")
        return value
    return clean_text(value) if isinstance(value, str) else value


class Typed(ImmutableMultiDict[str, Any]):
    """The fields of a form, or what stands behind the question mark of an address, without NUL and half characters."""

    def __init__(self, mapping: Iterable[tuple[str, Any]] | None = None) -> None:
        pairs = mapping.items(multi=True) if isinstance(mapping, ImmutableMultiDict) else mapping or ()
        super().__init__([(clean_text(name), _clean(value)) for name, value in pairs])


class TypedRequest(Request):
    """Every form and every address is read this way."""

    parameter_storage_class = Typed
