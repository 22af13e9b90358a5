""" "About you" for somebody who answered by an open link and says that it is about their own family.

The browser that sent the answers holds the ticket in a cookie of its own, for the pages of this one answer and for as long as
a visit lasts; nothing joins what is said here to the answers.
"""

from datetime import datetime, timedelta

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from engage.surveys.about_you import Ticket, speaks_of_own_family, ticket_for
from engage.surveys.definition import Survey
from engage.surveys.models import Response as Answers
from engage.web import about_you_pages
from engage.web.open import visits
from engage.web.request import house, now
from engage.web.respond.passes import cookie_name

SALT = "open.about_you"


@visits.get("/about-you")
def about_you() -> ResponseReturnValue:
    """Whether they want to."""
    return about_you_pages.first_page(ticket_shown())


@visits.post("/about-you")
def want_to() -> ResponseReturnValue:
    """On to the first question, or to what happens next."""
    return about_you_pages.begin(ticket_shown(), _keep)


@visits.get("/about-you/<about>")
def about_you_question(about: str) -> ResponseReturnValue:
    """One question about them."""
    return about_you_pages.question_page(ticket_shown(), about)


@visits.post("/about-you/<about>")
def say_about_me(about: str) -> ResponseReturnValue:
    """Keep the answer, or none, and go on."""
    return about_you_pages.take_answer(ticket_shown(), about)


def offer(survey: Survey, answers: Answers) -> None:
    """Let the browser that has just sent these answers say something about the person too, where a family answered."""
    if house().catalogue.equality is not None and speaks_of_own_family(survey, answers.answers):
        _keep(ticket_for(answers))


def ticket_shown() -> Ticket | None:
    """The ticket that came with this request, if it is ours, of this very answer, and still good."""
    try:
        data, seconds = _serializer().loads(request.cookies.get(cookie_name(house().settings), ""))
        at = datetime.fromtimestamp(seconds, now().tzinfo)
    except (BadData, ValueError, TypeError, OverflowError):
        return None
    is_good = timedelta() <= now() - at <= timedelta(minutes=house().settings.visit_minutes)
    return Ticket.of(data) if is_good else None


def _keep(ticket: Ticket) -> None:
    g.new_ticket = ticket


@visits.after_request
def _give(response: Response) -> Response:
    ticket: Ticket | None = g.get("new_ticket")
    if ticket is None:
        return response
    settings = house().settings
    response.set_cookie(
        cookie_name(settings),
        str(_serializer().dumps([ticket.as_data(), int(now().timestamp())])),
        max_age=settings.visit_minutes * 60,
        secure=settings.uses_https,
        httponly=True,
        samesite="Lax",
        path=f"/o/{g.token}",
    )
    return response


def _serializer() -> URLSafeSerializer:
    oldest_first = list(reversed(house().settings.secrets))
    return URLSafeSerializer(oldest_first, salt=f"{SALT}:{g.token}")
