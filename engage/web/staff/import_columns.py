"""Matching a file's headings to our columns by hand, and going on with the same file."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns import importing
from engage.core.errors import Conflict, Invalid
from engage.plans.mappings import save_mapping
from engage.plans.models import UNDECIDED, ColumnMapping, PlanImport
from engage.plans.queries import mapping, plan_import
from engage.plans.reading import COLUMNS, Heading, look, read
from engage.plans.reading.columns import NEEDED, column_of
from engage.web.forms import trimmed
from engage.web.request import actor, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.imports import headings_of, reading_settings


@dataclass(frozen=True)
class Matching:
    """Which column each of a file's headings is to be read as, and the name to save that under."""

    headings: tuple[Heading, ...]
    chosen: list[str]
    """For each heading the name of a column, or "" when it is not read."""
    name: str

    def mistakes(self) -> list[dict[str, str]]:
        """What keeps the file from being read like this, each leading to its field."""
        found = []
        unread = self.chosen.index("") if "" in self.chosen else 0
        for place, column in enumerate(self.chosen):
            first = self.chosen.index(column)
            if column and first < place:
                text = f"“{self.headings[first].text}” and “{self.headings[place].text}” are both {column}: choose one"
                found.append({"text": text, "href": f"#column-{place}"})
        for needed in NEEDED:
            if needed not in self.chosen:
                text = f"Select the heading that is {needed}: {COLUMNS[needed].meaning[0].lower()}{COLUMNS[needed].meaning[1:]}"
                found.append({"text": text, "href": f"#column-{unread}"})
        if not self.name:
            found.append({"text": "Enter a name for this column mapping", "href": "#name"})
        return found

    def to_save(self) -> dict[str, str]:
        """Only what Engage would not have read so by itself: the mapping then fits files with more or fewer columns."""
        pairs = zip(self.headings, self.chosen, strict=True)
        return {
            heading.text: chosen
            for heading, chosen in pairs
            if chosen != (own.name if (own := column_of(heading.text)) else "")
        }


@blueprint.get(f"/imports/<{ROW}:import_id>/columns")
@needs(Permission.IMPORT_PLANS)
def match_columns(import_id: int) -> ResponseReturnValue:
    """What Engage makes of each heading, to be put right."""
    row = _undecided(import_id)
    saved = _saved(row)
    headings = _headings(row)
    return _page(row, Matching(headings, [heading.column for heading in headings], saved.name if saved else ""))


@blueprint.post(f"/imports/<{ROW}:import_id>/columns")
@needs(Permission.IMPORT_PLANS)
def save_columns(import_id: int) -> ResponseReturnValue:
    """Save the mapping, and look at the same file with it."""
    row = _undecided(import_id)
    headings = _headings(row)
    chosen = [http.form.get(f"column-{place}", "") for place in range(len(headings))]
    matching = Matching(
        headings, [column if column in COLUMNS else "" for column in chosen], trimmed(http.form.get("name")) or ""
    )
    if mistakes := matching.mistakes():
        return _page(row, matching, mistakes), 422
    saved = _saved(row)
    try:
        kept = save_mapping(
            session(),
            name=matching.name,
            headings=matching.to_save(),
            by=actor(),
            now=now(),
            instead_of=saved if saved and saved.name == matching.name else None,
        )
        reading = read(row.content or b"", row.file_name, headings_of(kept), settings=reading_settings())
    except Invalid as error:
        wrong = error.fields.get("name")
        return _page(row, matching, [{"text": wrong, "href": "#name"} if wrong else {"text": error.message}]), 422
    importing.preview(session(), row, reading, mapping_id=kept.id, by=actor(), now=now())
    return redirect(url_for("staff.one_import", import_id=row.id))


def _undecided(import_id: int) -> PlanImport:
    row = plan_import(session(), import_id)
    if row.state not in UNDECIDED:
        raise Conflict("This file has already been dealt with.")
    return row


def _saved(row: PlanImport) -> ColumnMapping | None:
    return mapping(session(), row.mapping_id) if row.mapping_id else None


def _headings(row: PlanImport) -> tuple[Heading, ...]:
    return look(row.content or b"", row.file_name, headings_of(_saved(row)), settings=reading_settings())


def _page(row: PlanImport, matching: Matching, mistakes: list[dict[str, str]] | None = None) -> str:
    wrong: dict[str, str] = {}
    for mistake in mistakes or []:
        wrong.setdefault(mistake.get("href", "").removeprefix("#"), mistake["text"])
    fields = [
        (f"column-{place}", heading, chosen)
        for place, (heading, chosen) in enumerate(zip(matching.headings, matching.chosen, strict=True))
    ]
    known = [field for field in fields if field[1].column]
    return render_template(
        "staff/imports/match.html",
        row=row,
        unknown=[field for field in fields if not field[1].column],
        known=known,
        known_is_wrong=any(name in wrong for name, _, _ in known),
        name=matching.name,
        columns=[("", "Not read")] + [(name, f"{name}: {column.meaning}") for name, column in COLUMNS.items()],
        missing=[name for name in NEEDED if name not in matching.chosen],
        errors=mistakes or [],
        wrong=wrong,
    )
