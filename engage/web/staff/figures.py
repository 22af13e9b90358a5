"""Figures: what families say of each statement and how many answered, to look at, to download and to release.

Who may read single answers sees every figure; anybody else sees them under the Board's rules, with small numbers
withheld. The forum and the public see only what was released here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engage.accounts.permissions import Permission
from engage.campaigns.queries import campaigns
from engage.core import periods
from engage.core.clock import london_date
from engage.core.errors import Invalid, NotFound
from engage.core.periods import start_year
from engage.surveys.definition import Audience as Asked
from engage.web.request import actor, house, now, session
from engage.web.security import may, needs
from engage.web.staff import blueprint
from engage.web.staff.words import AUDIENCES

if TYPE_CHECKING:  # pandas and scipy take seconds to load: only those who ask for figures wait for them
    from engage.insight.figures import Audience, ProtectedTable
    from engage.insight.sheets import Sheet

ASKED_BY_NAME = (Asked.PARENT_CARER, Asked.YOUNG_PERSON)
TYPES = {"csv": "text/csv", "json": "application/json"}


@dataclass(frozen=True)
class Statement:
    """One statement on the page."""

    wording: str
    chart: Markup | None
    table: "ProtectedTable"


def surveys() -> list[tuple[str, str]]:
    """Every survey that follows something over time, by code and what it is about: first those that a campaign asks.
    Children's voices stand on a page of their own."""
    catalogue = house().catalogue
    asked = {campaign.survey for campaign in campaigns(session())}
    followed = [code for code in catalogue.surveys if catalogue.measures(code)]
    adults = [code for code in followed if catalogue.newest(code).audience is not Asked.CHILD]
    codes = sorted(sorted(adults, reverse=True), key=lambda code: code not in asked)
    topics = {code: catalogue.newest(code).topic for code in codes}
    return [(code, _named(code, topic)) for code, topic in topics.items()]


def of_families() -> list[tuple[str, str]]:
    """Those of them that families are asked by name: the only ones of which it can be said who is not heard."""
    catalogue = house().catalogue
    return [each for each in surveys() if catalogue.newest(each[0]).audience in ASKED_BY_NAME]


def _who(survey: str) -> str:
    """Who speaks in the figures of a survey."""
    asked = house().catalogue.newest(survey).audience
    return "Families" if asked in ASKED_BY_NAME else AUDIENCES[asked][1].capitalize()


def _named(code: str, topic: str) -> str:
    """What a survey is about, and whom it asks where that is not the family."""
    who = house().catalogue.newest(code).audience
    named = topic[:1].upper() + topic[1:]
    return named if who in ASKED_BY_NAME else f"{named} ({AUDIENCES[who][1]})"


def chosen_survey(among: Sequence[tuple[str, str]] | None = None) -> str:
    """The survey in the address, or the first; `NotFound` when there is none of that name."""
    codes = [code for code, _ in (surveys() if among is None else among)]
    chosen = request.args.get("survey", codes[0])
    if chosen not in codes:
        raise NotFound("There is no such survey.")
    return chosen


def audience() -> "Audience":
    """Whose rules the signed-in person's figures follow."""
    from engage.insight.figures import Audience

    return Audience.INTERNAL if may(Permission.SEE_CASES) else Audience.BOARD


def sheet_for(survey: str) -> "Sheet":
    """All figures of one survey as the signed-in person may see them."""
    from engage.insight.sheets import live_sheet

    return live_sheet(
        session(),
        house().catalogue,
        survey,
        audience=audience(),
        local_authority=house().settings.local_authority,
        now=now(),
    )


def chosen_year(years: Sequence[int]) -> int | None:
    """The financial year in the address, by the year it began in, or the newest; None while there are no figures."""
    asked = request.args.get("year", "")
    return next((start for start in years if str(start) == asked), max(years, default=None))


def year_choices(years: Sequence[int]) -> list[tuple[int, str]]:
    """Financial years for a list, the newest first."""
    return [(start, periods.year(start).name) for start in sorted(years, reverse=True)]


@blueprint.get("/figures")
@needs(Permission.SEE_FIGURES)
def figures() -> ResponseReturnValue:
    """One survey and year: each statement, the response rate, and how every figure was made."""
    from engage.insight import charts

    survey = chosen_survey()
    sheet = sheet_for(survey)
    start = chosen_year(sheet.counted.years)
    given: dict[str, object] = {"surveys": surveys(), "survey": survey, "years": year_choices(sheet.counted.years)}
    if start is None:
        return render_template("staff/figures/figures.html", year=None, **given)
    names = sheet.names(start)
    before = [periods.year(each).name for each in sheet.counted.years if each < start]
    told = sheet.cut(sheet.statements, names)
    drawn = sheet.cut(sheet.statements, [*before, *names])
    wordings = list(dict.fromkeys(row[0].text for row in told.rows))
    rate = sheet.cut(sheet.response_rate, names)
    return render_template(
        "staff/figures/figures.html",
        year=start,
        year_name=periods.year(start).name,
        statements=[
            Statement(
                wording,
                charts.statement_chart(drawn, wording, name=f"statement-{number}"),
                charts.of_statement(told, wording),
            )
            for number, wording in enumerate(wordings)
        ],
        notes=told.notes,
        rate=rate,
        who=_who(survey),
        is_open=not house().catalogue.newest(survey).audience.is_known,
        modes=sheet.cut(sheet.modes, names),
        left_out=sheet.cut(sheet.left_out, names),
        weekly=charts.weekly_chart(session(), survey, now=now()) if _sees_who_answered() else None,
        inside=may(Permission.SEE_CASES),
        may_release=may(Permission.RELEASE_FIGURES),
        released=_released(survey),
        **given,
    )


@blueprint.get("/figures.<any(csv, json):kind>")
@needs(Permission.SEE_FIGURES)
def download_figures(kind: str) -> ResponseReturnValue:
    """The same figures as a file, under the same rules."""
    from engage.insight.figures import figures as tables_of
    from engage.insight.figures import to_csv, to_json

    survey = chosen_survey()
    start = request.args.get("year", str(start_year(london_date(now()))))
    if not re.fullmatch("(19|20)[0-9]{2}", start):
        raise Invalid("Give the year as the one it began in, such as 2021 for 2021/22.")
    period = periods.year(int(start)).name
    tables = tables_of(
        session(),
        house().catalogue,
        survey,
        period,
        audience=audience(),
        local_authority=house().settings.local_authority,
        now=now(),
    )
    text = to_csv(tables) if kind == "csv" else to_json(tables, survey=survey, period=period)
    name = f"{survey}-{period.replace('/', '-')}-{audience().value}.{kind}"
    # A spreadsheet takes UTF-8 for something else unless the file begins by saying so.
    content = f"\ufeff{text}" if kind == "csv" else text
    return Response(
        content,
        content_type=f"{TYPES[kind]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/figures/release")
@needs(Permission.RELEASE_FIGURES)
def ask_to_release() -> ResponseReturnValue:
    """Exactly what the forum and the public would see, and one button."""
    from engage.insight import charts, releases

    survey = chosen_survey()
    proposal = releases.proposal(
        session(), house().catalogue, survey, local_authority=house().settings.local_authority, now=now()
    )
    wordings = list(dict.fromkeys(row[0].text for row in proposal.statements.rows)) if proposal else []
    return render_template(
        "staff/figures/release.html",
        survey=survey,
        topic=dict(surveys())[survey],
        proposal=proposal,
        statements=[charts.of_statement(proposal.statements, each) for each in wordings] if proposal else [],
        released=_released(survey),
    )


@blueprint.post("/figures/release")
@needs(Permission.RELEASE_FIGURES)
def release_figures() -> ResponseReturnValue:
    """Put them before the forum and the public, for good."""
    from engage.insight import releases

    survey = chosen_survey()
    made = releases.release(
        session(),
        house().catalogue,
        survey,
        local_authority=house().settings.local_authority,
        by=actor(),
        now=now(),
    )
    flash(f"Released: {made.up_to}. The forum sees it now.", "success")
    return redirect(url_for("staff.figures", survey=survey))


def _released(survey: str) -> str | None:
    from engage.insight import releases

    shown = releases.latest(session(), survey, local_authority=house().settings.local_authority)
    return shown.up_to if shown else None


def _sees_who_answered() -> bool:
    return may(Permission.RUN_CAMPAIGNS) or may(Permission.SEE_CASES)
