"""Which page comes next: one question a page, in the survey's order, leaving out what does not apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from engage.core.errors import NotFound
from engage.surveys.definition import Question, Survey


@dataclass(frozen=True)
class Page:
    """One question as one page, and where it stands."""

    question: Question
    number: int
    """1 for the first page."""
    total: int | None
    """How many pages there will be, or None while later answers can still change it: "2 of 6" is never a guess."""


@dataclass(frozen=True)
class Place:
    """A page and the questions on the pages around it, by their ids: where Back and Continue lead."""

    page: Page
    before: str | None
    after: str | None


def shown(survey: Survey, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions that apply, given the coded answers so far; an answer on a page no longer shown counts for nothing."""
    applying: dict[str, Question] = {}
    for question in survey.questions:
        condition = question.show_if
        if condition is None or (condition.question in applying and answers.get(condition.question) in condition.codes):
            applying[question.id] = question
    return tuple(applying.values())


def pages(survey: Survey, answers: Mapping[str, str]) -> list[Page]:
    """Every page that applies, in order."""
    applying = shown(survey, answers)
    return [
        Page(question, number, len(applying) if _is_settled(survey, question, applying) else None)
        for number, question in enumerate(applying, start=1)
    ]


def _is_settled(survey: Survey, current: Question, applying: tuple[Question, ...]) -> bool:
    """Whether no answer on this page or a later one can add or take away a page."""
    place = _place(survey, current.id)
    passed = {question.id for question in survey.questions[:place]}
    may_come = {current.id}
    for question in survey.questions[place + 1 :]:
        condition = question.show_if
        if condition is None or (condition.question in passed and question in applying):
            may_come.add(question.id)
        elif condition.question in may_come:
            return False
    return True


def page(survey: Survey, answers: Mapping[str, str], question_id: str) -> Page:
    """The page of this question; `NotFound` when the survey has none or it does not apply."""
    found = next((page for page in pages(survey, answers) if page.question.id == question_id), None)
    if found is None:
        raise NotFound("That question is not part of this survey, or does not apply.")
    return found


def place(survey: Survey, answers: Mapping[str, str], question_id: str) -> Place | None:
    """The page of this question and its neighbours; None when the survey has none or it does not apply. It is the same for
    all who gave the same answers to what decides, and so is worked out once for all of them."""
    if survey.question(question_id) is None:
        return None
    return _place_given(survey, tuple(answers.get(deciding) for deciding in _deciding(survey)), question_id)


@lru_cache
def _deciding(survey: Survey) -> tuple[str, ...]:
    return tuple({question.show_if.question: None for question in survey.questions if question.show_if})


@lru_cache(maxsize=4_096)
def _place_given(survey: Survey, decided: tuple[str | None, ...], question_id: str) -> Place | None:
    answers = {question: code for question, code in zip(_deciding(survey), decided, strict=True) if code is not None}
    try:
        here = page(survey, answers, question_id)
    except NotFound:
        return None
    before, after = previous_page(survey, answers, question_id), next_page(survey, answers, question_id)
    return Place(here, before.question.id if before else None, after.question.id if after else None)


def next_page(survey: Survey, answers: Mapping[str, str], after: str) -> Page | None:
    """The page that Continue leads to, or None when it is time to check the answers."""
    place = _place(survey, after)
    return next((page for page in pages(survey, answers) if _place(survey, page.question.id) > place), None)


def previous_page(survey: Survey, answers: Mapping[str, str], before: str) -> Page | None:
    """The page that Back leads to, or None when that is the start."""
    place = _place(survey, before)
    earlier = [page for page in pages(survey, answers) if _place(survey, page.question.id) < place]
    return earlier[-1] if earlier else None


def _place(survey: Survey, question_id: str) -> int:
    for place, question in enumerate(survey.questions):
        if question.id == question_id:
            return place
    raise NotFound("That question is not part of this survey.")
