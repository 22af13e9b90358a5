"""Answers that stood on paper, typed in by one of ours on one page: how they are read, and what is asked back.

Used for booklets and for what was written down face to face: paper cannot insist, so a question left blank is no mistake,
but whoever types is asked once whether it really is blank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engage.surveys.answers import answered
from engage.surveys.definition import Question, Survey
from engage.surveys.routing import shown
from engage.web.rendering import weekday
from engage.web.survey_pages import PhoneAnswers, as_on_paper, phone_errors, read_phone_answers

BLANK_MEANT = "blank_meant"
"""Sent when whoever types has looked: what is blank here is blank on the paper."""
MOST_DAYS_BACK = 120


@dataclass(frozen=True)
class TypedPaper:
    """What was typed from one paper."""

    answers: PhoneAnswers
    blank: Sequence[Question]
    """Questions that apply, would have to be answered on a page, and are blank."""
    blank_meant: bool
    received_on: date | None

    @property
    def must_look_again(self) -> bool:
        """Whether to ask if what is blank here is blank on the paper too."""
        return bool(self.blank) and not self.blank_meant and any(self.answers.given.values())


def read_paper(survey: Survey, form: Mapping[str, Sequence[str]]) -> TypedPaper:
    """Everything the entry page sent."""
    answers = as_on_paper(read_phone_answers(survey, form))
    return TypedPaper(
        answers=answers,
        blank=blank_questions(survey, answers.given),
        blank_meant=bool(form.get(BLANK_MEANT)),
        received_on=_day("".join(form.get("received_on", ()))),
    )


def blank_questions(survey: Survey, given: Mapping[str, str | None]) -> list[Question]:
    """What a page would have insisted on, of the questions that apply after these answers."""
    codes: dict[str, str] = {}
    for question in survey.questions:
        if question.is_coded and (value := given.get(question.id)):
            codes = answered(question, value, codes)
    return [one for one in shown(survey, codes) if one.is_coded and not one.optional and one.id not in codes]


def mistakes_of(survey: Survey, typed: TypedPaper) -> list[dict[str, str]]:
    """For the error summary, in the survey's order; what is only blank comes last, once."""
    errors = phone_errors(survey, typed.answers)
    if typed.received_on is None:
        errors.append({"text": "Select the day it came", "href": "#received_on"})
    if not errors and typed.must_look_again:
        errors.append(
            {
                "text": "Look again at what is blank here, or say that it is blank on the paper",
                "href": f"#{BLANK_MEANT}",
            }
        )
    return errors


def days_back(today: date, first: date | None) -> list[tuple[str, str]]:
    """The days on which a paper can have come, today first."""
    earliest = max(first or today - timedelta(days=MOST_DAYS_BACK), today - timedelta(days=MOST_DAYS_BACK))
    return [(on.isoformat(), weekday(on)) for on in _days(today, earliest)]


def _days(last: date, first: date) -> list[date]:
    return [last - timedelta(days=back) for back in range((last - first).days + 1)]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
