"""Somebody who tries every way of filling in every form that a page offers, and takes every change back."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import html5lib
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engage.accounts.permissions import GRANTS, Permission, Role
from engage.core.log import place_of
from engage.web.security import permission_of
from tests.browser_client import StrictClient
from tests.house.hostile import MUST_NOT_COUNT, MUST_NOT_RUN, WORDS
from tests.house.rehearsal import Rehearsal
from tests.house.test_doors import ways

PLAIN = "application/x-www-form-urlencoded"
CHOSEN = ("markup", "digits", "beyond any column", "below nothing", "last day")
"""What is also sent for what is chosen and not typed, and in some fields at a time."""
PARTS = 4
"""Into so many parts the fields of a form are dealt: a mistake in one field can keep the others from being read."""
UNLIKE = {"token", "slug", "reference", "drawing", "batch"}
"""The parts of an address that only say which one it is."""


@dataclass
class Form:
    """A form as a page offers it: what stands in it already, the fields in which people type, and those for files."""

    page: str
    action: str
    given: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    @property
    def names(self) -> list[str]:
        return sorted(self.given | dict.fromkeys(self.typed, ""))

    def attacks(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Every way of filling it in, with a name to find it by."""
        for name in WORDS if self.typed else ():
            yield f"{name} in all that is typed", [*(self.given | dict.fromkeys(self.typed, WORDS[name])).items()]
        for name in CHOSEN if self.given else ():
            yield f"{name} in everything", [*dict.fromkeys(self.names, WORDS[name]).items()]
        usual = self.given | dict.fromkeys(self.typed, "1")
        for turn in range(min(len(self.names), PARTS)) if len(self.names) > 1 else ():
            hit = {name: WORDS[CHOSEN[place % len(CHOSEN)]] for place, name in enumerate(self.names)}
            some = {name: words for place, (name, words) in enumerate(hit.items()) if place % PARTS == turn}
            yield f"something in {sorted(some)} alone", [*(usual | some).items()]
        several = [(f"{name}{end}", number) for name in self.names for end in ("", "[]", "[0]") for number in "12"]
        yield "everything twice and as lists", several


def forms(page: str, url: str) -> Iterator[Form]:
    """Every form of a page that sends something."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for found in tree.iter("form"):
        if found.get("method", "get").lower() != "post":
            continue
        form = Form(url, urljoin(url, found.get("action") or url))
        for each in found.iter():
            name, kind = each.get("name"), each.get("type", "text")
            if not name or name == "csrf_token":
                continue
            if kind == "file":
                form.files.add(name)
            elif each.tag == "textarea" or (
                each.tag == "input" and kind in {"text", "email", "tel", "search", "number"}
            ):
                form.typed.add(name)
            elif each.tag == "select":
                options = [option.get("value") or "" for option in each.iter("option")]
                form.given[name] = next(filter(None, options), "")
            elif each.tag in {"input", "button"}:
                form.given.setdefault(name, each.get("value") or "")
        yield form


class Browser(StrictClient):
    """It parses strictly only what it is told to: that takes longer than to make the page, and other tests do it."""

    is_strict = False

    def _parse(self, answer: TestResponse) -> None:  # type: ignore[override]
        if self.is_strict:
            super()._parse(answer)


@dataclass
class Attacker:
    """Somebody with one role, or a stranger, who sends things and takes every change back."""

    app: Flask
    client: Browser
    role: Role | None
    pages: list[str]
    rehearsal: Rehearsal
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        found = [form for page in self.pages for form in forms(self.client.get(page).text, page)]
        self.forms = list({self._kind(form): form for form in found}.values())
        self.token = self.client._token({})

    def _kind(self, form: Form) -> tuple[Any, ...]:
        """The same form about another person is the same."""
        view, parts = route(self.app, form.action, "POST")
        named = [part for name, part in parts.items() if isinstance(part, str) and name not in UNLIKE]
        return view, *named, *form.names

    def send(self, form: Form, pairs: list[tuple[str, str]], why: str) -> None:
        """Fill in a form, and look at the page that it leads to."""
        body = urlencode([("csrf_token", self.token), *pairs], errors="surrogatepass")
        self._try(form, why, data=body.encode("ascii"), content_type=PLAIN)

    def upload(self, form: Form, file: tuple[str, str, bytes], why: str) -> None:
        """Choose a file wherever one can be chosen."""
        called, kind, content = file
        chosen = {name: (io.BytesIO(content), called, kind) for name in form.files}
        self._try(form, f"the file: {why}", data=form.given | {"csrf_token": self.token} | chosen)

    def _try(self, form: Form, why: str, **body: Any) -> None:
        cookies = dict(self.client._cookies)
        self.client.is_strict = why.startswith("markup")
        with self.rehearsal.scene():
            answer = self.ask(f"POST {form.action} with {why}", "POST", form.action, **body)
            if answer is not None and answer.location and self.client.is_strict:
                self.ask(f"GET {answer.location} after {why}", "GET", urljoin(form.action, answer.location))
        self.client._cookies, self.client.is_strict = cookies, False

    def ask(self, why: str, method: str, url: str, **given: Any) -> TestResponse | None:
        """The answer, or None when it was not as every answer must be; that is then written down."""
        try:
            answer = self.client.open(url, method=method, csrf=False, **given)
            calm(answer, why)
        except Exception as wrong:  # whatever broke, the others are still to be tried
            self.wrong.append(f"{why}\n{type(wrong).__name__}: {wrong} at {place_of(wrong)}")
            return None
        return answer


def calm(answer: TestResponse, why: str) -> None:
    """It was answered; a mistake is named, nothing that was typed runs, and none of it stands among the headers."""
    assert answer.status_code < 500, why
    assert "Set-Cookie: a=b" not in str(answer.headers), why
    if answer.mimetype == "text/html":
        page = answer.text
        assert MUST_NOT_RUN not in page, why
        assert MUST_NOT_COUNT[0] in page or MUST_NOT_COUNT[1] not in page, why
        assert "<img src=x" not in page, why
        is_trap = answer.request.path.startswith("/s/")  # who fills in what nobody sees is a machine, and told nothing
        if answer.status_code == 422 and not is_trap:
            assert "There is a problem" in page, f"{why}: no word of what is wrong"


def open_to(app: Flask, role: Role | None, method: str) -> list[Rule]:
    """The doors that open to a role; to a stranger, those that open to anybody."""
    open_by: set[Permission | None] = {*GRANTS[role]} if role else {None}
    return [
        rule for how, rule in ways(app) if how == method and permission_of(app.view_functions[rule.endpoint]) in open_by
    ]


def route(app: Flask, url: str, method: str) -> tuple[str, Mapping[str, Any]]:
    """The view that answers an address, and what it is given."""
    return app.url_map.bind("localhost").match(urlsplit(url).path, method=method)


def endpoint(app: Flask, url: str, method: str) -> str:
    """The view that answers an address."""
    return route(app, url, method)[0]
