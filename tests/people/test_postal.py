"""A postal address can carry a letter, or staff are told why not before one is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.notify.letters import address_lines, envelope
from engage.notify.standin.recipients import RecipientError
from engage.notify.standin.recipients import postal_address as notify_reads
from engage.people.postal import LONGEST, postal_address
from engage.people.vocabulary.mistakes import WrongValue

FINE = {
    "a street and a postcode": (["1 Example Road", "KT1 1EU"], "1 Example Road\nKT1 1EU"),
    "untidy": (["  1  Example Road, ", "", "Kingston", "kt11eu"], "1 Example Road\nKingston\nKT1 1EU"),
    "as many lines as there may be": (["A", "B", "C", "D", "E", "KT1 1EU"], "A\nB\nC\nD\nE\nKT1 1EU"),
}
WRONG = {
    "nothing": ([], "too few lines"),
    "a postcode alone": (["KT1 1EU"], "too few lines"),
    "no postcode": (["1 Example Road", "Kingston upon Thames"], "not a full postcode"),
    "half a postcode": (["1 Example Road", "KT1"], "not a full postcode"),
    "abroad": (["1 Rue Exemple", "75001 Paris", "France"], "not a full postcode"),
    "too many lines": (["A", "B", "C", "D", "E", "F", "KT1 1EU"], "too many lines"),
    "a bracket first": (["(Flat 2)", "1 Example Road", "KT1 1EU"], "begins with a sign"),
    "an at sign first": (["@home", "KT1 1EU"], "begins with a sign"),
    "no fixed abode": (["No fixed abode", "KT1 1EU"], "needs a place"),
    "endless": (["x" * LONGEST, "KT1 1EU"], "too long"),
}


@pytest.mark.parametrize("case", FINE)
def test_takes(case: str) -> None:
    lines, address = FINE[case]
    assert postal_address(lines) == address


@pytest.mark.parametrize("case", WRONG)
def test_refuses(case: str) -> None:
    lines, wrong = WRONG[case]
    with pytest.raises(WrongValue, match=wrong):
        postal_address(lines)


@given(
    name=st.text(max_size=30),
    lines=st.lists(st.text(max_size=30), max_size=8),
    last=st.sampled_from(["KT1 1EU", "kt12ab", "SW1A 1AA"]),
)
def test_what_is_taken_here_is_taken_by_notify(name: str, lines: list[str], last: str) -> None:
    try:
        address = postal_address([*lines, last])
    except WrongValue:
        return
    assert postal_address(address.splitlines()) == address
    window = envelope(f"{name} Invented", address)
    try:
        taken = notify_reads(address_lines(window))
    except RecipientError as refused:  # pragma: no cover - the assertion says what went wrong
        raise AssertionError(window) from refused
    assert taken[-1] == address.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "first"),
    [("Amina Invented", "Amina Invented"), ("@Amina (mum)", "Amina (mum)"), ("Amina\nInvented", "Amina Invented")],
)
def test_a_name_never_spoils_the_envelope(name: str, first: str) -> None:
    assert envelope(name, "1 Example Road\nKT1 1EU").splitlines() == [first, "1 Example Road", "KT1 1EU"]


def test_without_a_name_the_address_stands_alone() -> None:
    assert envelope(" ", "1 Example Road\nKT1 1EU") == "1 Example Road\nKT1 1EU"
