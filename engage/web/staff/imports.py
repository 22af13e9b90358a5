"""Import: is this file right, and what will it start? Upload it, look at the preview, decide."""

import csv
import io

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovSubmitInput
from markupsafe import Markup
from wtforms import SelectField, SubmitField

from engage.accounts.permissions import Permission
from engage.campaigns import importing
from engage.campaigns.models import CampaignState
from engage.campaigns.queries import campaigns
from engage.core.clock import london_date
from engage.core.errors import Conflict, Invalid, NotFound
from engage.demonstration.sample import sample_rows
from engage.people.queries import relationships
from engage.plans.models import UNDECIDED, ColumnMapping, ImportState, PlanImport
from engage.plans.queries import imports, mapping, mappings, plan_import
from engage.plans.reading import COLUMNS, HeadingsDoNotMatch, Reading, ReadingSettings, read
from engage.plans.reading import ColumnMapping as Headings
from engage.web.forms import Form, SelectChoice
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.actors import namer
from engage.web.staff.import_words import STATES, in_short, preview_of

HISTORY = 20
FAULTS_SHOWN = 100
LET_GO_SHOWN = 200
PARTS = {
    "child": "The child or young person",
    "plan": "The plan",
    "review": "The annual review",
    "contact": "The contact: a parent carer, or the young person themselves",
}


class UploadForm(Form):
    """A file, and whose headings it has."""

    file = FileField(
        "File from the case system",
        widget=GovFileInput(),
        validators=[FileRequired("Select a file")],
        render_kw={"accept": ".csv,.xlsx,.ods"},
    )
    mapping = SelectField("Headings", widget=GovSelect(), description="How this system names its columns.")
    send = SubmitField("Look at this file", widget=GovSubmitInput())

    def offer(self, saved: list[ColumnMapping]) -> "UploadForm":
        """Offer the saved column mappings."""
        self.mapping.choices = [
            SelectChoice("", "Engage’s own names, or common words for them"),
            *(SelectChoice(str(each.id), each.name) for each in saved),
        ]
        return self

    def saved(self) -> ColumnMapping | None:
        """The chosen mapping, if one was chosen."""
        return mapping(session(), int(self.mapping.data)) if self.mapping.data else None


@blueprint.get("/imports")
@needs(Permission.IMPORT_PLANS)
def import_plans() -> ResponseReturnValue:
    """Choose a file; and what became of the earlier ones."""
    return _uploading(_upload_form())


@blueprint.post("/imports")
@needs(Permission.IMPORT_PLANS)
def upload() -> ResponseReturnValue:
    """Keep the file and try it out, or ask what its headings mean. Nothing of it is brought in yet."""
    form = _upload_form()
    if not form.validate():
        return _uploading(form), 422
    file, saved = form.file.data, form.saved()
    content, name = file.read(), file.filename or "file"
    try:
        reading = read(content, name, headings_of(saved), settings=reading_settings())
    except HeadingsDoNotMatch:
        row = importing.keep(session(), content, name, by=actor(), now=now())
        row.mapping_id = saved.id if saved else None
        return redirect(url_for("staff.match_columns", import_id=row.id))
    except Invalid as error:
        form.file.errors = [error.message]
        return _uploading(form), 422
    row = importing.upload(session(), content, reading, mapping_id=saved.id if saved else None, by=actor(), now=now())
    return redirect(url_for("staff.one_import", import_id=row.id))


@blueprint.get(f"/imports/<{ROW}:import_id>")
@needs(Permission.IMPORT_PLANS)
def one_import(import_id: int) -> ResponseReturnValue:
    """What a file would do; or once it was decided, what it did."""
    row = plan_import(session(), import_id)
    if row.state is ImportState.UNMATCHED:
        return redirect(url_for("staff.match_columns", import_id=row.id))
    faults = reading_of(row).faults if row.state is ImportState.PREVIEWED else ()
    return render_template(
        "staff/imports/preview.html" if row.state is ImportState.PREVIEWED else "staff/imports/done.html",
        row=row,
        preview=preview_of(row) if row.summary else None,
        faults=faults[:FAULTS_SHOWN],
        more_faults=max(len(faults) - FAULTS_SHOWN, 0),
        **_let_go(row),
        can_download=bool(faults) or row.content is not None,
        decided_by=namer(session())(row.committed_by or row.uploaded_by),
        running=[each for each in campaigns(session()) if each.state is CampaignState.RUNNING],
    )


def _let_go(row: PlanImport) -> dict[str, object]:
    """The carers whom the file no longer names, each with the child, and how many more there are than can be shown."""
    ids = row.summary.get("no_longer_named", [])
    link = Markup('<a class="govuk-link" href="{}">{}</a>')
    shown = [
        [tie.parent_carer.full_name, link.format(url_for("staff.family", child_id=tie.child_id), tie.child.full_name)]
        for tie in relationships(session(), ids, limit=LET_GO_SHOWN)
    ]
    return {"let_go": shown, "more_let_go": max(len(ids) - LET_GO_SHOWN, 0)}


@blueprint.get(f"/imports/<{ROW}:import_id>/faulty-rows.csv")
@needs(Permission.IMPORT_PLANS)
def faulty_rows(import_id: int) -> ResponseReturnValue:
    """The faulty rows, each with what is wrong: to mend and bring back."""
    row = plan_import(session(), import_id)
    if row.state is ImportState.PREVIEWED:
        content: bytes | None = reading_of(row).faults_file()
    else:
        content = row.content if row.state is ImportState.COMMITTED else None
    if content is None:
        raise NotFound("There are no faulty rows of this file.")
    return _csv(content, f"faulty-rows-{row.id}.csv")


@blueprint.post(f"/imports/<{ROW}:import_id>/commit")
@needs(Permission.IMPORT_PLANS)
def commit(import_id: int) -> ResponseReturnValue:
    """Do what the preview showed."""
    row = plan_import(session(), import_id)
    try:
        importing.commit(session(), row, reading_of(row), by=actor(), now=now())
    except Conflict as conflict:
        flash(conflict.message, "message")
    else:
        flash("The file has been imported.", "success")
    return redirect(url_for("staff.one_import", import_id=import_id))


@blueprint.post(f"/imports/<{ROW}:import_id>/discard")
@needs(Permission.IMPORT_PLANS)
def discard(import_id: int) -> ResponseReturnValue:
    """Forget the file: nothing of it was brought in."""
    importing.discard(session(), plan_import(session(), import_id), by=actor(), now=now())
    flash("The file has been discarded. Nothing was changed.", "success")
    return redirect(url_for("staff.import_plans"))


@blueprint.get("/imports/columns")
@needs(Permission.IMPORT_PLANS)
def import_columns() -> ResponseReturnValue:
    """What a file should hold."""
    return render_template(
        "staff/imports/columns.html",
        parts=[
            (title, [column for column in COLUMNS.values() if column.part == part]) for part, title in PARTS.items()
        ],
    )


@blueprint.get("/imports/sample.csv")
@needs(Permission.IMPORT_PLANS)
def sample_file() -> ResponseReturnValue:
    """A small file of people who do not exist, with dates of the last weeks."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(COLUMNS))
    writer.writeheader()
    writer.writerows(sample_rows(london_date(now())))
    return _csv(out.getvalue().encode("utf-8-sig"), "sample-import.csv")


def headings_of(saved: ColumnMapping | None) -> Headings | None:
    """A saved mapping as the reading wants it."""
    return Headings(saved.name, saved.headings) if saved else None


def reading_settings() -> ReadingSettings:
    """What a reading may take for granted here and now."""
    settings = house().settings
    return ReadingSettings(
        today=london_date(now()),
        local_authority=settings.local_authority,
        demonstration=settings.demonstration,
        largest_bytes=settings.import_size_limit_mb * 1_000_000,
    )


def reading_of(row: PlanImport) -> Reading:
    """The kept file, read again; `Conflict` once it has been dealt with."""
    if row.state not in UNDECIDED or row.content is None:
        raise Conflict("This file has already been dealt with.")
    saved = mapping(session(), row.mapping_id) if row.mapping_id else None
    return read(row.content, row.file_name, headings_of(saved), settings=reading_settings())


def _upload_form() -> UploadForm:
    return UploadForm().offer(list(mappings(session())))


def _uploading(form: UploadForm) -> str:
    name = namer(session())
    return render_template(
        "staff/imports/imports.html",
        form=form,
        limit_mb=house().settings.import_size_limit_mb,
        history=[
            (row, STATES[row.state], in_short(row), name(row.committed_by or row.uploaded_by))
            for row in imports(session(), limit=HISTORY)
        ],
    )


def _csv(content: bytes, name: str) -> ResponseReturnValue:
    return send_file(io.BytesIO(content), mimetype="text/csv", as_attachment=True, download_name=name)
