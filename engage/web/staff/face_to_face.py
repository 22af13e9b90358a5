"""A family's survey answered face to face: the whole survey on one page, entered by whoever sits with them and is named."""

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns import answering, gate
from engage.campaigns.answering import Door
from engage.campaigns.calls import call_item
from engage.campaigns.models import Invitation
from engage.cases.intake import take_answers
from engage.core.errors import Conflict, NotFound
from engage.surveys.definition import Mode
from engage.web.rendering import day
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW, about_you, blueprint
from engage.web.staff.calls import HAPPENED
from engage.web.survey_pages import PhoneAnswers, phone_errors, phone_fields, read_phone_answers

ADDRESS = f"/families/face-to-face/<{ROW}:invitation_id>"


@blueprint.get(ADDRESS)
@needs(Permission.MAKE_CALLS)
def face_to_face(invitation_id: int) -> ResponseReturnValue:
    """The survey, and what to say first."""
    invitation = _met(invitation_id)
    record_view("face_to_face.opened", "invitation", invitation_id)
    return _page(invitation)


@blueprint.post(ADDRESS)
@needs(Permission.MAKE_CALLS)
def take_face_to_face(invitation_id: int) -> ResponseReturnValue:
    """Take the answers in. What came first by another door stands, and nothing typed is lost."""
    invitation = gate.locked(session(), _met(invitation_id))
    survey = answering.survey_of(invitation, house().catalogue)
    typed = read_phone_answers(survey, http.form.to_dict(flat=False))
    if answering.door(invitation) in (Door.ANSWERED, Door.CLOSED):
        return _page(invitation, typed), 409
    if typed.mistakes:
        return _page(invitation, typed, phone_errors(survey, typed)), 422
    try:
        response = take_answers(
            session(), invitation, house().catalogue, typed.given, mode=Mode.FACE_TO_FACE, by=actor(), now=now()
        )
    except Conflict as conflict:
        return _page(invitation, typed, [{"text": conflict.message}]), 409
    about_you.offer(invitation, response)
    flash(f"The answers of {invitation.person.full_name} are in.", "success")
    child_id = invitation.plan_event.plan.child_id
    return redirect(url_for("staff.family", child_id=child_id, just_met="yes"), 303)


def _met(invitation_id: int) -> Invitation:
    """`NotFound` for a survey that is not answered face to face, as its newest version says."""
    invitation = call_item(session(), invitation_id).invitation
    if Mode.FACE_TO_FACE not in house().catalogue.current(invitation.survey).modes:
        raise NotFound("This survey is not answered face to face.")
    return invitation


def _page(invitation: Invitation, typed: PhoneAnswers | None = None, errors: list[dict[str, str]] | None = None) -> str:
    survey = answering.survey_of(invitation, house().catalogue)
    door = answering.door(invitation)
    event = invitation.plan_event
    verdict = gate.foreseen(session(), invitation, now=now())
    return render_template(
        "staff/families/face_to_face.html",
        person=invitation.person,
        about=f"{event.plan.child.forename}. {HAPPENED[event.kind]} on {day(event.happened_on)}",
        back=url_for("staff.family", child_id=event.plan.child_id),
        survey=survey,
        answered=door is Door.ANSWERED,
        closed=door is Door.CLOSED,
        begun=door is Door.STARTED,
        held=verdict.because if verdict and not verdict.is_over else None,
        fields=phone_fields(survey, typed),
        errors=errors or [],
    )
