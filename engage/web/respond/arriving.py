"""Where a link leads first: who asks and why, or what has become of the asking."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from engage.campaigns.answering import Door
from engage.campaigns.beginnings import is_empty
from engage.campaigns.models import CloseReason
from engage.core.languages import current
from engage.surveys.wording import survey_words
from engage.web.formats import easy_words
from engage.web.respond import blueprint, resuming, several
from engage.web.respond.visit import to_beginning, visit
from engage.web.videos import video_links

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
    if here.belongs_to_a_visitor:
        return resuming.page(here)
    easy = easy_words(here.survey)
    return render_template(
        "respond/easy/start.html" if easy else "respond/start.html",
        words=survey_words(here.survey, current(), easy),
        videos=video_links(here.survey.code),
        minutes=here.survey.minutes,
        begun=here.mine is not None and not is_empty(here.mine),
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
