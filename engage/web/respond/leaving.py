"""The two quiet ways out: "this is not for me" and "please stop asking me"."""

from flask import redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.campaigns import answering
from engage.core.languages import gettext
from engage.people.models import HoldReason
from engage.web.request import now, session
from engage.web.respond import blueprint
from engage.web.respond.several import waiting
from engage.web.respond.visit import to_beginning, visit

WRONG_PERSON = "wrong_person"
NOT_THIS_ONE = "not_this_one"


@blueprint.get("/not-for-me")
def ask_why_not() -> ResponseReturnValue:
    """Is it the wrong person, or the wrong moment?"""
    return render_template("respond/not_for_me.html", errors=[], several=len(waiting(visit())) > 1)


@blueprint.post("/not-for-me")
def not_for_me() -> ResponseReturnValue:
    """Believe what they say: a wrong address is never used again, and a "not this one" ends this asking, or all that the
    message asked for."""
    here = visit()
    some = [link.invitation for link in waiting(here)]
    choice = http.form.get("why", "")
    if choice == WRONG_PERSON:
        answering.not_this_person(session(), here.link, now=now())
        return to_beginning()
    if choice == NOT_THIS_ONE:
        for invitation in some or [here.invitation]:
            answering.not_this_time(session(), invitation, now=now())
        return redirect(url_for("respond.told_us"), 303)
    errors = [{"text": gettext("Select what fits best"), "href": "#why"}]
    return render_template("respond/not_for_me.html", errors=errors, several=len(some) > 1), 422


@blueprint.get("/not-for-me/told")
def told_us() -> ResponseReturnValue:
    """They told us; what that means."""
    visit()
    return render_template("respond/told_us.html")


@blueprint.get("/stop")
def ask_to_stop() -> ResponseReturnValue:
    """One button, for a mail program that looks at every link must stop nothing."""
    here = visit()
    holds = here.invitation.person.holds
    stopped = any(hold.reason is HoldReason.OPTED_OUT and hold.lifted_at is None for hold in holds)
    return render_template("respond/stopped.html" if stopped else "respond/stop.html")


@blueprint.post("/stop")
def stop() -> ResponseReturnValue:
    """Never ask again, at once, even with an empty form: a mail program's own "unsubscribe" sends one.

    It is answered by a page and not by a redirect, as RFC 8058 (3.1) asks.
    """
    answering.stop_asking(session(), visit().invitation, now=now())
    return render_template("respond/stopped.html")
