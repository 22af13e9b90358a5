"""Pages that are kept: filled as if drawn afresh, bounded, and never by guessing."""

import gzip
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from engage.web.kept_pages import KeptPage, KeptPages, Marks

NAMES = ("token", "typed")


def drawn(own: dict[str, str]) -> str:
    """A page with one gap in an address twice, and one in a box."""
    return (
        f'<a href="/r/{escape(own["token"])}?x">o</a><textarea>{escape(own["typed"])}</textarea>{escape(own["token"])}'
    )


def kept() -> tuple[KeptPage, Marks]:
    marks = Marks()
    return KeptPage.cut(drawn({name: marks[name] for name in NAMES}), marks), marks


@given(st.fixed_dictionaries({name: st.text() for name in NAMES}))
def test_a_filled_page_is_the_page_drawn_afresh(own: dict[str, str]) -> None:
    page, _ = kept()
    sound = {name: words.encode(errors="replace").decode() for name, words in own.items()}
    assert page.filled(sound).decode() == drawn(sound)
    assert gzip.decompress(page.compressed_with(sound)) == page.filled(sound)


def test_what_looks_like_a_gap_is_not_one() -> None:
    page, marks = kept()
    own = {"token": marks["typed"], "typed": marks["token"] + "{{ typed }}"}
    assert page.filled(own).decode() == drawn(own)


def test_a_page_without_a_place_for_what_is_theirs_is_refused() -> None:
    marks = Marks()
    with pytest.raises(LookupError, match="typed"):
        KeptPage.cut(f"<p>{marks['token']}</p>", {"typed": marks["typed"], "token": marks["token"]})


def test_only_the_lately_wanted_pages_are_kept() -> None:
    pages, made = KeptPages(most=3), []

    def make(key: str) -> KeptPage:
        made.append(key)
        return KeptPage.cut(key, {})

    for key in "abcabdacb":
        assert pages.get(key, partial(make, key)).filled({}) == key.encode()
        assert len(pages) <= 3
    assert made == list("abcdcb")
