"""One question a page: shown with what was answered before, and kept as soon as it is sent."""

from flask import g, redirect, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.campaigns.answering import Door
from engage.core.errors import NotFound
from engage.core.languages import current
from engage.surveys import routing
from engage.surveys.answers import AnswerMistake, read_answer
from engage.surveys.services import save_answer, texts_of
from engage.web.language import switching, switching_with_mistakes
from engage.web.request import now
from engage.web.respond import blueprint, passes
from engage.web.respond.colleagues import case_words
from engage.web.respond.question_page import ANSWER, QuestionPage, is_change, is_missing
from engage.web.respond.several import before_the_questions
from engage.web.respond.visit import (
    Visit,
    claim,
    not_added,
    question_url,
    to_beginning,
    to_carry_on,
    to_first_unanswered,
    too_late,
    visit,
)
from engage.web.videos import video_links


@blueprint.get("/question/<question_id>")
def question(question_id: str) -> ResponseReturnValue:
    """The page of one question; one that does not apply leads to one that does."""
    here = visit()
    if here.door is not Door.STARTED:
        return to_beginning()
    if not here.is_mine:
        return to_carry_on()
    if passes.is_twice():
        return redirect(passes.without(), 303)
    page = _page(here, question_id)
    if page is None:
        return to_first_unanswered(here)
    if switching():
        return _as_typed(here, page, http.form.getlist(ANSWER))
    known = here.response.answers.get(question_id) or texts_of(here.response).get(question_id, "")
    return _shown(here, page, known)


def _as_typed(here: Visit, page: routing.Page, typed: list[str]) -> str:
    """The page in another language, with what was typed, and with what is wrong where the page had said so."""
    value = read_answer(page.question, typed) if switching_with_mistakes() else None
    return _shown(here, page, "".join(typed), value if isinstance(value, AnswerMistake) else None)


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
    if not here.is_mine:
        return _kept_unseen(here, question_id, typed)
    page = _page(here, question_id)
    if page is None:
        return to_first_unanswered(here)
    value = read_answer(page.question, typed)
    if isinstance(value, AnswerMistake):
        return _shown(here, page, "".join(typed), value), 422
    here.response.language = current()
    save_answer(here.response, page.question, value, now=now())
    here.response.format = g.format
    claim(here)
    following = routing.next_page(here.survey, here.response.answers, question_id)
    if is_change() or following is None:
        return redirect(url_for("respond.check"), 303)
    return redirect(question_url(following.question), 303)


def _kept_unseen(here: Visit, question_id: str, typed: list[str]) -> ResponseReturnValue:
    """They rested too long, or another began here: what they have just sent is added, and nothing of the rest is shown.
    What cannot be added is given back."""
    asked = here.survey.question(question_id)
    value = read_answer(asked, typed) if asked else None
    words = "" if asked is None or asked.is_coded else "".join(typed)
    if here.begun is None or here.begun.link_id is None or asked is None or isinstance(value, AnswerMistake):
        return to_carry_on() if not words.strip() else not_added(words)
    save_answer(here.begun.response, asked, value, now=now())
    return to_carry_on(kept=True)


def _page(here: Visit, question_id: str) -> routing.Page | None:
    try:
        return routing.page(here.survey, here.response.answers, question_id)
    except NotFound:
        return None


def _shown(here: Visit, page: routing.Page, value: str, mistake: AnswerMistake | None = None) -> str:
    place = routing.place(here.survey, here.response.answers, page.question.id)
    assert place is not None
    shown = QuestionPage(
        here.survey,
        place,
        is_change=is_change(),
        is_missing=is_missing(),
        videos=tuple(video_links(here.survey.code, page.question.id)),
    )
    start = None if place.before else before_the_questions(here)
    return shown.draw(value, mistake, start=start, case=case_words(here.invitation))
