"""Letters that the forum signs with others: their words, and signing or objecting for the forum."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.core.errors import NotFound
from engage.notify.organisations import FORUM
from engage.notify.templates import Template
from engage.web import letters as presenting
from engage.web.forum import blueprint
from engage.web.letters import SigningForm
from engage.web.request import house
from engage.web.security import needs

PATH = "/letters/<any(letter, email, text):channel>/<name>/<language>"


@blueprint.get("/letters")
@needs(Permission.SIGN_FOR_FORUM)
def letters() -> ResponseReturnValue:
    """Every message that names the forum."""
    messages = [presenting.shown(template) for template in house().templates.all() if FORUM in template.signatories]
    return render_template("forum/letters.html", messages=messages)


@blueprint.get(PATH)
@needs(Permission.SIGN_FOR_FORUM)
def letter(channel: str, name: str, language: str) -> ResponseReturnValue:
    """One of them, with who has signed it."""
    template = _named(channel, name, language)
    return _letter(template, presenting.form_for(template, [FORUM]))


@blueprint.post(PATH)
@needs(Permission.SIGN_FOR_FORUM)
def sign_letter(channel: str, name: str, language: str) -> ResponseReturnValue:
    """Sign for the forum, or object."""
    template = _named(channel, name, language)
    form = presenting.form_for(template, [FORUM])
    if form is None or not presenting.decide(template, form):
        return _letter(template, form), 422
    return redirect(url_for("forum.letter", channel=channel, name=name, language=language))


def _named(channel: str, name: str, language: str) -> Template:
    """The forum reads what it is asked to sign, and no other message."""
    template = presenting.find(channel, name, language)
    if FORUM not in template.signatories:
        raise NotFound("There is no such message.")
    return template


def _letter(template: Template, form: SigningForm | None) -> str:
    subject, body = presenting.rendered(template)
    return render_template(
        "staff/letters/letter.html",
        message=presenting.shown(template),
        subject=subject,
        body=body,
        history=presenting.history(template),
        form=form,
        back=url_for("forum.letters"),
    )
