"""The steering group's first page: what was published, and how many members the forum has."""

from flask import render_template
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.forum.queries import counts
from engage.web.entries import by_year
from engage.web.forum import blueprint
from engage.web.request import house, session
from engage.web.security import needs
from engage.you_said_we_did.queries import published


@blueprint.get("")
@needs(Permission.SEE_FORUM_VIEW)
def home() -> ResponseReturnValue:
    """What is being done, as the public may read it too, and the way to the members."""
    entries = published(session(), local_authority=house().settings.local_authority)
    return render_template("forum/home.html", counts=counts(session()), years=by_year(entries))
