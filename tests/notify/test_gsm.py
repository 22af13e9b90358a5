"""Parts of a text are counted as the phone networks charge them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.notify import gsm
from engage.notify.standin import sms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("த" * 70, 1),
        ("த" * 71, 2),
        ("த" * 134, 2),
        ("த" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("", 1),
    ],
)
def test_parts(text: str, expected: int) -> None:
    assert gsm.parts(text) == expected


@given(st.text(max_size=400))
def test_the_count_is_the_one_the_stand_in_charges(text: str) -> None:
    assert gsm.parts(text) == sms.parts(text)


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_words_never_cost_less(one: str, more: str) -> None:
    assert gsm.parts(one + more) >= gsm.parts(one)


def test_characters_outside_the_alphabet_are_named_once() -> None:
    assert gsm.not_gsm("It’s €5 – it’s fine") == ["–", "’"]
