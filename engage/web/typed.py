"""A request in which nothing that was typed holds what no database can keep."""

from collections.abc import Iterable
from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from engage.surveys.answers import clean_text

FORM = "application/x-www-form-urlencoded"
LONGEST_FORM_BYTES = 2_000_000
"""A form without a file is read as a whole. The longest answer, written out as %D8%A7, fits in six times."""
MOST_FIELDS = 1_000
"""As many as werkzeug allows in a form with a file."""


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


class Forms(FormDataParser):
    """It takes no more of a form without a file than a page of ours can hold: anybody may send one."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """What was sent; `RequestEntityTooLarge` for more."""
        if mimetype == FORM:
            sent = stream.read(LONGEST_FORM_BYTES + 1)
            if len(sent) > LONGEST_FORM_BYTES or sent.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = BytesIO(sent)
        return super().parse(stream, mimetype, content_length, options)


class TypedRequest(Request):
    """Every form and every address is read this way."""

    parameter_storage_class = Typed
    form_data_parser_class = Forms
