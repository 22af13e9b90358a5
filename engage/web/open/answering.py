"""An answer by an open link: one question a page, kept as it is sent, checked, and sent once."""

from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from engage.activities.models import OpenVisit
from engage.activities.open_links import is_too_quick, open_visit, send
from engage.cases.services import consider
from engage.core.db import lock
from engage.core.errors import NotFound
from engage.surveys import routing
from engage.surveys.answers import AnswerMistake, read_answer, unanswered
from engage.surveys.definition import Question, Survey
from engage.surveys.models import Response
from engage.surveys.services import save_answer, texts_of
from engage.surveys.wording import answer_rows, question_words
from engage.web import formats
from engage.web.about_you_pages import minutes_for
from engage.web.language import switching
from engage.web.open import about_you, visits
from engage.web.open.languages import spoken
from engage.web.request import house, now, session
from engage.web.survey_pages import checked_row, question_field, resume_at
from engage.web.videos import video_links

ANSWER = "answer"
CHECK = "check"


@dataclass(frozen=True)
class Here:
    """One request under one answer's address."""

    visit: OpenVisit
    survey: Survey

    @property
    def response(self) -> Response:
        return self.visit.response

    @property
    def is_sent(self) -> bool:
        return self.visit.response.submitted_at is not None


def here() -> Here:
    """The answer under this address; a form also takes its turn at it, so that two tabs never write over one another."""
    visit = open_visit(session(), g.token)
    if http.method == "POST":
        lock(session(), visit.response)
    survey = house().catalogue.get(visit.response.survey, visit.response.version)
    formats.offer(survey)
    formats.settle(visit.response.format)
    return Here(visit, survey)


@visits.errorhandler(NotFound)
def unknown(_error: NotFound) -> ResponseReturnValue:
    """An address under which nothing is, or nothing any more."""
    return render_template("open/unknown.html"), 404


@visits.errorhandler(413)
def too_long(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """More words than any form of ours holds."""
    return render_template("respond/too_long.html"), 413


@visits.get("", strict_slashes=False)
def resume() -> ResponseReturnValue:
    """On to where they stopped."""
    return _on(here())


@visits.get("/question/<question_id>")
def question(question_id: str) -> ResponseReturnValue:
    """The page of one question; one that does not apply leads to one that does."""
    at = here()
    page = _page(at, question_id)
    if at.is_sent or page is None:
        return _on(at)
    known = at.response.answers.get(question_id) or texts_of(at.response).get(question_id, "")
    return _shown(at, page, "".join(http.form.getlist(ANSWER)) if switching() else known)


@visits.post("/question/<question_id>")
def answer(question_id: str) -> ResponseReturnValue:
    """Keep one answer and go on."""
    at = here()
    page = _page(at, question_id)
    if at.is_sent or page is None:
        return _on(at)
    typed = http.form.getlist(ANSWER)
    value = read_answer(page.question, typed)
    if isinstance(value, AnswerMistake):
        return _shown(at, page, "".join(typed), value), 422
    save_answer(at.response, page.question, value, now=now())
    at.response.format = g.format
    following = routing.next_page(at.survey, at.response.answers, question_id)
    if _is_change() or following is None:
        return redirect(url_for("visit.check"), 303)
    return redirect(_url(following.question), 303)


@visits.get("/check")
def check() -> ResponseReturnValue:
    """All that was answered, each with a way to change it."""
    at = here()
    if at.is_sent:
        return _on(at)
    missing = unanswered(at.survey, at.response.answers)
    if missing:
        return redirect(_url(missing[0], missing="yes", back=CHECK), 303)
    return _checked(at)


@visits.post("/send")
def send_answers() -> ResponseReturnValue:
    """Send them, once. What comes quicker than a person can read is asked to be sent again."""
    at = here()
    if not at.is_sent:
        if unanswered(at.survey, at.response.answers):
            return redirect(url_for("visit.check"), 303)
        if is_too_quick(at.visit, now=now()):
            return _checked(at, too_quick=True), 422
        response = send(session(), at.visit, at.survey, now=now())
        flagged = house().catalogue.flagged_words
        consider(session(), response, at.survey, flagged=flagged, now=now())
        about_you.offer(at.survey, response)
    return redirect(url_for("visit.thank_you"), 303)


@visits.get("/send")
def not_by_looking() -> ResponseReturnValue:
    """An address that only a form leads to, opened by itself."""
    return _on(here())


@visits.get("/thank-you")
def thank_you() -> ResponseReturnValue:
    """What happens next. We do not know who answered, and say so."""
    at = here()
    if not at.is_sent:
        return _on(at)
    return render_template(
        "open/easy/thank_you.html" if formats.easy_words(at.survey) else "open/thank_you.html",
        routes=at.survey.thank_you_routes,
        is_family=at.survey.audience.is_family,
        may_ask_about_you=minutes_for(about_you.ticket_shown()),
    )


def _on(at: Here) -> ResponseReturnValue:
    if at.is_sent:
        return redirect(url_for("visit.thank_you"), 303)
    question = resume_at(at.survey, at.response.answers, texts_of(at.response))
    return redirect(_url(question) if question else url_for("visit.check"), 303)


def _page(at: Here, question_id: str) -> routing.Page | None:
    try:
        return routing.page(at.survey, at.response.answers, question_id)
    except NotFound:
        return None


def _url(question: Question, *, back: str | None = None, missing: str | None = None) -> str:
    return url_for("visit.question", question_id=question.id, back=back, missing=missing)


def _is_change() -> bool:
    return http.args.get("back") == CHECK


def _shown(at: Here, page: routing.Page, value: str, mistake: AnswerMistake | None = None) -> str:
    before = routing.previous_page(at.survey, at.response.answers, page.question.id)
    easy = formats.easy_words(at.survey)
    return render_template(
        "respond/question.html",
        field=question_field(page.question, name=ANSWER, value=value, mistake=mistake, easy=easy),
        heading=question_words(page.question, spoken(), easy).heading,
        videos=video_links(at.survey.code, page.question.id),
        errors=[{"text": mistake.message, "href": f"#{ANSWER}"}] if mistake else [],
        missing="missing" in http.args and mistake is None,
        progress={"at": page.number, "of": page.total} if page.total else None,
        back=url_for("visit.check") if _is_change() else _url(before.question) if before else None,
    )


def _checked(at: Here, *, too_quick: bool = False) -> str:
    last = routing.pages(at.survey, at.response.answers)[-1]
    easy = formats.easy_words(at.survey)
    answers = at.response.answers
    rows = answer_rows(at.survey, answers, texts_of(at.response), spoken(), easy)
    return render_template(
        "open/easy/check.html" if easy else "open/check.html",
        rows=[checked_row(row, answers, easy, change=_url(row.question, back=CHECK)) for row in rows],
        back=_url(last.question),
        too_quick=too_quick,
    )
