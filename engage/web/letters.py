"""Letters and messages as pages show them: their words, who has signed them, and the form with which somebody does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from markupsafe import Markup
from wtforms import HiddenField, RadioField, SubmitField, TextAreaField

from engage.core.clock import london_date
from engage.core.errors import Invalid, NotFound
from engage.core.languages import LANGUAGES, SOURCE, day_and_month, speaking, survey_gettext
from engage.notify import signing
from engage.notify.models import MessageChannel
from engage.notify.signing_models import Decision, SignOff
from engage.notify.standin.markdown import to_html
from engage.notify.templates import Template
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.rendering import london
from engage.web.request import actor, house, now, session

SHORT = 8
"""So much of a version is shown: enough to tell two apart by eye."""
NO_NEED = "no_signature_needed"
_SQUARE = re.compile(r"^qr: .*$", re.MULTILINE)
_SAMPLE = {
    "first_name": "Sam",
    "addressee": "Sam Example",
    "minutes": "2",
    "days": "7",
}


_CLOSES_ON = date(2026, 12, 18)


@dataclass(frozen=True)
class Signature:
    """What one organisation has said of these words."""

    code: str
    organisation: str
    state: str
    when: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Shown:
    """One message as a page shows it."""

    template: Template
    title: str
    state: str
    """ "signed", "objected", "waiting", or that nobody has to."""
    signatures: tuple[Signature, ...]

    @property
    def language(self) -> str:
        """What its language is called, where it is not English."""
        code = self.template.language
        return "" if code == SOURCE else LANGUAGES[code].in_english

    @property
    def version(self) -> str:
        """The beginning of the words' fingerprint."""
        return self.template.version[:SHORT]


def to_page(body: str) -> Markup:
    """A letter's or an email's Markdown as its reader sees it; a letter's square stands as words."""
    # The renderer escapes every HTML sign that is in the words, so what it gives is safe.
    return Markup(to_html(_SQUARE.sub("^ Here stands the square for a phone’s camera.", body)))  # noqa: S704


def shown(template: Template) -> Shown:
    """A message with who has signed it."""
    standing = signing.standing(session(), template)
    signatures = tuple(_signature(code, word) for code, word in standing.items())
    return Shown(template, template.name.replace("_", " ").capitalize(), _state(signatures), signatures)


def find(channel: str, name: str, language: str) -> Template:
    """The message with this address; `NotFound` when there is none in this very language."""
    for template in house().templates.all():
        if (template.channel.value, template.name, template.language) == (channel, name, language):
            return template
    raise NotFound("There is no such message.")


def rendered(template: Template) -> tuple[str | None, str | Markup]:
    """Its subject and its words as a made-up family reads them; links lead nowhere."""
    settings, link = house().settings, f"{house().settings.base_url}/r/{'x' * 26}"
    survey = next(iter(sorted(house().catalogue.surveys)))
    topic = house().catalogue.newest(survey).topic
    with speaking(template.language):
        closes_on = day_and_month(_CLOSES_ON)
    known = _SAMPLE | {
        "link": link,
        "stop_link": f"{link}/stop",
        "closes_on": closes_on,
        "topic": survey_gettext(topic, template.language) or topic,
        "organisation": settings.organisation_name,
        "phone": settings.contact_phone,
    }
    values = {name: known.get(name, link if name in template.links else f"[{name}]") for name in template.values}
    words = house().templates.render(template, values)
    if template.channel is MessageChannel.TEXT:
        return None, f"{settings.service_name}: {words.body}"
    return words.subject, to_page(words.body)


def history(template: Template) -> list[dict[str, str]]:
    """All that was ever said of this message, newest first, for a timeline."""
    return [
        {
            "title": f"{_named_then(said)} {'signed' if said.decision is Decision.SIGNED else 'objected'}",
            "when": london(said.decided_at),
            "text": " ".join(filter(None, [said.reason, _which_words(said, template)])),
            "kind": "done" if said.decision is Decision.SIGNED else "stopped",
        }
        for said in signing.history(session(), template)
    ]


class SigningForm(Form):
    """An organisation's word on a message."""

    may_speak_for: tuple[str, ...] = ()
    organisation = RadioField("Whom do you sign for?", widget=GovRadioInput())
    decision = RadioField(
        "What does it say to these words?",
        widget=GovRadioInput(),
        choices=[SelectChoice("sign", "It signs them"), SelectChoice("object", "It objects")],
    )
    reason = TextAreaField(
        "If it objects, what would have to change?",
        widget=GovTextArea(),
        filters=[trimmed],
        description="Everybody who works with letters reads this. Name no family.",
    )
    version = HiddenField()
    save = SubmitField("Save", widget=GovSubmitInput())

    def offer(self, codes: Sequence[str]) -> "SigningForm":
        """Let it speak for these organisations; for one alone nothing is asked."""
        self.may_speak_for = tuple(codes)
        self.organisation.choices = [SelectChoice(code, house().templates.organisations.name(code)) for code in codes]
        if len(codes) == 1:
            self.organisation.data = codes[0]
        return self


def form_for(template: Template, codes: Sequence[str]) -> SigningForm | None:
    """The form for somebody who signs for these organisations; None when the message names none of them."""
    may = [code for code in template.signatories if code in codes]
    return SigningForm(version=template.version).offer(may) if may else None


def decide(template: Template, form: SigningForm) -> bool:
    """Keep what was said; False when the form must be shown again. What was never offered is refused like what is not
    selected, so that nobody speaks for an organisation that is not theirs."""
    if form.organisation.data not in form.may_speak_for:
        form.organisation.errors = ["Select whom you sign for"]
    if form.decision.data not in ("sign", "object"):
        form.decision.errors = ["Select what it says"]
    if form.errors:
        return False
    try:
        _keep(template, form.organisation.data, form)
    except Invalid as error:
        form.show(error)
        return False
    return True


def _keep(template: Template, code: str, form: SigningForm) -> None:
    version = (form.version.raw_data or [""])[0]  # what this browser was shown, and never what stands here now
    name = house().templates.organisations.name(code)
    if form.decision.data == "object":
        reason = form.reason.data or ""
        signing.object_to(session(), template, code, reason=reason, version=version, by=actor(), now=now())
        flash(f"{name} has objected. Nothing of these words goes out.", "success")
    else:
        signing.sign(session(), template, code, version=version, by=actor(), now=now())
        flash(_signed(template, name), "success")


def _signed(template: Template, name: str) -> str:
    names = house().templates.organisations
    others = [names.name(code) for code in signing.not_signed(session(), template)]
    waits = f"It still waits for {', '.join(others)}." if others else "Everybody has signed, so it can go out."
    return f"{name} has signed. {waits}"


def _signature(code: str, word: SignOff | None) -> Signature:
    name = house().templates.organisations.name(code)
    if word is None:
        return Signature(code, name, "not_yet")
    return Signature(code, name, word.decision.value, london(word.decided_at), word.reason)


def _state(signatures: Sequence[Signature]) -> str:
    states = {signature.state for signature in signatures}
    if not states:
        return NO_NEED
    if "objected" in states:
        return "objected"
    return "waiting" if "not_yet" in states else "signed"


def _named_then(said: SignOff) -> str:
    organisation = house().templates.organisations.find(said.organisation)
    return organisation.name_on(london_date(said.decided_at)) if organisation else said.organisation


def _which_words(said: SignOff, template: Template) -> str:
    return "" if said.version == template.version else f"These were earlier words, {said.version[:SHORT]}."
