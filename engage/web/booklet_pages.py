"""A survey as a booklet: what stands on each sheet, in the reader's own language and format."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from markupsafe import Markup

from engage.campaigns import links
from engage.campaigns.answering import survey_of
from engage.campaigns.booklet_models import Booklet
from engage.campaigns.booklets import code_of
from engage.core.config import Settings
from engage.core.languages import LANGUAGES, gettext, speaking
from engage.surveys.definition import Question, Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.formats import Format, format_named
from engage.surveys.loader import Catalogue
from engage.surveys.wording import QuestionWords, question_words, survey_words
from engage.web.language import offered
from engage.web.request import house
from engage.web.squares import square

FORMATS = {Format.STANDARD: "Standard", Format.LARGE_PRINT: "Large print", Format.EASY_READ: "Easy Read"}
LINES = {Format.STANDARD: 9, Format.LARGE_PRINT: 8, Format.EASY_READ: 7}
"""Lines to write on under a question that is answered in one's own words."""


@dataclass(frozen=True)
class PrintedQuestion:
    """One question as it stands on paper."""

    number: int
    words: QuestionWords
    is_text: bool
    only_if: str


@dataclass(frozen=True)
class Sheet:
    """One booklet, ready to be printed."""

    language: str
    html: Markup


def sheet_of(booklet: Booklet) -> Sheet:
    """The sheet of a booklet with a code."""
    settings, catalogue = house().settings, house().catalogue
    token = links.token_of(booklet.link, settings.secrets)
    return _sheet(
        survey_of(booklet.invitation, catalogue),
        booklet.language,
        booklet.format,
        code=code_of(booklet, settings.secrets),
        address=f"{settings.base_url}/r/{token}",
    )


def blank_sheet(survey: Survey, language: str, in_format: Format) -> Sheet:
    """The sheet of a booklet that anybody may take."""
    return _sheet(survey, language, in_format, code="", address="")


def _sheet(survey: Survey, language: str, in_format: Format, *, code: str, address: str) -> Sheet:
    easy = easy_words(house().catalogue, survey, in_format)
    house().follow_translations()
    with speaking(language):
        html = render_template(
            "booklets/booklet.html",
            language=language,
            format=in_format.value,
            words=survey_words(survey, language, easy),
            questions=printed_questions(survey, language, easy),
            lines=LINES[in_format],
            minutes=survey.minutes,
            routes=survey.thank_you_routes,
            code=code,
            pattern=square(address) if address else "",
            typed_at=f"{house().settings.base_url.partition('://')[2]}/booklet",
            post_to=return_lines(house().settings),
        )
    return Sheet(language, Markup(html))  # noqa: S704  # our own template's output


def easy_words(catalogue: Catalogue, survey: Survey, in_format: Format) -> EasyRead | None:
    """The short words, when they are wanted and there."""
    return catalogue.easy_read(survey) if in_format is Format.EASY_READ else None


def printed_questions(survey: Survey, language: str, easy: EasyRead | None) -> list[PrintedQuestion]:
    """Every question in order, with the words that say when it can be left out."""
    words = {question.id: question_words(question, language, easy) for question in survey.questions}
    numbers = {question.id: number for number, question in enumerate(survey.questions, start=1)}
    return [
        PrintedQuestion(numbers[one.id], words[one.id], not one.is_coded, _only_if(one, words, numbers))
        for one in survey.questions
    ]


def _only_if(question: Question, words: dict[str, QuestionWords], numbers: dict[str, int]) -> str:
    condition = question.show_if
    if condition is None:
        return ""
    labels = dict(words[condition.question].options)
    answers = " / ".join(labels[code].rstrip(".") for code in condition.codes)
    return gettext(
        "Answer this only if you ticked “%(answer)s” in question %(number)s.",
        answer=answers,
        number=numbers[condition.question],
    )


def return_lines(settings: Settings) -> list[str]:
    """Where booklets are posted back to, a line each."""
    return [line.strip() for line in (settings.return_address or "").split(";") if line.strip()]


def chosen_language() -> str:
    """The language that this request asks to print in; English for one that is not offered."""
    asked = request.values.get("language", "")
    return asked if asked in offered() else "en"


def chosen_format() -> Format:
    """The format that this request asks to print in."""
    return format_named(request.values.get("format"))


def language_choices() -> Sequence[tuple[str, str]]:
    """The languages a booklet can be printed in, for a list: code and English name."""
    return [(code, LANGUAGES[code].in_english) for code in offered()]
