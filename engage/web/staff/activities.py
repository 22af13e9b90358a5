"""Activities: what was done with families, who came, what they answered; and the moves of one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.activities import queries, services
from engage.activities.activity_models import ACTIVITY_TRANSITIONS, Activity, ActivityKind, ActivityState
from engage.core import periods
from engage.core.clock import london_date
from engage.core.errors import Invalid, NotFound
from engage.core.periods import start_year
from engage.web.rendering import number
from engage.web.request import actor, house, now, session
from engage.web.security import may, needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.activity_words import CAME, KINDS, STATES
from engage.web.survey_pages import as_typed


def found_activity(activity_id: int) -> Activity:
    """The activity of the address; `NotFound` when there is none."""
    return queries.activity(session(), activity_id, local_authority=house().settings.local_authority)


@blueprint.get("/activities")
@needs(Permission.RUN_ACTIVITIES)
def activities() -> ResponseReturnValue:
    """What is planned and was held, and how many of each kind there were this year."""
    chosen = request.args.get("view", "")
    state = ActivityState(chosen) if chosen in set(ActivityState) else ActivityState.PLANNED
    area = house().settings.local_authority
    rows = queries.activities(session(), state, local_authority=area)
    answers = queries.answer_counts(session(), rows)
    today = london_date(now())
    year = periods.year(start_year(today))
    held = queries.held_between(session(), year.first, min(year.last, today), local_authority=area)
    return render_template(
        "staff/activities/list.html",
        state=state,
        states=STATES,
        coming=[_row(each, answers) for each in reversed(rows) if each.held_on >= today],
        past=[_row(each, answers) for each in rows if each.held_on < today],
        year=year.name,
        held=[(KINDS[kind], n) for kind, n in held.items() if n],
        coproduced=held[ActivityKind.COPRODUCTION],
        aim=queries.COPRODUCTION_A_YEAR,
    )


@blueprint.get(f"/activities/<{ROW}:activity_id>")
@needs(Permission.RUN_ACTIVITIES)
def activity(activity_id: int) -> ResponseReturnValue:
    """One activity: what it was, who came, how they can answer, and what may be done with it."""
    found = found_activity(activity_id)
    catalogue = house().catalogue
    asked = catalogue.current(found.survey) if found.survey in catalogue.surveys else None
    return render_template(
        "staff/activities/activity.html",
        activity=found,
        kind=KINDS[found.kind],
        facts=_facts(found),
        came=[(CAME[group], int(n)) for group in CAME if (n := found.came.get(group)) is not None],
        notes=as_typed(found.notes) if found.notes else "",
        asked=asked,
        answers=queries.answers_of(session(), found),
        slips=queries.slips_entered(session(), found),
        address=f"{house().settings.base_url}/s/{found.open_link.slug}" if found.open_link else "",
        may_print=may(Permission.RUN_CAMPAIGNS),
        moves=[to for to in ActivityState if ACTIVITY_TRANSITIONS.allows(found.state, to)],
    )


@blueprint.get(f"/activities/<{ROW}:activity_id>/move/<any({','.join(ActivityState)}):to>")
@needs(Permission.RUN_ACTIVITIES)
def ask_to_move_activity(activity_id: int, to: str) -> ResponseReturnValue:
    """Say what will happen, and ask once."""
    found = found_activity(activity_id)
    ACTIVITY_TRANSITIONS.check(found.state, ActivityState(to))
    return render_template("staff/activities/move.html", activity=found, to=to)


@blueprint.post(f"/activities/<{ROW}:activity_id>/move/<any({','.join(ActivityState)}):to>")
@needs(Permission.RUN_ACTIVITIES)
def move_activity(activity_id: int, to: str) -> ResponseReturnValue:
    """Cancel it, put it away, or take it out again."""
    services.move(session(), found_activity(activity_id), ActivityState(to), by=actor(), now=now())
    said = {"cancelled": "Cancelled.", "archived": "Put away. It still counts.", "planned": "Taken out again."}
    flash(said[to], "success")
    return redirect(url_for("staff.activity", activity_id=activity_id))


@blueprint.post(f"/activities/<{ROW}:activity_id>/link")
@needs(Permission.RUN_ACTIVITIES)
def make_activity_link(activity_id: int) -> ResponseReturnValue:
    """One press: a public address for the poster."""
    found = found_activity(activity_id)
    survey_of(found)
    try:
        services.make_link(session(), found, house().catalogue, by=actor(), now=now())
    except Invalid as error:
        flash(error.message, "error")
    else:
        flash("People can answer by the link now.", "success")
    return redirect(url_for("staff.activity", activity_id=activity_id), 303)


def survey_of(found: Activity) -> str:
    """The survey that those who come are asked; `NotFound` when they are asked none."""
    if not found.survey:
        raise NotFound("People are asked no survey at this activity. Choose one first.")
    return found.survey


def _row(each: Activity, answers: dict[int, int]) -> dict[str, object]:
    came = sum(each.came.values()) if each.came else None
    return {
        "id": each.id,
        "name": each.name,
        "kind": KINDS[each.kind],
        "held_on": each.held_on,
        "came": number(came) if came is not None else "Not counted",
        "answers": number(answers.get(each.id, 0)),
    }


def _facts(found: Activity) -> list[tuple[str, object]]:
    return [
        (word, what)
        for word, what in (
            ("Time", found.time_of_day),
            ("Place", found.place),
            ("Run by", found.run_by),
        )
        if what
    ]
