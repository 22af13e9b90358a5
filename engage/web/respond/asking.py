"""One question a page: shown with what was answered before, and kept as soon as it is sent."""

from flask import redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.campaigns.answering import Door
from engage.core.errors import NotFound
from engage.surveys import routing
from engage.surveys.answers import AnswerMistake, read_answer
from engage.surveys.services import save_answer, texts_of
from engage.web.request import now
from engage.web.respond import blueprint
from engage.web.respond.several import before_the_questions
from engage.web.respond.visit import Visit, question_url, to_beginning, to_first_unanswered, too_late, visit
from engage.web.survey_pages import question_field

ANSWER = "answer"
CHECK = "check"


@blueprint.get("/question/<question_id>")
def question(question_id: str) -> ResponseReturnValue:
    """The page of one question; one that does not apply leads to one that does."""
    here = visit()
    if here.door is not Door.STARTED:
        return to_beginning()
    page = _page(here, question_id)
    if page is None:
        return to_first_unanswered(here)
    known = here.response.answers.get(question_id) or texts_of(here.response).get(question_id, "")
    return _shown(here, page, known)


@blueprint.post("/question/<question_id>")
def answer(question_id: str) -> ResponseReturnValue:
    """Keep one answer and go on. Whoever comes back by the same link finds it."""
    here = visit()
    typed = http.form.getlist(ANSWER)
    if here.door in (Door.ANSWERED, Door.CLOSED):
        asked = here.survey.question(question_id)
        return too_late(here, "" if asked is None or asked.is_coded else "".join(typed))
    if here.door is Door.OPEN:
        return to_beginning()
    page = _page(here, question_id)
    if page is None:
        return to_first_unanswered(here)
    value = read_answer(page.question, typed)
    if isinstance(value, AnswerMistake):
        return _shown(here, page, "".join(typed), value), 422
    save_answer(here.response, page.question, value, now=now())
    following = routing.next_page(here.survey, here.response.answers, question_id)
    if _is_change() or following is None:
        return redirect(url_for("respond.check"), 303)
    return redirect(question_url(following.question), 303)


def _page(here: Visit, question_id: str) -> routing.Page | None:
    try:
        return routing.page(here.survey, here.response.answers, question_id)
    except NotFound:
        return None


def _is_change() -> bool:
    return http.args.get("back") == CHECK


def _shown(here: Visit, page: routing.Page, value: str, mistake: AnswerMistake | None = None) -> str:
    before = routing.previous_page(here.survey, here.response.answers, page.question.id)
    back = (
        url_for("respond.check")
        if _is_change()
        else question_url(before.question)
        if before
        else before_the_questions(here)
    )
    return render_template(
        "respond/question.html",
        field=question_field(page.question, name=ANSWER, value=value, mistake=mistake),
        heading=page.question.heading,
        errors=[{"text": mistake.message, "href": f"#{ANSWER}"}] if mistake else [],
        missing="missing" in http.args and mistake is None,
        progress={"at": page.number, "of": page.total} if page.total else None,
        back=back,
    )
