"""Joining: how many families are on the register, and how many members the forum has. Counts only, no names."""

from flask import render_template
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.core.clock import london_date
from engage.forum.queries import counts as forum_counts
from engage.register import queries
from engage.web.request import now, session
from engage.web.security import needs
from engage.web.staff import blueprint


@blueprint.get("/joining")
@needs(Permission.SEE_JOINING)
def joining() -> ResponseReturnValue:
    """The two counts, side by side and never mixed."""
    return render_template(
        "staff/joining/page.html",
        register=queries.counts(session(), today=london_date(now())),
        forum=forum_counts(session()),
        by_month=[(f"{month:%B %Y}", number) for month, number in queries.confirmed_by_month(session())],
    )
