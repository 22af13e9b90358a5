"""The demonstration's clock: what time it is, and letting time pass."""

from datetime import datetime, timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.accounts.services import keep_signed_in
from engage.core import audit
from engage.core.demonstration_clock import move_forward
from engage.core.errors import Invalid
from engage.core.working_days import ContactHours
from engage.web.rendering import london
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import blueprint

STEPS = {
    "day": (timedelta(days=1), "1 day"),
    "week": (timedelta(weeks=1), "1 week"),
    "three_weeks": (timedelta(weeks=3), "3 weeks"),
}
HOURS = "hours"


@blueprint.get("/clock")
@needs(Permission.MOVE_CLOCK)
def clock() -> ResponseReturnValue:
    """What time it is in the demonstration."""
    _only_in_a_demonstration()
    return render_template(
        "staff/clock.html",
        at=now(),
        opens_at=next_opening(now()),
        hours=HOURS,
        steps=[(name, label) for name, (_, label) in STEPS.items()],
    )


@blueprint.post("/clock")
@needs(Permission.MOVE_CLOCK)
def move_clock() -> ResponseReturnValue:
    """Let time pass; everybody who is signed in stays so."""
    _only_in_a_demonstration()
    chosen = http.form.get("by", "")
    if chosen == HOURS:
        passes = next_opening(now()) - now() + timedelta(seconds=1)
    elif chosen in STEPS:
        passes = STEPS[chosen][0]
    else:
        raise Invalid("Select how much time should pass.")
    move_forward(session(), passes, now=now())
    keep_signed_in(session(), passes, now=now())
    audit.record(session(), "clock.moved", "clock", 1, by=actor(), now=now(), seconds=int(passes.total_seconds()))
    flash(f"It is now {london(now() + passes)}. What fell due is being done, in a moment or two.", "success")
    return redirect(url_for("staff.clock"))


def next_opening(at: datetime) -> datetime:
    """When contact hours begin next, always later than now."""
    hours = ContactHours()
    while hours.allows(at):
        at += timedelta(hours=1)
    return hours.next_moment(at)


def _only_in_a_demonstration() -> None:
    if not house().settings.demonstration:
        abort(404)
