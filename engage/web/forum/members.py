"""Our members: the forum's own list, which nobody of the council may open. Reading it is itself recorded."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.forum import queries, services
from engage.people.reach import in_words
from engage.web.forum import blueprint
from engage.web.request import actor, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW


@blueprint.get("/members")
@needs(Permission.SEE_FORUM_MEMBERS)
def members() -> ResponseReturnValue:
    """Everybody on the list, by name."""
    record_view("forum.members_viewed", "forum", "members")
    everybody = [(member, in_words(member.phone) if member.phone else "") for member in queries.members(session())]
    return render_template("forum/members.html", members=everybody)


@blueprint.get(f"/members/<{ROW}:membership_id>/leave")
@needs(Permission.SEE_FORUM_MEMBERS)
def ask_to_remove_member(membership_id: int) -> ResponseReturnValue:
    """Say who would be taken off, and ask once."""
    record_view("forum.member_viewed", "membership", membership_id)
    return render_template("forum/leave.html", member=queries.member(session(), membership_id))


@blueprint.post(f"/members/<{ROW}:membership_id>/leave")
@needs(Permission.SEE_FORUM_MEMBERS)
def remove_member(membership_id: int) -> ResponseReturnValue:
    """Take a member who wants to leave off the list, and erase what is known of them."""
    services.leave(session(), queries.member(session(), membership_id), by=actor(), now=now())
    flash("They are no longer on the list, and nothing is kept about them.", "success")
    return redirect(url_for("forum.members"))
