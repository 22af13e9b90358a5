"""Whoever followed a link: what it leads to, and how each kind of "no" is said kindly."""

from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from engage.campaigns import answering, gate, links
from engage.campaigns.answering import Door
from engage.campaigns.models import Invitation, SurveyLink
from engage.core.errors import NotFound
from engage.surveys.definition import Question, Survey
from engage.surveys.models import Response
from engage.surveys.services import texts_of
from engage.web.request import house, session
from engage.web.respond import blueprint
from engage.web.survey_pages import as_typed, resume_at


@dataclass(frozen=True)
class Visit:
    """One request by one link."""

    link: SurveyLink
    invitation: Invitation
    survey: Survey
    door: Door

    @property
    def response(self) -> Response:
        """What they have begun; only where the door says so."""
        assert self.invitation.response is not None
        return self.invitation.response


def visit() -> Visit:
    """Open the link; a form also takes its turn at the invitation, so that two tabs never write over one another.

    `NotFound` for a link that is not known.
    """
    link = links.open_link(session(), g.token)
    invitation = gate.locked(session(), link.invitation) if http.method == "POST" else link.invitation
    survey = answering.survey_of(invitation, house().catalogue)
    return Visit(link, invitation, survey, answering.door(invitation))


@blueprint.errorhandler(NotFound)
def unknown(_error: NotFound) -> ResponseReturnValue:
    """A link that leads nowhere, or one whose holder told us that it was not theirs. Neither says whose it was."""
    if links.is_given_back(session(), g.token):
        return render_template("respond/given_back.html"), 410
    return render_template("respond/unknown.html"), 404


@blueprint.errorhandler(413)
def too_long(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """More words than any form of ours holds."""
    return render_template("respond/too_long.html"), 413


def to_beginning() -> ResponseReturnValue:
    """Back to the page that knows what this link is good for now."""
    return redirect(url_for("respond.landing"), 303)


def to_first_unanswered(here: Visit) -> ResponseReturnValue:
    """On to where they stopped, or to the check when all is answered."""
    question = resume_at(here.survey, here.response.answers, texts_of(here.response))
    return redirect(question_url(question) if question else url_for("respond.check"), 303)


def question_url(question: Question, *, back: str | None = None, missing: str | None = None) -> str:
    """The address of a question's page; `back` names the page that Continue returns to, `missing` says it is needed."""
    return url_for("respond.question", question_id=question.id, back=back, missing=missing)


def too_late(here: Visit, typed: str) -> ResponseReturnValue:
    """They typed something after the end: say that it was not added, and give it back for them to keep."""
    return render_template(
        "respond/too_late.html", answered=here.door is Door.ANSWERED, typed=as_typed(typed) if typed.strip() else None
    ), 409
