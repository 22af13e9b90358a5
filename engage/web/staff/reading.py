"""The reading queue: every comment, the pressing ones first, each to be read by a person within a working day."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.cases.reading import comment, follow_up, unread, unread_count
from engage.cases.services import mark_read
from engage.core.clock import london_date
from engage.web.request import actor, house, now, record_view, session
from engage.web.security import may, needs
from engage.web.staff import CHANCE_ROW, blueprint


@blueprint.get("/reading")
@needs(Permission.SEE_CASES)
def reading() -> ResponseReturnValue:
    """What nobody has read yet. Looking is itself recorded."""
    waiting = unread(session(), house().catalogue)
    record_view("reading.viewed", "reading_queue", len(waiting))
    return render_template(
        "staff/reading/page.html",
        waiting=waiting,
        total=unread_count(session()),
        today=london_date(now()),
        may_work=may(Permission.WORK_CASES),
    )


@blueprint.post(f"/reading/<{CHANCE_ROW}:text_id>/read")
@needs(Permission.WORK_CASES)
def read_comment(text_id: int) -> ResponseReturnValue:
    """It was read, and there is nothing to do about it for this family."""
    mark_read(session(), comment(session(), text_id), by=actor(), now=now())
    flash("Read.", "success")
    return redirect(url_for("staff.reading"))


@blueprint.post(f"/reading/<{CHANCE_ROW}:text_id>/follow-up")
@needs(Permission.WORK_CASES)
def follow_up_comment(text_id: int) -> ResponseReturnValue:
    """It was read, and somebody must act."""
    case = follow_up(session(), comment(session(), text_id), by=actor(), now=now())
    flash("Read. Follow it up here.", "success")
    return redirect(url_for("staff.case", reference=case.reference))
