"""Whoever followed a link: what it leads to, and how each kind of "no" is said kindly."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from engage.campaigns import answering, beginnings, gate, links
from engage.campaigns.answering import Door
from engage.campaigns.models import Beginning, Invitation, SurveyLink
from engage.campaigns.professionals import is_by_mailbox
from engage.core.errors import NotFound
from engage.surveys.definition import Question, Survey
from engage.surveys.models import Response
from engage.surveys.services import texts_of
from engage.web import formats
from engage.web.language import settle, stay_english
from engage.web.request import house, session
from engage.web.respond import blueprint, passes
from engage.web.survey_pages import as_typed, resume_at


@dataclass(frozen=True)
class Visit:
    """One request by one link."""

    link: SurveyLink
    invitation: Invitation
    survey: Survey
    door: Door
    begun: Beginning | None = None
    """What was begun last, by whomever; only where the door says so."""
    mine: Beginning | None = None
    """What this very browser began, or was let in to see: nothing else is ever shown on a page."""

    @property
    def response(self) -> Response:
        """What this browser has begun; only where `is_mine`."""
        assert self.mine is not None
        return self.mine.response

    @property
    def is_mine(self) -> bool:
        """Whether the pages may show what was answered so far, and be answered."""
        return self.door is Door.STARTED and self.mine is not None

    @property
    def belongs_to_a_visitor(self) -> bool:
        """Whether something was begun that this browser may not see."""
        return self.door is Door.STARTED and self.mine is None


def visit() -> Visit:
    """Open the link; a form also takes its turn at the invitation, so that two tabs never write over one another.

    `NotFound` for a link that is not known.
    """
    link = links.open_link(session(), g.token)
    invitation = gate.locked(session(), link.invitation) if http.method == "POST" else link.invitation
    if is_by_mailbox(invitation.campaign):
        stay_english()
    else:
        settle(invitation.person.written_language)
    survey = answering.survey_of(invitation, house().catalogue)
    formats.offer(survey)
    door = answering.door(invitation)
    if door is not Door.STARTED:
        return Visit(link, invitation, survey, door)
    every = beginnings.beginnings_of(session(), invitation)
    begun = beginnings.current(every, invitation)
    mine = _mine(every, begun)
    if mine is not None:
        formats.settle(mine.response.format)
    return Visit(link, invitation, survey, door, begun, mine)


def _mine(every: Sequence[Beginning], begun: Beginning | None) -> Beginning | None:
    """The beginning for which this browser has a pass. One in which nothing was answered yet is anybody's who holds the
    link, for there is nothing in it to keep from them."""
    held = passes.shown()
    if held is not None and held.kind == passes.BEGUN:
        for one in every:
            if one.id == held.about and one.visitor in (None, held.visitor):
                return _go_on(one, held.visitor)
    if begun is not None and begun.link_id is not None and beginnings.is_empty(begun):
        return _go_on(begun, secrets.token_hex(16))
    return None


def _go_on(beginning: Beginning, visitor: str) -> Beginning:
    held = passes.shown()
    if http.method == "POST" or held is None or held.about != beginning.id:
        passes.give(passes.BEGUN, beginning.id, visitor)
    passes.carry_in_addresses()
    return beginning


def let_in(beginning: Beginning) -> None:
    """Give this browser the pass to what was begun: it began it, or showed by a code that it may see it."""
    passes.give(passes.BEGUN, beginning.id, beginning.visitor or secrets.token_hex(16))
    passes.carry_in_addresses()


def claim(here: Visit) -> None:
    """The first answer was given: from now on only this browser sees what was begun."""
    held = passes.shown()
    if here.mine is not None and here.mine.visitor is None and held is not None:
        here.mine.visitor = held.visitor


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


def to_carry_on(*, kept: bool = False) -> ResponseReturnValue:
    """To the page that asks whether it is still the same person, before it shows what was answered."""
    return redirect(url_for("respond.carry_on", kept="yes" if kept else None), 303)


def to_first_unanswered(here: Visit) -> ResponseReturnValue:
    """On to where they stopped, or to the check when all is answered."""
    question = resume_at(here.survey, here.response.answers, texts_of(here.response))
    return redirect(question_url(question) if question else url_for("respond.check"), 303)


def question_url(question: Question, *, back: str | None = None, missing: str | None = None) -> str:
    """The address of a question's page; `back` names the page that Continue returns to, `missing` says it is needed."""
    return url_for("respond.question", question_id=question.id, back=back, missing=missing)


def too_late(here: Visit, typed: str) -> ResponseReturnValue:
    """They typed something after the end: say that it was not added, and give back all they wrote, for them to keep."""
    words = [typed] if typed.strip() else []
    words += [written for written in left_over(here) if written != typed]
    answered = here.door is Door.ANSWERED
    return render_template("respond/too_late.html", answered=answered, words=[as_typed(each) for each in words]), 409


def not_added(typed: str) -> ResponseReturnValue:
    """They typed something that cannot be added to what was begun: give it back for them to keep."""
    return render_template("respond/not_added.html", typed=as_typed(typed)), 409


def left_over(here: Visit) -> list[str]:
    """What this very browser wrote in a beginning that was not the one that was sent."""
    held = passes.shown()
    if here.door is Door.STARTED or held is None or held.kind != passes.BEGUN:
        return []
    for one in beginnings.beginnings_of(session(), here.invitation):
        if one.id == held.about and one.visitor == held.visitor and one.response.submitted_at is None:
            return list(texts_of(one.response).values())
    return []
