"""Being heard: which groups of families answer, which we may be missing, how sure we are, and what to try."""

from typing import TYPE_CHECKING

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.core import periods
from engage.web.request import house, now, session
from engage.web.security import needs
from engage.web.staff import blueprint
from engage.web.staff.figures import (
    audience,
    chosen_survey,
    chosen_year,
    of_families,
    sheet_for,
    year_choices,
)

if TYPE_CHECKING:
    from engage.insight.figures import ProtectedTable
    from engage.insight.sheets import Heard

DEFINITIONS = (
    ("not White British", "Everybody except White British (the government's usage)"),
    ("non-White", "Everybody except the White groups (the Board's older papers)"),
)
DETAIL = ("parity", "risk_ratio", "p")
"""Columns for those who test figures; the page keeps them one click away."""

IF_LESS_HEARD = (
    "Ask the group's own organisations, children's centres and schools how families there would like to be asked.",
    "Check that messages and the survey are offered in the languages that these families read.",
    "Plan a session or a telephone day that is open to everybody, at a place and hour that suits these families.",
)
IF_CANNOT_TELL = (
    "Wait for the year's remaining answers before drawing any conclusion: more answers are the only cure.",
    "Look at whether families answer at all: a better response rate helps every group.",
)
IF_NOT_KNOWN = "Ask the case team to fill in ethnic groups that nobody has asked for or that were left blank."


@blueprint.get("/being-heard")
@needs(Permission.SEE_BEING_HEARD)
def being_heard() -> ResponseReturnValue:
    """One survey and year: each group's share of the answers against its share of those who could have answered."""
    from engage.insight import charts

    survey = chosen_survey(of_families())
    sheet = sheet_for(survey)
    start = chosen_year(sheet.counted.years)
    chosen = request.args.get("minority", DEFINITIONS[0][0])
    if chosen not in dict(DEFINITIONS):
        chosen = DEFINITIONS[0][0]
    given: dict[str, object] = {
        "surveys": of_families(),
        "survey": survey,
        "years": year_choices(sheet.counted.years),
        "definitions": DEFINITIONS,
        "minority": chosen,
    }
    if start is None:
        return render_template("staff/being_heard.html", year=None, **given)
    heard = sheet.heard[start]
    groups = _under(heard.groups, chosen)
    return render_template(
        "staff/being_heard.html",
        year=start,
        year_name=periods.year(start).name,
        chart=charts.heard_chart(groups, name="groups"),
        groups=charts.without(groups, *DETAIL),
        tests=groups,
        not_known=heard.not_known,
        communities=[(name, charts.without(table, *DETAIL)) for name, table in heard.communities.items()],
        verdicts=_verdicts(groups, heard),
        themselves=_of_themselves(survey, start),
        to_try=_to_try(groups, heard),
        **given,
    )


def _of_themselves(survey: str, start: int) -> "list[ProtectedTable]":
    """What those who answered said about themselves, in tables of their own."""
    from engage.insight.self_described import self_described_tables

    return self_described_tables(
        session(),
        house().catalogue,
        survey,
        periods.year(start),
        audience=audience(),
        local_authority=house().settings.local_authority,
        now=now(),
    )


def _under(table: "ProtectedTable", definition: str) -> "ProtectedTable":
    """The table with the one combination of groups that this definition makes."""
    from engage.insight import charts

    others = {f"Minority ethnic ({each})" for each, _ in DEFINITIONS if each != definition}
    return charts.rows_named(table, {row[0].text for row in table.rows} - others)


def _verdicts(groups: "ProtectedTable", heard: "Heard") -> list[tuple[str, str]]:
    """The minority families as one and each named community, with the verdict in words."""
    place = [column.code for column in groups.columns].index("verdict")
    found = [(groups.rows[0][0].text, _in_words(groups.rows[0][place].text))]
    for table in heard.communities.values():
        name = table.caption.title
        row = next((row for row in table.rows if row[0].text == name), None)
        found.append((name, _in_words(row[place].text) if row else "None of them could have answered."))
    return found


def _in_words(verdict: str) -> str:
    return "Cannot tell: the numbers are too small to show." if verdict.startswith("[") else verdict


def _to_try(groups: "ProtectedTable", heard: "Heard") -> list[str]:
    """What may help, for whole groups only: nobody's ethnic group ever decides how one family is asked."""
    found = [cell for table in (groups, *heard.communities.values()) for cell in table.column("verdict")]
    suggestions: list[str] = []
    if any(cell.value == "under-represented" for cell in found):
        suggestions += IF_LESS_HEARD
    if any(cell.withheld or cell.value == "cannot tell" for cell in found):
        suggestions += IF_CANNOT_TELL
    if any(cell.withheld or cell.value for cell in heard.not_known.column("eligible")):
        suggestions.append(IF_NOT_KNOWN)
    return suggestions
