"""Fewer bytes on the way to an old phone: pages are compressed when they go, the style sheet and the script when they are built.

Whoever can see how long an encrypted answer is, and can make a browser ask for it with words of their own choosing inside,
can guess a secret on the same page letter by letter if both are compressed together (the BREACH attack). So a page of staff,
and any page that holds a token against forged forms, goes as it is; and on a family's page that is kept (`kept_pages`) what
is the family's own is never compressed at all. The other pages of families and of anyone hold no secret that somebody who
can ask for them does not have in the address already.
"""

import gzip
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache
from mimetypes import guess_type

from flask import Flask, Response, current_app, g, request
from werkzeug.http import parse_accept_header

from engage.web.rendering import MANIFEST, read_manifest

COMPRESSED_DOORS = frozenset({"respond", "open", "visit", "public"})
COMPRESSED_KINDS = frozenset({"text/html", "text/css", "image/svg+xml", "application/atom+xml", "application/json"})
SMALLEST_BYTES = 1_000
"""Less than this fits into one packet as it is."""
BUILT = {"br": ".br", "gzip": ".gz"}
"""What the build lays beside each built file, the smallest first, by the names that browsers ask for them."""

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # gzip, no name, no time
_END = b"\x03\x00"  # an empty last block
_LONGEST_STORED = 0xFFFF


def configure(app: Flask) -> None:
    """Compress what may be compressed, for browsers that say they can read it."""
    app.after_request(compress)
    app.view_functions["static"] = serve_static


def accepts(encoding: str) -> bool:
    """Whether the browser says that it reads this."""
    return reads(request.headers.get("Accept-Encoding", ""), encoding)


@lru_cache(maxsize=200)  # browsers of a kind say the same
def reads(accepted: str, encoding: str) -> bool:
    """Whether a header of what is accepted names this."""
    return encoding in accepted and parse_accept_header(accepted)[encoding] > 0


def compress(response: Response) -> Response:
    """Compress a page of a family or of anyone; other doors' pages, and any with a token against forgery, go as they are."""
    if not _may_be_compressed(response):
        return response
    response.vary.add("Accept-Encoding")
    if accepts("gzip"):
        response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _may_be_compressed(response: Response) -> bool:
    return (
        (request.blueprint or "") in COMPRESSED_DOORS
        and "csrf_token" not in g  # where flask-wtf puts it once a page has asked for it
        and response.mimetype in COMPRESSED_KINDS
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= SMALLEST_BYTES
    )


def serve_static(filename: str) -> Response:
    """A file of ours, as small as the browser can read it."""
    ready = _laid_beside().get(filename, [])
    encoding = next((one for one in ready if accepts(one)), None)
    response = current_app.send_static_file(filename + BUILT[encoding] if encoding else filename)
    if encoding:
        response.headers["Content-Encoding"] = encoding
        response.mimetype = guess_type(filename)[0] or "application/octet-stream"
    if ready:
        response.vary.add("Accept-Encoding")
    return response


@cache
def _laid_beside() -> Mapping[str, list[str]]:
    """For each built file the encodings in which it is there."""
    static = MANIFEST.parents[1]
    return {
        name: [encoding for encoding, ending in BUILT.items() if (static / f"{name}{ending}").is_file()]
        for name in read_manifest().values()
    }


def packed(words: bytes) -> bytes:
    """One piece of a page compressed by itself: it begins and ends on a whole byte and refers to nothing outside itself."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(words) + packer.flush(zlib.Z_FULL_FLUSH)


def stored(words: bytes) -> bytes:
    """A piece that is only wrapped: its length tells its own length and nothing of what it says."""
    blocks = (words[at : at + _LONGEST_STORED] for at in range(0, len(words), _LONGEST_STORED))
    return b"".join(
        b"\x00" + len(block).to_bytes(2, "little") + (len(block) ^ 0xFFFF).to_bytes(2, "little") + block
        for block in blocks
    )


def gzip_of(pieces: list[bytes], whole: bytes) -> bytes:
    """A gzip file of pieces that were `packed` or `stored` one by one; `whole` is what they say together."""
    check = zlib.crc32(whole).to_bytes(4, "little")
    return b"".join([_HEAD, *pieces, _END, check, (len(whole) & 0xFFFFFFFF).to_bytes(4, "little")])
