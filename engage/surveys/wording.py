"""The words of a survey in a language; a language without words gets English, and the log says so."""

from collections.abc import Mapping
from dataclasses import dataclass

from engage.core.log import log
from engage.surveys.definition import Question, Survey
from engage.surveys.routing import shown

SOURCE_LANGUAGE = "en"
"""The language of the survey files; translations will come from gettext, domain `surveys`, keyed by these words."""


@dataclass(frozen=True)
class QuestionWords:
    """All that a person reads on a question's page."""

    language: str
    """The language these words are in, which the page must declare; it may not be the one asked for."""
    heading: str
    hint: str | None
    options: tuple[tuple[str, str], ...]
    """Each answer's code and label, in reading order."""


@dataclass(frozen=True)
class SurveyWords:
    """All that a person reads around the questions."""

    language: str
    title: str
    topic: str
    intro: tuple[str, ...]


@dataclass(frozen=True)
class AnswerRow:
    """A line of "Check your answers"."""

    question: Question
    heading: str
    answer: str | None
    """The label or the words given, or None when nothing was."""


def language_of_words(language: str) -> str:
    """The language in which the words will come when this one is asked for."""
    if language != SOURCE_LANGUAGE:
        log.warning(f"No survey words in {language}; English is shown instead", code=language)
    return SOURCE_LANGUAGE


def question_words(question: Question, language: str) -> QuestionWords:
    """The words of one question."""
    options = tuple((option.code, option.label) for option in question.options)
    return QuestionWords(language_of_words(language), question.heading, question.hint, options)


def survey_words(survey: Survey, language: str) -> SurveyWords:
    """The words around the questions."""
    return SurveyWords(language_of_words(language), survey.title, survey.topic, survey.intro)


def answer_rows(survey: Survey, answers: Mapping[str, str], texts: Mapping[str, str], language: str) -> list[AnswerRow]:
    """What the person said, a row for each question that applies, for them to check before sending."""
    rows = []
    for question in shown(survey, answers):
        words = question_words(question, language)
        labels = dict(words.options)
        given = labels.get(answers.get(question.id, "")) if question.is_coded else texts.get(question.id)
        rows.append(AnswerRow(question, words.heading, given))
    return rows
