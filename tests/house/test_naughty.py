"""Whatever is typed into any field of any form, or behind any question mark, is taken or refused, and breaks nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import html5lib
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Role
from engage.web.security import limiter, permission_of
from tests import factories
from tests.browser_client import StrictClient
from tests.house.test_doors import address, sample, ways  # noqa: F401 `sample` is a fixture

WORDS = {
    "NUL": "nul\0inside",
    "controls": "\x01\x02\x0b\x1f\x7f\x85\ufffe\uffff",
    "markup": "<script>alert(1)</script>{{ 7 * 7 }}%(x)s",
    "formula": '=HYPERLINK("x")\r\n\r\nSet-Cookie: a=b',
    "digits": "9" * 5_000,
    "other digits": "²³٣",
    "beyond any column": "9" * 19,
    "very long": "é" * 50_000,
    "right to left": "\u202e\u2066ﷺ👩‍👩‍👧",
}
IN_ADDRESSES = {"NUL", "digits", "other digits", "beyond any column"}
QUERIES = ("page", "room", "survey", "year", "minority", "view", "theme", "back", "missing", "q")


@dataclass
class Form:
    """A form as a page offers it: what stands in it already, and the fields in which people type."""

    action: str
    given: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    def filled(self, words: str) -> dict[str, str]:
        """With these words in every field that takes words."""
        return self.given | dict.fromkeys(self.typed, words)


def forms(page: str, url: str) -> Iterator[Form]:
    """Every form of a page that sends something."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for found in tree.iter("form"):
        if found.get("method", "get").lower() != "post":
            continue
        form = Form(urljoin(url, found.get("action") or url))
        for each in found.iter():
            name, kind = each.get("name"), each.get("type", "text")
            if not name or name == "csrf_token":
                continue
            if each.tag == "textarea" or (each.tag == "input" and kind in {"text", "email", "tel", "search", "number"}):
                form.typed.add(name)
            elif each.tag == "select":
                options = [option.get("value") or "" for option in each.iter("option")]
                form.given[name] = next(filter(None, options), "")
            elif each.tag in {"input", "button"} and kind != "file":
                form.given.setdefault(name, each.get("value") or "")
        yield form


@pytest.fixture
def unlimited() -> Iterator[None]:
    """Nobody is told that they knock too often."""
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "stranger")
def test_no_words_in_any_field_break_anything(
    app: Flask,
    client: StrictClient,
    session: Session,
    sign_in: Callable[[StrictClient, Staff], StrictClient],
    sample: dict[str, Any],  # noqa: F811
    role: Role | None,
) -> None:
    if role:
        sign_in(client, factories.staff(session, "Nosy Person", role))
    pages = {
        address(rule, sample)
        for method, rule in ways(app)
        if method == "GET"
        for permission in [permission_of(app.view_functions[rule.endpoint])]
        if permission in (GRANTS[role] if role else {None})
    }
    found = {form.action: form for page in sorted(pages) for form in forms(client.get(page).text, page)}
    found.pop("/sign-out", None)  # or all that follows would be asked of a stranger
    for name, words in WORDS.items():
        for page in sorted(pages) if name in IN_ADDRESSES else ():
            answer = client.get(page, query_string=dict.fromkeys(QUERIES, words[:3_000]))
            assert answer.status_code < 500, f"GET {page} with {name}"
        for form in found.values():
            answer = client.post(form.action, data=form.filled(words))
            assert answer.status_code < 500, f"POST {form.action} with {name} in {sorted(form.typed)}"
            assert "Set-Cookie: a=b" not in str(answer.headers)
    for page in sorted(pages):
        assert client.get(page).status_code < 500, f"GET {page} after all that was typed"
    assert found or role in {Role.ANALYST, Role.SIGNATORY}, "the pages have forms, and none was found"
    assert role is None or client.get("/sign-in").status_code == 302, "signed out on the way: nothing was tried"
