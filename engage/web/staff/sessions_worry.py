"""Something worrying was said: the number to ring now, and one press that brings it to somebody today."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engage.accounts.permissions import Permission
from engage.activities import session_queries as queries
from engage.activities import sessions as services
from engage.activities.session_models import ChildVoice, FacilitatedSession
from engage.cases import services as cases
from engage.cases.models import DissatisfactionCase
from engage.core.errors import NotFound
from engage.surveys.answers import clean_text
from engage.web.rendering import day
from engage.web.request import actor, now, session
from engage.web.security import needs
from engage.web.staff import CHANCE_ROW, blueprint
from engage.web.staff.sessions import found_session, survey_of
from engage.web.survey_pages import showable

LONGEST = 4_000


@blueprint.get(f"/sessions/<{CHANCE_ROW}:session_id>/worry")
@needs(Permission.FACILITATE_SESSIONS)
def worry(session_id: int) -> ResponseReturnValue:
    """What to do now, and the button."""
    meeting = found_session(session_id)
    return _page(meeting, _whose(meeting, request.args.get("child", "")))


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/worry")
@needs(Permission.FACILITATE_SESSIONS)
def open_worry(session_id: int) -> ResponseReturnValue:
    """Open an urgent case with what worries the facilitator; where one stands already, it is written into that."""
    meeting = found_session(session_id)
    voice = _whose(meeting, request.form.get("child", ""))
    text = showable(clean_text(request.form.get("worry", ""))).strip()
    if not text or len(text) > LONGEST:
        wrong = f"Shorten this to {LONGEST:,} letters" if text else "Enter in a few words what worries you"
        return _page(meeting, voice, typed=text, errors=[{"text": wrong, "href": "#worry"}]), 422
    about = f"Child {voice.number}" if voice else "Somebody"
    reason = f"{about} at a session at {meeting.place} on {day(meeting.held_on)} needs somebody today: {text}"
    response = services.response_for_worry(session(), meeting, voice, survey_of(meeting), by=actor(), now=now())
    standing = session().scalar(select(DissatisfactionCase).where(DissatisfactionCase.response_id == response.id))
    if standing is None:
        case = cases.open_case(
            session(),
            response=response,
            invitation=None,
            reasons=[reason],
            rules=["facilitator"],
            urgent=True,
            opened_at=now(),
            by=actor(),
        )
    else:
        case = standing
        case.urgent = True
        cases.note(session(), case, reason, by=actor(), now=now())
    flash(f"Urgent case {case.reference} is open. SEND QA sees it now. Have you rung?", "success")
    return redirect(url_for("staff.session", session_id=session_id), 303)


def _whose(meeting: FacilitatedSession, number: str) -> ChildVoice | None:
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        return None
    try:
        return queries.voice(meeting, int(number))
    except NotFound:
        return None


def _page(
    meeting: FacilitatedSession,
    voice: ChildVoice | None,
    *,
    typed: str = "",
    errors: list[dict[str, str]] | None = None,
) -> str:
    return render_template("staff/sessions/worry.html", meeting=meeting, voice=voice, typed=typed, errors=errors or [])
