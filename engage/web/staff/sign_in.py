"""Signing in: an email address, a link by email, a button, and the first page the person may see."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import EmailField, SubmitField
from wtforms.validators import DataRequired, Email

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.accounts.queries import LinkState, everybody, link_state
from engage.accounts.services import claim, request_sign_in, session_for, sign_out
from engage.core.errors import Conflict, NotFound
from engage.web import navigation
from engage.web.forms import Form, trimmed
from engage.web.request import cookie_token, house, now, session, signed_in
from engage.web.security import (
    SIGN_IN_LIMIT,
    give_cookie,
    limiter,
    take_cookie,
    where_they_were_going,
)

blueprint = Blueprint("sign_in", __name__)
WRONG_EMAIL = "Enter an email address in the correct format, like name@example.org"


class SignInForm(Form):
    """Who wants to sign in."""

    email = EmailField(
        "Email address",
        widget=GovTextInput(),
        filters=[trimmed],
        validators=[DataRequired("Enter your email address"), Email(WRONG_EMAIL)],
        render_kw={"autocomplete": "email", "spellcheck": "false", "maxlength": "320"},
    )
    send = SubmitField("Continue", widget=GovSubmitInput())


@blueprint.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for the email address; somebody already signed in goes straight on."""
    person = signed_in()
    if person is not None:
        return redirect(navigation.landing(person) or url_for("public.home"))
    return _ask(SignInForm())


@blueprint.post("/sign-in")
@limiter.limit(SIGN_IN_LIMIT)
def send() -> ResponseReturnValue:
    """Send the link, if there is somebody to send it to, and say the same either way."""
    form = SignInForm()
    if not form.validate():
        return _ask(form), 422
    request_sign_in(session(), form.email.data or "", settings=house().settings, now=now())
    return redirect(url_for("sign_in.check"))


@blueprint.get("/sign-in/check-your-email")
def check() -> ResponseReturnValue:
    """What to do next."""
    return render_template("sign_in/check.html", minutes=house().settings.sign_in_link_minutes, inbox=_inbox())


@blueprint.get("/sign-in/<token>")
def link(token: str) -> ResponseReturnValue:
    """A button: opening the link spends nothing, for mail scanners open links too."""
    state = link_state(session(), token, now=now())
    if state is not LinkState.USABLE:
        return _no_use(state)
    return render_template("sign_in/link.html", token=token)


@blueprint.post("/sign-in/<token>")
@limiter.limit(SIGN_IN_LIMIT)
def use(token: str) -> ResponseReturnValue:
    """Claim the link, once, and go to the page the person was on the way to, or their first."""
    try:
        kept = claim(session(), token, settings=house().settings, now=now())
    except (Conflict, NotFound):
        return _no_use(link_state(session(), token, now=now()))
    person = session_for(session(), kept, now=now())
    going_to = where_they_were_going() or (navigation.landing(person) if person else None)
    browser.clear()  # whatever this browser carried as a stranger ends here
    return give_cookie(redirect(going_to or url_for("public.home")), kept)


@blueprint.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the session here and in the database."""
    if token := cookie_token():
        sign_out(session(), token, now=now())
    browser.clear()
    flash("You have signed out.", "success")
    return take_cookie(redirect(url_for("sign_in.ask")))


def _no_use(state: LinkState) -> ResponseReturnValue:
    return render_template("sign_in/no_use.html", state=state), 404 if state is LinkState.UNKNOWN else 410


def _ask(form: SignInForm) -> str:
    return render_template("sign_in/ask.html", form=form, to_try=_people_to_try(), inbox=_inbox())


def _people_to_try() -> list[tuple[Staff, str]]:
    """In a demonstration, the made-up staff and what each may do; otherwise nobody."""
    if not house().settings.demonstration:
        return []
    return [
        (person, ", ".join(Role(role).human_name for role in person.roles))
        for person in everybody(session())
        if person.active
    ]


def _inbox() -> str | None:
    """In a demonstration, where captured messages can be read."""
    settings = house().settings
    return str(settings.notify_url) if settings.demonstration else None
