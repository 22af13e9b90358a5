"""An entry of You said, we did in another language: written beside the English, a draft until it is reviewed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSubmitInput, GovTextArea
from wtforms import BooleanField, SubmitField, TextAreaField

from engage.accounts.permissions import Permission
from engage.core.errors import Invalid, NotFound
from engage.core.languages import LANGUAGES, SOURCE
from engage.web.forms import Form, trimmed
from engage.web.request import actor, house, now, session
from engage.web.security import may, needs
from engage.web.staff import ROW, blueprint
from engage.you_said_we_did import queries, services
from engage.you_said_we_did.models import WRITTEN, Commitment

PATH = f"/you-said-we-did/<{ROW}:entry_id>/in/<spoken>"


class TranslationForm(Form):
    """The parts of an entry; those that the English leaves empty are not shown."""

    you_said = TextAreaField("You said", widget=GovTextArea(), filters=[trimmed])
    we_did = TextAreaField("What we did, or are doing", widget=GovTextArea(), filters=[trimmed])
    because = TextAreaField("Because", widget=GovTextArea(), filters=[trimmed])
    impact_note = TextAreaField("What has changed for families", widget=GovTextArea(), filters=[trimmed])
    reviewed = BooleanField("Somebody who knows this language has found it right", widget=GovCheckboxInput())
    save = SubmitField("Save", widget=GovSubmitInput())


@blueprint.get(PATH)
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def entry_in(entry_id: int, spoken: str) -> ResponseReturnValue:
    """The English, and what stands for it in this language."""
    entry = _entry(entry_id, spoken)
    found = next((one for one in entry.translations if one.language == spoken), None)
    written = {field: getattr(found, field) if found else "" for field in WRITTEN}
    return _page(entry, spoken, TranslationForm(data=written | {"reviewed": bool(found and found.is_reviewed)}))


@blueprint.post(PATH)
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def save_entry_in(entry_id: int, spoken: str) -> ResponseReturnValue:
    """Keep it. Only somebody who may publish says that it is reviewed, for from then on families read it."""
    entry = _entry(entry_id, spoken)
    form = TranslationForm()
    words = services.TranslatedWords(**{field: form[field].data or "" for field in WRITTEN})
    reviewed = bool(form.reviewed.data) and may(Permission.PUBLISH_YOU_SAID_WE_DID)
    try:
        services.translate(session(), entry, spoken, words, reviewed=reviewed, by=actor(), now=now())
    except Invalid as error:
        form.show(error)
        return _page(entry, spoken, form), 422
    flash(f"Saved in {LANGUAGES[spoken].in_english}.", "success")
    return redirect(url_for("staff.entry", entry_id=entry_id))


def _entry(entry_id: int, spoken: str) -> Commitment:
    if spoken not in LANGUAGES or spoken == SOURCE:
        raise NotFound("There is no such language.")
    return queries.entry(session(), entry_id, local_authority=house().settings.local_authority)


def _page(entry: Commitment, spoken: str, form: TranslationForm) -> str:
    return render_template(
        "staff/you_said_we_did/translate.html",
        form=form,
        said={field: getattr(entry, field) for field in WRITTEN if getattr(entry, field)},
        spoken=LANGUAGES[spoken],
        may_review=may(Permission.PUBLISH_YOU_SAID_WE_DID),
        back=url_for("staff.entry", entry_id=entry.id),
        action=url_for("staff.save_entry_in", entry_id=entry.id, spoken=spoken),
    )
