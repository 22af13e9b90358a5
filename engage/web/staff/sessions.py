"""Sessions with children and young people: planning one, whom to expect, and bringing it to its end."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextInput
from sqlalchemy import select
from wtforms import RadioField, SelectMultipleField, StringField

from engage.accounts.permissions import Permission
from engage.activities import session_queries as queries
from engage.activities import sessions as services
from engage.activities.session_models import AlsoThere, FacilitatedSession, SessionKind, SessionState
from engage.activities.sessions import SessionFacts
from engage.core.errors import Invalid
from engage.people.models import Child
from engage.people.queries import child as one_child
from engage.people.queries import find_children
from engage.surveys.definition import Survey
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import may, needs
from engage.web.staff import CHANCE_ROW, ROW, blueprint
from engage.web.staff.activity_words import ALSO_THERE, SESSION_KINDS, SESSION_STATES
from engage.web.staff.actors import namer
from engage.web.staff.words import HOLDS

SURVEY = "child_plan"
"""What children are asked."""
MOST_FOUND = 20


class SessionForm(Form):
    """What is known before anybody meets."""

    kind = RadioField(
        "Whom do you meet?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, words) for kind, (words, _) in SESSION_KINDS.items()],
    )
    held_on = ThreeBoxDate("When?", description="For example, 6 12 2026")
    place = StringField(
        "Where?", widget=GovTextInput(), filters=[trimmed], description="A school, a home, a centre. No child’s name."
    )
    also_there = SelectMultipleField(
        "Who else will be there? (optional)",
        widget=GovCheckboxesInput(),
        description="Only what they are. A child may speak more freely when fewer people listen.",
        choices=[SelectChoice(role.value, words) for role, words in ALSO_THERE.items()],
    )

    def facts(self) -> SessionFacts:
        """What was entered; `Invalid` names what is missing."""
        wrong = {}
        if self.kind.data not in set(SessionKind):
            wrong["kind"] = "Select whom you meet"
        if self.held_on.data is None:
            wrong["held_on"] = "Enter the day, for example 6 12 2026"
        if wrong:
            raise Invalid("This session cannot be planned yet.", wrong)
        assert self.held_on.data is not None
        return SessionFacts(
            kind=SessionKind(self.kind.data),
            held_on=self.held_on.data,
            place=self.place.data or "",
            also_there=[AlsoThere(role) for role in self.also_there.data or () if role in set(AlsoThere)],
        )


def found_session(session_id: int) -> FacilitatedSession:
    """The session of the address; `NotFound` when there is none."""
    return queries.one_session(session(), session_id, local_authority=house().settings.local_authority)


def survey_of(meeting: FacilitatedSession) -> Survey:
    """The words that this session's children are asked with."""
    return house().catalogue.get(meeting.survey, meeting.version)


@blueprint.get("/sessions")
@needs(Permission.FACILITATE_SESSIONS)
def sessions() -> ResponseReturnValue:
    """What is planned, and what was held."""
    area, name = house().settings.local_authority, namer(session())
    planned = queries.sessions(session(), SessionState.PLANNED, local_authority=area)
    over = queries.sessions(session(), SessionState.FINISHED, SessionState.CANCELLED, local_authority=area)
    return render_template(
        "staff/sessions/list.html",
        planned=[_row(each) | {"by": name(each.facilitator)} for each in reversed(planned)],
        over=[_row(each) | {"by": name(each.facilitator)} for each in over],
    )


@blueprint.get("/sessions/new")
@needs(Permission.FACILITATE_SESSIONS)
def new_session() -> ResponseReturnValue:
    """The form for a session."""
    return render_template("staff/sessions/form.html", form=SessionForm())


@blueprint.post("/sessions/new")
@needs(Permission.FACILITATE_SESSIONS)
def plan_session() -> ResponseReturnValue:
    """Plan it, with whoever is signed in as its facilitator."""
    form = SessionForm()
    try:
        meeting = services.plan(
            session(),
            form.facts(),
            house().catalogue.current(SURVEY),
            local_authority=house().settings.local_authority,
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        form.show(error)
        return render_template("staff/sessions/form.html", form=form), 422
    flash("Planned.", "success")
    return redirect(url_for("staff.session", session_id=meeting.id))


@blueprint.get(f"/sessions/<{CHANCE_ROW}:session_id>", endpoint="session")
@needs(Permission.FACILITATE_SESSIONS)
def one_session(session_id: int) -> ResponseReturnValue:
    """One session: the holds to see first, then the children, and how to end it."""
    meeting = found_session(session_id)
    record_view("session.viewed", "session", session_id)
    return render_template(
        "staff/sessions/session.html",
        meeting=meeting,
        is_group=meeting.kind is SessionKind.GROUP,
        is_open=meeting.state is SessionState.PLANNED,
        kind=SESSION_KINDS[meeting.kind][0],
        state=SESSION_STATES[meeting.state],
        facilitator=namer(session())(meeting.facilitator),
        also_there=[ALSO_THERE[AlsoThere(role)] for role in meeting.also_there if role in set(AlsoThere)],
        holds=_holds(meeting),
        heard=queries.children_heard(meeting),
        group_drawings=[each for each in meeting.drawings if each.voice_id is None],
        nothing_said=not meeting.voices and not meeting.group_size,
    )


@blueprint.get(f"/sessions/<{CHANCE_ROW}:session_id>/expected")
@needs(Permission.FACILITATE_SESSIONS)
def expected(session_id: int) -> ResponseReturnValue:
    """Whom the facilitator expects to meet."""
    return _expected(found_session(session_id))


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/expected")
@needs(Permission.FACILITATE_SESSIONS)
def find_expected(session_id: int) -> ResponseReturnValue:
    """Look a child up. It is a POST, so that no name stands in an address that is logged or kept."""
    meeting = found_session(session_id)
    typed = trimmed(request.form.get("words")) or ""
    if not typed:
        errors = [{"text": "Enter a name or a reference", "href": "#words"}]
        return _expected(meeting, errors=errors), 422
    return _expected(meeting, typed=typed, found=_found(typed[:200]))


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/expected/<{ROW}:child_id>/<any(add,remove):what>")
@needs(Permission.FACILITATE_SESSIONS)
def change_expected(session_id: int, child_id: int, what: str) -> ResponseReturnValue:
    """Put a child on the list of those expected, or take one off."""
    meeting = found_session(session_id)
    if what == "add":
        services.expect(session(), meeting, one_child(session(), child_id), by=actor(), now=now())
    else:
        services.expect_no_longer(session(), meeting, child_id, by=actor(), now=now())
    return redirect(url_for("staff.expected", session_id=session_id), 303)


@blueprint.get(f"/sessions/<{CHANCE_ROW}:session_id>/end/<any(finish,cancel):how>")
@needs(Permission.FACILITATE_SESSIONS)
def ask_to_end(session_id: int, how: str) -> ResponseReturnValue:
    """Say what will happen, and ask once."""
    return render_template("staff/sessions/end.html", meeting=found_session(session_id), how=how)


@blueprint.post(f"/sessions/<{CHANCE_ROW}:session_id>/end/<any(finish,cancel):how>")
@needs(Permission.FACILITATE_SESSIONS)
def end_session(session_id: int, how: str) -> ResponseReturnValue:
    """The session is over, or does not take place."""
    end = services.finish if how == "finish" else services.cancel
    end(session(), found_session(session_id), by=actor(), now=now())
    flash("The session is over. Thank the children from us." if how == "finish" else "Cancelled.", "success")
    return redirect(url_for("staff.session", session_id=session_id), 303)


def _found(typed: str) -> list[Child]:
    """Whom the words describe; who may not see families finds a child only by the case system's whole reference."""
    if may(Permission.SEE_FAMILIES):
        return list(find_children(session(), typed, limit=MOST_FOUND))
    return list(session().scalars(select(Child).where(Child.source_ref == typed).limit(1)))


def _expected(
    meeting: FacilitatedSession,
    *,
    typed: str = "",
    found: list[Child] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> str:
    known = {each.child_id for each in meeting.expected}
    return render_template(
        "staff/sessions/expected.html",
        meeting=meeting,
        holds=_holds(meeting),
        typed=typed,
        found=None if found is None else [each for each in found if each.id not in known],
        by_name=may(Permission.SEE_FAMILIES),
        errors=errors or [],
    )


def _holds(meeting: FacilitatedSession) -> list[tuple[str, str]]:
    """Each child on whom, or on whose family, a hold stands, and why."""
    return [(name, HOLDS[hold.reason]) for name, hold in queries.holds_on_expected(session(), meeting)]


def _row(meeting: FacilitatedSession) -> dict[str, object]:
    return {
        "id": meeting.id,
        "kind": SESSION_KINDS[meeting.kind][0],
        "place": meeting.place,
        "held_on": meeting.held_on,
        "state": SESSION_STATES[meeting.state],
        "heard": queries.children_heard(meeting),
        "did_not_want": meeting.did_not_want,
    }
