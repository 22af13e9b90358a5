"""What translators are given of the surveys: every string that a family, a young person or a child reads, with its place."""

from collections.abc import Iterator
from dataclasses import replace

from engage.core.catalogues import Entries, Entry, Key
from engage.surveys.definition import Audience, Mode, Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.equality import EqualityQuestions
from engage.surveys.loader import Catalogue

FOR_PROFESSIONALS = frozenset({"training"})
"""Surveys that only people at work answer, in English, whatever their audience is called."""


def to_translate(catalogue: Catalogue) -> Entries:
    """Every string once, in the order in which it is first read, with all the places where it stands."""
    found: dict[Key, Entry] = {}
    for entry in _all(catalogue):
        before = found.get(entry.key, entry)
        notes = dict.fromkeys((*before.notes, *entry.notes))
        places = sorted({*before.places, *entry.places})
        found[entry.key] = replace(before, places=tuple(places), notes=tuple(notes))
    return found


def for_families(survey: Survey) -> bool:
    """Whether a family, a young person or a child reads this survey: not one for people at work, nor one that staff fill in."""
    if survey.audience.is_at_work or survey.code in FOR_PROFESSIONALS:
        return False
    return survey.audience is Audience.CHILD or bool({Mode.LINK, Mode.PAPER} & set(survey.modes))


def _all(catalogue: Catalogue) -> Iterator[Entry]:
    for survey in catalogue.all():
        if for_families(survey):
            yield from _of_survey(survey)
    if catalogue.equality is not None:
        yield from _of_equality(catalogue.equality)
    for code, easy in sorted(catalogue.short_words.items()):
        if any(for_families(catalogue.get(code, version)) for version in easy.versions):
            yield from _of_easy_read(easy)


def _entry(words: str, place: str, note: str = "", context: str = "") -> Entry:
    return Entry(words, context=context, places=(place,), notes=(note,) if note else ())


def _of_survey(survey: Survey) -> Iterator[Entry]:
    place = f"surveys/{survey.code}/v{survey.version}.yaml"
    yield _entry(survey.title, place, "The title of a survey.")
    yield _entry(survey.topic, place, "What a survey is about, to stand inside a sentence: “How was ...?”")
    for sentence in survey.intro:
        yield _entry(sentence, place)
    for question in survey.questions:
        yield _entry(question.heading, place, "A question or a statement.")
        if question.hint:
            yield _entry(question.hint, place, f"Stands below: {question.heading}")
        for option in question.options:
            yield _entry(option.label, place, "An answer.")
        if question.error:
            yield _entry(question.error, place, "Said when no answer was chosen.")


def _of_equality(questions: EqualityQuestions) -> Iterator[Entry]:
    place = "surveys/equality.yaml"
    for question in questions.questions:
        context = question.context
        yield _entry(question.statement, place, "A question “About you”.", context)
        if question.hint:
            yield _entry(question.hint, place, f"Stands below: {question.statement}", context)
        for option in question.options:
            yield _entry(option.label, place, "An answer.", context)
            if option.hint:
                yield _entry(option.hint, place, f"Stands below the answer: {option.label}", context)


def _of_easy_read(easy: EasyRead) -> Iterator[Entry]:
    place = f"surveys/{easy.survey}/easy_read.yaml"
    yield _entry(easy.title, place, "Easy Read: the title.")
    yield _entry(easy.topic, place, "Easy Read: what the survey is about.")
    ideas = [*easy.intro]
    for question in easy.questions.values():
        yield _entry(question.words, place, "Easy Read: a question in short words.")
        ideas += [*question.ideas, *question.options.values()]
    for idea in ideas:
        yield _entry(idea.words, place, "Easy Read: short words beside a picture.")
