"""The page of one question: all that it depends on, and how it is drawn."""

from dataclasses import dataclass

from flask import render_template, request, url_for

from engage.core.languages import current
from engage.surveys.answers import AnswerMistake
from engage.surveys.definition import Question, Survey
from engage.surveys.routing import Place
from engage.surveys.wording import question_words
from engage.web import formats
from engage.web.survey_pages import question_field
from engage.web.videos import VideoLink

ANSWER = "answer"
CHECK = "check"


@dataclass(frozen=True)
class QuestionPage:
    """What is the same for every family that is shown this page. Whatever a page shows must be a field here, or a family's
    own and handed to `draw` beside it."""

    survey: Survey
    place: Place
    is_change: bool = False
    """Whether they came from "Check your answers" and go back there."""
    is_missing: bool = False
    """Whether they were brought here because an answer is needed."""
    videos: tuple[VideoLink, ...] = ()

    @property
    def question(self) -> Question:
        return self.place.page.question

    def draw(
        self, value: str, mistake: AnswerMistake | None = None, *, start: str | None = None, case: str = ""
    ) -> str:
        """The page with what was answered or typed; `start` is where Back leads from the first question, `case` what a
        professional reads of the case."""
        page = self.place.page
        easy = formats.easy_words(self.survey)
        return render_template(
            "respond/question.html",
            field=question_field(page.question, name=ANSWER, value=value, mistake=mistake, easy=easy),
            heading=question_words(page.question, current(), easy).heading,
            videos=self.videos,
            case=case,
            errors=[{"text": mistake.message, "href": f"#{ANSWER}"}] if mistake else [],
            missing=self.is_missing and mistake is None,
            progress={"at": page.number, "of": page.total} if page.total else None,
            back=self._back(start),
        )

    def _back(self, start: str | None) -> str:
        if self.is_change:
            return url_for("respond.check")
        if self.place.before is not None:
            return url_for("respond.question", question_id=self.place.before)
        return start or url_for("respond.landing")


def is_change() -> bool:
    """Whether they came from "Check your answers"."""
    return request.args.get("back") == CHECK


def is_missing() -> bool:
    """Whether they were brought here because an answer is needed."""
    return "missing" in request.args
