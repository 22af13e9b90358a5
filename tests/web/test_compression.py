"""What goes compressed, what never does, and that a browser reads it as it was."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from engage.accounts.models import Staff
from engage.web import rendering
from engage.web.compression import gzip_of, packed, stored
from tests.browser_client import StrictClient

GZIP = {"Accept-Encoding": "gzip, deflate"}
READS = "Accept-Encoding"


@pytest.mark.parametrize("path", ["/", "/privacy", "/r/" + "a" * 26])
def test_a_page_of_anyone_goes_compressed_to_browsers_that_read_it(app: Flask, path: str) -> None:
    client = app.test_client()
    plain, small = client.get(path), client.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    for answer in (plain, small):
        assert READS in answer.headers["Vary"]
    assert "Content-Encoding" not in client.get(path, headers={READS: "gzip;q=0"}).headers
    assert int(client.head(path, headers=GZIP).headers["Content-Length"]) == len(small.data)


def test_a_page_with_a_token_against_forged_forms_is_never_compressed(app: Flask) -> None:
    answer = app.test_client().get("/register/join", headers=GZIP)
    assert b"csrf_token" in answer.data
    assert "Content-Encoding" not in answer.headers


def test_a_page_of_staff_is_never_compressed(
    client: StrictClient, bronwen: Staff, sign_in: Callable[[StrictClient, Staff], StrictClient]
) -> None:
    answer = sign_in(client, bronwen).get("/staff/today", headers=GZIP)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["engage.css", "engage.js"])
def test_what_was_built_is_served_small_for_ever_and_the_same(app: Flask, name: str) -> None:
    client = app.test_client()
    path = "/static/" + rendering.read_manifest()[name]
    with client.get(path) as plain:
        assert "Content-Encoding" not in plain.headers
        whole, kind = plain.data, plain.mimetype
    with client.get(path, headers=GZIP) as small:
        assert small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.data) == whole
        assert small.mimetype == kind
        assert small.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert READS in small.headers["Vary"]
    with client.get(path, headers={READS: "gzip, deflate, br, zstd"}) as smaller:
        assert smaller.headers["Content-Encoding"] == "br"
        assert len(smaller.data) < len(whole) / 3


def test_a_static_file_that_is_not_there_is_not_there_compressed_either(app: Flask) -> None:
    for path in ("/static/nothing.css", "/static/../engage.css", "/static/built/manifest.json.gz"):
        assert app.test_client().get(path, headers=GZIP).status_code == 404


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=300)), max_size=12))
def test_pieces_packed_one_by_one_are_one_sound_file(pieces: list[tuple[bool, bytes]]) -> None:
    made = [stored(words) if is_stored else packed(words) for is_stored, words in pieces]
    whole = b"".join(words for _, words in pieces)
    assert gzip.decompress(gzip_of(made, whole)) == whole


def test_a_long_piece_is_stored_in_blocks() -> None:
    long = bytes(range(256)) * 1024
    assert gzip.decompress(gzip_of([stored(long)], long)) == long


def test_the_length_of_a_stored_piece_tells_nothing_of_what_stands_around_it() -> None:
    """What an onlooker could learn from lengths: whether two pieces are alike. They cannot."""
    secret = b"abcdefghijklmnopqrstuvwxyz"
    lengths = {len(gzip_of([packed(b"<p>" + secret), stored(guess)], b"")) for guess in (secret, secret[::-1])}
    assert len(lengths) == 1
    assert len(zlib.compress(secret + secret)) < len(zlib.compress(secret + secret[::-1]))
