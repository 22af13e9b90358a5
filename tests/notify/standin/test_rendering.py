"""From a template and its values to what the reader sees."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.notify.standin import markdown, placeholders
from engage.notify.standin.config import SmsFlavour
from engage.notify.standin.errors import NotifyError
from engage.notify.standin.rendering import render
from engage.notify.standin.statuses import Channel
from engage.notify.standin.templates import Template

ID = "5e4d2009-0000-4000-8000-000000000000"


def body_of(text: str, values: dict[str, Any], *, channel: Channel = Channel.EMAIL) -> str:
    template = Template(id=ID, type=channel, name="t", body=text, subject="Hello ((name))")
    return render(template, {"name": "Amina", **values}, flavour=SmsFlavour.UNICODE).body


@pytest.mark.parametrize("key", ["first name", "First_Name", "FIRST-NAME", "firstname"])
def test_keys_match_whatever_their_case_spaces_and_dashes(key: str) -> None:
    assert body_of("Dear ((first name))", {key: "Amina"}) == "Dear Amina"


@pytest.mark.parametrize("yes", ["yes", "Y", "TRUE", "t", 1, "include", "Show", True])
def test_a_conditional_shows_its_text_for_a_yes(yes: object) -> None:
    assert body_of("Hi((old??, again (at last)))", {"old": yes}) == "Hi, again (at last)"


@pytest.mark.parametrize("no", ["no", "", 0, False, "maybe"])
def test_a_conditional_hides_its_text_for_anything_else(no: object) -> None:
    assert body_of("Hi((old??, again))", {"old": no}) == "Hi"


def test_missing_values_are_named_conditional_ones_too() -> None:
    with pytest.raises(NotifyError) as error:
        body_of("((when)) ((where??here)) ((name))", {"where": None})
    assert error.value.body["errors"] == [
        {"error": "BadRequestError", "message": "Missing personalisation: when, where"}
    ]


def test_a_list_is_bullets_in_an_email_and_a_sentence_in_a_text() -> None:
    assert body_of("We need: ((things))", {"things": ["a", "b", "c"]}) == "We need: \n\n* a\n* b\n* c"
    assert body_of("We need ((things))", {"things": ["a", "b", "c"]}, channel=Channel.SMS) == "We need a, b and c"


def test_values_are_not_searched_for_placeholders() -> None:
    assert body_of("((a)) ((b))", {"a": "((b))", "b": "x"}) == "((b)) x"


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_text_without_placeholders_is_left_as_it_is(text: str, value: str) -> None:
    plain = text.replace("((", "(")
    assert placeholders.fill(plain, {"name": value}, join=placeholders.as_sentence) == plain


def test_only_a_text_value_can_be_sanitised() -> None:
    template = Template(id=ID, type=Channel.EMAIL, name="t", body="((n))", subject="s")
    with pytest.raises(NotifyError) as error:
        render(template, {"n": 5}, flavour=SmsFlavour.UNICODE, sanitise_content_for=["n"])
    assert error.value.body == {
        "status_code": 500,
        "errors": [{"error": "TypeError", "message": "Internal server error"}],
    }


def test_an_email_of_more_than_two_million_bytes_is_too_long() -> None:
    assert body_of("((b))", {"b": "a" * 2_000_000})
    with pytest.raises(NotifyError, match="400 BadRequestError"):
        body_of("((b))", {"b": "é" * 1_000_001})


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# One", "<h2>One</h2>\n"),
        ("## Two", "<h3>Two</h3>\n"),
        ("### Three", "<p>Three</p>\n"),
        ("^ Note this", "<blockquote>\n<p>Note this</p>\n</blockquote>\n"),
        ("> not an inset", "<p>&gt; not an inset</p>\n"),
        ("• a\n• b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("---", "<hr>\n"),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("**bold** _no_ `code`", "<p>**bold** _no_ `code`</p>\n"),
        ("![x](https://a.example/x.png)", None),
        ('"Yes" - she said', "<p>“Yes” – she said</p>\n"),
        ("Hello , world .", "<p>Hello, world.</p>\n"),
        ("www.example.org", "<p>www.example.org</p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>\n"),
    ],
)
def test_the_small_markdown_of_emails(source: str, html: str | None) -> None:
    shown = markdown.to_html(source)
    assert "<img" not in shown
    assert html in (None, shown)


@pytest.mark.parametrize("source", ["https://a.example/s/x?y=1&z=2.", "[Start](https://a.example/s/x?y=1&z=2)"])
def test_web_addresses_become_links(source: str) -> None:
    assert '<a href="https://a.example/s/x?y=1&amp;z=2" rel="noopener noreferrer">' in markdown.to_html(source)


@given(st.text(alphabet="ab<>&\"'()[]#*^-_`\\/:.!\n httpsjavascript", max_size=80))
def test_no_text_brings_its_own_html(source: str) -> None:
    allowed = {"h2", "h3", "p", "br", "ul", "ol", "li", "hr", "blockquote", "a"}
    tags = {piece.split(">")[0].split(" ")[0].strip("/") for piece in markdown.to_html(source).split("<")[1:]}
    assert tags <= allowed


@given(st.text(max_size=80))
def test_a_sanitised_value_never_becomes_a_link_or_a_heading(value: str) -> None:
    shown = markdown.to_html(f"Dear {markdown.sanitise(value)}")
    assert "<a " not in shown
    assert "<h2" not in shown


def test_a_bare_domain_is_broken() -> None:
    assert markdown.sanitise("go to evil.example.com now") == "go to evil. example. com now"
