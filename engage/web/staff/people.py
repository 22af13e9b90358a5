"""People and roles: who may sign in, what each may do, adding somebody, and stopping an account."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSubmitInput, GovTextInput
from wtforms import EmailField, SelectMultipleField, StringField, SubmitField

from engage.accounts.models import Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.accounts.queries import everybody, staff_member
from engage.accounts.services import add_staff, change_roles, deactivate
from engage.core.errors import Invalid
from engage.notify.organisations import FORUM
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint


def _role_boxes() -> SelectMultipleField:
    return SelectMultipleField(
        "Roles",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(role.value, role.human_name) for role in Role],
        description="Give as few as the work needs.",
    )


def _signing_boxes() -> SelectMultipleField:
    return SelectMultipleField(
        "Signs letters for",
        widget=GovCheckboxesInput(),
        description="Only for a signatory. For the forum its own steering group signs.",
    )


class RolesForm(Form):
    """What somebody is."""

    roles = _role_boxes()
    signs_for = _signing_boxes()
    save = SubmitField("Save", widget=GovSubmitInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may_sign = (one for one in house().templates.organisations.organisations if one.code != FORUM)
        self.signs_for.choices = [SelectChoice(one.code, one.name) for one in may_sign]

    def chosen(self) -> list[Role]:
        """The roles that were ticked."""
        return [Role(value) for value in self.roles.data or []]


class PersonForm(RolesForm):
    """Somebody new."""

    name = StringField("Full name", widget=GovTextInput(), filters=[trimmed], render_kw={"spellcheck": "false"})
    email = EmailField(
        "Work email address", widget=GovTextInput(), filters=[trimmed], render_kw={"spellcheck": "false"}
    )
    roles = _role_boxes()  # said again, for mistakes are listed in the order of the page
    signs_for = _signing_boxes()


@blueprint.get("/people")
@needs(Permission.MANAGE_PEOPLE)
def people() -> ResponseReturnValue:
    """Everybody, and what each role means."""
    accounts = everybody(session())
    return render_template(
        "staff/people/people.html",
        active=[(person, _roles(person)) for person in accounts if person.active],
        stopped=[(person, _roles(person)) for person in accounts if not person.active],
        roles=[
            (role, [permission.description for permission in Permission if permission in GRANTS[role]]) for role in Role
        ],
    )


@blueprint.get("/people/add")
@needs(Permission.MANAGE_PEOPLE)
def add_person() -> ResponseReturnValue:
    """The form for somebody new."""
    return render_template("staff/people/add.html", form=PersonForm(), roles=list(Role))


@blueprint.post("/people/add")
@needs(Permission.MANAGE_PEOPLE)
def save_person() -> ResponseReturnValue:
    """Add them; they sign in with their address whenever they like."""
    form = PersonForm()
    if not form.validate():
        return render_template("staff/people/add.html", form=form, roles=list(Role)), 422
    try:
        person = add_staff(
            session(),
            name=form.name.data or "",
            email=form.email.data or "",
            roles=form.chosen(),
            signs_for=form.signs_for.data or [],
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        form.show(error)
        return render_template("staff/people/add.html", form=form, roles=list(Role)), 422
    flash(f"{person.name} can now sign in.", "success")
    return redirect(url_for("staff.people"))


@blueprint.get(f"/people/<{ROW}:staff_id>")
@needs(Permission.MANAGE_PEOPLE)
def person(staff_id: int) -> ResponseReturnValue:
    """One account and its roles."""
    account = staff_member(session(), staff_id)
    return _person(account, RolesForm(data={"roles": account.roles, "signs_for": account.signs_for}))


@blueprint.post(f"/people/<{ROW}:staff_id>")
@needs(Permission.MANAGE_PEOPLE)
def save_roles(staff_id: int) -> ResponseReturnValue:
    """Give other roles."""
    account = staff_member(session(), staff_id)
    form = RolesForm()
    if not form.validate():
        return _person(account, form), 422
    try:
        change_roles(
            session(), account, roles=form.chosen(), signs_for=form.signs_for.data or [], by=actor(), now=now()
        )
    except Invalid as error:
        form.show(error)
        return _person(account, form), 422
    flash(f"{account.name} is now: {_roles(account)}.", "success")
    return redirect(url_for("staff.people"))


@blueprint.get(f"/people/<{ROW}:staff_id>/stop")
@needs(Permission.MANAGE_PEOPLE)
def ask_to_stop(staff_id: int) -> ResponseReturnValue:
    """Say exactly who would lose what, and ask once."""
    account = staff_member(session(), staff_id)
    return render_template("staff/people/stop.html", person=account, roles=_roles(account))


@blueprint.post(f"/people/<{ROW}:staff_id>/stop")
@needs(Permission.MANAGE_PEOPLE)
def stop(staff_id: int) -> ResponseReturnValue:
    """Stop the account and sign the person out everywhere."""
    account = staff_member(session(), staff_id)
    deactivate(session(), account, by=actor(), now=now())
    flash(f"{account.name} can no longer sign in.", "success")
    return redirect(url_for("staff.people"))


def _person(account: Staff, form: RolesForm) -> str:
    return render_template("staff/people/person.html", form=form, person=account, roles=list(Role))


def _roles(account: Staff) -> str:
    """The roles in words, a signatory's with whom they sign for."""
    names = [Role(role).human_name for role in account.roles]
    signs_for = [house().templates.organisations.name(code) for code in account.signs_for]
    return ", ".join(names) + (f" (signs for {' and '.join(signs_for)})" if signs_for else "")
