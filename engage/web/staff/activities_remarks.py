"""What somebody says in passing, at a stall or after a meeting: written down at once, and read like any comment."""

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from engage.accounts.permissions import Permission
from engage.activities import queries, services
from engage.activities.activity_models import Activity, Remark
from engage.activities.services import REMARK, RemarkFacts
from engage.cases.services import consider
from engage.core.clock import london_date
from engage.core.errors import Invalid, NotFound
from engage.surveys.definition import Survey
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, trimmed
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import LARGEST, blueprint
from engage.web.staff.actors import namer
from engage.web.survey_pages import PhoneAnswers, phone_errors, phone_fields, read_phone_answers


class RemarkForm(Form):
    """When and where it was said; what was said is a survey like any other."""

    heard_on = ThreeBoxDate("When was it said?", description="For example, 6 12 2026")
    place = StringField(
        "Where? (optional)", widget=GovTextInput(), filters=[trimmed], description="For example, stall at the library"
    )

    def facts(self, activity: Activity | None) -> RemarkFacts:
        """What was entered; `Invalid` when there is no day, or one still to come."""
        on = self.heard_on.data
        if on is None or on > london_date(now()):
            wrong = "Enter the day it was said, for example 6 12 2026" if on is None else "Enter a day that has been"
            raise Invalid(f"{wrong}.", {"heard_on": wrong})
        return RemarkFacts(on, self.place.data or "", activity)


@blueprint.get("/activities/remarks")
@needs(Permission.RUN_ACTIVITIES)
def remarks() -> ResponseReturnValue:
    """What has been written down. The words are for those who read and follow up."""
    found = queries.remarks(session(), local_authority=house().settings.local_authority)
    name = namer(session())
    return render_template(
        "staff/activities/remarks.html", rows=[_row(each) | {"by": name(each.kept_by)} for each in found]
    )


@blueprint.get("/activities/remarks/new")
@needs(Permission.RUN_ACTIVITIES)
def new_remark() -> ResponseReturnValue:
    """The form for one remark."""
    about = _about(http.args.get("activity", ""))
    form = RemarkForm(
        formdata=None,
        data={"heard_on": about.held_on if about else london_date(now()), "place": about.place if about else ""},
    )
    return _page(form, _survey(), None, about)


@blueprint.post("/activities/remarks/new")
@needs(Permission.RUN_ACTIVITIES)
def save_remark() -> ResponseReturnValue:
    """Keep it, and let it wait to be read."""
    survey = _survey()
    about = _about(http.form.get("activity", ""))
    form = RemarkForm()
    typed = read_phone_answers(survey, http.form.to_dict(flat=False))
    try:
        facts = form.facts(about)
        if not typed.mistakes:
            response = services.keep_remark(
                session(),
                survey,
                typed.given,
                facts,
                local_authority=house().settings.local_authority,
                by=actor(),
                now=now(),
            )
    except Invalid as error:
        form.show(error)
    if typed.mistakes or form.errors:
        return _page(form, survey, typed, about), 422
    consider(session(), response, survey, flagged=house().catalogue.flagged_words, now=now())
    flash("Kept. Somebody reads it within one working day.", "success")
    if about:
        return redirect(url_for("staff.activity", activity_id=about.id), 303)
    return redirect(url_for("staff.remarks"), 303)


def _survey() -> Survey:
    return house().catalogue.current(REMARK)


def _about(number: str) -> Activity | None:
    if not (number.isascii() and number.isdigit() and len(number) < 11) or int(number) > LARGEST:
        return None
    try:
        return queries.activity(session(), int(number), local_authority=house().settings.local_authority)
    except NotFound:
        return None


def _page(form: RemarkForm, survey: Survey, typed: PhoneAnswers | None, about: Activity | None) -> str:
    errors = [
        *(
            {"text": str(words), "href": f"#{name}-day" if name == "heard_on" else f"#{name}"}
            for name, each in form.errors.items()
            for words in each
        ),
        *(phone_errors(survey, typed) if typed else []),
    ]
    return render_template(
        "staff/activities/remark.html", form=form, fields=phone_fields(survey, typed), about=about, errors=errors
    )


def _row(remark: Remark) -> dict[str, object]:
    survey = house().catalogue.get(remark.response.survey, remark.response.version)
    labels = {}
    for question in survey.questions:
        option = question.option(str(remark.response.answers.get(question.id, "")))
        labels[question.id] = option.label if option else ""
    unread = any(text.read_at is None for text in remark.response.texts)
    return {
        "heard_on": remark.heard_on,
        "place": remark.place or (remark.activity.name if remark.activity else "Not said"),
        "theme": labels.get("theme", ""),
        "may_use": labels.get("may_use", ""),
        "state": "waiting" if unread else "read",
    }
