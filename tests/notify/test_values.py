"""A person's words in a message stay words: no link, heading or list can be made of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.errors import Misconfigured
from engage.notify.standin.markdown import to_html
from engage.notify.values import link_value, markdown_value, plain_value

HOSTILE = [
    "# Big",
    "## Big",
    "[Press here](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "[x]: https://evil.example",
    "https://evil.example/claim",
    "HTTP://EVIL.EXAMPLE",
    "<https://evil.example>",
    "<javascript:alert(1)>",
    "<b>bold</b>",
    "- one",
    "* one",
    "• one",
    "1. one",
    "^ inset",
    "---",
    "***",
    "Amina\n\n# Big\n\n- one",
    "Amina\u2028# Big",
    "\\[x](https://evil.example)",
    "`code`",
    "a\n===",
]
MADE_OF_VALUES = re.compile(r"<(a|h\d|ul|ol|li|hr|blockquote|img|code|b|script)\b")
PIECES = [*"#*-•^[]()<>!`~_=+|\\ .:/1aZ\n\r\t&;'\"", "https://", "www.", "\u202e"]
signs = st.lists(st.sampled_from(PIECES)).map("".join)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("words", ["Hello {},\n\nmore", "{}", "- {}\n"])
def test_hostile_names_become_only_words(value: str, words: str) -> None:
    plain = MADE_OF_VALUES.findall(to_html(words.format("Amina")))
    assert MADE_OF_VALUES.findall(to_html(words.format(markdown_value(value)))) == plain


@given(signs)
def test_no_mixture_of_signs_becomes_more_than_words(value: str) -> None:
    assert not MADE_OF_VALUES.search(to_html(f"{markdown_value(value)}\n\nHello {markdown_value(value)},"))


@given(st.text())
def test_a_value_is_one_line_that_turns_nothing_round(value: str) -> None:
    for made in (plain_value(value), markdown_value(value)):
        assert made.splitlines() in ([], [made])
        assert not re.search("[\u202a-\u202e\u2066-\u2069\0]", made)
        assert "://" not in made


@pytest.mark.parametrize(
    "name", ["Amina", "Anne-Marie O'Neil", "Ngọc Ánh", "கண்ணன்", "علی\u200cرضا", "김 민준", "Dr J Smith"]
)
def test_names_stay_as_they_are(name: str) -> None:
    assert plain_value(name) == name
    assert markdown_value(name) == name


def test_bare_domains_are_broken_so_that_no_phone_makes_a_link() -> None:
    assert plain_value("evil.example.com") == "evil. example. com"
    assert plain_value("In 3.5 days.") == "In 3.5 days."


@pytest.mark.parametrize("address", ["https://example.org/s/aB3-_~x", "http://localhost:8000/s/x?from=2#"[:-1]])
def test_our_own_addresses_go_in_as_they_are(address: str) -> None:
    assert link_value("link", address) == address


@pytest.mark.parametrize(
    "address", ["", "example.org", "javascript:alert(1)", "https://a b", "https://x](y)", "https://x/\n# Big"]
)
def test_anything_else_is_no_link(address: str) -> None:
    with pytest.raises(Misconfigured, match='The value of "link" is not a web address'):
        link_value("link", address)
