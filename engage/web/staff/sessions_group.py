"""A group that answers together: how many chose each face, what was said, and how many did not want to."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.activities import sessions as services
from engage.activities.session_models import FacilitatedSession, SessionState
from engage.activities.sessions import GroupSaid
from engage.cases.services import consider
from engage.core.errors import Conflict, Invalid
from engage.surveys.answers import clean_text
from engage.surveys.definition import Survey
from engage.surveys.services import texts_of
from engage.surveys.wording import SOURCE_LANGUAGE, question_words
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import CHANCE_ROW, blueprint
from engage.web.staff.sessions import found_session, survey_of
from engage.web.survey_pages import showable

NUMBER = re.compile("[0-9]{1,3}")


@blueprint.get(f"/sessions/<{CHANCE_ROW}:session_id>/group")
@needs(Permission.FACILITATE_SESSIONS)
def group(session_id: int) -> ResponseReturnValue:
    """What the group said together."""
    meeting = found_session(session_id)
    texts = texts_of(meeting.group_response) if meeting.group_response else {}
    written = {f"said-{name}": text for name, text in texts.items()}
    written |= {
        f"count-{question}-{code}": str(n)
        for question, codes in meeting.group_counts.items()
        for code, n in codes.items()
    }
    return _page(meeting, written | {"size": str(meeting.group_size or ""), "observed": meeting.group_observed})


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/group")
@needs(Permission.FACILITATE_SESSIONS)
def save_group(session_id: int) -> ResponseReturnValue:
    """Keep it, in place of what was kept of the group before."""
    meeting = found_session(session_id)
    survey = survey_of(meeting)
    typed = {name: clean_text(value) for name, value in request.form.items() if name != "csrf_token"}
    try:
        response = services.keep_group(session(), meeting, survey, _said(survey, typed), by=actor(), now=now())
        if said_no := _number(typed, "did_not_want"):
            services.said_no(session(), meeting, by=actor(), now=now(), how_many=said_no)
    except Invalid as error:
        return _page(meeting, typed, [{"text": text, "href": f"#{name}"} for name, text in error.fields.items()]), 422
    urgent = False
    if response is not None:
        case = consider(session(), response, survey, flagged=house().catalogue.flagged_words, now=now())
        urgent = case is not None and case.urgent
    if urgent:
        flash("Some of these words may mean that somebody is not safe. Read the page below now.", "error")
        return redirect(url_for("staff.worry", session_id=session_id), 303)
    flash("Kept.", "success")
    return redirect(url_for("staff.session", session_id=session_id), 303)


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/group/changed-mind")
@needs(Permission.FACILITATE_SESSIONS)
def group_changed_mind(session_id: int) -> ResponseReturnValue:
    """The group does not want it after all."""
    services.forget_group(session(), found_session(session_id), by=actor(), now=now())
    flash("Deleted. Nothing of what the group said or drew is left.", "success")
    return redirect(url_for("staff.session", session_id=session_id), 303)


def _said(survey: Survey, typed: dict[str, str]) -> GroupSaid:
    coded = [question for question in survey.questions if question.is_coded]
    return GroupSaid(
        size=_number(typed, "size"),
        counts={
            question.id: {
                option.code: _number(typed, f"count-{question.id}-{option.code}", about=f"count-{question.id}")
                for option in question.options
            }
            for question in coded
        },
        words={
            question.id: typed.get(f"said-{question.id}", "") for question in survey.questions if not question.is_coded
        },
        observed=typed.get("observed", ""),
    )


def _number(typed: dict[str, str], name: str, *, about: str = "") -> int:
    """A number that was typed, or 0 when none was; `Invalid` for anything else."""
    text = typed.get(name, "").strip()
    if text and not NUMBER.fullmatch(text):
        wrong = "Enter a number, like 3"
        raise Invalid(f"{wrong}.", {about or name: wrong})
    return int(text or 0)


def _page(meeting: FacilitatedSession, typed: dict[str, str], errors: list[dict[str, str]] | None = None) -> str:
    if meeting.state is not SessionState.PLANNED:
        raise Conflict("This session is over.")
    survey = survey_of(meeting)
    return render_template(
        "staff/sessions/group.html",
        meeting=meeting,
        coded=[
            (question, question_words(question, SOURCE_LANGUAGE)) for question in survey.questions if question.is_coded
        ],
        in_words=[
            (question, question_words(question, SOURCE_LANGUAGE))
            for question in survey.questions
            if not question.is_coded
        ],
        typed={name: showable(value) for name, value in typed.items()},
        wrong={each["href"].removeprefix("#"): each["text"] for each in errors or []},
        errors=errors or [],
    )
