"""Numbers that name people and places are taken only when they add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import upn as published

from engage.people.vocabulary.identifiers import is_temporary_upn, postcode, uln, upn, urn
from engage.people.vocabulary.mistakes import WrongValue

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def weighed(rest: str) -> str:
    """The check letter by the standard's own words: each place's value times its position, counted from 2, modulo 23."""
    values = [LETTERS.index(each) if each in LETTERS else int(each) for each in rest]
    return LETTERS[sum(place * value for place, value in enumerate(values, 2)) % 23]


digits = st.text("0123456789", min_size=11, max_size=11)
rests = st.builds(str.__add__, digits, st.sampled_from("0123456789" + LETTERS))


@pytest.mark.parametrize("good", ["B801200005001", "B314200025001", "M31420002500A", " b314 2000 25001 "])
def test_known_pupil_numbers_are_taken(good: str) -> None:
    assert upn(good) == "".join(good.split()).upper()


@pytest.mark.parametrize(
    "bad", ["A801200005001", "B80120000500", "B8012000050012", "I801200005001", "B80120000500O", "", "Q207000016049"]
)
def test_pupil_numbers_that_do_not_add_up_are_refused(bad: str) -> None:
    with pytest.raises(WrongValue) as said:
        upn(bad)
    assert said.value.wrong
    assert said.value.cure


@given(rests)
def test_the_check_letter_is_the_standards(rest: str) -> None:
    number = weighed(rest) + rest
    assert upn(number) == number
    assert is_temporary_upn(number) == rest[-1].isalpha()


def test_the_published_library_agrees() -> None:
    assert published.is_valid(upn("B801200005001"))


@given(rests, st.integers(0, 12), st.sampled_from("0123456789" + LETTERS))
def test_any_one_wrong_character_is_caught_but_a_last_digit_for_its_own_letter(
    rest: str, place: int, other: str
) -> None:
    good = weighed(rest) + rest
    changed = good[:place] + other + good[place + 1 :]
    same_value = place == 12 and weighed(changed[1:]) == good[0]
    if changed == good or same_value:
        assert upn(changed) == changed
        return
    with pytest.raises(WrongValue):
        upn(changed)


@pytest.mark.parametrize("good", ["1000000043", "1000000027", "10000 00108"])
def test_known_learner_numbers_are_taken(good: str) -> None:
    assert uln(good) == good.replace(" ", "")


@given(st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_a_learner_number_is_caught(place: int, more: int) -> None:
    good = "1000000043"
    changed = good[:place] + str((int(good[place]) + more) % 10) + good[place + 1 :]
    with pytest.raises(WrongValue):
        uln(changed)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("kt11eu", "KT1 1EU"), (" SW15  2ab ", "SW15 2AB"), ("W1A 0AX", "W1A 0AX"), ("gir 0aa", "GIR 0AA")],
)
def test_postcodes_take_one_form(written: str, kept: str) -> None:
    assert postcode(written) == kept


@pytest.mark.parametrize("bad", ["KT1", "KT1 1E", "1EU KT1", "", "KTI IEU"])
def test_half_a_postcode_is_refused(bad: str) -> None:
    with pytest.raises(WrongValue):
        postcode(bad)


@given(st.text())
def test_no_text_breaks_a_check(text: str) -> None:
    for check in (upn, uln, urn, postcode):
        try:
            kept = check(text)
        except WrongValue:
            continue
        assert check(kept) == kept
