"""Gathering every string that families read: from pages and code (`messages`), and from the surveys (`surveys`)."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

from engage.core.catalogues import MESSAGES
from engage.core.config import PROJECT
from engage.people.vocabulary.sen import SEN_TYPE_LABELS, SenType
from engage.surveys.definition import Audience, Mode, Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.equality import EqualityQuestions
from engage.surveys.loader import Catalogue

CODE = PROJECT / "engage"
TEMPLATES = CODE / "web" / "templates"
ENGLISH_ONLY_TEMPLATES = ("staff/", "forum/", "sign_in/", "layouts/staff.html", "parts/figures.html", "parts/work.html")
"""Pages of people who sign in: they are in English."""
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "gettext_noop": None}
NOTE = "NOTE:"
"""A comment that begins so is for the translators."""

FOR_PROFESSIONALS = frozenset({"training"})
"""Surveys that only people at work answer, in English, whatever their audience is called."""

Found = tuple[str | tuple[str, str], str, str, list[str]]
"""The words (or singular and plural), their context, the place, and notes for the translators."""


def extract(domain: str, catalogue: Catalogue) -> Catalog:
    """The template of a domain: every string once, each with the places where it stands."""
    template = Catalog(project="Engage", charset="utf-8", fuzzy=False)
    found = _messages() if domain == MESSAGES else _surveys(catalogue)
    for words, context, place, notes in found:
        template.add(words, locations=[(place, 0)], auto_comments=notes, context=context or None)
    return template


def _messages() -> Iterator[Found]:
    for path in sorted(CODE.rglob("*.py")):
        yield from _from_file("python", path, {})
    options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.do"}
    for path in sorted(TEMPLATES.rglob("*.html")):
        if not path.relative_to(TEMPLATES).as_posix().startswith(ENGLISH_ONLY_TEMPLATES):
            yield from _from_file("jinja2", path, options)
    place = "engage/people/vocabulary/data/sen_types.csv"
    for code, label in SEN_TYPE_LABELS.items():
        if code is not SenType.NSA:
            yield label, "", place, ["A kind of special educational need."]


def _from_file(method: str, path: Path, options: dict[str, str]) -> Iterator[Found]:
    place = path.relative_to(PROJECT).as_posix()
    for _, words, notes, context in extract_from_file(
        method, path, keywords=KEYWORDS, comment_tags=(NOTE,), options=options, strip_comment_tags=True
    ):
        pair = (str(words[0]), str(words[1])) if isinstance(words, (tuple, list)) else str(words)
        yield pair, str(context or ""), place, list(notes)


def for_families(survey: Survey) -> bool:
    """Whether a family, a young person or a child reads this survey: not one for people at work, nor one that staff fill in."""
    if survey.audience.is_at_work or survey.code in FOR_PROFESSIONALS:
        return False
    return survey.audience is Audience.CHILD or bool({Mode.LINK, Mode.PAPER} & set(survey.modes))


def _surveys(catalogue: Catalogue) -> Iterator[Found]:
    for survey in catalogue.all():
        if for_families(survey):
            yield from survey_words(survey)
    if catalogue.equality is not None:
        yield from _equality_words(catalogue.equality)
    for code, easy in sorted(catalogue.short_words.items()):
        if any(for_families(catalogue.get(code, version)) for version in easy.versions):
            yield from _easy_words(easy)


def survey_words(survey: Survey) -> Iterator[Found]:
    """Every string of one version of a survey that a person reads."""
    place = f"surveys/{survey.code}/v{survey.version}.yaml"
    yield survey.title, "", place, ["The title of a survey."]
    yield survey.topic, "", place, ["What a survey is about, to stand inside a sentence: “How was ...?”"]
    for sentence in survey.intro:
        yield sentence, "", place, []
    for question in survey.questions:
        yield question.heading, "", place, ["A question or a statement."]
        if question.hint:
            yield question.hint, "", place, [f"Stands below: {question.heading}"]
        for option in question.options:
            yield option.label, "", place, ["An answer."]
        if question.error:
            yield question.error, "", place, ["Said when no answer was chosen."]


def _equality_words(questions: EqualityQuestions) -> Iterator[Found]:
    place = "surveys/equality.yaml"
    for question in questions.questions:
        context = question.context
        yield question.statement, context, place, ["A question “About you”."]
        if question.hint:
            yield question.hint, context, place, [f"Stands below: {question.statement}"]
        for option in question.options:
            yield option.label, context, place, ["An answer."]
            if option.hint:
                yield option.hint, context, place, [f"Stands below the answer: {option.label}"]


def _easy_words(easy: EasyRead) -> Iterator[Found]:
    place = f"surveys/{easy.survey}/easy_read.yaml"
    yield easy.title, "", place, ["Easy Read: the title."]
    yield easy.topic, "", place, ["Easy Read: what the survey is about."]
    ideas = [*easy.intro]
    for question in easy.questions.values():
        yield question.words, "", place, ["Easy Read: a question in short words."]
        ideas += [*question.ideas, *question.options.values()]
    for idea in ideas:
        yield idea.words, "", place, ["Easy Read: short words beside a picture."]
