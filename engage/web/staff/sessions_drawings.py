"""Drawings: a photograph or scan of what a child drew or made, shown to nobody but those who meet children."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.activities import drawings as services
from engage.activities.pictures import MOST_BYTES, SAVED_AS
from engage.activities.session_models import ChildVoice, FacilitatedSession, SessionState
from engage.core.errors import Conflict, Invalid
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import needs
from engage.web.staff import CHANCE_ROW, blueprint
from engage.web.staff.sessions import found_session
from engage.web.staff.sessions_child import CHILD, found_part

ACCEPTS = ".jpg,.jpeg,.png,.webp,image/jpeg,image/png,image/webp"


@blueprint.get(f"{CHILD}/drawings")
@needs(Permission.FACILITATE_SESSIONS)
def child_drawings(session_id: int, number: int) -> ResponseReturnValue:
    """What this child drew, and a way to add one."""
    part = found_part(session_id, number)
    return _page(part.meeting, part.voice)


@blueprint.post(f"{CHILD}/drawings")
@needs(Permission.FACILITATE_SESSIONS)
def keep_child_drawing(session_id: int, number: int) -> ResponseReturnValue:
    """Add one to what this child drew."""
    part = found_part(session_id, number)
    return _keep(part.meeting, part.voice)


@blueprint.get(f"/sessions/<{CHANCE_ROW}:session_id>/drawings")
@needs(Permission.FACILITATE_SESSIONS)
def group_drawings(session_id: int) -> ResponseReturnValue:
    """What a group drew together, and a way to add one."""
    return _page(found_session(session_id), None)


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/drawings")
@needs(Permission.FACILITATE_SESSIONS)
def keep_group_drawing(session_id: int) -> ResponseReturnValue:
    """Add one to what the group drew together."""
    return _keep(found_session(session_id), None)


@blueprint.get("/sessions/drawings/<drawing>.jpg")
@needs(Permission.FACILITATE_SESSIONS)
def drawing(drawing: str) -> ResponseReturnValue:
    """The picture itself. Looking at it is recorded; no cache keeps it, and no browser takes it for anything else."""
    found = services.drawing(session(), drawing, local_authority=house().settings.local_authority)
    record_view("drawing.viewed", "session", found.session_id)
    return Response(
        found.content,
        content_type=SAVED_AS,
        headers={
            "Content-Disposition": 'inline; filename="drawing.jpg"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@blueprint.post("/sessions/drawings/<drawing>/delete")
@needs(Permission.FACILITATE_SESSIONS)
def delete_drawing(drawing: str) -> ResponseReturnValue:
    """Take it away for good."""
    found = services.drawing(session(), drawing, local_authority=house().settings.local_authority)
    meeting = found_session(found.session_id)
    voice = next((each for each in meeting.voices if each.id == found.voice_id), None)
    services.delete_drawing(session(), found, by=actor(), now=now())
    flash("Deleted.", "success")
    if meeting.state is not SessionState.PLANNED or (voice and voice.finished_at is not None):
        return redirect(url_for("staff.session", session_id=meeting.id), 303)
    return redirect(_address(meeting, voice), 303)


def _address(meeting: FacilitatedSession, voice: ChildVoice | None) -> str:
    if voice is None:
        return url_for("staff.group_drawings", session_id=meeting.id)
    return url_for("staff.child_drawings", session_id=meeting.id, number=voice.number)


def _keep(meeting: FacilitatedSession, voice: ChildVoice | None) -> ResponseReturnValue:
    file = request.files.get("file")
    content = file.stream.read(MOST_BYTES + 1) if file else b""  # one more than is taken is enough to refuse it
    try:
        services.keep_drawing(
            session(),
            meeting,
            voice,
            content,
            file_name=(file.filename or "") if file else "",
            media_type=file.mimetype if file else "",
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        return _page(meeting, voice, [{"text": error.fields.get("file", error.message), "href": "#file"}]), 422
    flash("Kept.", "success")
    return redirect(_address(meeting, voice), 303)


def _page(meeting: FacilitatedSession, voice: ChildVoice | None, errors: list[dict[str, str]] | None = None) -> str:
    if meeting.state is not SessionState.PLANNED:
        raise Conflict("This session is over.")
    theirs = voice.id if voice else None
    return render_template(
        "staff/sessions/drawings.html",
        meeting=meeting,
        voice=voice,
        drawings=[each for each in meeting.drawings if each.voice_id == theirs],
        accepts=ACCEPTS,
        megabytes=MOST_BYTES // 1_000_000,
        errors=errors or [],
    )
