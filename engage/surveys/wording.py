"""The words of a survey in a language and a format. What a language has no words for comes in English, and says that it is English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engage.core.languages import SOURCE, current, gettext, survey_gettext
from engage.surveys.definition import Question, Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.routing import shown

SOURCE_LANGUAGE = SOURCE
"""The language of the survey files; translations come from gettext, domain `surveys`, keyed by these words."""


@dataclass(frozen=True)
class QuestionWords:
    """All that a person reads on a question's page."""

    language: str
    """The language these words are in, which the page must declare; it may not be the one asked for."""
    heading: str
    hint: str | None
    options: tuple[tuple[str, str], ...]
    """Each answer's code and label, in reading order."""
    picture: str | None = None
    """The symbol beside the heading, by name."""
    ideas: tuple[tuple[str, str], ...] = ()
    """In Easy Read, what helps to understand the question: sentences, each with its picture."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """The symbols beside answers, by the answer's code."""


@dataclass(frozen=True)
class SurveyWords:
    """All that a person reads around the questions."""

    language: str
    title: str
    topic: str
    intro: tuple[str, ...]
    picture: str | None = None
    pictures: tuple[str, ...] = ()
    """In Easy Read, the picture of each sentence of the intro."""


@dataclass(frozen=True)
class AnswerRow:
    """A line of "Check your answers"."""

    question: Question
    heading: str
    answer: str | None
    """The label or the words given, or None when nothing was."""
    language: str
    """The language of the heading, and of the answer where it was selected."""


def in_language(words: Sequence[str | None], language: str, context: str = "") -> tuple[str, list[str | None]]:
    """Words that belong together, in this language if it has them all, and otherwise in English: never a mixture. The
    language that they are in comes first."""
    found = [None if text is None else survey_gettext(text, language, context) for text in words]
    if language == SOURCE or any(text and not there for text, there in zip(words, found, strict=True)):
        return SOURCE, list(words)
    return language, found


def question_words(question: Question, language: str, easy: EasyRead | None = None) -> QuestionWords:
    """The words of one question; `easy` gives them in Easy Read. The codes are the same."""
    if easy is not None:
        return _short_words(question, language, easy)
    labels = [option.label for option in question.options]
    spoken, (heading, hint, *shown_labels) = in_language([question.heading, question.hint, *labels], language)
    options = tuple(
        (option.code, label or option.label) for option, label in zip(question.options, shown_labels, strict=True)
    )
    pictures = {option.code: option.picture for option in question.options if option.picture}
    return QuestionWords(
        spoken, heading or question.heading, hint, options, picture=question.picture, pictures=pictures
    )


def _short_words(question: Question, language: str, easy: EasyRead) -> QuestionWords:
    short = easy.question(question)
    answers = [short.options[option.code] for option in question.options]
    ideas = [*short.ideas, *answers]
    spoken, found = in_language([short.words, *(idea.words for idea in ideas)], language)
    heading, *said = [text or "" for text in found]
    labels = said[len(short.ideas) :]
    return QuestionWords(
        spoken,
        heading,
        None,
        tuple((option.code, label) for option, label in zip(question.options, labels, strict=True)),
        picture=short.picture,
        ideas=tuple((words, idea.picture) for words, idea in zip(said, short.ideas, strict=False)),
        pictures={option.code: idea.picture for option, idea in zip(question.options, answers, strict=True)},
    )


def question_error(question: Question) -> str:
    """What is said when nothing was selected, in the language being spoken."""
    if question.error is None:
        return gettext("Select an answer")
    return survey_gettext(question.error, current()) or question.error


def survey_words(survey: Survey, language: str, easy: EasyRead | None = None) -> SurveyWords:
    """The words around the questions; `easy` gives them in Easy Read."""
    if easy is not None:
        return _short_survey_words(language, easy)
    spoken, (title, topic, *intro) = in_language([survey.title, survey.topic, *survey.intro], language)
    return SurveyWords(spoken, title or survey.title, topic or survey.topic, tuple(text or "" for text in intro))


def _short_survey_words(language: str, easy: EasyRead) -> SurveyWords:
    spoken, found = in_language([easy.title, easy.topic, *(idea.words for idea in easy.intro)], language)
    title, topic, *intro = [text or "" for text in found]
    return SurveyWords(spoken, title, topic, tuple(intro), easy.picture, tuple(idea.picture for idea in easy.intro))


def answer_rows(
    survey: Survey,
    answers: Mapping[str, str],
    texts: Mapping[str, str],
    language: str,
    easy: EasyRead | None = None,
) -> list[AnswerRow]:
    """What the person said, a row for each question that applies, for them to check before sending."""
    rows = []
    for question in shown(survey, answers):
        words = question_words(question, language, easy)
        labels = dict(words.options)
        given = labels.get(answers.get(question.id, "")) if question.is_coded else texts.get(question.id)
        rows.append(AnswerRow(question, words.heading, given, words.language))
    return rows
