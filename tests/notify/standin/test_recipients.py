"""Who can be written to, with Notify's generosity and its traps."""

import pytest

from engage.notify.standin.recipients import RecipientError, email, phone, postal_address


@pytest.mark.parametrize(
    "address",
    ["amina@example.org", " Amina.O'Neill+1@Example.ORG ", "x@bücher.example", "a@sub.example.co.uk"],
)
def test_a_sound_address_is_trimmed_and_in_lower_case(address: str) -> None:
    assert email(address) == address.strip().lower()


@pytest.mark.parametrize(
    "address",
    [
        "é@example.org",
        "o’neill@example.org",
        "a@localhost",
        "a@example.org, b@example.org",
        "mailto:a@example.org",
        "a@example.org.",
        "a..b@example.org",
        "@example.org",
        "a@-example.org",
        "a@example.o",
        f"{'a' * 320}@example.org",
        "",
    ],
)
def test_an_address_that_cannot_be_is_refused(address: str) -> None:
    with pytest.raises(RecipientError, match="Not a valid email address"):
        email(address)


@pytest.mark.parametrize(
    "number",
    ["07700 900001", "+44 (0)7700 900001", "00447700900001", "447700900001", "7700900001", "0+447700900001"],
)
def test_a_uk_mobile_is_known_however_it_is_written(number: str) -> None:
    assert phone(number).digits == "447700900001"
    assert not phone(number).international


def test_a_digit_too_many_goes_abroad() -> None:
    mistyped = phone("077009000000")
    assert mistyped.digits == "77009000000"
    assert mistyped.international


def test_the_isle_of_man_is_abroad_and_a_landline_is_told_apart() -> None:
    assert phone("07624 123456").international
    assert phone("020 7946 0000").uk_landline


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("0712345", "Not enough digits"),
        ("", "Not enough digits"),
        ("+800 1234 5678", "Not a valid country prefix"),
        ("+447123456789012", "Too many digits"),
        ("07700x900001", "Must not contain letters or symbols"),
        ("06123 456789", "Number is not valid – double check the phone number you entered"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_notifys_words(number: str, message: str) -> None:
    with pytest.raises(RecipientError, match=message):
        phone(number)


def test_an_address_is_tidied() -> None:
    given = {"address_line_1": "A Example,", "address_line_2": " 1  Street ", "postcode": "sw1a1aa"}
    assert postal_address(given) == ["A Example", "1 Street", "SW1A 1AA"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["A", "SW1A 1AA"], "Address must be at least 3 lines"),
        (["A", "B", "France"], "Last line of address must be a real UK postcode or another country"),
        (["A", "(B", "SW1A 1AA"], "Address lines must not start with"),
    ],
)
def test_a_postal_address_that_cannot_be_is_refused(lines: list[str], message: str) -> None:
    given = {f"address_line_{number}": line for number, line in enumerate(lines, start=1)}
    with pytest.raises(RecipientError, match=message):
        postal_address(given)
