"""Answers made once and kept, headers and all, with gaps for what is one person's own.

Drawing the GOV.UK components is by far the dearest part of a question's page, and thousands of families are shown the same
ones. A kept answer is made as for nobody: outside the request that wants it, where no link, cookie or session is to be seen,
from the values it is kept under and nothing else. So one family's words cannot stand on another's page. Their own words and
addresses are put into its gaps for the one answer, escaped, and are not kept.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextvars import Context
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from markupsafe import escape

from engage.surveys.formats import Format
from engage.web.compression import gzip_of, packed, stored

MOST = 1_000
"""Pages kept at most, about 20 kB each; the one that was wanted longest ago makes room."""


class Marks(dict[str, str]):
    """A word for each gap that nobody can guess and that no escaping changes."""

    def __missing__(self, name: str) -> str:
        self[name] = f"gap{secrets.token_hex(16)}{name}"
        return self[name]


@dataclass(frozen=True)
class KeptPage:
    """The pieces of a page around its gaps, as bytes and compressed, and the name of what fills each gap."""

    pieces: tuple[bytes, ...]
    compressed: tuple[bytes, ...]
    gaps: tuple[str, ...]

    @classmethod
    def cut(cls, page: str, marks: Mapping[str, str]) -> "KeptPage":
        """Cut a drawn page at its marks; `LookupError` when one of them is not on it, for what it stands for would be
        lost."""
        lost = [name for name, mark in marks.items() if mark not in page]
        if lost:
            raise LookupError(f"the page has no place for {', '.join(lost)}")
        names = {mark: name for name, mark in marks.items()}
        parts = re.split(f"({'|'.join(names)})", page) if names else [page]
        pieces = tuple(part.encode() for part in parts[::2])
        return cls(pieces, tuple(packed(piece) for piece in pieces), tuple(names[mark] for mark in parts[1::2]))

    def filled(self, own: Mapping[str, str]) -> bytes:
        """The page of one person."""
        return _woven(self.pieces, self._fillings(own))

    def compressed_with(self, own: Mapping[str, str]) -> bytes:
        """The same, compressed but for what is their own."""
        fillings = self._fillings(own)
        pieces = _interleaved(self.compressed, [stored(filling) for filling in fillings])
        return gzip_of(pieces, _woven(self.pieces, fillings))

    def _fillings(self, own: Mapping[str, str]) -> list[bytes]:
        escaped = {name: str(escape(own[name])).encode() for name in set(self.gaps)}
        return [escaped[name] for name in self.gaps]


def _interleaved(pieces: tuple[bytes, ...], between: list[bytes]) -> list[bytes]:
    woven = [b""] * (len(pieces) + len(between))
    woven[::2], woven[1::2] = pieces, between
    return woven


def _woven(pieces: tuple[bytes, ...], between: list[bytes]) -> bytes:
    return b"".join(_interleaved(pieces, between))


@dataclass(frozen=True)
class KeptAnswer:
    """What the app answered when nobody asked."""

    status: str
    headers: tuple[tuple[str, str], ...]
    """Those that are the same for all."""
    page: KeptPage
    location: KeptPage | None
    is_compressed: bool
    """For whoever reads what is compressed."""
    language: str
    format: Format

    @classmethod
    def made(
        cls, app: Flask, answer: Callable[[], ResponseReturnValue], marks: Mapping[str, str], **asked: Any
    ) -> "KeptAnswer":
        """What `answer` gives within a request that nobody sent, to be put together `asked` as `EnvironBuilder` says; all
        that stands around a request in this app stands around this one."""
        return Context().run(cls._made, app, answer, marks, asked)  # not even by mistake is a family in sight

    @classmethod
    def _made(
        cls, app: Flask, answer: Callable[[], ResponseReturnValue], marks: Mapping[str, str], asked: dict[str, Any]
    ) -> "KeptAnswer":
        with app.test_request_context(**asked):
            app.preprocess_request()
            response = app.process_response(app.make_response(answer()))
            headers = response.get_wsgi_headers(request.environ)
            location = headers.pop("Location", None)
            del headers["Content-Length"]
            return cls(
                status=response.status,
                headers=tuple(headers),
                page=KeptPage.cut(response.get_data(as_text=True), marks),
                location=KeptPage.cut(location, marks) if location else None,
                is_compressed="Accept-Encoding" in response.vary,
                language=g.language,
                format=g.format,
            )

    def to(self, own: Mapping[str, str], *, reads_gzip: bool) -> tuple[list[tuple[str, str]], bytes]:
        """The headers and the body of one person's answer."""
        headers = list(self.headers)
        if self.is_compressed and reads_gzip:
            body = self.page.compressed_with(own)
            headers.append(("Content-Encoding", "gzip"))
        else:
            body = self.page.filled(own)
        if self.location:
            headers.append(("Location", self.location.filled(own).decode()))
        headers.append(("Content-Length", str(len(body))))
        return headers, body


Kept = TypeVar("Kept")


class KeptPages(Generic[Kept]):
    """What an app keeps: all that was wanted lately."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._turn = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under this key, made now if there is none. Two who want a new one at the same moment may both
        make it; they make the same."""
        with self._turn:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
                return found
        made = make()
        with self._turn:
            self._pages[key] = made
            self._pages.move_to_end(key)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)
        return made
