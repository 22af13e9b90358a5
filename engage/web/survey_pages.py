"""A survey's questions as the pages show them: one at a time to a family, all at once to an officer on the telephone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from engage.core.languages import SOURCE, current, gettext
from engage.surveys.answers import AnswerMistake, answered, read_answer
from engage.surveys.definition import Question, Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.routing import pages, shown
from engage.surveys.wording import AnswerRow, QuestionWords, question_words
from engage.web.pictures import picture

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
    language: str = SOURCE
    """The language its words are in: not the page's where nobody has translated them yet."""

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


def in_a_box(text: str) -> str:
    """The words as a textarea must hold them: a browser drops its first line end, so one that was typed needs another."""
    kept = showable(text)
    return f"\n{kept}" if kept.startswith(("\n", "\r")) else kept


def checked_row(row: AnswerRow, answers: Mapping[str, str], easy: EasyRead | None, *, change: str) -> dict[str, object]:
    """A line of "Check your answers" as its page shows it; `change` is where the answer can be changed."""
    words = question_words(row.question, current(), easy)
    return {
        "language": row.language,
        "is_coded": row.question.is_coded,
        "picture": words.picture,
        "answer_picture": words.pictures.get(answers.get(row.question.id, "")),
        "heading": row.heading,
        "answer": as_typed(row.answer) if row.answer else None,
        "change": change,
    }


def question_field(
    question: Question,
    *,
    name: str,
    value: str = "",
    mistake: AnswerMistake | None = None,
    is_page: bool = True,
    language: str | None = None,
    easy: EasyRead | None = None,
) -> Field:
    """The question under a field name, with what was answered or typed before, and what is wrong with it; `easy` asks it
    in Easy Read."""
    words = question_words(question, language or current(), easy)
    asked = gettext("%(question)s (optional)", question=words.heading) if question.optional else words.heading
    heading: dict[str, Any] = {"text": asked, "isPageHeading": is_page}
    if words.picture:
        heading = {"html": with_picture(asked, words.picture), "isPageHeading": is_page}
    params: dict[str, Any] = {"name": name}
    if words.ideas:
        params["hint"] = {"html": Markup("").join(idea(*one) for one in words.ideas), "classes": "app-ideas"}
    elif words.hint:
        params["hint"] = {"text": words.hint}
    if mistake:
        params["errorMessage"] = {"text": mistake.message}
    if not question.is_coded:
        params |= {
            "id": name,
            "label": heading | {"classes": f"govuk-label--{'l' if is_page else 's'}"},
            "value": in_a_box(value),
            "rows": 8 if is_page else 4,
            "attributes": {"dir": "auto"},
        }
        return Field(question, params, words.language)
    legend = heading | {"classes": f"govuk-fieldset__legend--{'l' if is_page else 's'}"}
    params |= {
        "idPrefix": name,
        "classes": ("app-answers" if is_page else "govuk-radios--small")
        + (" app-answers--drawn" if words.pictures else ""),
        "fieldset": {"legend": legend},
        "items": _items(question, words, value),
    }
    return Field(question, params, words.language)


def with_picture(text: str, name: str) -> Markup:
    """Words and, before them, their symbol, which says the same and so is silent."""
    return Markup('<span class="app-drawn">{}<span>{}</span></span>').format(picture(name), text)


def idea(text: str, name: str) -> Markup:
    """One sentence of Easy Read with its picture, as a line of its own."""
    return Markup('<span class="app-idea">{}<span>{}</span></span>').format(picture(name), text)


def _items(question: Question, words: QuestionWords, value: str) -> list[dict[str, Any]]:
    """The answers in reading order, with "or" before those that take no side."""
    items: list[dict[str, Any]] = []
    for code, label in words.options:
        if items and code not in question.base and "divider" not in items[-1] and items[-1]["value"] in question.base:
            items.append({"divider": gettext("or")})
        drawn = words.pictures.get(code)
        said = {"html": with_picture(label, drawn)} if drawn else {"text": label}
        items.append({"value": code, **said, "checked": code == value})
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


def as_on_paper(typed: PhoneAnswers) -> PhoneAnswers:
    """The same, where only what was typed and cannot be read is a mistake: paper cannot insist."""
    mistakes = {name: wrong for name, wrong in typed.mistakes.items() if typed.typed[name].strip()}
    return replace(typed, mistakes=mistakes)


def phone_errors(survey: Survey, typed: PhoneAnswers) -> list[dict[str, str]]:
    """The mistakes for the error summary, in the survey's order."""
    return [
        {"text": typed.mistakes[question.id].message, "href": f"#{phone_name(question)}"}
        for question in survey.questions
        if question.id in typed.mistakes
    ]


def said_in_words(survey: Survey, typed: PhoneAnswers) -> list[tuple[str, object]]:
    """What was typed for each question, in words: to be read when it can no longer be sent."""
    said: list[tuple[str, object]] = []
    for question in survey.questions:
        value = typed.typed[question.id]
        option = question.option(value)
        if value.strip():
            said.append((question.heading, option.label if option else as_typed(value)))
    return said


def phone_fields(
    survey: Survey,
    answers: PhoneAnswers | None = None,
    *,
    language: str | None = None,
    easy: EasyRead | None = None,
) -> list[Field]:
    """Every question for the call page, or as it stands on somebody's paper, with what was typed and what is wrong."""
    fields = []
    for question in survey.questions:
        field = question_field(
            question,
            name=phone_name(question),
            value=answers.typed[question.id] if answers else "",
            mistake=answers.mistakes.get(question.id) if answers else None,
            is_page=False,
            language=language,
            easy=easy,
        )
        condition = only_if(survey, question)
        fields.append(
            Field(question, field.params | {"hint": {"text": condition}}, field.language) if condition else field
        )
    return fields
