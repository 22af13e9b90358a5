"""Easy Read: the same questions and the same codes, in short words with a picture for each idea.

The words stand in a file beside the versions of a survey, by question id: ids are eternal, so what was written for one
question holds in every version that still asks it, and the lock of a published version is not touched.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field

from engage.core.data_files import Place
from engage.surveys.definition import Code, Frozen, Name, Question, Survey, Words

FILE = "easy_read.yaml"
MOST_WORDS = 15
"""In one sentence: what the Department of Health's guidance on Easy Read (2009) asks for."""
Fault = tuple[Place, str, str]


class Idea(Frozen):
    """One short sentence, or two, and its picture."""

    words: Words
    picture: Name


class EasyQuestion(Frozen):
    """A question in short words."""

    words: Words
    """What stands as the heading."""
    picture: Name
    ideas: tuple[Idea, ...] = ()
    """What helps to understand it."""
    options: Mapping[Code, Idea] = Field(default_factory=dict)
    """Each answer by its code; without any, those of the question's scale."""


class SharedEasyRead(Frozen):
    """What many surveys share: the answers of scales, and questions that each survey asks."""

    scales: Mapping[Name, Mapping[Code, Idea]]
    questions: Mapping[Name, EasyQuestion] = Field(default_factory=dict)


class EasyRead(Frozen):
    """One survey in short words."""

    survey: Name
    versions: tuple[int, ...] = Field(min_length=1)
    """The versions that these words have been held against: only they are offered in Easy Read."""
    title: Words
    topic: Words
    picture: Name
    intro: tuple[Idea, ...] = Field(min_length=1)
    questions: Mapping[Name, EasyQuestion] = Field(default_factory=dict)

    def question(self, question: Question) -> EasyQuestion:
        """The short words of a question that one of these versions asks."""
        return self.questions[question.id]


def completed(easy: EasyRead, shared: SharedEasyRead, versions: Iterable[Survey]) -> EasyRead:
    """The same with everything shared written out; what is missing stays missing, for `easy_read_faults` to name."""
    asked = {question.id: question for survey in versions for question in survey.questions}
    written = {**{name: shared.questions[name] for name in shared.questions if name in asked}, **easy.questions}
    return easy.model_copy(
        update={"questions": {name: _with_answers(words, asked.get(name), shared) for name, words in written.items()}}
    )


def _with_answers(words: EasyQuestion, question: Question | None, shared: SharedEasyRead) -> EasyQuestion:
    scale = question.scale if question else None
    if words.options or scale is None:
        return words
    return words.model_copy(update={"options": shared.scales.get(scale, {})})


def easy_read_faults(easy: EasyRead, versions: Mapping[int, Survey], pictures: Iterable[str]) -> Iterator[Fault]:
    """All that is wrong with a survey's Easy Read words once they are `completed`; `versions` are the survey's own."""
    for version in easy.versions:
        if version not in versions:
            yield ("versions",), f"There is no version {version}.", "Name versions that have a file."
    held = [versions[version] for version in easy.versions if version in versions]
    asked = {question.id for survey in held for question in survey.questions}
    for name in sorted(set(easy.questions) - asked):
        yield ("questions", name), f'No version named above asks "{name}".', "Mend its spelling or take it out."
    for survey in held:
        for question in survey.questions:
            yield from _question_faults(easy.questions.get(question.id), question, survey.version)
    yield from _idea_faults((("picture",), _Named(easy.picture)), pictures=pictures)
    yield from _idea_faults(*_all_ideas(easy), pictures=pictures)


def _question_faults(words: EasyQuestion | None, question: Question, version: int) -> Iterator[Fault]:
    place: Place = ("questions", question.id)
    if words is None:
        yield place, f'"{question.id}" of version {version} has no short words.', "Add them, with a picture."
        return
    offered, written = {option.code for option in question.options}, set(words.options)
    for code in sorted(offered - written):
        yield (*place, "options"), f'The answer "{code}" has no short words.', "Add them, with a picture."
    for code in sorted(written - offered):
        yield (*place, "options"), f'"{code}" is not an answer of "{question.id}".', "Take it out."


class _Named:
    """A picture that stands alone."""

    def __init__(self, picture: str) -> None:
        self.picture, self.words = picture, ""


def _all_ideas(easy: EasyRead) -> list[tuple[Place, "Idea | EasyQuestion | _Named"]]:
    found: list[tuple[Place, Idea | EasyQuestion | _Named]] = [
        (("intro", place), idea) for place, idea in enumerate(easy.intro)
    ]
    for name, question in easy.questions.items():
        found.append((("questions", name), question))
        found += [(("questions", name, "ideas", place), idea) for place, idea in enumerate(question.ideas)]
        found += [(("questions", name, "options", code), idea) for code, idea in question.options.items()]
    return found


def _idea_faults(*ideas: tuple[Place, "Idea | EasyQuestion | _Named"], pictures: Iterable[str]) -> Iterator[Fault]:
    known = set(pictures)
    for place, idea in ideas:
        if idea.picture not in known:
            yield (
                (*place, "picture"),
                f'There is no picture "{idea.picture}".',
                f"Draw it in pictures/{idea.picture}.svg.",
            )
        for sentence in long_sentences(idea.words):
            yield (*place, "words"), f'"{sentence}" has more than {MOST_WORDS} words.', "Make two sentences of it."


def long_sentences(words: str) -> list[str]:
    """The sentences that are too long for Easy Read."""
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", words) if len(sentence.split()) > MOST_WORDS]
