"""The questions about the person, read out on the phone or face to face once their answers are in: by their leave, and apart from all else."""

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask import session as browser
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns.about_you import held_about
from engage.campaigns.models import Invitation
from engage.surveys import equality
from engage.surveys.about_you import Ticket, keep_answer, speaks_of_own_family, ticket_for
from engage.surveys.answers import AnswerMistake
from engage.surveys.equality import Given
from engage.surveys.models import Response
from engage.web.equality_pages import all_fields, mistake_words
from engage.web.request import house, session
from engage.web.security import needs
from engage.web.staff import blueprint

TICKET = "about_you"
AGREED = "agreed"
JUST_MET = "just_met"
"""In the address of the page of the one family whose answers were taken down a moment ago: no other family's page leads on
from here, and nothing kept says whom the ticket is about."""


def offer(invitation: Invitation | None, response: Response) -> None:
    """Let this browser ask the person whose answers have just been taken down about themselves: nobody else's browser can,
    and nothing of it is written down. Whoever came by an open link has no invitation."""
    held = held_about(invitation) if invitation is not None else ()
    survey = house().catalogue.get(response.survey, response.version)
    if house().catalogue.equality is not None and speaks_of_own_family(survey, response.answers):
        browser[TICKET] = ticket_for(response, held=held).as_data()


def is_offered() -> bool:
    """Whether there is somebody to ask."""
    return Ticket.of(browser.get(TICKET)) is not None


@blueprint.get("/about-you")
@needs(Permission.MAKE_CALLS)
def about_you() -> ResponseReturnValue:
    """What to say, and every question on one page."""
    ticket = Ticket.of(browser.get(TICKET))
    return _to_the_calls() if ticket is None else _page(ticket, {}, {})


@blueprint.post("/about-you")
@needs(Permission.MAKE_CALLS)
def take_about_you() -> ResponseReturnValue:
    """Keep what they said, if they agreed to be asked."""
    ticket, questions = Ticket.of(browser.get(TICKET)), house().catalogue.equality
    if ticket is None or questions is None:
        return _to_the_calls()
    if http.form.get(AGREED) != "yes":
        browser.pop(TICKET)
        flash("Nothing was asked about the person.", "success")
        return _to_the_calls()
    given: dict[str, Given] = {}
    mistakes: dict[str, str] = {}
    for question in questions.questions:
        value = equality.read(question, http.form.getlist(question.id))
        if isinstance(value, AnswerMistake):
            mistakes[question.id] = mistake_words(question)
        elif value is not None:
            given[question.id] = value
    if mistakes:
        return _page(ticket, given, mistakes), 422
    for question in questions.questions:
        if question.id in equality.kept(questions, given):
            keep_answer(session(), ticket, questions, question, given[question.id])
    browser.pop(TICKET)
    flash("What they said about themselves is kept, without their name.", "success")
    return _to_the_calls()


def _page(ticket: Ticket, given: dict[str, Given], mistakes: dict[str, str]) -> str:
    questions = house().catalogue.equality
    fields = all_fields(questions, given=given, mistakes=mistakes, held=ticket.held) if questions else []
    return render_template(
        "staff/calls/about_you.html",
        fields=fields,
        minutes=questions.minutes if questions else 0,
        held=bool(ticket.held),
        errors=[{"text": words, "href": f"#{about}"} for about, words in mistakes.items()],
    )


def _to_the_calls() -> ResponseReturnValue:
    return redirect(url_for("staff.call_list"), 303)
