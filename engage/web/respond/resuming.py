"""Carrying on: somebody has begun here, and before a page shows what they wrote we ask whether it is still the same person."""

from flask import redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.campaigns import answering, beginnings, resuming
from engage.campaigns.models import Beginning
from engage.campaigns.resuming import Tried
from engage.core.errors import Conflict
from engage.core.languages import current, gettext
from engage.notify.models import MessageChannel
from engage.web.request import house, now, session
from engage.web.respond import blueprint
from engage.web.respond.visit import Visit, let_in, to_beginning, to_first_unanswered, visit

CODE, AGAIN = "code", "again"
FIELD = "code"
BY_EMAIL = {MessageChannel.EMAIL: True, MessageChannel.TEXT: False}


@blueprint.get("/carry-on")
def carry_on() -> ResponseReturnValue:
    """How to go on: by a code, by starting again, or by phone."""
    here = visit()
    return page(here) if here.belongs_to_a_visitor else _onward(here)


@blueprint.post("/carry-on")
def choose_how() -> ResponseReturnValue:
    """Send the code, or begin anew with the older answers set aside."""
    here = visit()
    if not here.belongs_to_a_visitor:
        return _onward(here)
    how = http.form.get("how", "")
    if how == AGAIN:
        return _start_again(here)
    begun = _wanted(here)
    if how != CODE or begun is None:
        return redirect(url_for("respond.carry_on"), 303)
    try:
        resuming.send_code(session(), begun, now=now())
    except Conflict:
        return page(here), 409
    return redirect(url_for("respond.enter_code"), 303)


@blueprint.get("/carry-on/code")
def enter_code() -> ResponseReturnValue:
    """Where the code is typed."""
    here = visit()
    begun = _wanted(here) if here.belongs_to_a_visitor else None
    if begun is None or resuming.waiting_code(begun, now=now()) is None:
        return redirect(url_for("respond.carry_on"), 303) if here.belongs_to_a_visitor else _onward(here)
    wrong = "wrong" in http.args
    errors = [{"text": gettext("That is not the code we sent. Check it and type it again"), "href": f"#{FIELD}"}]
    return render_template(
        "respond/code.html",
        by_email=resuming.way_back(session(), begun) is not MessageChannel.TEXT,
        minutes=int(resuming.LASTS.total_seconds() // 60),
        errors=errors if wrong else [],
        back=url_for("respond.carry_on"),
    )


@blueprint.post("/carry-on/code")
def use_code() -> ResponseReturnValue:
    """Compare the code. The answer is always another page, for a wrong try is counted too."""
    here = visit()
    if not here.belongs_to_a_visitor:
        return _onward(here)
    begun = _wanted(here)
    if begun is None:
        return redirect(url_for("respond.carry_on"), 303)
    typed = http.form.get(FIELD, "")[:40]
    came = resuming.try_code(session(), here.invitation, begun, typed, house().settings.secrets, now=now())
    if came is Tried.WRONG:
        return redirect(url_for("respond.enter_code", wrong="yes"), 303)
    if came is Tried.USED_UP:
        return redirect(url_for("respond.carry_on", old="yes"), 303)
    let_in(begun)
    return to_first_unanswered(visit())


def page(here: Visit) -> str:
    """The page that asks. It shows nothing of what was answered, and no address."""
    begun = _wanted(here)
    channel = resuming.way_back(session(), begun) if begun else None
    return render_template(
        "respond/carry_on.html",
        kept="kept" in http.args,
        old="old" in http.args,
        by_email=BY_EMAIL.get(channel) if channel else None,
        may_ask=begun is not None and resuming.may_ask(session(), begun, now=now()),
    )


def _start_again(here: Visit) -> ResponseReturnValue:
    answering.start_again(session(), here.invitation, house().catalogue, link=here.link, language=current(), now=now())
    return to_first_unanswered(visit())


def _wanted(here: Visit) -> Beginning | None:
    """What a code would show: the newest that this very link began, and otherwise what was begun last."""
    every = beginnings.beginnings_of(session(), here.invitation)
    by_this_link = [one for one in every if one.link_id == here.link.id]
    return by_this_link[-1] if by_this_link else here.begun


def _onward(here: Visit) -> ResponseReturnValue:
    return to_first_unanswered(here) if here.is_mine else to_beginning()
