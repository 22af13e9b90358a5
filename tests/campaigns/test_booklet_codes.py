"""The code on a booklet's cover: every slip of a finger is known, and nothing stored opens anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.campaigns import booklet_codes
from engage.campaigns.booklet_codes import ALPHABET, LENGTH, is_whole, mint_code, remake_code, typed_code

SECRETS = [b"a secret of more than thirty-two characters"]
CODE = typed_code(mint_code(SECRETS).text)


def test_the_alphabet_has_nothing_that_is_read_as_another() -> None:
    assert not set("ILO01") & set(ALPHABET)
    assert len(ALPHABET) == 31


def test_a_new_code_is_whole_and_stands_in_three_groups() -> None:
    minted = mint_code(SECRETS)
    assert [len(group) for group in minted.text.split("-")] == [3, 3, 4]
    assert is_whole(typed_code(minted.text))


@pytest.mark.parametrize("place", range(LENGTH))
def test_one_wrong_letter_is_always_found(place: int) -> None:
    for letter in set(ALPHABET) - {CODE[place]}:
        assert not is_whole(CODE[:place] + letter + CODE[place + 1 :])


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_two_letters_that_changed_places_are_always_found(place: int) -> None:
    swapped = CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :]
    assert is_whole(swapped) is (swapped == CODE)


@given(st.text(alphabet=st.sampled_from(" -–‑.\u00a0\t"), max_size=3))
def test_capitals_spaces_and_lines_do_not_matter(between: str) -> None:
    assert typed_code(between.join(CODE.lower())) == CODE


@given(st.text(max_size=30))
def test_whatever_is_typed_is_whole_or_not_and_never_an_error(text: str) -> None:
    assert is_whole(typed_code(text)) in (True, False)


def test_it_can_be_printed_again_also_with_a_newer_secret() -> None:
    minted = mint_code(SECRETS)
    newer = [b"another secret of more than thirty-two characters", *SECRETS]
    assert remake_code(newer, minted.nonce, minted.digest) == minted.text
    assert minted.digest in booklet_codes.digests(newer, typed_code(minted.text))
    assert remake_code(newer[:1], minted.nonce, minted.digest) is None


def test_what_is_stored_does_not_tell_the_code_without_the_secret() -> None:
    minted = mint_code(SECRETS)
    other = booklet_codes.digests([b"a guess of more than thirty-two characters!"], typed_code(minted.text))
    assert minted.digest not in other
