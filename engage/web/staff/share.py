"""The Monday share: this week's batch of cases, the earlier ones, and taking a batch over."""

from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.cases import queries
from engage.cases.models import DissatisfactionCase, WeeklyShare
from engage.cases.sharing import accept, monday_of
from engage.core.clock import london_date
from engage.web.rendering import day, london, plural
from engage.web.request import actor, now, session
from engage.web.security import may, needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.actors import namer


@dataclass(frozen=True)
class ShownShare:
    """A weekly share as people read it."""

    id: int
    week: str
    cases: list[DissatisfactionCase]
    how_many: str
    accepted: str | None


@blueprint.get("/share")
@needs(Permission.SEE_CASES)
def share() -> ResponseReturnValue:
    """This week's batch first, when it has been made; then the earlier ones."""
    monday = monday_of(london_date(now()))
    made = queries.shares(session())
    this_week = next((found for found in made if found.week_starting == monday), None)
    return render_template(
        "staff/share/page.html",
        monday=day(monday),
        next_monday=day(monday + timedelta(days=7)),
        waiting=queries.waiting_for_share(session()),
        this_week=_shown(this_week) if this_week else None,
        earlier=[_shown(found) for found in made if found is not this_week],
        may_accept=may(Permission.ACCEPT_SHARE),
    )


@blueprint.post(f"/share/<{ROW}:share_id>/accept")
@needs(Permission.ACCEPT_SHARE)
def accept_share(share_id: int) -> ResponseReturnValue:
    """Take the batch over; pressed twice, the first time stands."""
    accept(session(), queries.share(session(), share_id), by=actor(), now=now())
    flash("You have taken over this week’s cases.", "success")
    return redirect(url_for("staff.share"))


def _shown(found: WeeklyShare) -> ShownShare:
    accepted = None
    if found.accepted_at and found.accepted_by:
        accepted = f"Accepted by {namer(session())(found.accepted_by)}, {london(found.accepted_at)}."
    return ShownShare(
        id=found.id,
        week=day(found.week_starting),
        cases=found.cases,
        how_many=plural(len(found.cases), "case") if found.cases else "no cases",
        accepted=accepted,
    )
