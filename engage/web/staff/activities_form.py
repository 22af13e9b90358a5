"""Writing an activity down, before it or after, and changing what was written."""

import re
from collections.abc import Collection

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField

from engage.accounts.permissions import Permission
from engage.activities import services
from engage.activities.activity_models import Activity, ActivityKind, CameAs
from engage.activities.services import ActivityFacts
from engage.core.errors import Invalid, NotFound
from engage.surveys.definition import Audience, Mode, Survey
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.activities import found_activity
from engage.web.staff.activity_words import CAME, KINDS


def surveys_for_those_who_come() -> list[Survey]:
    """The surveys in use that are made for people who came to something."""
    catalogue = house().catalogue
    found = []
    for code in sorted(catalogue.surveys):
        try:
            survey = catalogue.current(code)
        except NotFound:
            continue
        if survey.audience is Audience.ATTENDEE and Mode.PAPER in survey.modes:
            found.append(survey)
    return found


def _line(label: str, hint: str = "") -> StringField:
    return StringField(label, widget=GovTextInput(), filters=[trimmed], description=hint)


def _count(group: CameAs) -> StringField:
    return StringField(
        CAME[group], widget=GovTextInput(), filters=[trimmed], render_kw={"inputmode": "numeric", "autocomplete": "off"}
    )


class ActivityForm(Form):
    """All that is written down of an activity."""

    offered: Collection[str] = ()
    """The codes of the surveys that may be chosen, and the empty text for none."""
    name = _line("What is it called?", "For example, Coffee morning before transfer to secondary school")
    kind = RadioField(
        "What kind is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
    )
    held_on = ThreeBoxDate("When is it?", description="For example, 6 12 2026. Of several days, the first.")
    time_of_day = _line("At what time? (optional)", "For example, 10am to midday")
    place = _line("Where? (optional)", "A building, or “Online”.")
    run_by = _line("Who ran it? (optional)", "Teams or organisations.")
    survey = RadioField("What are people asked?", widget=GovRadioInput(), default="")
    parent_carers = _count(CameAs.PARENT_CARERS)
    young_people = _count(CameAs.YOUNG_PEOPLE)
    professionals = _count(CameAs.PROFESSIONALS)
    others = _count(CameAs.OTHERS)
    notes = TextAreaField(
        "Notes (optional)",
        widget=GovTextArea(),
        filters=[trimmed],
        description="What it was about and what was agreed. No names of families.",
    )

    def facts(self) -> ActivityFacts:
        """What was entered; `Invalid` names what cannot be read at all."""
        wrong: dict[str, str] = {}
        if self.kind.data not in set(ActivityKind):
            wrong["kind"] = "Select what kind it is"
        if self.held_on.data is None:
            wrong["held_on"] = "Enter the day, for example 6 12 2026"
        if self.survey.data not in self.offered:
            wrong["survey"] = "Select what people are asked"
        came: dict[CameAs, int] = {}
        for group in CameAs:
            typed = self[group.value].data or ""
            if re.fullmatch("[0-9]{1,6}", typed):
                came[group] = int(typed)
            elif typed:
                wrong[group.value] = "Enter a number, like 12, or leave this empty"
        if wrong:
            raise Invalid("This activity cannot be saved yet.", wrong)
        assert self.held_on.data is not None
        return ActivityFacts(
            kind=ActivityKind(self.kind.data),
            name=self.name.data or "",
            held_on=self.held_on.data,
            time_of_day=self.time_of_day.data or "",
            place=self.place.data or "",
            run_by=self.run_by.data or "",
            survey=self.survey.data,
            came=came,
            notes=self.notes.data or "",
        )


@blueprint.get("/activities/new")
@needs(Permission.RUN_ACTIVITIES)
def new_activity() -> ResponseReturnValue:
    """The form for an activity."""
    return _form(_activity_form(None), None)


@blueprint.post("/activities/new")
@needs(Permission.RUN_ACTIVITIES)
def save_new_activity() -> ResponseReturnValue:
    """Write it down."""
    form = _activity_form(None)
    try:
        made = services.plan(
            session(), form.facts(), local_authority=house().settings.local_authority, by=actor(), now=now()
        )
    except Invalid as error:
        form.show(error)
        return _form(form, None), 422
    flash("Saved.", "success")
    return redirect(url_for("staff.activity", activity_id=made.id))


@blueprint.get(f"/activities/<{ROW}:activity_id>/change")
@needs(Permission.RUN_ACTIVITIES)
def change_activity(activity_id: int) -> ResponseReturnValue:
    """The same form with what is written."""
    found = found_activity(activity_id)
    return _form(_activity_form(found), found)


@blueprint.post(f"/activities/<{ROW}:activity_id>/change")
@needs(Permission.RUN_ACTIVITIES)
def save_activity(activity_id: int) -> ResponseReturnValue:
    """Write it down anew."""
    found = found_activity(activity_id)
    form = _activity_form(found)
    try:
        services.change(session(), found, form.facts(), by=actor(), now=now())
    except Invalid as error:
        form.show(error)
        return _form(form, found), 422
    flash("Saved.", "success")
    return redirect(url_for("staff.activity", activity_id=activity_id))


def _activity_form(found: Activity | None) -> ActivityForm:
    written: dict[str, object] = {}
    if found:
        names = ("name", "kind", "held_on", "time_of_day", "place", "run_by", "survey", "notes")
        written = {name: getattr(found, name) for name in names} | {k: str(n) for k, n in found.came.items()}
    form = ActivityForm(data=written)
    surveys = {survey.code: survey.title for survey in surveys_for_those_who_come()}
    if found and found.survey and found.survey not in surveys:
        surveys[found.survey] = house().catalogue.newest(found.survey).title
    form.offered = ("", *surveys)
    form.survey.choices = [
        SelectChoice("", "Nothing"),
        *(SelectChoice(code, title) for code, title in surveys.items()),
    ]
    return form


def _form(form: ActivityForm, found: Activity | None) -> str:
    return render_template(
        "staff/activities/form.html",
        form=form,
        is_new=found is None,
        back=url_for("staff.activity", activity_id=found.id) if found else url_for("staff.activities"),
    )
