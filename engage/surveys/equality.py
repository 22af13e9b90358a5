"""The equality questions "About you": asked after the answers are safe, each to be left out, and answered about oneself."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import Field

from engage.surveys.answers import AnswerMistake
from engage.surveys.definition import Code, Condition, Frozen, Name, Words
from engage.surveys.soundness import Fault

CODE = "equality"
"""What these questions are called in `published.yaml`; no survey may be."""
NOT_SAID = "not_said"
"""Prefer not to say: an answer of its own, and never the same as one that was not given."""
Given = str | list[str]


class Held(StrEnum):
    """What the case system may hold about a person already, and so is not asked unless they want to say it themselves."""

    ETHNICITY = "ethnicity"
    LANGUAGE = "language"
    SEX = "sex"


class EqualityOption(Frozen):
    """One answer a person may select."""

    code: Code
    label: Words
    hint: Words | None = None
    alone: bool = False
    """Whether it cannot stand beside another, where several may be selected."""


class EqualityQuestion(Frozen):
    """One question on a page of its own."""

    id: Name
    statement: Words
    hint: Words | None = None
    several: bool = False
    held_as: Held | None = None
    show_if: Condition | None = None
    options: tuple[EqualityOption, ...] = Field(min_length=2)

    @property
    def context(self) -> str:
        """What tells its words from the same English ones elsewhere: "Tamil" the language is not "Tamil" the people."""
        return "language" if self.held_as is Held.LANGUAGE else ""

    def option(self, code: str) -> EqualityOption | None:
        """The answer with this code, if it is one of this question's."""
        return next((option for option in self.options if option.code == code), None)


class EqualityQuestions(Frozen):
    """One version of them all."""

    survey: Literal["equality"]
    version: int = Field(ge=1)
    minutes: int = Field(ge=1, le=10)
    questions: tuple[EqualityQuestion, ...] = Field(min_length=1)

    def question(self, question_id: str) -> EqualityQuestion | None:
        """The question with this id, if there is one."""
        return next((question for question in self.questions if question.id == question_id), None)

    @cached_property
    def sha256(self) -> str:
        """The lock of this version, made as a survey's is."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def asked(
    questions: EqualityQuestions, answers: Mapping[str, Given], *, held: Sequence[Held] = ()
) -> list[EqualityQuestion]:
    """The questions that apply after these answers, without those that the council holds an answer to already."""
    return [one for one in questions.questions if one.held_as not in held and _applies(one, answers)]


def _applies(question: EqualityQuestion, answers: Mapping[str, Given]) -> bool:
    condition = question.show_if
    return condition is None or answers.get(condition.question) in condition.codes


def read(question: EqualityQuestion, values: Sequence[str]) -> Given | AnswerMistake | None:
    """The code or codes that were selected, None for a question left alone, or what to do about a mistake."""
    given = list(dict.fromkeys(value.strip() for value in values if value.strip()))
    if not given:
        return None
    options = [question.option(value) for value in given]
    if None in options or (len(given) > 1 and not question.several):
        return AnswerMistake(question.id, "Select an answer, or leave it out")
    if len(given) > 1 and any(option and option.alone for option in options):
        return AnswerMistake(question.id, "Select what you feel part of, or one of the last two answers")
    return given if question.several else given[0]


def kept(questions: EqualityQuestions, answers: Mapping[str, Given]) -> dict[str, Given]:
    """The answers as they are kept: in the questions' order, and only of those that apply."""
    return {one.id: answers[one.id] for one in asked(questions, answers) if one.id in answers}


def faults(questions: EqualityQuestions) -> Iterator[Fault]:
    """All that is wrong with the questions beyond their shape."""
    known: dict[str, EqualityQuestion] = {}
    for index, question in enumerate(questions.questions):
        place = ("questions", index)
        if question.id in known:
            yield (*place, "id"), f'The id "{question.id}" is used twice.', "Give each question its own id."
        codes = [option.code for option in question.options]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield (*place, "options"), f'The code "{code}" is given twice.', "Give each option a code of its own."
        if codes[-1] != NOT_SAID:
            yield (*place, "options"), "Nobody may be pressed to say this.", f'End with the code "{NOT_SAID}".'
        if any(option.alone for option in question.options) and not question.several:
            yield (*place, "options"), "Only one answer may be selected anyway.", 'Take "alone" out.'
        if question.show_if:
            yield from _condition_faults((*place, "show_if"), question.show_if, known)
        known[question.id] = question


def _condition_faults(
    place: tuple[str | int, ...], condition: Condition, earlier: Mapping[str, EqualityQuestion]
) -> Iterator[Fault]:
    other = earlier.get(condition.question)
    if other is None:
        yield place, f'"{condition.question}" is no question before this one.', "Name an earlier one."
        return
    for code in condition.codes:
        if other.option(code) is None:
            yield (*place, "in"), f'"{code}" is no answer to "{other.id}".', "Name one of its codes."
