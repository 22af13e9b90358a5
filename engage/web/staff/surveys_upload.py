"""Bringing in a version of a survey: every mistake named with its line and cure, and nothing typed is lost."""

import re
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput, GovTextArea
from wtforms import SubmitField, TextAreaField

from engage.accounts.permissions import Permission
from engage.core.errors import NotFound
from engage.plans.models import PlanEventKind
from engage.surveys.publishing import keep_upload, uploaded_drafts
from engage.surveys.uploading import Upload, check_upload
from engage.web.forms import Form
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import blueprint
from engage.web.staff.surveys import measures_text, survey_text
from engage.web.survey_pages import showable

KINDS = frozenset(kind.value for kind in PlanEventKind)
_VERSION_LINE = re.compile(r"^version: *\d+ *$", re.MULTILINE)


class UploadSurveyForm(Form):
    """A version, from a file or as words, and what its survey follows over time."""

    file = FileField("A file", widget=GovFileInput(), render_kw={"accept": ".yaml,.yml,text/yaml"})
    survey = TextAreaField("The version", widget=GovTextArea())
    measures = TextAreaField("What is followed over time (optional)", widget=GovTextArea())
    send = SubmitField("Check it and keep it as a draft", widget=GovSubmitInput())


@blueprint.get("/surveys/upload")
@needs(Permission.MANAGE_SURVEYS)
def upload_survey() -> ResponseReturnValue:
    """An empty page, or one that begins with a version that is here, under the next number."""
    form = UploadSurveyForm()
    code, version = request.args.get("survey", ""), request.args.get("version", "")
    if code and version:
        form.survey.data = _to_start_from(code, version)
        form.measures.data = measures_text(code)
    return _page(form)


@blueprint.post("/surveys/upload")
@needs(Permission.MANAGE_SURVEYS)
def bring_in_survey() -> ResponseReturnValue:
    """Keep a sound version as a draft; show any other back with all that is wrong."""
    form = UploadSurveyForm()
    if not form.validate():
        return _page(form), 422
    if form.file.data:
        form.survey.data = _decoded(form.file.data.read())
    text = (form.survey.data or "").replace("\r\n", "\n")
    if not text.strip():
        form.survey.errors = ["Select a file, or enter the version"]
        return _page(form), 422
    measures = (form.measures.data or "").replace("\r\n", "\n")
    upload = check_upload(house().catalogue, text, measures, kinds=KINDS, drafts=uploaded_drafts(session()))
    if upload.mistakes or upload.survey is None:
        return _page(form, upload), 422
    row = keep_upload(session(), upload, by=actor(), now=now())
    house().shelf.look_again()
    flash(
        f"Version {row.version} of “{upload.survey.title}” is kept as a draft. Nobody is asked with it yet.", "success"
    )
    return redirect(url_for("staff.survey_version", code=row.survey, version=row.version))


def _decoded(content: bytes) -> str:
    """The file's words; what is not UTF-8 is shown as it can be, and the check says where."""
    return content.decode("utf-8-sig", errors="replace")


def _to_start_from(code: str, version: str) -> str:
    versions = house().catalogue.versions(code)
    chosen = next((number for number in versions if str(number) == version), None)
    if chosen is None:
        raise NotFound("There is no such version.")
    if (code, chosen) in uploaded_drafts(session()):
        return survey_text(code, chosen)
    return _VERSION_LINE.sub(f"version: {versions[-1] + 1}", survey_text(code, chosen), count=1)


def _page(form: UploadSurveyForm, upload: Upload | None = None) -> str:
    mistakes = [
        replace(one, place=showable(one.place), wrong=showable(one.wrong), cure=showable(one.cure))
        for one in (upload.mistakes if upload else ())
    ]
    for field in (form.survey, form.measures):
        field.data = showable(field.data or "")
    errors = [
        {"text": str(mistake), "href": "#measures" if mistake.file == "measures" else "#survey"} for mistake in mistakes
    ]
    return render_template(
        "staff/surveys/upload.html",
        form=form,
        mistakes=mistakes,
        lines=(form.survey.data or "").splitlines(),
        **({"errors": errors} if errors else {}),
    )
