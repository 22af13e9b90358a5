"""Mailboxes: which settings and health services can be asked, which cannot and why, and the lists from a spreadsheet."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovRadioInput,
    GovSubmitInput,
    GovTextInput,
)
from wtforms import BooleanField, EmailField, RadioField, SelectMultipleField, StringField, SubmitField

from engage.accounts.permissions import Permission
from engage.campaigns import mailbox_keeping
from engage.campaigns.mailbox_keeping import Missing, kept, missing, state_of
from engage.campaigns.mailbox_lists import COLUMNS, read_list, take_in
from engage.campaigns.models import Invitation, InvitationState
from engage.core.errors import Invalid
from engage.people.contactability import NotAsked
from engage.people.mailboxes import MailboxEntry, mailbox
from engage.people.models import MailboxKind, RoleMailbox
from engage.people.vocabulary.sen import SEN_TYPE_LABELS
from engage.plans.reading.faults import Fault
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.rendering import day, plural
from engage.web.request import actor, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.imports import reading_settings
from engage.web.staff.words import ENDED, EVENTS

KINDS = {MailboxKind.SETTING: "Setting", MailboxKind.HEALTH: "Health service"}
LISTS = {MailboxKind.SETTING: "Settings", MailboxKind.HEALTH: "Health services"}
STATES = {
    "works": ("Works", "green"),
    "not_working": ("Mail does not arrive", "red"),
    "opted_out": ("Asked us to stop", "yellow"),
    "stopped": ("Stopped by us", "yellow"),
}
ASKED = {
    InvitationState.PLANNED: "To be asked",
    InvitationState.ASKING: "Asked",
    InvitationState.ANSWERED: "Answered",
    InvitationState.WITHDRAWN: "Withdrawn",
}
FAULTS_SHOWN = 100
NEWEST = 50


class MailboxForm(Form):
    """What is written about one mailbox."""

    serves = RadioField(
        "Whose mailbox is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()],
        default=MailboxKind.SETTING.value,
    )
    name = StringField("Name of the setting or service", widget=GovTextInput(), filters=[trimmed])
    urn = StringField(
        "URN of the setting (optional)",
        widget=GovTextInput(),
        filters=[trimmed],
        description="Six digits. With it children are matched for sure, however their setting’s name is written.",
        render_kw={"inputmode": "numeric"},
    )
    email = EmailField(
        "Mailbox of the role",
        widget=GovTextInput(),
        filters=[trimmed],
        description="Such as senco@ or office@. Never a person’s own address, and never a guess.",
        render_kw={"spellcheck": "false"},
    )
    sen_needs = SelectMultipleField(
        "A health service is asked about children with (optional)",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(need.value, label) for need, label in SEN_TYPE_LABELS.items()],
    )
    is_default = BooleanField(
        "This health service is asked about everybody else",
        widget=GovCheckboxInput(),
        description="The designated clinical officer. One service only.",
    )
    save = SubmitField("Save", widget=GovSubmitInput())

    def entry(self, serves: MailboxKind) -> MailboxEntry:
        """What was typed."""
        return MailboxEntry(
            serves=serves,
            name=self.name.data or "",
            email=self.email.data or "",
            urn=(self.urn.data or "") if serves is MailboxKind.SETTING else "",
            sen_needs=tuple(self.sen_needs.data or ()) if serves is MailboxKind.HEALTH else (),
            is_default=bool(self.is_default.data),
        )


class ListForm(Form):
    """A spreadsheet, and which list it is."""

    serves = RadioField(
        "Which list is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, label) for kind, label in LISTS.items()],
        default=MailboxKind.SETTING.value,
    )
    file = FileField(
        "Spreadsheet",
        widget=GovFileInput(),
        validators=[FileRequired("Select a file")],
        render_kw={"accept": ".csv,.xlsx,.ods"},
    )
    send = SubmitField("Bring in this list", widget=GovSubmitInput())


@blueprint.get("/mailboxes")
@needs(Permission.RUN_CAMPAIGNS)
def mailboxes() -> ResponseReturnValue:
    """Both lists, and whom they lack."""
    return render_template(
        "staff/mailboxes/mailboxes.html",
        lists=[(LISTS[kind], kept(session(), kind)) for kind in MailboxKind],
        missing=[_missing(each) for each in missing(session(), now=now())],
        states=STATES,
        needs=SEN_TYPE_LABELS,
    )


@blueprint.get("/mailboxes/add")
@needs(Permission.RUN_CAMPAIGNS)
def add_mailbox() -> ResponseReturnValue:
    """A form for one."""
    return _form(MailboxForm())


@blueprint.post("/mailboxes/add")
@needs(Permission.RUN_CAMPAIGNS)
def save_new_mailbox() -> ResponseReturnValue:
    """Put it on its list."""
    form = MailboxForm()
    if not form.validate():
        return _form(form), 422
    try:
        added = mailbox_keeping.add(session(), form.entry(MailboxKind(form.serves.data)), by=actor(), now=now())
    except Invalid as error:
        form.show(error)
        return _form(form), 422
    flash(f"{added.name} is on the list.", "success")
    return redirect(url_for("staff.mailboxes"))


@blueprint.get("/mailboxes/import")
@needs(Permission.RUN_CAMPAIGNS)
def import_mailboxes() -> ResponseReturnValue:
    """Choose a spreadsheet."""
    return _importing(ListForm())


@blueprint.post("/mailboxes/import")
@needs(Permission.RUN_CAMPAIGNS)
def take_in_mailboxes() -> ResponseReturnValue:
    """Take the list in as a whole, or say what is wrong in which row and column, and take in nothing."""
    form = ListForm()
    if not form.validate():
        return _importing(form), 422
    try:
        given = read_list(
            form.file.data.read(),
            form.file.data.filename or "file",
            MailboxKind(form.serves.data),
            settings=reading_settings(),
        )
    except Invalid as error:
        form.file.errors = [error.message]
        return _importing(form), 422
    if given.faults:
        form.file.errors = ["Nothing was brought in. Mend what is listed below, and choose the file again"]
        return _importing(form, given.faults), 422
    done = take_in(session(), list(given.entries.values()), by=actor(), now=now())
    flash(f"{done.added} added, {done.changed} changed, {done.same} as they were.", "success")
    return redirect(url_for("staff.mailboxes"))


@blueprint.get(f"/mailboxes/<{ROW}:mailbox_id>")
@needs(Permission.RUN_CAMPAIGNS)
def one_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """One mailbox: what it was asked, and what is written about it."""
    found = mailbox(session(), mailbox_id)
    return _one(found, _filled(found))


@blueprint.post(f"/mailboxes/<{ROW}:mailbox_id>")
@needs(Permission.RUN_CAMPAIGNS)
def change_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """Change it; what waited for an address that works goes on."""
    found = mailbox(session(), mailbox_id)
    form = MailboxForm()
    form.serves.data = found.serves.value
    if not form.validate():
        return _one(found, form), 422
    try:
        mailbox_keeping.change(session(), found, form.entry(found.serves), by=actor(), now=now())
    except Invalid as error:
        form.show(error)
        return _one(found, form), 422
    flash(f"{found.name} is saved.", "success")
    return redirect(url_for("staff.mailboxes"))


@blueprint.post(f"/mailboxes/<{ROW}:mailbox_id>/stop")
@needs(Permission.RUN_CAMPAIGNS)
def stop_mailbox(mailbox_id: int) -> ResponseReturnValue:
    """Write to it no more, at once."""
    found = mailbox(session(), mailbox_id)
    mailbox_keeping.stop(session(), found, by=actor(), now=now())
    flash(f"{found.name} gets no more messages. A second person can allow them again.", "success")
    return redirect(url_for("staff.one_mailbox", mailbox_id=found.id))


@blueprint.post(f"/mailboxes/<{ROW}:mailbox_id>/use-again")
@needs(Permission.LIFT_HOLDS)
def use_mailbox_again(mailbox_id: int) -> ResponseReturnValue:
    """Write to it again; whoever stopped it cannot."""
    found = mailbox(session(), mailbox_id)
    mailbox_keeping.use_again(session(), found, by=actor(), now=now())
    flash(f"{found.name} gets messages again.", "success")
    return redirect(url_for("staff.one_mailbox", mailbox_id=found.id))


def _filled(found: RoleMailbox) -> MailboxForm:
    data: dict[str, Any] = {
        "serves": found.serves.value,
        "name": found.name,
        "urn": found.urn or "",
        "email": found.email.value if found.email else "",
        "sen_needs": found.sen_needs,
        "is_default": found.is_default,
    }
    return MailboxForm(data=data)


def _one(found: RoleMailbox, form: MailboxForm) -> str:
    return render_template(
        "staff/mailboxes/mailbox.html",
        mailbox=found,
        is_setting=found.serves is MailboxKind.SETTING,
        kind=KINDS[found.serves],
        state=STATES[state_of(found)],
        is_stopped=state_of(found) in ("stopped", "opted_out"),
        form=form,
        asked=[_asked(each) for each in mailbox_keeping.invitations_to(session(), found, limit=NEWEST)],
    )


def _asked(invitation: Invitation) -> dict[str, object]:
    event = invitation.plan_event
    said = ENDED[invitation.close_reason] if invitation.close_reason else ASKED.get(invitation.state, "")
    return {
        "child_id": event.plan.child_id,
        "child": event.plan.child.full_name,
        "about": f"{EVENTS[event.kind]} on {day(event.happened_on)}",
        "state": said,
        "call": url_for("staff.call", invitation_id=invitation.id) if invitation.state == "asking" else None,
    }


def _missing(each: Missing) -> dict[str, str]:
    who = each.name or "Health services"
    because = (
        "has a mailbox, but mail does not arrive" if each.because is NotAsked.MAILBOX_NOT_WORKING else "no mailbox"
    )
    urn = f" (URN {each.urn})" if each.urn else ""
    return {
        "who": f"{who}{urn}",
        "because": because,
        "events": plural(each.events, "plan or review", "plans or reviews"),
    }


def _form(form: MailboxForm) -> str:
    return render_template("staff/mailboxes/add.html", form=form)


def _importing(form: ListForm, faults: "list[Fault] | tuple[Fault, ...] | Any" = ()) -> str:
    return render_template(
        "staff/mailboxes/import.html",
        form=form,
        faults=list(faults)[:FAULTS_SHOWN],
        more=max(len(faults) - FAULTS_SHOWN, 0),
        columns={LISTS[kind]: ", ".join(names) for kind, names in COLUMNS.items()},
    )
