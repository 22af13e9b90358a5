"""Writing You said, we did: the list, the form, what the public would see, publishing and taking back."""

import re

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import RadioField, SelectField, StringField, TextAreaField

from engage.accounts.permissions import Permission
from engage.core.clock import london_date
from engage.core.errors import Invalid, NotAllowed
from engage.core.languages import LANGUAGES, SOURCE
from engage.core.periods import start_year
from engage.core.themes import THEME_LABELS, Theme
from engage.web.dates import ThreeBoxDate
from engage.web.entries import ANSWERS, shown, year_name
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.request import actor, house, now, session
from engage.web.security import may, needs
from engage.web.staff import ROW, blueprint
from engage.you_said_we_did import queries, services
from engage.you_said_we_did.models import Commitment, CommitmentState, Impact, PublicationState
from engage.you_said_we_did.rules import unfit_to_publish
from engage.you_said_we_did.services import EARLIEST_YEAR, EntryWords

THEMES = [SelectChoice("", "Choose one"), *(SelectChoice(theme.value, words) for theme, words in THEME_LABELS.items())]


def _words(label: str, hint: str = "") -> TextAreaField:
    return TextAreaField(label, widget=GovTextArea(), filters=[trimmed], description=hint)


class EntryForm(Form):
    """All that may be written in an entry."""

    theme = SelectField("What is it about?", widget=GovSelect(), choices=THEMES)
    year = SelectField("In which year did they say it?", widget=GovSelect())
    you_said = _words("You said", "What families told us, in short plain sentences. No names of people or schools.")
    heard_from = StringField(
        "How many families said it? (optional)",
        widget=GovTextInput(),
        filters=[trimmed],
        description="Fewer than 5 is published as “A few families”.",
        render_kw={"inputmode": "numeric"},
    )
    state = RadioField(
        "How far have we come?",
        widget=GovRadioInput(),
        choices=[SelectChoice(state.value, words) for state, words in ANSWERS.items()],
    )
    we_did = _words("What we did, or are doing (optional)", "Needed for “We did” and “We are doing”.")
    because = _words("Because (optional)", "Why it could not be done, or takes time. Needed for “We could not”.")
    due_on = ThreeBoxDate("When will we say more? (optional)", description="For example, 31 3 2027")
    impact = RadioField(
        "Have families noticed a change?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("", "Too early to say"),
            SelectChoice(Impact.NOT_YET_SEEN.value, "Not yet, and we say so"),
            SelectChoice(Impact.SEEN.value, "Yes"),
        ],
        default="",
    )
    impact_note = _words("What has changed for families? (optional)")

    def words(self) -> EntryWords:
        """What was entered; `Invalid` names what cannot be read at all."""
        wrong = {}
        if self.theme.data not in set(Theme):
            wrong["theme"] = "Select what it is about"
        if self.state.data not in set(CommitmentState):
            wrong["state"] = "Select how far we have come"
        if self.heard_from.data and not re.fullmatch("[0-9]{1,6}", self.heard_from.data):
            wrong["heard_from"] = "Enter a number, like 12, or leave this empty"
        if self.due_on.is_unreadable:
            wrong["due_on"] = "Enter a date, for example 31 3 2027, or leave this empty"
        if wrong:
            raise Invalid("This entry cannot be saved yet.", wrong)
        return EntryWords(
            theme=Theme(self.theme.data),
            year=int(self.year.data) if re.fullmatch("[0-9]{4}", str(self.year.data)) else 0,
            you_said=self.you_said.data or "",
            heard_from=int(self.heard_from.data) if self.heard_from.data else None,
            state=CommitmentState(self.state.data),
            we_did=self.we_did.data or "",
            because=self.because.data or "",
            due_on=self.due_on.data,
            impact=Impact(self.impact.data) if self.impact.data in set(Impact) else None,
            impact_note=self.impact_note.data or "",
        )


@blueprint.get("/you-said-we-did")
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def you_said_we_did() -> ResponseReturnValue:
    """What is being written, and what is published."""
    area = house().settings.local_authority
    return render_template(
        "staff/you_said_we_did/list.html",
        drafts=[_row(entry) for entry in queries.drafts(session(), local_authority=area)],
        published=[_row(entry) for entry in queries.published(session(), local_authority=area)],
    )


@blueprint.get("/you-said-we-did/new")
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def new_entry() -> ResponseReturnValue:
    """The form for something families said."""
    return _form(_entry_form(None), None)


@blueprint.post("/you-said-we-did/new")
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def save_new_entry() -> ResponseReturnValue:
    """Keep it as a draft."""
    form = _entry_form(None)
    try:
        entry = services.draft(
            session(), form.words(), local_authority=house().settings.local_authority, by=actor(), now=now()
        )
    except Invalid as error:
        form.show(error)
        return _form(form, None), 422
    flash("Saved as a draft. Nobody outside sees it yet.", "success")
    return redirect(url_for("staff.entry", entry_id=entry.id))


@blueprint.get(f"/you-said-we-did/<{ROW}:entry_id>")
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def entry(entry_id: int) -> ResponseReturnValue:
    """The entry as the public would read it, and what it still lacks."""
    found = _entry(entry_id)
    return render_template(
        "staff/you_said_we_did/entry.html",
        entry=shown(found),
        publication=found.publication,
        year=year_name(found.year),
        unfit=list(unfit_to_publish(found).values()),
        may_publish=may(Permission.PUBLISH_YOU_SAID_WE_DID),
        translations=_translations(found),
    )


def _translations(found: Commitment) -> list[dict[str, str]]:
    """Each language, and how its words of this entry stand."""
    known = {one.language: one for one in found.translations}

    def state(code: str) -> str:
        if code not in known:
            return "not translated"
        if not known[code].is_of(found):
            return "the English has changed since"
        return "reviewed" if known[code].is_reviewed else "draft"

    others = [language for code, language in LANGUAGES.items() if code != SOURCE]
    return [{"code": one.code, "name": one.in_english, "state": state(one.code)} for one in others]


@blueprint.get(f"/you-said-we-did/<{ROW}:entry_id>/change")
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def change_entry(entry_id: int) -> ResponseReturnValue:
    """The form with what is written."""
    found = _entry(entry_id)
    return _form(_entry_form(found), found)


@blueprint.post(f"/you-said-we-did/<{ROW}:entry_id>/change")
@needs(Permission.WRITE_YOU_SAID_WE_DID)
def save_entry(entry_id: int) -> ResponseReturnValue:
    """Keep the change. What is published changes at once, so only somebody who may publish may change it."""
    found = _entry(entry_id)
    form = _entry_form(found)
    if found.publication is PublicationState.PUBLISHED and not may(Permission.PUBLISH_YOU_SAID_WE_DID):
        raise NotAllowed("This entry is published. Ask somebody who may publish to change it.")
    try:
        services.change(session(), found, form.words(), by=actor(), now=now())
    except Invalid as error:
        form.show(error)
        return _form(form, found), 422
    flash("Saved.", "success")
    return redirect(url_for("staff.entry", entry_id=entry_id))


@blueprint.get(f"/you-said-we-did/<{ROW}:entry_id>/publish")
@needs(Permission.PUBLISH_YOU_SAID_WE_DID)
def ask_to_publish(entry_id: int) -> ResponseReturnValue:
    """Show it once more, and ask."""
    return render_template("staff/you_said_we_did/publish.html", entry=shown(_entry(entry_id)))


@blueprint.post(f"/you-said-we-did/<{ROW}:entry_id>/publish")
@needs(Permission.PUBLISH_YOU_SAID_WE_DID)
def publish_entry(entry_id: int) -> ResponseReturnValue:
    """Put it before the public; what it lacks is said on the form where it can be mended."""
    found = _entry(entry_id)
    try:
        services.publish(session(), found, by=actor(), now=now())
    except Invalid as error:
        form = _entry_form(found, fresh=True)
        form.show(error)
        return _form(form, found), 422
    flash("Published. Anyone can read it now.", "success")
    return redirect(url_for("staff.entry", entry_id=entry_id))


@blueprint.get(f"/you-said-we-did/<{ROW}:entry_id>/withdraw")
@needs(Permission.PUBLISH_YOU_SAID_WE_DID)
def ask_to_withdraw(entry_id: int) -> ResponseReturnValue:
    """Say what will happen, and ask once."""
    return render_template("staff/you_said_we_did/withdraw.html", entry=shown(_entry(entry_id)))


@blueprint.post(f"/you-said-we-did/<{ROW}:entry_id>/withdraw")
@needs(Permission.PUBLISH_YOU_SAID_WE_DID)
def withdraw_entry(entry_id: int) -> ResponseReturnValue:
    """Take it off the public page."""
    services.withdraw_publication(session(), _entry(entry_id), by=actor(), now=now())
    flash("Withdrawn. It is no longer on the public page.", "success")
    return redirect(url_for("staff.entry", entry_id=entry_id))


def _entry(entry_id: int) -> Commitment:
    return queries.entry(session(), entry_id, local_authority=house().settings.local_authority)


def _entry_form(found: Commitment | None, *, fresh: bool = False) -> EntryForm:
    """The form with what was just typed; without that, or `fresh`, with what is written."""
    this_year = start_year(london_date(now()))
    written = {
        "theme": found.theme if found else "",
        "year": str(found.year if found else this_year),
        "you_said": found.you_said if found else "",
        "heard_from": str(found.heard_from or "") if found else "",
        "state": found.state if found else None,
        "we_did": found.we_did if found else "",
        "because": found.because if found else "",
        "due_on": found.due_on if found else None,
        "impact": (found.impact or "") if found else "",
        "impact_note": found.impact_note if found else "",
    }
    form = EntryForm(data=written, formdata=None) if fresh else EntryForm(data=written)
    form.year.choices = [SelectChoice(str(year), year_name(year)) for year in range(this_year, EARLIEST_YEAR - 1, -1)]
    return form


def _form(form: EntryForm, found: Commitment | None) -> str:
    back = url_for("staff.entry", entry_id=found.id) if found else url_for("staff.you_said_we_did")
    action = url_for("staff.save_entry", entry_id=found.id) if found else url_for("staff.save_new_entry")
    published = found is not None and found.publication is PublicationState.PUBLISHED
    return render_template(
        "staff/you_said_we_did/form.html",
        form=form,
        back=back,
        action=action,
        is_new=found is None,
        published=published,
    )


def _row(found: Commitment) -> dict[str, object]:
    return {
        "id": found.id,
        "you_said": found.you_said,
        "about": f"{THEME_LABELS[found.theme]}, {year_name(found.year)}",
        "state": ANSWERS[found.state],
        "publication": found.publication,
        "changed_at": found.changed_at,
    }
