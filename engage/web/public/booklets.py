"""From paper to the online survey: whoever has a booklet and no camera types its code."""

from flask import g, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.campaigns import booklets, links
from engage.core.errors import Invalid
from engage.web.public import blueprint
from engage.web.request import house, session
from engage.web.security import PUBLIC_LIMIT, limiter
from engage.web.survey_pages import showable


@blueprint.get("/booklet")
def type_code() -> ResponseReturnValue:
    """Where the booklet's cover sends people."""
    return render_template("public/booklet.html", typed="")


@blueprint.post("/booklet")
@limiter.limit(PUBLIC_LIMIT)
def open_by_code() -> ResponseReturnValue:
    """On to the survey; whose it is, no page says."""
    typed, secrets = http.form.get("code", "")[:60], house().settings.secrets
    try:
        booklet = booklets.booklet_with(session(), typed, secrets)
    except Invalid as error:
        errors = [{"text": words, "href": "#code"} for words in error.fields.values()]
        return render_template("public/booklet.html", typed=showable(typed), errors=errors), 422
    g.token = links.token_of(booklet.link, secrets)
    return redirect(url_for("respond.landing"), 303)
