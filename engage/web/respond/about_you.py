""" "About you" for a family with its own link, once their answers are safe.

The browser that sent the answers holds the ticket, in the cookie of its visit alone and in no address: no record and no
log joins what is said here to the answers, to the link or to the family.
"""

from flask.typing import ResponseReturnValue

from engage.surveys.about_you import Ticket
from engage.web import about_you_pages
from engage.web.respond import blueprint, passes
from engage.web.respond.visit import Visit, visit

TICKET = "ticket"


@blueprint.get("/about-you")
def about_you() -> ResponseReturnValue:
    """Whether they want to."""
    return about_you_pages.first_page(ticket_shown(visit()))


@blueprint.post("/about-you")
def want_to() -> ResponseReturnValue:
    """On to the first question, or to what happens next."""
    here = visit()

    def keep(ticket: Ticket) -> None:
        passes.give(passes.SENT, here.invitation.id, extra={TICKET: ticket.as_data()})

    return about_you_pages.begin(ticket_shown(here), keep)


@blueprint.get("/about-you/<about>")
def about_you_question(about: str) -> ResponseReturnValue:
    """One question about them."""
    return about_you_pages.question_page(ticket_shown(visit()), about)


@blueprint.post("/about-you/<about>")
def say_about_me(about: str) -> ResponseReturnValue:
    """Keep the answer, or none, and go on."""
    return about_you_pages.take_answer(ticket_shown(visit()), about)


def ticket_shown(here: Visit) -> Ticket | None:
    """The ticket of the browser that has just sent the answers to this invitation."""
    held = passes.shown()
    if held is None or held.kind != passes.SENT or held.about != here.invitation.id:
        return None
    return Ticket.of(held.extra.get(TICKET))


def minutes_for(here: Visit) -> int | None:
    """How long the questions take, where this browser may be asked them."""
    return about_you_pages.minutes_for(ticket_shown(here))
