""" "About you", page by page: a few questions about the person themselves, once their answers are safe. Each may be left
out, and so may all.

Two doors have these pages, a family's own link and an open one; each keeps the ticket of the browser that sent the answers in
its own way, and has a page "thank_you" to go back to.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.core.languages import current
from engage.surveys import equality
from engage.surveys.about_you import Ticket, answers_of, keep_answer
from engage.surveys.answers import AnswerMistake
from engage.surveys.equality import EqualityQuestion, EqualityQuestions, Given
from engage.web.equality_pages import field_of, mistake_words
from engage.web.request import house, session

ANSWER = "answer"
YES, ALL = "yes", "all"
KeepTicket = Callable[[Ticket], None]


@dataclass(frozen=True)
class Asked:
    """Whom a browser may speak for, and what is asked."""

    ticket: Ticket
    questions: EqualityQuestions


def asked_of(ticket: Ticket | None) -> Asked | None:
    """What may be asked of the holder of this ticket; None without one, or while nothing is asked."""
    questions = house().catalogue.equality
    return Asked(ticket, questions) if ticket is not None and questions is not None else None


def minutes_for(ticket: Ticket | None) -> int | None:
    """How long the questions take, where this browser may be asked them."""
    asked = asked_of(ticket)
    return asked.questions.minutes if asked else None


def first_page(ticket: Ticket | None) -> ResponseReturnValue:
    """Whether they want to: why it is asked, how long it takes, and that it may be left."""
    asked = asked_of(ticket)
    if asked is None:
        return _done()
    return render_template(
        "respond/about_you.html",
        minutes=asked.questions.minutes,
        held=bool(asked.ticket.held),
        begun=bool(answers_of(session(), asked.ticket)),
        back=url_for(".thank_you"),
    )


def begin(ticket: Ticket | None, keep: KeepTicket) -> ResponseReturnValue:
    """On to the first question, or to what happens next. Whoever wants to be asked everything gets another ticket."""
    asked = asked_of(ticket)
    if asked is None or http.form.get("want") != YES:
        return _done()
    held = asked.ticket
    if http.form.get(ALL):
        held = replace(held, held=())
        keep(held)
    first = equality.asked(asked.questions, answers_of(session(), held), held=held.held)[0]
    return redirect(url_for(".about_you_question", about=first.id), 303)


def question_page(ticket: Ticket | None, about: str) -> ResponseReturnValue:
    """One question about them."""
    asked = asked_of(ticket)
    question = _question(asked, about)
    if asked is None or question is None:
        return _done()
    return _shown(asked, question, answers_of(session(), asked.ticket).get(question.id))


def take_answer(ticket: Ticket | None, about: str) -> ResponseReturnValue:
    """Keep the answer, or none, and go on."""
    asked = asked_of(ticket)
    question = _question(asked, about)
    if asked is None or question is None:
        return _done()
    value = equality.read(question, http.form.getlist(ANSWER))
    if isinstance(value, AnswerMistake):
        given = [code for code in http.form.getlist(ANSWER) if question.option(code)]
        return _shown(asked, question, given if question.several else None, value), 422
    answers = keep_answer(session(), asked.ticket, asked.questions, question, value)
    every = equality.asked(asked.questions, answers, held=asked.ticket.held)
    after = every[every.index(question) + 1 :]
    return redirect(url_for(".about_you_question", about=after[0].id), 303) if after else _done()


def _question(asked: Asked | None, about: str) -> EqualityQuestion | None:
    """The one of this name; None for a question that is not asked of this browser."""
    if asked is None:
        return None
    every = equality.asked(asked.questions, answers_of(session(), asked.ticket), held=asked.ticket.held)
    return next((one for one in every if one.id == about), None)


def _shown(asked: Asked, question: EqualityQuestion, given: Given | None, mistake: AnswerMistake | None = None) -> str:
    every = equality.asked(asked.questions, answers_of(session(), asked.ticket), held=asked.ticket.held)
    place = every.index(question)
    before = url_for(".about_you_question", about=every[place - 1].id) if place else url_for(".about_you")
    field = field_of(question, name=ANSWER, language=current(), given=given, mistake=mistake)
    return render_template(
        "respond/about_you_question.html",
        field=field,
        errors=[{"text": mistake_words(question), "href": f"#{ANSWER}"}] if mistake else [],
        back=before,
    )


def _done() -> ResponseReturnValue:
    return redirect(url_for(".thank_you"), 303)
