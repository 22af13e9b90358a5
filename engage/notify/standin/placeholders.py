"""Placeholders of a template: `((name))` and `((name??shown if yes))`, found and filled as Notify does it."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"\(\(((?:[^()]|\([^()]*\))+)\)\)")
_TRUE = frozenset({"yes", "y", "true", "t", "1", "include", "show"})


def same_key(name: str) -> str:
    """The form in which two names of a placeholder are the same: case, spaces, `_` and `-` do not matter."""
    return re.sub(r"[\s_-]", "", name).lower()


def names(*texts: str | None) -> list[str]:
    """The placeholders in these texts, conditional ones too, each once and in order of appearance."""
    found: dict[str, str] = {}
    for text in texts:
        for match in _PLACEHOLDER.finditer(text or ""):
            name = match[1].partition("??")[0].strip()
            found.setdefault(same_key(name), name)
    return list(found.values())


def missing(wanted: Iterable[str], personalisation: Mapping[str, Any]) -> list[str]:
    """The placeholders without a value; null counts as none, and so a conditional one must be told "no"."""
    given = _by_key(personalisation)
    return [name for name in wanted if given.get(same_key(name)) is None]


def fill(text: str, personalisation: Mapping[str, Any], *, join: Callable[[list[Any]], str]) -> str:
    """The text with every value in its place; `join` writes out a list. Values that are not given stay marked."""
    given = _by_key(personalisation)

    def value_for(match: re.Match[str]) -> str:
        name, conditional, shown = match[1].partition("??")
        value = given.get(same_key(name))
        if value is None:
            return match[0]
        if conditional:
            return shown if str(value).strip().lower() in _TRUE else ""
        return join(value) if isinstance(value, list) else str(value)

    return _PLACEHOLDER.sub(value_for, text)


def as_bullets(values: list[Any]) -> str:
    """A list as emails and letters show it."""
    return "\n\n" + "\n".join(f"* {value}" for value in values if value is not None)


def as_sentence(values: list[Any]) -> str:
    """A list as texts and subjects show it: a, b and c."""
    words = [str(value) for value in values if value is not None]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _by_key(personalisation: Mapping[str, Any]) -> dict[str, Any]:
    return {same_key(name): value for name, value in personalisation.items()}
