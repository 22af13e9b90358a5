"""Publishing and retiring a version: a page that says exactly what will change and for whom, and one button."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from engage.accounts.permissions import Permission
from engage.campaigns.models import Invitation, InvitationState
from engage.core.errors import Conflict
from engage.surveys import publishing
from engage.surveys.definition import Question, Survey
from engage.surveys.models import SurveyVersion, VersionState
from engage.surveys.publishing import VERSION_TRANSITIONS
from engage.surveys.to_translate import for_families
from engage.web.rendering import plural
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import blueprint
from engage.web.staff.surveys import VERSION, VersionRow, one_version, used_by
from engage.web.staff.words import AUDIENCES


@dataclass(frozen=True)
class Act:
    """One thing to do with a version."""

    do: Callable[..., SurveyVersion]
    to: VersionState
    title: str
    button: str
    done: str


ACTS = {
    "publish": Act(
        publishing.publish, VersionState.PUBLISHED, "Publish", "Publish this version", "is in use from now on"
    ),
    "retire": Act(publishing.retire, VersionState.RETIRED, "Retire", "Retire this version", "is retired"),
}
PATH = f"{VERSION}/<any(publish, retire):deed>"


@blueprint.get(PATH)
@needs(Permission.MANAGE_SURVEYS)
def ask_about_survey(code: str, version: int, deed: str) -> ResponseReturnValue:
    """A second look: what changes in words, and who is asked with what from when."""
    row = _allowed(code, version, deed)
    before = _in_use(code)
    publishes = ACTS[deed].to is VersionState.PUBLISHED
    return render_template(
        "staff/surveys/act.html",
        row=row,
        name=deed,
        act=ACTS[deed],
        changes=changes(before, row.survey) if publishes else [],
        sentences=_published(row, before) if publishes else _retired(row),
    )


@blueprint.post(PATH)
@needs(Permission.MANAGE_SURVEYS)
def change_survey(code: str, version: int, deed: str) -> ResponseReturnValue:
    """Do it; every process knows of it within a second."""
    row = _allowed(code, version, deed)
    ACTS[deed].do(session(), house().catalogue, code, version, by=actor(), now=now())
    house().shelf.look_again()
    flash(f"Version {version} of “{row.survey.title}” {ACTS[deed].done}.", "success")
    return redirect(url_for("staff.survey_version", code=code, version=version))


def _allowed(code: str, version: int, act: str) -> VersionRow:
    row = one_version(code, version)
    VERSION_TRANSITIONS.check(row.state, ACTS[act].to)
    newest = _in_use(code)
    if act == "publish" and newest and newest.version > version:
        raise Conflict(f"Version {newest.version} is newer and published, so nobody would be asked with this one.")
    if act == "retire" and row.asked_by and _next_in_use(code, version) is None:
        raise Conflict(
            f"This is the only published version, and it is used by {', '.join(row.asked_by)}. End or close "
            "those first, or publish another version."
        )
    return row


def _in_use(code: str) -> Survey | None:
    catalogue = house().catalogue
    published = [number for number in catalogue.versions(code) if (code, number) in catalogue.published]
    return catalogue.get(code, published[-1]) if published else None


def _next_in_use(code: str, without: int) -> int | None:
    catalogue = house().catalogue
    left = [n for n in catalogue.versions(code) if (code, n) in catalogue.published and n != without]
    return left[-1] if left else None


def changes(before: Survey | None, after: Survey) -> list[str]:
    """What people will meet that they did not before, a sentence a change; nothing for a survey that is new."""
    if before is None or before.version == after.version:
        return []
    said = [_of_question(before.question(question.id), question) for question in after.questions]
    gone = [f"No longer asked: “{each.heading}”" for each in before.questions if after.question(each.id) is None]
    around = [
        f"The {name} changes."
        for name, one, other in (
            ("title", before.title, after.title),
            ("introduction", before.intro, after.intro),
            ("topic in messages", before.topic, after.topic),
            ("rules by which somebody follows up", before.dissatisfaction, after.dissatisfaction),
            ("list of where to turn", before.thank_you_routes, after.thank_you_routes),
        )
        if one != other
    ]
    kept = [each.id for each in before.questions if after.question(each.id)]
    moved = kept != [each.id for each in after.questions if before.question(each.id)]
    return [each for each in said if each] + gone + around + (["The questions come in another order."] if moved else [])


def _of_question(before: Question | None, after: Question) -> str:
    if before is None:
        return f"New: “{after.heading}”{' (may be left alone)' if after.optional else ''}"
    if before.heading != after.heading:
        return f"“{before.heading}” becomes “{after.heading}”"
    if before.options != after.options:
        return f"The answers to “{after.heading}” change"
    if before != after:
        return f"The hint of “{after.heading}”, or when it is asked, changes"
    return ""


def _waiting(code: str) -> int:
    counted = session().scalar(
        select(func.count()).where(
            Invitation.survey == code, Invitation.state == InvitationState.PLANNED, Invitation.version.is_(None)
        )
    )
    return counted or 0


def _published(row: VersionRow, before: Survey | None) -> list[str]:
    survey = row.survey
    who = AUDIENCES[survey.audience][1]
    said = [f"From now on, {who} are asked with version {survey.version}."]
    names = ", ".join(used_by().get(survey.code, ()))
    said.append(f"It is used by {names}." if names else "Nothing uses this survey yet.")
    if waiting := _waiting(survey.code):
        said.append(f"{plural(waiting, 'person', 'people')} planned and not yet asked will be asked with it.")
    if before:
        said.append(f"Whoever was asked with version {before.version} goes on with version {before.version}.")
    said.append("Once somebody has been asked with it, its words can never change.")
    said.append("Where a language has no words for a new question, people read that question in English.")
    if for_families(survey):
        said.append("They can be translated under Translations, before or after this.")
    return said


def _retired(row: VersionRow) -> list[str]:
    after = _next_in_use(row.survey.code, row.survey.version)
    said = ["Nobody new is asked with this version. Whoever was asked with it can still answer."]
    if not row.is_in_use:
        return said
    if after is None:
        return [*said, "No version of this survey is then in use."]
    return [*said, f"Version {after} is then the one in use."]
