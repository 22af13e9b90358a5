"""Slips of paper filled in at an activity, entered one after another: a slip a page, and Continue brings the next."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.activities import queries, services
from engage.activities.activity_models import Activity, ActivityKind
from engage.cases.services import consider
from engage.core.errors import Conflict, Invalid
from engage.surveys.definition import Mode, Survey
from engage.web.rendering import plural
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.activities import found_activity, survey_of
from engage.web.survey_pages import (
    Field,
    PhoneAnswers,
    as_on_paper,
    phone_errors,
    phone_fields,
    read_phone_answers,
)

CAME_TO = {
    ActivityKind.DROP_IN: "drop_in",
    ActivityKind.COFFEE_MORNING: "meeting",
    ActivityKind.CONSORTIUM: "meeting",
    ActivityKind.WORKSHOP: "co_design",
    ActivityKind.COPRODUCTION: "co_design",
}
"""What a slip answers to "What did you come to?" before anybody looks: the kind of the activity."""
MODES = {Mode.PAPER: "From a slip of paper", Mode.FACE_TO_FACE: "The person is with me and tells me"}


@blueprint.get(f"/activities/<{ROW}:activity_id>/slips")
@needs(Permission.RUN_ACTIVITIES)
def slips(activity_id: int) -> ResponseReturnValue:
    """An empty slip, and how many are in."""
    found = found_activity(activity_id)
    survey = house().catalogue.current(survey_of(found))
    chosen = http.args.get("mode", "")
    return _page(found, survey, _empty(found, survey), mode=chosen if chosen in set(MODES) else Mode.PAPER)


@blueprint.post(f"/activities/<{ROW}:activity_id>/slips")
@needs(Permission.RUN_ACTIVITIES)
def keep_slip(activity_id: int) -> ResponseReturnValue:
    """Take one slip in and bring the next. What was left empty on the paper stays empty."""
    found = found_activity(activity_id)
    survey = house().catalogue.current(survey_of(found))
    mode = http.form.get("mode", "")
    mode = Mode(mode) if mode in set(MODES) else Mode.PAPER
    typed = as_on_paper(read_phone_answers(survey, http.form.to_dict(flat=False)))
    if typed.mistakes:
        return _page(found, survey, typed, mode=mode, errors=phone_errors(survey, typed)), 422
    try:
        response = services.keep_slip(session(), found, survey, typed.given, mode=mode, by=actor(), now=now())
    except Invalid as error:
        return _page(found, survey, typed, mode=mode, errors=[{"text": error.message}]), 422
    consider(session(), response, survey, flagged=house().catalogue.flagged_words, now=now())
    flash(f"Kept. {plural(queries.slips_entered(session(), found), 'slip')} in.", "success")
    return redirect(url_for("staff.slips", activity_id=activity_id, mode=None if mode is Mode.PAPER else mode), 303)


@blueprint.post(f"/activities/<{ROW}:activity_id>/slips/undo")
@needs(Permission.RUN_ACTIVITIES)
def undo_slip(activity_id: int) -> ResponseReturnValue:
    """Take back the slip entered last."""
    found = found_activity(activity_id)
    try:
        services.undo_last_slip(session(), found, by=actor(), now=now())
    except Conflict as conflict:
        flash(conflict.message, "error")
    else:
        flash(f"Taken back. {plural(queries.slips_entered(session(), found), 'slip')} in.", "success")
    return redirect(url_for("staff.slips", activity_id=activity_id), 303)


def _empty(found: Activity, survey: Survey) -> PhoneAnswers:
    """An empty slip, with the kind of the activity ticked where the survey asks for it."""
    code = CAME_TO.get(found.kind, "")
    asked = survey.question("came_to")
    ready: Mapping[str, str] = {"came_to": code} if asked and asked.option(code) else {}
    return PhoneAnswers(given={}, mistakes={}, typed={q.id: ready.get(q.id, "") for q in survey.questions})


def _fields(found: Activity, survey: Survey, typed: PhoneAnswers) -> list[Field]:
    """The questions of the slip, without those about another kind of activity, unless one of them is answered."""
    code = CAME_TO.get(found.kind)
    shown = []
    for field in phone_fields(survey, typed):
        asked = field.question.show_if
        elsewhere = code is not None and asked is not None and asked.question == "came_to" and code not in asked.codes
        if not elsewhere or typed.typed[field.question.id]:
            shown.append(field)
    return shown


def _page(
    found: Activity, survey: Survey, typed: PhoneAnswers, *, mode: str, errors: list[dict[str, str]] | None = None
) -> str:
    return render_template(
        "staff/activities/slips.html",
        activity=found,
        survey=survey,
        fields=_fields(found, survey, typed),
        entered=queries.slips_entered(session(), found),
        may_undo=queries.entered_by(session(), found, by=actor()),
        modes=[(value.value, words) for value, words in MODES.items()],
        mode=mode,
        errors=errors or [],
    )
