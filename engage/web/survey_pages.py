"""A survey's questions as the pages show them: one at a time to a family, all at once to an officer on the telephone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from engage.surveys.answers import AnswerMistake, answered, read_answer
from engage.surveys.definition import Question, Survey
from engage.surveys.routing import pages, shown
from engage.surveys.wording import question_words

LANGUAGE = "en"
"""The language of the pages and so of what is asked on them."""

# What HTML refuses to carry: controls other than tab and line ends, and code points that are no characters.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)


@dataclass(frozen=True)
class Field:
    """One question as a form field: the values that its GOV.UK macro takes."""

    question: Question
    params: dict[str, Any]

    @property
    def is_text(self) -> bool:
        return not self.question.is_coded


@dataclass(frozen=True)
class PhoneAnswers:
    """What an officer typed for every question, as read and as typed."""

    given: Mapping[str, str | None]
    mistakes: Mapping[str, AnswerMistake]
    typed: Mapping[str, str]

    @property
    def any_typed(self) -> bool:
        return any(words.strip() for words in self.typed.values())


def showable(text: str) -> str:
    """The words as typed, with whatever no page can carry replaced by the replacement character."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def as_typed(text: str) -> Markup:
    """Somebody's own words as content of a page: their lines kept, and their direction kept from running into ours."""
    lines = escape(showable(text)).splitlines()
    return Markup('<bdi dir="auto">{}</bdi>').format(Markup("<br>").join(lines))


def question_field(
    question: Question,
    *,
    name: str,
    value: str = "",
    mistake: AnswerMistake | None = None,
    is_page: bool = True,
    language: str = LANGUAGE,
) -> Field:
    """The question under a field name, with what was answered or typed before, and what is wrong with it."""
    words = question_words(question, language)
    heading = {
        "text": f"{words.heading} (optional)" if question.optional else words.heading,
        "isPageHeading": is_page,
    }
    params: dict[str, Any] = {"name": name}
    if words.hint:
        params["hint"] = {"text": words.hint}
    if mistake:
        params["errorMessage"] = {"text": mistake.message}
    if not question.is_coded:
        # A browser drops the first line end of a textarea, so one that was typed needs another before it.
        kept = showable(value)
        params |= {
            "id": name,
            "label": heading | {"classes": f"govuk-label--{'l' if is_page else 's'}"},
            "value": f"\n{kept}" if kept.startswith(("\n", "\r")) else kept,
            "rows": 8 if is_page else 4,
            "attributes": {"dir": "auto"},
        }
        return Field(question, params)
    legend = heading | {"classes": f"govuk-fieldset__legend--{'l' if is_page else 's'}"}
    params |= {
        "idPrefix": name,
        "classes": "app-answers" if is_page else "govuk-radios--small",
        "fieldset": {"legend": legend},
        "items": _items(question, words.options, value),
    }
    return Field(question, params)


def _items(question: Question, options: Sequence[tuple[str, str]], value: str) -> list[dict[str, Any]]:
    """The answers in reading order, with "or" before those that take no side."""
    items: list[dict[str, Any]] = []
    for code, label in options:
        if items and code not in question.base and "divider" not in items[-1] and items[-1]["value"] in question.base:
            items.append({"divider": "or"})
        items.append({"value": code, "text": label, "checked": code == value})
    return items


def resume_at(survey: Survey, answers: Mapping[str, str], texts: Mapping[str, str]) -> Question | None:
    """Where somebody who comes back goes on, or None when it is time to check the answers.

    The first question that must be answered and is not, unless one that is optional comes right after the last answer.
    """
    asked = [page.question for page in pages(survey, answers)]
    given = [question.id in answers or question.id in texts for question in asked]
    reached = max((place for place, is_given in enumerate(given) if is_given), default=-1)
    for place, question in enumerate(asked):
        if not given[place] and (place > reached or (question.is_coded and not question.optional)):
            return question
    return None


def only_if(survey: Survey, question: Question) -> str | None:
    """When an officer asks a question that does not always apply; None for one that does."""
    condition = question.show_if
    earlier = survey.question(condition.question) if condition else None
    if condition is None or earlier is None:
        return None
    labels = [option.label for option in earlier.options if option.code in condition.codes]
    return f"Ask this only if they answered “{' or '.join(labels)}” to “{earlier.heading}”."


def phone_name(question: Question) -> str:
    """The field name of a question on the call page."""
    return f"answer-{question.id}"


def read_phone_answers(survey: Survey, form: Mapping[str, Sequence[str]]) -> PhoneAnswers:
    """Every question read as a family's own page would read it. A question that does not apply has no mistakes."""
    read = {question: read_answer(question, form.get(phone_name(question), ())) for question in survey.questions}
    codes: dict[str, str] = {}
    for question, value in read.items():
        if question.is_coded and isinstance(value, str):
            codes = answered(question, value, codes)
    applying = shown(survey, codes)
    return PhoneAnswers(
        given={question.id: value for question, value in read.items() if not isinstance(value, AnswerMistake)},
        mistakes={
            question.id: value
            for question, value in read.items()
            if isinstance(value, AnswerMistake) and question in applying
        },
        typed={question.id: "".join(form.get(phone_name(question), ())) for question in survey.questions},
    )


def phone_fields(survey: Survey, answers: PhoneAnswers | None = None) -> list[Field]:
    """Every question for the call page, with what was typed and what is wrong with it."""
    fields = []
    for question in survey.questions:
        field = question_field(
            question,
            name=phone_name(question),
            value=answers.typed[question.id] if answers else "",
            mistake=answers.mistakes.get(question.id) if answers else None,
            is_page=False,
        )
        condition = only_if(survey, question)
        fields.append(Field(question, field.params | {"hint": {"text": condition}}) if condition else field)
    return fields
