"""A public address: who asks and what it is about, and Start, which gives the answer an address of its own."""

from flask import redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.activities.models import OpenLink
from engage.activities.open_links import begin, is_open, new_once, open_link, survey_of
from engage.core.errors import NotFound
from engage.surveys.wording import survey_words
from engage.web import formats
from engage.web.open import BEGUN_BY_ONE_LINK, BEGUN_FROM_ONE_ADDRESS, blueprint
from engage.web.open.languages import spoken
from engage.web.request import house, now, session
from engage.web.security import limiter
from engage.web.videos import video_links

TRAP = "website"
"""A field that no person sees and machines fill in."""


@blueprint.errorhandler(NotFound)
def unknown(_error: NotFound) -> ResponseReturnValue:
    """An address that was mistyped, or never was."""
    return render_template("open/unknown.html"), 404


@blueprint.get("/s/<slug>")
def landing(slug: str) -> ResponseReturnValue:
    """The page behind the address, while the survey is open."""
    link = open_link(session(), slug)
    if not is_open(link, now=now()):
        return _closed(link)
    return _start(link)


@blueprint.post("/s/<slug>/start")
@limiter.limit(BEGUN_FROM_ONE_ADDRESS)
@limiter.limit(BEGUN_BY_ONE_LINK, key_func=lambda: (http.view_args or {})["slug"].lower())
def start(slug: str) -> ResponseReturnValue:
    """Begin an answer of its own. What fills in the hidden field is no person."""
    link = open_link(session(), slug)
    if not is_open(link, now=now()):
        return _closed(link), 409
    if http.form.get(TRAP):
        return _start(link), 422
    once = http.form.get("once", "")
    token = begin(session(), link, house().catalogue, house().settings.secrets, once=once, language=spoken(), now=now())
    return redirect(url_for("visit.resume", token=token), 303)


@blueprint.get("/s/<slug>/start")
def not_by_looking(slug: str) -> ResponseReturnValue:
    """An address that only a form leads to, opened by itself, as browsers do when they come back to life."""
    return redirect(url_for("open.landing", slug=slug), 303)


def _start(link: OpenLink) -> str:
    survey = survey_of(link, house().catalogue)
    formats.offer(survey)
    return render_template(
        "open/start.html",
        words=survey_words(survey, spoken(), formats.easy_words(survey)),
        videos=video_links(survey.code),
        minutes=survey.minutes,
        is_family=survey.audience.is_family,
        start=url_for("open.start", slug=link.slug),
        once=new_once(),
        trap=TRAP,
    )


def _closed(link: OpenLink) -> str:
    return render_template("open/closed.html", opens_on=link.opens_on if link.opens_on > now().date() else None)
