"""Where a link leads first: who asks and why, or what has become of the asking."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from engage.campaigns.answering import Door
from engage.campaigns.models import CloseReason
from engage.surveys.wording import survey_words
from engage.web.respond import blueprint, several
from engage.web.respond.visit import to_beginning, visit
from engage.web.survey_pages import LANGUAGE

ASKED_US_TO_STOP = frozenset({CloseReason.OPTED_OUT})
SAID_NOT_THIS_ONE = frozenset({CloseReason.NOT_FOR_ME, CloseReason.REFUSED_ON_PHONE})


@blueprint.get("", strict_slashes=False)
def landing() -> ResponseReturnValue:
    """The page behind the link. It shows nothing about anybody: a message may have gone astray."""
    here = visit()
    if some := several.waiting(here):
        return several.start_page(here, some)
    if here.door is Door.ANSWERED:
        return render_template("respond/answered.html")
    if here.door is Door.CLOSED:
        return render_template(
            "respond/closed.html",
            stopped=here.invitation.close_reason in ASKED_US_TO_STOP,
            declined=here.invitation.close_reason in SAID_NOT_THIS_ONE,
        )
    return render_template(
        "respond/start.html",
        words=survey_words(here.survey, LANGUAGE),
        minutes=here.survey.minutes,
        begun=here.door is Door.STARTED,
        start=url_for("respond.start"),
    )


@blueprint.post("/start")
def start() -> ResponseReturnValue:
    """Begin, or carry on where they stopped; of several surveys, choose one first."""
    if several.waiting(here := visit()):
        return several.open_chooser(here)
    return several.begin()


@blueprint.get("/start")
@blueprint.get("/begin")
@blueprint.get("/send")
def not_by_looking() -> ResponseReturnValue:
    """An address that only a form leads to, opened by itself, as browsers do when they come back to life."""
    return to_beginning()
