"""Somebody at a browser without the browser: reads pages, follows links by their words, fills in forms and presses buttons."""

from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.test import TestResponse

from tests.browser_client import StrictClient


class Person:
    """One person, one window."""

    def __init__(self, client: StrictClient) -> None:
        self.client = client
        self.url = "/"
        self.page: Element = Element("html")

    def opens(self, url: str) -> "Person":
        """Go to an address of ours, wherever it says it is."""
        return self._arrive(self.client.get(self._path(url), follow_redirects=True))

    def follows(self, words: str) -> "Person":
        """The first link with these words."""
        link = next((link for link in self.page.iter("a") if words in _text(link)), None)
        assert link is not None, f"no link {words!r} on {self.url}:\n{_text(self.page)[:3000]}"
        return self.opens(urljoin(self.url, link.get("href", "")))

    def presses(self, words: str, /, **fields: Any) -> "Person":
        """Fill in the fields of the form that has this button, leave the rest as the page has it, and press it."""
        buttons = [(form, field) for form in self.page.iter("form") for field in form.iter() if _is_button(field)]
        found = next((pair for pair in buttons if words in (_text(pair[1]) or pair[1].get("value", ""))), None)
        assert found is not None, f"no button {words!r} on {self.url}:\n{_text(self.page)[:3000]}"
        form, button = found
        values: dict[str, Any] = {**_values(form), **fields}
        if name := button.get("name"):
            values[name] = button.get("value", "")
        values.pop("csrf_token", None)  # the client brings its own
        to = self._path(urljoin(self.url, form.get("action") or self.url))
        return self._arrive(self.client.post(to, data=values, follow_redirects=True))

    def sees(self, *words: str) -> "Person":
        """Each of these is on the page."""
        text = " ".join(_text(self.page).split())
        for each in words:
            assert each in text, f"{each!r} is not on {self.url}:\n{text[:3000]}"
        return self

    def does_not_see(self, *words: str) -> "Person":
        """None of these is on the page."""
        text = _text(self.page)
        assert [each for each in words if each in text] == [], self.url
        return self

    def links_saying(self, words: str) -> list[str]:
        """Where the links with these words lead."""
        return [link.get("href", "") for link in self.page.iter("a") if words in _text(link)]

    def _arrive(self, answer: TestResponse) -> "Person":
        assert answer.status_code < 400, f"{answer.request.path} says {answer.status_code}:\n{answer.text[:2000]}"
        self.url = answer.request.url
        self.page = html5lib.parse(answer.text, namespaceHTMLElements=False)
        return self

    @staticmethod
    def _path(url: str) -> str:
        parts = urlsplit(url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


def _is_button(field: Element) -> bool:
    return field.tag == "button" or (field.tag == "input" and field.get("type") == "submit")


def _text(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _values(form: Element) -> dict[str, list[str]]:
    """What the form would send if it were sent as it stands; a date is three boxes of one name."""
    values: dict[str, list[str]] = {}
    for field in form.iter():
        name, value = field.get("name"), _value(field)
        if name and value is not None:
            values.setdefault(name, []).append(value)
    return values


def _value(field: Element) -> str | None:
    if field.tag == "textarea":
        return field.text or ""
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = next((option for option in options if option.get("selected") is not None), options[0])
        return chosen.get("value") or ""
    if field.tag != "input" or field.get("type") in ("submit", "file"):
        return None
    if field.get("type") in ("radio", "checkbox") and field.get("checked") is None:
        return None
    return field.get("value", "")
