"""Surveys: every survey and version there is, who is asked with it, and how many answers it has brought."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engage.accounts.permissions import Permission
from engage.activities.models import OpenLink
from engage.campaigns.models import CampaignState
from engage.campaigns.queries import campaigns
from engage.core.data_files import read_text
from engage.core.errors import NotFound
from engage.surveys.definition import Audience, Question, Survey
from engage.surveys.models import VersionState
from engage.surveys.publishing import answers_sent, state_of, version_rows
from engage.web.request import house, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.words import AUDIENCES, MODES

VERSION = f"/surveys/<code>/<{ROW}:version>"


@dataclass(frozen=True)
class VersionRow:
    """One version in the list."""

    survey: Survey
    state: VersionState
    is_in_use: bool
    answers: int
    asked_by: Sequence[str]
    """The campaigns and open links that ask with it, by name."""

    @property
    def modes(self) -> str:
        return ", ".join(MODES[mode] for mode in self.survey.modes)


@blueprint.get("/surveys")
@needs(Permission.MANAGE_SURVEYS)
def surveys() -> ResponseReturnValue:
    """Every survey and version, by whom it is for."""
    rows = all_versions()
    groups = [
        (AUDIENCES[audience][1], [row for row in rows if row.survey.audience is audience]) for audience in Audience
    ]
    return render_template("staff/surveys/surveys.html", groups=[(who, some) for who, some in groups if some])


@blueprint.get(VERSION)
@needs(Permission.MANAGE_SURVEYS)
def survey_version(code: str, version: int) -> ResponseReturnValue:
    """One version: what it asks, where it stands, and what can be done with it."""
    row = one_version(code, version)
    changed = version_rows(session()).get((code, version))
    return render_template(
        "staff/surveys/version.html",
        row=row,
        audience=AUDIENCES[row.survey.audience][1],
        questions=[(question, _about(row.survey, question)) for question in row.survey.questions],
        changed=changed,
        is_uploaded=changed is not None and changed.yaml is not None,
        latest=house().catalogue.versions(code)[-1],
    )


@blueprint.get(f"{VERSION}/<any(survey, measures):part>.yaml")
@needs(Permission.MANAGE_SURVEYS)
def survey_file(code: str, version: int, part: str) -> ResponseReturnValue:
    """The version, or what its survey follows over time, as a file to keep or to start from."""
    house().catalogue.get(code, version)  # what follows becomes part of a file's name
    text = survey_text(code, version) if part == "survey" else measures_text(code)
    name = f"{code}-v{version}.yaml" if part == "survey" else f"{code}-measures.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="application/yaml; charset=utf-8", headers=headers)


def all_versions() -> list[VersionRow]:
    """Every version, the newest of each survey first."""
    catalogue, rows, sent = house().catalogue, version_rows(session()), answers_sent(session())
    used = used_by()
    found = []
    for survey in sorted(catalogue.all(), key=lambda each: (each.code, -each.version)):
        key = survey.code, survey.version
        in_use = key in catalogue.published and catalogue.current(survey.code) is survey
        state = state_of(catalogue, rows.get(key), *key)
        found.append(VersionRow(survey, state, in_use, sent.get(key, 0), used.get(survey.code, ()) if in_use else ()))
    return found


def one_version(code: str, version: int) -> VersionRow:
    """This version; `NotFound` when there is none."""
    house().catalogue.get(code, version)
    return next(row for row in all_versions() if (row.survey.code, row.survey.version) == (code, version))


def survey_text(code: str, version: int) -> str:
    """A version as it was written, word for word."""
    row = version_rows(session()).get((code, version))
    if row is not None and row.yaml is not None:
        return row.yaml
    return _file_of(f"{code}/v{version}.yaml")


def measures_text(code: str) -> str:
    """What a survey follows over time as it was written last; of a survey brought in without any, nothing."""
    uploaded = [row for (survey, _), row in version_rows(session()).items() if survey == code and row.measures]
    if uploaded:
        return uploaded[-1].measures or ""
    try:
        return _file_of(f"{code}/measures.yaml")
    except NotFound:
        return ""


def _file_of(name: str) -> str:
    root = house().settings.surveys_folder
    text = read_text(root / name, root=root)
    if not isinstance(text, str):
        raise NotFound("There is no such file.")
    return text


def used_by() -> dict[str, tuple[str, ...]]:
    """The campaigns that have not ended and the open links that are not closed, by the survey they ask with."""
    used: dict[str, list[str]] = {}
    for campaign in campaigns(session()):
        if campaign.state is not CampaignState.ENDED:
            used.setdefault(campaign.survey, []).append(campaign.name)
    for link in session().scalars(select(OpenLink).where(OpenLink.closed_at.is_(None)).order_by(OpenLink.id)):
        used.setdefault(link.survey, []).append(link.name)
    return {code: tuple(names) for code, names in used.items()}


def _about(survey: Survey, question: Question) -> str:
    """What an administrator wants to know of a question besides its words."""
    said = []
    if question.measure:
        name = house().catalogue.measures(survey.code).get(question.measure)
        said.append(f"Followed as “{name.name if name else question.measure}”")
    if question.optional:
        said.append("may be left alone")
    if question.show_if:
        asked = survey.question(question.show_if.question)
        labels = [option.label for option in asked.options if option.code in question.show_if.codes] if asked else []
        said.append(f"only after “{'” or “'.join(labels)}”")
    line = ", ".join(said)
    return line[:1].upper() + line[1:]
