"""A number or address is taken only if a message to it reaches a family in this country at the usual price."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.people.reach import email_address, in_words, is_drama_number, uk_mobile, uk_telephone
from engage.people.vocabulary.mistakes import WrongValue


@pytest.mark.parametrize("written", ["07123456789", "07123 456 789", "+44 (0)7123 456789", "00447123456789", "+447123456789", "447123456789", "(07123) 456-789"])  # fmt: skip
def test_a_mobile_takes_one_form_however_it_is_written(written: str) -> None:
    assert uk_mobile(written) == "+447123456789"


@pytest.mark.parametrize(
    ("written", "because"),
    [
        ("071234567890", "too many"),
        ("0712345678", "too few"),
        ("7123456789", "lost its leading 0"),
        ("07012345678", "personal"),
        ("07624123456", "Isle of Man"),
        ("07781123456", "Channel Islands"),
        ("020 8547 5000", "not a mobile"),
        ("0900 123 4567", "not a mobile"),
        ("+1 555 123 4567", "outside the United Kingdom"),
        ("+7 700 900 0000", "outside the United Kingdom"),
        ("07123 456789 (mum)", "digits, spaces and brackets"),
        ("07123456789/07123456780", "digits, spaces and brackets"),
        ("", "digits"),
    ],
)
def test_a_number_that_would_go_astray_is_refused_with_its_reason(written: str, because: str) -> None:
    with pytest.raises(WrongValue, match=because):
        uk_mobile(written)


@pytest.mark.parametrize("number", ["07700 900123", "020 7946 0123", "01632 960123"])
def test_drama_numbers_pass_only_in_a_demonstration(number: str) -> None:
    kept = uk_telephone(number, demonstration=True)
    assert is_drama_number(kept)
    assert in_words(kept).replace(" ", "") == number.replace(" ", "")
    with pytest.raises(WrongValue, match="belongs to nobody"):
        uk_telephone(number)


def test_a_drama_mobile_with_a_digit_too_many_is_still_refused() -> None:
    with pytest.raises(WrongValue, match="too many"):
        uk_mobile("077009001234", demonstration=True)


@pytest.mark.parametrize("number", ["020 8547 5000", "07123 456789", "07781 123456", "0300 123 1234"])
def test_a_person_may_call_landlines_and_mobiles(number: str) -> None:
    assert uk_telephone(number).startswith("+44")


@pytest.mark.parametrize("number", ["0900 123 4567", "070 1234 5678", "0207", "+1 555 123 4567", "2085475000"])
def test_nobody_is_asked_to_call_a_dear_or_broken_number(number: str) -> None:
    with pytest.raises(WrongValue):
        uk_telephone(number)


@pytest.mark.parametrize(
    ("written", "kept"),
    [(" A.B@Example.org ", "a.b@example.org"), ("o'neil+x@example.org", "o'neil+x@example.org"), ("a@bücher.de", "a@xn--bcher-kva.de"), ("perm-fail@simulator.notify", "perm-fail@simulator.notify")],
)  # fmt: skip
def test_addresses_that_notify_takes_are_taken(written: str, kept: str) -> None:
    assert email_address(written) == kept


@pytest.mark.parametrize("bad", ["é@example.org", "o’neil@example.org", "a@localhost", "a@b.com,c@d.com", "a@b.com; c@d.com", "mailto:a@b.com", "a..b@c.com", "a@b.c", "a@b.com.", "a b@c.org", '"q"@x.org', "a@[127.0.0.1]", "nobody", ""])  # fmt: skip
def test_addresses_that_notify_refuses_are_refused_first(bad: str) -> None:
    with pytest.raises(WrongValue):
        email_address(bad)


@given(st.one_of(st.text(), st.from_regex(r"\+?[0-9 ()-]{3,20}")))
def test_no_text_breaks_a_check_and_what_is_taken_stays_the_same(text: str) -> None:
    for check in (uk_mobile, uk_telephone, email_address):
        try:
            kept = check(text)
        except WrongValue:
            continue
        assert check(kept) == kept


@given(st.from_regex(r"07[0-9]{9}", fullmatch=True))
def test_every_mobile_that_is_taken_has_eleven_digits_and_one_digit_more_is_refused(number: str) -> None:
    try:
        assert uk_mobile(number, demonstration=True) == f"+44{number[1:]}"
    except WrongValue:
        return
    with pytest.raises(WrongValue):
        uk_mobile(number + "0", demonstration=True)
