"""The characters of a text and the parts they make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.notify.standin.config import SmsFlavour
from engage.notify.standin.sms import parts, plain_characters

TAMIL = "எப்படி இருந்தது"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("ŵ" * 134, 2),
        ("ŵ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ŵ" * 918, 14),
    ],
)
def test_parts_follow_the_alphabet(text: str, count: int) -> None:
    assert parts(text) == count


@pytest.mark.parametrize(
    ("given_text", "downgraded", "unicode"),
    [
        ("‘don’t’ – wait…", "'don't' - wait...", "'don't' - wait..."),
        ("a\u00a0b\u200c", "a b", "a b"),
        ("café", "café", "café"),
        ("Łódź", "?ódz", "Łódź"),
        ("tŷ ŵ", "tŷ ŵ", "tŷ ŵ"),
        ("😀", "?", "😀"),
        ("한국어", "???", "한국어"),
    ],
)
def test_what_goes_through(given_text: str, downgraded: str, unicode: str) -> None:
    assert plain_characters(given_text, flavour=SmsFlavour.DOWNGRADE) == downgraded
    assert plain_characters(given_text, flavour=SmsFlavour.UNICODE) == unicode


def test_tamil_is_lost_before_the_change_and_kept_after_it() -> None:
    assert set(plain_characters(TAMIL, flavour=SmsFlavour.DOWNGRADE)) == {"?", " "}
    assert plain_characters(TAMIL, flavour=SmsFlavour.UNICODE) == TAMIL


@given(st.text(max_size=100), st.sampled_from(SmsFlavour))
def test_a_plain_text_stays_plain(text: str, flavour: SmsFlavour) -> None:
    once = plain_characters(text, flavour=flavour)
    assert plain_characters(once, flavour=flavour) == once
