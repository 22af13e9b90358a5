"""Letters and messages: the words of each as its reader sees them, who has signed them, and signing for an organisation."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.accounts.queries import organisations_signed_for
from engage.notify.models import MessageChannel
from engage.notify.templates import Template
from engage.web import letters as presenting
from engage.web.letters import SigningForm
from engage.web.request import house, staff
from engage.web.security import needs
from engage.web.staff import blueprint

CHANNELS = (
    (MessageChannel.LETTER, "Letters"),
    (MessageChannel.EMAIL, "Emails"),
    (MessageChannel.TEXT, "Text messages"),
)
PATH = "/letters/<any(letter, email, text):channel>/<name>/<language>"


@blueprint.get("/letters")
@needs(Permission.SEE_LETTERS)
def letters() -> ResponseReturnValue:
    """Every message there is, those that wait for a signature first."""
    messages = [presenting.shown(template) for template in house().templates.all()]
    return render_template(
        "staff/letters/letters.html",
        waiting=[message for message in messages if message.state in ("waiting", "objected")],
        groups=[
            (title, [message for message in messages if message.template.channel is channel])
            for channel, title in CHANNELS
        ],
        sends_letters=house().settings.sends_letters,
    )


@blueprint.get(PATH)
@needs(Permission.SEE_LETTERS)
def letter(channel: str, name: str, language: str) -> ResponseReturnValue:
    """One message, who has signed it, and the form for whoever may."""
    template = presenting.find(channel, name, language)
    return _letter(template, presenting.form_for(template, organisations_signed_for(staff())))


@blueprint.post(PATH)
@needs(Permission.SIGN_LETTERS)
def sign_letter(channel: str, name: str, language: str) -> ResponseReturnValue:
    """Sign for an organisation, or object."""
    template = presenting.find(channel, name, language)
    form = presenting.form_for(template, organisations_signed_for(staff()))
    if form is None or not presenting.decide(template, form):
        return _letter(template, form), 422
    return redirect(url_for("staff.letter", channel=channel, name=name, language=language))


def _letter(template: Template, form: SigningForm | None) -> str:
    subject, body = presenting.rendered(template)
    return render_template(
        "staff/letters/letter.html",
        message=presenting.shown(template),
        subject=subject,
        body=body,
        history=presenting.history(template),
        form=form,
        back=url_for("staff.letters"),
    )
