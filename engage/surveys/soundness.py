"""What must hold inside and between the files of the surveys beyond their shape; every rule says its cure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from engage.core.data_files import Place
from engage.surveys.definition import (
    Audience,
    Crosswalk,
    FlaggedWords,
    Mode,
    Question,
    QuestionKind,
    Route,
    Scale,
    Survey,
    SurveyMeasures,
)
from engage.surveys.models import ContactChoice

Fault = tuple[Place, str, str]
"""Where in the file, what is wrong, and its cure."""

JARGON = re.compile(r"\b(EHCP?s?|SEND?|EHCNA|autis\w+|disab\w+)\b", re.IGNORECASE)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def scale_faults(name: str, scale: Scale) -> Iterator[Fault]:
    """A scale's codes are its own, and no answer is both good and bad."""
    codes = [option.code for option in scale.options]
    for code in _repeated(codes):
        yield (name, "options"), f'The code "{code}" is given twice.', "Give each option a code of its own."
    for kind, chosen in (("positive", scale.positive), ("dissatisfied", scale.dissatisfied)):
        for code in chosen:
            if code not in codes:
                yield (name, kind), f'"{code}" is not an option of this scale.', f"Use {_listed(codes)}."
    outside = {option.code for option in scale.options if not option.in_base}
    for code in outside & set(scale.positive):
        yield (name, "positive"), f'"{code}" is outside the base, so it cannot be positive.', "Take it out."
    for code in set(scale.positive) & set(scale.dissatisfied):
        yield (name, "dissatisfied"), f'"{code}" is both positive and dissatisfied.', "Take it out of one of them."


def with_scales(survey: Survey, scales: Mapping[str, Scale]) -> Survey:
    """The survey with each question holding the answers of the scale it names, where there is one."""
    questions = tuple(_with_scale(question, scales.get(question.scale or "")) for question in survey.questions)
    return survey.model_copy(update={"questions": questions})


def _with_scale(question: Question, scale: Scale | None) -> Question:
    if scale is None:
        return question
    answers = {name: getattr(scale, name) for name in ("options", "positive", "dissatisfied")}
    return question.model_copy(update={**answers, "error": question.error or scale.error})


def survey_faults(survey: Survey, scales: Mapping[str, Scale]) -> Iterator[Fault]:
    """All that is wrong with one version, read on its own; `survey` is as written, before `with_scales`."""
    yield from _audience_faults(survey)
    yield from _question_list_faults(survey)
    for index, question in enumerate(survey.questions):
        place: Place = ("questions", index)
        yield from _question_faults(place, question, scales)
        yield from _condition_faults(place, question, with_scales(survey, scales).questions[:index])
    yield from _rule_faults(with_scales(survey, scales))
    if found := JARGON.search(survey.topic):
        yield ("topic",), f'"{found[0]}" must not stand in a message that others may see.', "Use plainer words."


def _question_list_faults(survey: Survey) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, question in enumerate(survey.questions):
        if question.id in seen:
            yield ("questions", index, "id"), f'The id "{question.id}" is used twice.', "Give each question its own id."
        seen.add(question.id)
    for measure in _repeated(question.measure for question in survey.questions if question.measure):
        yield ("questions",), f'Two questions carry the measure "{measure}".', "Give each measure one question."
    if not survey.core:
        yield ("questions",), "No question is core.", 'Mark what the survey turns on with "core: true".'


def _audience_faults(survey: Survey) -> Iterator[Fault]:
    """Who is asked decides what a survey must hold: an event, a way back to the person, where to turn."""
    who = survey.audience
    contacts = [question for question in survey.questions if question.kind is QuestionKind.CONTACT]
    if who.is_known and len(contacts) != 1:
        cure = "Ask once whether we may contact the person."
        yield ("questions",), f"There are {len(contacts)} questions of the kind contact.", cure
    if not who.is_known and contacts:
        yield ("questions",), f"Nobody knows who the {who} is, so nobody could contact them.", "Take the question out."
    if who.is_known and not survey.about:
        yield ("about",), "It follows no event.", "Name the kinds of event after which people are asked."
    if who.is_family and not survey.thank_you_routes:
        yield ("thank_you_routes",), "It does not say where a family can turn.", f"Name some of {_listed(Route)}."
    if who is Audience.CHILD and survey.modes != (Mode.FACE_TO_FACE,):
        yield ("modes",), "A child is never sent anything.", "Write modes: [face_to_face]."
    if who.is_at_work and not set(survey.modes) <= {Mode.LINK, Mode.PHONE}:
        yield ("modes",), f"A {who.replace('_', ' ')} is asked at a mailbox.", "Write modes: [link, phone]."
    for mode in _repeated(survey.modes):
        yield ("modes",), f'"{mode}" stands twice.', "Take one of them out."


def _question_faults(place: Place, question: Question, scales: Mapping[str, Scale]) -> Iterator[Fault]:
    if not question.heading:
        yield place, f'"{question.id}" has no words.', 'Give it a "statement", or "tracked" wording to be shown.'
    if question.measure and not question.tracked:
        yield place, f'"{question.id}" has a measure but not the words it tracks.', 'Add "tracked".'
    if question.core and not question.is_coded:
        yield (*place, "core"), "A question in one's own words cannot be core.", "Take it out."
    if question.kind is QuestionKind.SCALE:
        yield from _scale_question_faults(place, question, scales)
    elif question.kind is QuestionKind.TEXT:
        yield from _text_question_faults(place, question)
    else:
        yield from _choice_question_faults(place, question)


def _scale_question_faults(place: Place, question: Question, scales: Mapping[str, Scale]) -> Iterator[Fault]:
    if question.options or question.positive or question.dissatisfied:
        yield place, f'"{question.id}" is on a scale but lists answers too.', "Take the answers out."
    if question.scale is None:
        yield place, f'"{question.id}" names no scale.', f'Add "scale". The scales are: {_listed(scales)}.'
    elif (scale := scales.get(question.scale)) is None:
        yield (*place, "scale"), f'There is no scale "{question.scale}".', f"The scales are: {_listed(scales)}."
    elif question.measure and not scale.positive:
        wrong = f'The measure "{question.measure}" has no positive codes.'
        yield (*place, "scale"), wrong, f'Say in scales.yaml which answers of "{question.scale}" are positive.'


def _text_question_faults(place: Place, question: Question) -> Iterator[Fault]:
    if question.options or question.scale:
        yield place, f'"{question.id}" is answered in one\'s own words but has answers to select.', "Take them out."
    if question.measure:
        yield (*place, "measure"), "Words cannot be a measure.", "Take the measure out."


def _choice_question_faults(place: Place, question: Question) -> Iterator[Fault]:
    codes = [option.code for option in question.options]
    if question.scale:
        yield (*place, "scale"), f'"{question.id}" is a {question.kind}, not on a scale.', 'List its "options".'
    if len(codes) < 2:
        yield place, f'"{question.id}" has fewer than two answers.', 'List its "options".'
    if not question.error:
        yield place, f'"{question.id}" does not say what to do when nothing is selected.', 'Add "error": "Select ...".'
    for code in _repeated(codes):
        yield (*place, "options"), f'The code "{code}" is given twice.', "Give each option a code of its own."
    if question.measure and not question.positive:
        yield place, f'The measure "{question.measure}" has no positive codes.', 'Add "positive".'
    for code in {*question.positive, *question.dissatisfied} - set(codes):
        yield place, f'"{code}" is not an answer of "{question.id}".', f"Use {_listed(codes)}."
    if question.kind is QuestionKind.CONTACT and set(codes) != {choice.value for choice in ContactChoice}:
        yield (*place, "options"), "These are not the three choices.", f"Offer {_listed(ContactChoice)}."


def _condition_faults(place: Place, question: Question, earlier: Sequence[Question]) -> Iterator[Fault]:
    if question.show_if is None:
        return
    place, asked = (*place, "show_if"), question.show_if.question
    source = next((other for other in earlier if other.id == asked), None)
    if source is None:
        yield place, f'No question "{asked}" comes before this one.', "Name the id of an earlier question."
    elif not source.is_coded:
        yield place, f'"{asked}" is answered in words, which no rule reads.', "Name a question with set answers."
    else:
        yield from _unknown_codes((*place, "in"), source, question.show_if.codes)


def _unknown_codes(place: Place, question: Question, codes: Iterable[str]) -> Iterator[Fault]:
    for code in codes:
        if question.options and question.option(code) is None:
            known = _listed(option.code for option in question.options)
            yield place, f'"{code}" is not an answer of "{question.id}".', f"Use {known}."


def _rule_faults(survey: Survey) -> Iterator[Fault]:
    for code in _repeated(rule.code for rule in survey.dissatisfaction):
        yield ("dissatisfaction",), f'Two rules have the code "{code}".', "Give each rule a code of its own."
    for index, rule in enumerate(survey.dissatisfaction):
        place: Place = ("dissatisfaction", index)
        for name in rule.questions:
            question = survey.question(name)
            if question is None:
                yield (*place, "questions"), f'There is no question "{name}".', "Name the id of a question above."
            elif not question.is_coded:
                yield (*place, "questions"), f'"{name}" is answered in words.', "Name a question with set answers."
            elif not rule.codes and question.options and not question.dissatisfied:
                yield place, f'"{name}" has no dissatisfied answers.', 'Say which codes count with "in".'
            else:
                yield from _unknown_codes((*place, "in"), question, rule.codes)


def eternity_faults(versions: Sequence[Survey]) -> Iterator[tuple[Survey, Fault]]:
    """An id means the same question in every version: its kind and its measure never change. Nor does who is asked, so
    that no figure of a survey can mix children, professionals and parents."""
    first: dict[str, tuple[Survey, Question]] = {}
    for survey in versions:
        for index, question in enumerate(survey.questions):
            earlier, known = first.setdefault(question.id, (survey, question))
            if (known.kind, known.measure) != (question.kind, question.measure):
                wrong = f'"{question.id}" has another kind or measure in version {earlier.version}.'
                yield survey, (("questions", index, "id"), wrong, "Ids are eternal: give the new question a new id.")
    for survey in versions:
        if survey.audience is not versions[0].audience:
            wrong = f"Version {versions[0].version} asks another audience: {versions[0].audience}."
            yield survey, (("audience",), wrong, "Answers of two audiences are never averaged: make it another survey.")


def measure_faults(written: SurveyMeasures, versions: Sequence[Survey]) -> Iterator[Fault]:
    """Every measure that is asked is named, every name is asked, and every change of words has been decided on."""
    asked = {question.measure for survey in versions for question in survey.questions if question.measure}
    for code in sorted(asked - set(written.measures)):
        yield ("measures",), f'The measure "{code}" is asked but not named here.', "Add it with its name."
    for code in sorted(set(written.measures) - asked):
        yield ("measures", code), f'No version asks for the measure "{code}".', "Mend its spelling or take it out."
    for code, measure in written.measures.items():
        for other in sorted(set(measure.beside) - (set(written.measures) - {code})):
            yield ("measures", code, "beside"), f'There is no other measure "{other}".', "Name one of this file."
    numbers = {survey.version for survey in versions}
    for index, row in enumerate(written.crosswalk):
        if row.measure not in written.measures:
            yield ("crosswalk", index, "measure"), f'There is no measure "{row.measure}".', "Name one from above."
        for unknown in sorted(set(row.versions) - numbers):
            yield ("crosswalk", index, "versions"), f"There is no version {unknown}.", "Name versions that have a file."
    yield from _undecided(written, versions)


def _undecided(written: SurveyMeasures, versions: Sequence[Survey]) -> Iterator[Fault]:
    for code in sorted(written.measures):
        asking = [survey for survey in versions if _asked(survey, code)]
        for before, after in pairwise(asking):
            pair = {before.version, after.version}
            if same_words(before, after, code) or any(_decides(row, code, pair) for row in written.crosswalk):
                continue
            wrong = f'The words of "{code}" changed from version {before.version} to {after.version}.'
            cure = "Add a crosswalk: are they comparable, who approved it, when and why?"
            yield ("crosswalk",), wrong, cure


def _asked(survey: Survey, measure: str) -> Question | None:
    return next((question for question in survey.questions if question.measure == measure), None)


def _decides(row: Crosswalk, measure: str, pair: set[int]) -> bool:
    return row.measure == measure and pair <= set(row.versions)


def same_words(one: Survey, other: Survey, measure: str) -> bool:
    """Whether both versions ask for the measure with the same words and the same answers."""
    a, b = _asked(one, measure), _asked(other, measure)
    if a is None or b is None:
        return False
    return _asked_in(a) == _asked_in(b)


def _asked_in(question: Question) -> tuple[object, ...]:
    """What decides an answer; a picture beside the words is none of it."""
    options = [option.model_copy(update={"picture": None}) for option in question.options]
    return question.heading, question.tracked, options, question.positive


def flagged_word_faults(flagged: FlaggedWords) -> Iterator[Fault]:
    """A word stands once."""
    for word in _repeated(word.casefold() for group in flagged.root for word in group.words):
        yield (), f'"{word}" stands twice.', "Take one of them out."
