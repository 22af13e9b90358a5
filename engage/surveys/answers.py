"""Reads what a person sent for a question, and says how far an answer has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engage.core.languages import gettext, ngettext
from engage.surveys.definition import Question, Survey
from engage.surveys.models import Completeness
from engage.surveys.routing import shown
from engage.surveys.wording import question_error

LONGEST_TEXT_BYTES = 100 * 1024
_LONE_SURROGATES = dict.fromkeys(range(55296, 57344), "�")


@dataclass(frozen=True)
class AnswerMistake:
    """Why an answer cannot be taken, in words for the person who gave it."""

    question: str
    message: str


def read_answer(question: Question, values: Sequence[str]) -> str | AnswerMistake | None:
    """The code or the words that were given, None for an optional question left alone, or what to do about a mistake.

    `values` is every value the form sent under this question. Words are kept as typed, in any language; only what no
    database can hold goes: NUL, and halves of characters, which become the replacement character.
    """
    if not question.is_coded:
        return _read_text(question, "".join(values))
    given = [value.strip() for value in values if value.strip()]
    if not given and question.optional:
        return None
    if len(given) != 1 or question.option(given[0]) is None:
        return AnswerMistake(question.id, question_error(question))
    return given[0]


def _read_text(question: Question, typed: str) -> str | AnswerMistake | None:
    text = clean_text(typed)
    if not text.strip():
        return None if question.optional else AnswerMistake(question.id, gettext("Enter your answer"))
    over = len(text.replace("\r\n", "\n").encode()) - LONGEST_TEXT_BYTES
    if over > 0:
        message = ngettext(
            "Your answer is too long. Shorten it by about %(num)s letter, or phone us with the rest",
            "Your answer is too long. Shorten it by about %(num)s letters, or phone us with the rest",
            over,
        )
        return AnswerMistake(question.id, message)
    return text


def clean_text(typed: str) -> str:
    """The words as typed, without what no database can hold."""
    return typed.replace("\0", "").translate(_LONE_SURROGATES)


def answered(question: Question, value: str | None, given: Mapping[str, str]) -> dict[str, str]:
    """What was given so far, with this answer put in or taken out. `given` holds codes or texts, as the question asks."""
    others = {key: known for key, known in given.items() if key != question.id}
    return others if value is None else {**others, question.id: value}


def coded_document(survey: Survey, answers: Mapping[str, str]) -> dict[str, str]:
    """The coded answers as they are kept: question id to code, in the survey's order, only of questions that apply."""
    applying = [question for question in shown(survey, answers) if question.is_coded]
    return {question.id: answers[question.id] for question in applying if _is_an_answer(question, answers)}


def kept_texts(survey: Survey, answers: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """The words as they are kept, apart from the codes: question id to text, only of questions that apply."""
    applying = [question.id for question in shown(survey, answers) if not question.is_coded]
    return {question_id: texts[question_id] for question_id in applying if question_id in texts}


def _is_an_answer(question: Question, answers: Mapping[str, str]) -> bool:
    return question.option(answers.get(question.id, "")) is not None


def completeness(survey: Survey, answers: Mapping[str, str]) -> Completeness:
    """Complete when all that must be answered is; partial from half of the core; otherwise a break-off.

    AAPOR's terms, with half of the core as the line between a partial answer and a break-off. "Not sure" is an answer.
    """
    applying = [question for question in shown(survey, answers) if question.is_coded]
    answered_ids = {question.id for question in applying if _is_an_answer(question, answers)}
    if all(question.id in answered_ids or question.optional for question in applying):
        return Completeness.COMPLETE
    core = {question.id for question in applying if question.core}
    if 2 * len(core & answered_ids) >= len(core):
        return Completeness.PARTIAL
    return Completeness.BREAK_OFF


def unanswered(survey: Survey, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions that apply, must be answered, and are not yet: the first is where to come back to."""
    return tuple(
        question
        for question in shown(survey, answers)
        if question.is_coded and not question.optional and not _is_an_answer(question, answers)
    )
