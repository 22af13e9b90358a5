"""The equality questions as pages show them: to a person one at a time, and to whoever reads them out all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engage.core.languages import SOURCE, gettext
from engage.surveys.answers import AnswerMistake
from engage.surveys.equality import EqualityQuestion, EqualityQuestions, Given, Held
from engage.surveys.wording import in_language


@dataclass(frozen=True)
class EqualityField:
    """One question as a form field: the values that its GOV.UK macro takes."""

    heading: str
    several: bool
    params: dict[str, Any]
    language: str
    """The language the words are in, which may not be the one asked for."""


def field_of(
    question: EqualityQuestion,
    *,
    name: str,
    language: str,
    given: Given | None = None,
    mistake: AnswerMistake | None = None,
    is_page: bool = True,
) -> EqualityField:
    """The question under a field name, with what was selected before, and what is wrong with it."""
    words = [question.statement, question.hint]
    words += [text for option in question.options for text in (option.label, option.hint)]
    spoken, found = in_language(words, language, question.context)
    heading, hint, *options = found
    chosen = [given] if isinstance(given, str) else given or []
    size = "l" if is_page else "s"
    params: dict[str, Any] = {
        "name": name,
        "idPrefix": name,
        "classes": "" if is_page else f"govuk-{'checkboxes' if question.several else 'radios'}--small",
        "fieldset": {
            "legend": {"text": heading, "isPageHeading": is_page, "classes": f"govuk-fieldset__legend--{size}"}
        },
        "items": list(_items(question, options, chosen)),
    }
    if hint:
        params["hint"] = {"text": hint}
    if mistake:
        params["errorMessage"] = {"text": mistake_words(question)}
    return EqualityField(heading or question.statement, question.several, params, spoken)


def mistake_words(question: EqualityQuestion) -> str:
    """What to do about a mistake."""
    if question.several:
        return gettext("Select what you feel part of, or one of the last two answers")
    return gettext("Select one answer, or leave it out")


def _items(question: EqualityQuestion, words: Sequence[str | None], chosen: Sequence[str]) -> Sequence[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for place, option in enumerate(question.options):
        label, hint = words[2 * place], words[2 * place + 1]
        if place and (option.alone or option.code == "not_said") and "divider" not in items[-1] and not _apart(items):
            items.append({"divider": gettext("or")})
        item: dict[str, Any] = {"value": option.code, "text": label, "checked": option.code in chosen}
        if hint:
            item["hint"] = {"text": hint}
        if option.alone:
            item["behaviour"] = "exclusive"
        items.append(item)
    return items


def _apart(items: Sequence[dict[str, Any]]) -> bool:
    return any("divider" in item for item in items)


def all_fields(
    questions: EqualityQuestions, *, given: Mapping[str, Given], mistakes: Mapping[str, str], held: Sequence[Held]
) -> list[EqualityField]:
    """Every question in English, for whoever reads them out: one that depends on another says when it is asked, and one
    to which the council holds an answer says so."""
    fields = []
    for question in questions.questions:
        field = field_of(question, name=question.id, language=SOURCE, given=given.get(question.id), is_page=False)
        condition = question.show_if
        earlier = questions.question(condition.question) if condition else None
        if condition and earlier:
            labels = [option.label for option in earlier.options if option.code in condition.codes]
            field.params["hint"] = {"text": f"Ask this only if they answered “{' or '.join(labels)}” before."}
        if question.held_as in held:
            known = "The council may know this already."
            field.params["hint"] = {"text": f"{field.params.get('hint', {}).get('text', '')} {known}".strip()}
        if question.id in mistakes:
            field.params["errorMessage"] = {"text": mistakes[question.id]}
        fields.append(field)
    return fields
