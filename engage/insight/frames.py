"""Records to pseudonymous frames, a line a quarter or an event, and from those the counted frames that reports accept.

The database counts answers; nothing here ever holds a name, and no line of an answer leads to an event.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

import pandas as pd
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from engage.campaigns.models import Campaign
from engage.core.clock import london_date
from engage.core.periods import Period, quarter, quarter_of, start_year, year, year_to_date
from engage.insight.events import CaseEvent, case_events
from engage.insight.series import question_of, series_of
from engage.people.vocabulary import ethnicity
from engage.people.vocabulary.ethnicity import Knowledge
from engage.surveys.definition import Question
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response
from reports.columns import CohortColumn, Disposition, DispositionColumn, EthnicGroup, StatementColumn
from reports.rates import ANSWERED, NOT_ELIGIBLE


class Column(StrEnum):
    """The columns of our own two frames; `quarter` is the ISO date of its first day."""

    QUARTER = "quarter"
    SERIES = "series"
    VERSION = "version"
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    DISPOSITION = "disposition"
    BECAUSE = "because"
    LATE = "late"
    MODE = "mode"
    CHANNEL = "channel"
    WAVE = "wave"
    ETHNICITY = "ethnicity"
    LANGUAGE = "language"


ANSWERS = (Column.QUARTER, Column.SERIES, Column.VERSION, Column.POSITIVE, Column.NEUTRAL, Column.NEGATIVE)
EVENTS = (
    Column.QUARTER,
    Column.DISPOSITION,
    Column.BECAUSE,
    Column.LATE,
    Column.MODE,
    Column.CHANNEL,
    Column.WAVE,
    Column.ETHNICITY,
    Column.LANGUAGE,
)


class Community(StrEnum):
    """The communities that Kingston's Written Statement of Action (2019) names, and Polish families, whom "White" hides."""

    TAMIL = "Tamil"
    KOREAN = "Korean"
    POLISH = "Polish"


_COMMUNITY_CODES: Mapping[Community, tuple[frozenset[str], frozenset[str]]] = {
    Community.TAMIL: (frozenset({"ASLT"}), frozenset({"TAM"})),
    Community.KOREAN: (frozenset({"OKOR"}), frozenset({"KOR"})),
    Community.POLISH: (frozenset({"WEEU"}), frozenset({"POL"})),
}
"""By the DfE's extended ethnicity codes or by first language, whichever the case system holds."""
REST = "rest"
_GROUPS = {
    ethnicity.EthnicGroup.MIXED: EthnicGroup.MIXED,
    ethnicity.EthnicGroup.ASIAN: EthnicGroup.ASIAN,
    ethnicity.EthnicGroup.BLACK: EthnicGroup.BLACK,
    ethnicity.EthnicGroup.OTHER: EthnicGroup.OTHER,
}


def answer_counts(session: Session, catalogue: Catalogue, survey: str, *, local_authority: str) -> pd.DataFrame:
    """Sent answers counted by quarter of the event, series and version. "Not sure" and the like are in no column."""
    rows: list[dict[str, object]] = []
    for series in series_of(catalogue, survey):
        for version in series.versions:
            question = question_of(catalogue, survey, version, series.measure)
            if question is not None:
                by_name = catalogue.get(survey, version).audience.is_known
                counted = _counted(session, survey, version, question, local_authority, by_name=by_name)
                rows += [{Column.SERIES: series.code, Column.VERSION: version} | row for row in counted]
    return pd.DataFrame(rows, columns=[str(column) for column in ANSWERS])


def _counted(
    session: Session, survey: str, version: int, question: Question, local_authority: str, *, by_name: bool
) -> list[dict[str, object]]:
    """Answers of one version; where people are asked `by_name`, none that came by an open link is among them."""
    given = (
        select(Response.cohort_quarter.label("quarter"), Response.answers[question.id].as_string().label("code"))
        .where(
            Response.survey == survey,
            Response.version == version,
            Response.local_authority == local_authority,
            Response.submitted_at.is_not(None),
            Response.is_open.is_(False) if by_name else true(),
        )
        .subquery()
    )
    counts = session.execute(
        select(given.c.quarter, given.c.code, func.count()).group_by(given.c.quarter, given.c.code)
    )
    by_quarter: dict[date, Counter[Column]] = {}
    for first, code, n in counts:
        if code in question.base:
            by_quarter.setdefault(first, Counter())[_side(question, code)] += n
    sides = (Column.POSITIVE, Column.NEUTRAL, Column.NEGATIVE)
    return [
        {Column.QUARTER: first.isoformat()} | {side: found[side] for side in sides}
        for first, found in sorted(by_quarter.items())
    ]


def _side(question: Question, code: str) -> Column:
    if code in question.positive:
        return Column.POSITIVE
    return Column.NEGATIVE if code in question.dissatisfied else Column.NEUTRAL


def event_rows(
    session: Session, catalogue: Catalogue, survey: str, *, local_authority: str, now: datetime
) -> pd.DataFrame:
    """One line for each plan event of the years covered, with what became of it; two parents asked are one line."""
    years = years_covered(session, survey, local_authority=local_authority, now=now)
    if not years:
        return pd.DataFrame(columns=[str(column) for column in EVENTS])
    events = case_events(
        session,
        survey,
        catalogue.newest(survey).about,
        first=year(years[0]).first,
        last=min(year(years[-1]).last, london_date(now)),
        local_authority=local_authority,
        now=now,
    )
    return pd.DataFrame([_event_row(event) for event in events], columns=[str(column) for column in EVENTS])


def _event_row(event: CaseEvent) -> dict[str, object]:
    became = event.became
    return {
        Column.QUARTER: quarter_of(event.happened_on).first.isoformat(),
        Column.DISPOSITION: str(became.disposition),
        Column.BECAUSE: became.because,
        Column.LATE: became.late,
        Column.MODE: became.mode,
        Column.CHANNEL: became.channel,
        Column.WAVE: became.wave,
        Column.ETHNICITY: event.ethnicity or "",
        Column.LANGUAGE: event.first_language or "",
    }


def years_covered(session: Session, survey: str, *, local_authority: str, now: datetime) -> list[int]:
    """The financial years for which there can be figures, by the calendar year each began in, oldest first."""
    answered = session.scalar(
        select(func.min(Response.cohort_quarter)).where(
            Response.survey == survey, Response.local_authority == local_authority, Response.submitted_at.is_not(None)
        )
    )
    began = session.scalar(select(func.min(Campaign.asks_from)).where(Campaign.survey == survey))
    starts = [start_year(day) for day in (answered, began) if day is not None]
    return list(range(min(starts), start_year(london_date(now)) + 1)) if starts else []


def statement_counts(answers: pd.DataFrame, *, survey: str, periods: Iterable[Period]) -> pd.DataFrame:
    """The counts of every series in every period, noughts too, as in `reports.columns.STATEMENT_COUNTS`."""
    rows = []
    for period in periods:
        inside = _inside(answers, period)
        for series in sorted(set(answers[Column.SERIES])):
            of_series = inside[inside[Column.SERIES] == series]
            sides = {side: int(of_series[side].sum()) for side in (Column.POSITIVE, Column.NEUTRAL, Column.NEGATIVE)}
            rows.append(
                {
                    StatementColumn.PERIOD_TYPE: str(period.type),
                    StatementColumn.PERIOD: period.name,
                    StatementColumn.SURVEY: survey,
                    StatementColumn.MEASURE: series,
                    StatementColumn.POSITIVE: sides[Column.POSITIVE],
                    StatementColumn.NEGATIVE: sides[Column.NEGATIVE],
                    StatementColumn.NEUTRAL: sides[Column.NEUTRAL],
                    StatementColumn.BASE: sum(sides.values()),
                }
            )
    return pd.DataFrame(rows, columns=[str(column) for column in StatementColumn])


def dispositions(events: pd.DataFrame, *, periods: Iterable[Period]) -> pd.DataFrame:
    """Events counted by what became of them, in every period, as in `reports.columns.DISPOSITIONS`."""
    ways = [str(column) for column in (Column.DISPOSITION, Column.MODE, Column.CHANNEL, Column.WAVE)]
    parts = []
    for period in periods:
        counted = _inside(events, period).groupby(ways, as_index=False).size()
        if counted.empty:  # a period without events is still a row of the table
            counted = pd.DataFrame([{**dict.fromkeys(ways, ""), ways[0]: str(Disposition.COMPLETE), "size": 0}])
        parts.append(counted.assign(period=period.name).rename(columns={"size": "n"}))
    columns = [str(column) for column in DispositionColumn]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def cohort_by_group(events: pd.DataFrame, *, period: Period) -> pd.DataFrame:
    """The eligible children by ethnic group; the three ways of not knowing stay apart.

    As in `reports.columns.COHORT_BY_GROUP`. Its totals are those of `dispositions` for the same period.
    """
    eligible = _eligible(events, period)
    return _cohort(eligible.assign(group=eligible[Column.ETHNICITY].map(_ethnic_group)), list(EthnicGroup))


def cohort_by_community(events: pd.DataFrame, community: Community, *, period: Period) -> pd.DataFrame:
    """One community against all other eligible children; not known where neither code says."""
    eligible = _eligible(events, period)
    groups = [
        _community_group(community, code, language)
        for code, language in zip(eligible[Column.ETHNICITY], eligible[Column.LANGUAGE], strict=True)
    ]
    return _cohort(eligible.assign(group=pd.Series(groups, index=eligible.index, dtype=object)), (community, REST))


def not_known(events: pd.DataFrame, *, period: Period) -> dict[Knowledge, tuple[int, int]]:
    """How many could have answered, and did, of those whose ethnic group was refused, not asked for, or left blank."""
    cohort = cohort_by_group(events, period=period)
    unknown = cohort[~cohort[CohortColumn.KNOWN]] if len(cohort) else cohort
    found = {
        Knowledge(str(row[CohortColumn.GROUP])): (int(row[CohortColumn.ELIGIBLE]), int(row[CohortColumn.RESPONDENTS]))
        for row in unknown.to_dict("records")
    }
    return {kind: found.get(kind, (0, 0)) for kind in Knowledge if kind is not Knowledge.KNOWN}


def late_answers(events: pd.DataFrame, *, period: Period) -> int:
    """Events whose only answer came after asking had closed."""
    return int(_inside(events, period)[Column.LATE].astype(bool).sum())


def left_out(events: pd.DataFrame, *, period: Period) -> dict[str, int]:
    """Events that are not in the base of the response rate, by the code of the reason."""
    inside = _inside(events, period)
    out = inside[inside[Column.DISPOSITION].isin([str(each) for each in NOT_ELIGIBLE])]
    return {str(reason): int(n) for reason, n in sorted(out[Column.BECAUSE].value_counts().items())}


def still_asked(events: pd.DataFrame, *, period: Period) -> int:
    """Events about which somebody is still being asked."""
    return int((_inside(events, period)[Column.DISPOSITION] == str(Disposition.PENDING)).sum())


def _inside(frame: pd.DataFrame, period: Period) -> pd.DataFrame:
    return frame[frame[Column.QUARTER].between(period.first.isoformat(), period.last.isoformat())]


def _eligible(events: pd.DataFrame, period: Period) -> pd.DataFrame:
    inside = _inside(events, period)
    return inside[~inside[Column.DISPOSITION].isin([str(each) for each in NOT_ELIGIBLE])]


def _ethnic_group(code: str) -> str:
    known = ethnicity.knowledge(code)
    if known is not Knowledge.KNOWN:
        return str(known)
    found = ethnicity.ETHNICITIES[code]
    if found.group is None:
        return str(Knowledge.BLANK)
    if found.group is ethnicity.EthnicGroup.WHITE:
        return str(EthnicGroup.WHITE_BRITISH if found.main == "WBRI" else EthnicGroup.WHITE_MINORITY)
    return str(_GROUPS[found.group])


def _community_group(community: Community, code: str, language: str) -> str:
    codes, languages = _COMMUNITY_CODES[community]
    if code in codes or language in languages:
        return community
    known = ethnicity.knowledge(code)
    return REST if known is Knowledge.KNOWN else str(known)


def _cohort(eligible: pd.DataFrame, known: Collection[str]) -> pd.DataFrame:
    answered = eligible[Column.DISPOSITION].isin([str(each) for each in ANSWERED])
    counted = eligible.assign(answered=answered.astype(int)).groupby("group")["answered"].agg(["size", "sum"])
    rows = [
        {
            CohortColumn.GROUP: str(group),
            CohortColumn.KNOWN: group in set(known),
            CohortColumn.ELIGIBLE: int(row["size"]),
            CohortColumn.RESPONDENTS: int(row["sum"]),
        }
        for group, row in counted.iterrows()
    ]
    return pd.DataFrame(rows, columns=[str(column) for column in CohortColumn])


def periods_begun(start: int, *, today: date) -> list[Period]:
    """What there is to show of a financial year: each quarter that has begun, each year to date of two and three
    quarters, and the year once its last quarter has begun."""
    quarters = [quarter(start, number) for number in (1, 2, 3, 4) if quarter(start, number).first <= today]
    upto = [year_to_date(start, number) for number in (2, 3) if number <= len(quarters)]
    return [*quarters, *upto, *([year(start)] if len(quarters) == 4 else [])]
