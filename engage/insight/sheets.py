"""Everything that one audience may hold about one survey, protected as one: every page and file is a cut of this sheet.

Two pages of the same figures are one disclosure. So all periods, all groups and both definitions of a minority are
protected together, however few of them a page then shows.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

import pandas as pd
from sqlalchemy.orm import Session

from engage.core.clock import london_date
from engage.core.errors import NotFound
from engage.core.periods import Period, parse_period, year
from engage.insight import frames
from engage.insight.frames import Column as Of
from engage.insight.frames import Community, periods_begun
from engage.insight.series import Series, series_of, wording_notes
from engage.people.vocabulary.ethnicity import Knowledge
from engage.surveys.loader import Catalogue
from reports import periods as runs
from reports.columns import DispositionColumn, EthnicGroup
from reports.comparison import Change, compare_with_share
from reports.experience import experience_table
from reports.participation import answers_by, response_rate_table
from reports.rates import Proportion
from reports.representativeness import MinorityDefinition, minority, representativeness_table
from reports.suppression import POLICIES, Audience, DisclosurePolicy, protect_together
from reports.tables import Caption, Cell, Column, Count, ProtectedTable, ShareOf, Sum, Table

GROUP_LABELS: Mapping[str, str] = {
    EthnicGroup.WHITE_BRITISH: "White British",
    EthnicGroup.WHITE_MINORITY: "White, not British",
    EthnicGroup.MIXED: "Mixed or multiple ethnic groups",
    EthnicGroup.ASIAN: "Asian or Asian British",
    EthnicGroup.BLACK: "Black, Black British, Caribbean or African",
    EthnicGroup.OTHER: "Other ethnic group",
}
UNKNOWN_LABELS: Mapping[Knowledge, str] = {
    Knowledge.REFUSED: "The family would rather not say",
    Knowledge.NOT_OBTAINED: "Nobody has asked yet",
    Knowledge.BLANK: "Nothing in the case system",
}
MODE_LABELS: Mapping[str, str] = {
    "link": "By link",
    "phone": "On the phone",
    "paper": "On paper",
    "face_to_face": "Face to face",
}
REASON_LABELS: Mapping[str, str] = {
    "held": "Held back to keep somebody safe, before the first message",
    "before_the_campaign": "Before asking began",
    "no_campaign": "Not asked about at that time",
    "plan_ceased": "The plan ceased before there was an answer",
    "plan_cancelled": "The plan was entered by mistake",
    "young_person_decides": "The young person answers for themselves",
    "looked_after_needs_check": "A looked-after child: a worker must check first",
    "checked_not_to_ask": "A looked-after child: a worker found that the carer should not be asked",
    "of_school_age": "Of compulsory school age: the parent carers answer",
    "not_yet_sixteen": "The young person is not yet 16",
    "needs_representative": "The young person needs a representative to answer",
    "contact_not_allowed": "The case system says not to contact the family",
    "relationship_ended": "The relationship on record has ended",
    "no_longer_named": "The case system no longer names the parent carer",
    "no_responsibility_or_care": "Nobody with parental responsibility or care on record",
}
LIVE_NOTE = (
    "Answers of every event of the period are in these figures, also those that came after asking had closed; the "
    "response rate leaves those out."
)
COMMUNITY_NOTE = (
    "By the child's extended ethnicity code or first language in the case system. Where only the broad code is held, "
    "such as “Any other Asian background”, a family of this community counts among the others."
)


@dataclass(frozen=True, eq=False)
class Counted:
    """The frames behind a sheet, and what must be known to read them. Two are equal when they count the same."""

    survey: str
    series: tuple[Series, ...]
    years: tuple[int, ...]
    answers: pd.DataFrame
    events: pd.DataFrame
    notes: tuple[str, ...]
    as_at: date

    @cached_property
    def _content(self) -> tuple[object, ...]:
        return (self.survey, self.series, self.years, self.answers.to_csv(), self.events.to_csv(), self.as_at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)


@dataclass(frozen=True)
class Heard:
    """Whom we hear from in one financial year."""

    groups: ProtectedTable
    not_known: ProtectedTable
    communities: Mapping[Community, ProtectedTable]


@dataclass(frozen=True)
class Sheet:
    """One survey for one audience. Tables hold every period there is; `cut` takes the rows of some."""

    counted: Counted
    audience: Audience
    statements: ProtectedTable
    response_rate: ProtectedTable
    left_out: ProtectedTable
    modes: ProtectedTable
    heard: Mapping[int, Heard]

    def names(self, start: int) -> list[str]:
        """The periods shown of a financial year."""
        return [period.name for period in periods_begun(start, today=self.counted.as_at)]

    def cut(self, table: ProtectedTable, names: Collection[str]) -> ProtectedTable:
        """The rows of these periods; provisional only while somebody is still asked about one of them."""
        rows = tuple(
            row for row, period in zip(table.rows, table.column("period"), strict=True) if period.text in names
        )
        provisional = any(frames.still_asked(self.counted.events, period=parse_period(name)) for name in names)
        return replace(table, caption=replace(table.caption, provisional=provisional), rows=rows)

    def asked_for(self, period: str) -> list[str]:
        """The names of the rows that somebody who asks for this period means: a year is its parts and itself.

        `Invalid` when it is no period, `NotFound` when there are no figures for it.
        """
        wanted = parse_period(period)
        held = [name for start in self.counted.years for name in self.names(start)]
        starts = [start for start in self.counted.years if year(start).name == wanted.name]
        found = self.names(starts[0]) if starts else [n for n in held if runs.period(n) == runs.period(wanted.name)]
        if not found:
            raise NotFound(
                f"There are no figures for {wanted.name}." + (f" There are for {', '.join(held)}." if held else "")
            )
        return found


def count(session: Session, catalogue: Catalogue, survey: str, *, local_authority: str, now: datetime) -> Counted:
    """Count everything about one survey as it stands now; `NotFound` when there is no such survey."""
    series = series_of(catalogue, survey)
    answers = frames.answer_counts(session, catalogue, survey, local_authority=local_authority)
    years = frames.years_covered(session, survey, local_authority=local_authority, now=now)
    events = frames.event_rows(session, catalogue, survey, local_authority=local_authority, now=now)
    asked_with = {int(version) for version in answers[Of.VERSION]}
    return Counted(
        survey=survey,
        series=tuple(series),
        years=tuple(years),
        answers=answers,
        events=events,
        notes=tuple(wording_notes(catalogue, survey, asked_with)),
        as_at=london_date(now),
    )


def live_sheet(
    session: Session,
    catalogue: Catalogue,
    survey: str,
    *,
    audience: Audience,
    local_authority: str,
    now: datetime,
) -> Sheet:
    """The figures as they stand now, for people inside the council; whoever is outside gets releases."""
    return sheet(count(session, catalogue, survey, local_authority=local_authority, now=now), POLICIES[audience])


@lru_cache(maxsize=16)
def sheet(counted: Counted, policy: DisclosurePolicy) -> Sheet:
    """Make and protect every table as one. Protecting takes seconds, so what counts the same is protected once."""
    periods = [each for start in counted.years for each in periods_begun(start, today=counted.as_at)]
    years = {start: _year_so_far(start, counted.as_at) for start in counted.years}
    drafts = [
        statements_table(counted, periods),
        rate_table(counted, periods),
        _left_out_table(counted, list(years.values())),
        _modes_table(counted, list(years.values())),
        *(table for so_far in years.values() for table in _heard_tables(counted, so_far)),
    ]
    statements, rate, left_out, modes, *heard = protect_together(drafts, policy)
    tables = 2 + len(Community)
    each_year = [heard[at : at + tables] for at in range(0, len(heard), tables)]
    return Sheet(
        counted=counted,
        audience=policy.audience,
        statements=statements,
        response_rate=rate,
        left_out=left_out,
        modes=modes,
        heard={
            start: Heard(groups, unknown, dict(zip(Community, communities, strict=True)))
            for start, (groups, unknown, *communities) in zip(years, each_year, strict=True)
        },
    )


def statements_table(counted: Counted, periods: Sequence[Period], *, live: bool = True) -> Table:
    """What families say, in every period, beside baselines and targets. Older words stand only where they were answered."""
    held = set(counted.answers[Of.SERIES])
    series = [each for each in counted.series if each.code in held or each.code == each.measure]
    table = experience_table(
        frames.statement_counts(counted.answers, survey=counted.survey, periods=periods),
        survey=counted.survey,
        labels={each.code: each.wording for each in series},
        baselines={each.code: each.baseline for each in series if each.baseline},
        as_at=counted.as_at,
    )
    notes = (*table.caption.notes, *((LIVE_NOTE,) if live else ()), *counted.notes)
    return _with_targets(replace(table, caption=replace(table.caption, notes=notes)), series)


def _with_targets(table: Table, series: Sequence[Series]) -> Table:
    targets = {each.wording: each for each in series if each.target is not None}
    if not targets:
        return table
    sources = dict.fromkeys(f"Target of {each.target}%: {each.target_source}." for each in targets.values())
    return replace(
        table,
        caption=replace(table.caption, notes=(*table.caption.notes, *sources)),
        columns=(*table.columns, Column("target", "Compared with the target")),
        rows=tuple((*row, _against_target(row, targets.get(row[0].text))) for row in table.rows),
    )


def _against_target(row: tuple[Cell, ...], series: Series | None) -> Cell:
    share = next(cell for cell in row if cell.share)
    if series is None or series.target is None or not isinstance(share.value, Proportion):
        return Cell.words("no target")
    found = compare_with_share(share.value, series.target / 100)
    words = {
        Change.NO_CLEAR_CHANGE: "no clear difference from",
        Change.CANNOT_TELL: "cannot be compared with",
        Change.HIGHER: "higher than",
        Change.LOWER: "lower than",
    }
    bases = (share.share.base,) if share.share else ()
    return Cell(f"{words[found.change]} the target of {series.target}%", str(found.change), share.counts, bases)


def rate_table(counted: Counted, periods: Sequence[Period]) -> Table:
    """How many families answered, in every period, with the answers that came too late to count."""
    table = response_rate_table(
        frames.dispositions(counted.events, periods=periods), survey=counted.survey, as_at=counted.as_at
    )
    late = {period.name: frames.late_answers(counted.events, period=period) for period in periods}
    names = {row[0].text: Count((counted.survey, "late"), runs.period(row[0].text)) for row in table.rows}
    return replace(
        table,
        columns=(*table.columns, Column("late", "Answered too late to count")),
        rows=tuple((*row, Cell.number(late[row[0].text], names[row[0].text])) for row in table.rows),
        counts={**table.counts, **{count: late[name] for name, count in names.items()}},
    )


def _year_so_far(start: int, today: date) -> Period:
    return periods_begun(start, today=today)[-1]


def _left_out_table(counted: Counted, years: Sequence[Period]) -> Table:
    """Why events are not in the base, a row a reason and year."""
    rows: list[tuple[Cell, ...]] = []
    counts: dict[Count, int] = {}
    sums: list[Sum] = []
    for period in years:
        when = runs.period(period.name)
        reasons = frames.left_out(counted.events, period=period)
        names = {reason: Count((counted.survey, "left out", reason), when) for reason in reasons}
        counts |= {names[reason]: n for reason, n in reasons.items()}
        held, ineligible = (Count((counted.survey, kind), when) for kind in ("held", "ineligible"))
        counts |= {held: reasons.get("held", 0), ineligible: sum(reasons.values()) - reasons.get("held", 0)}
        sums.append(Sum(held, tuple(name for reason, name in names.items() if reason == "held")))
        sums.append(Sum(ineligible, tuple(name for reason, name in names.items() if reason != "held")))
        rows += [
            (Cell.words(REASON_LABELS.get(reason, reason)), Cell.words(period.name), Cell.number(n, names[reason]))
            for reason, n in reasons.items()
        ]
    return Table(
        caption=Caption("Events left out of the response rate, and why", counted.as_at),
        columns=(Column("reason", "Reason"), Column("period", "Period"), Column("events", "Events")),
        rows=tuple(rows),
        counts=counts,
        sums=tuple(sums),
    )


def _modes_table(counted: Counted, years: Sequence[Period]) -> Table:
    frame = frames.dispositions(counted.events, periods=years)
    return answers_by(
        frame[frame[DispositionColumn.N] > 0],
        survey=counted.survey,
        by=[DispositionColumn.MODE],
        labels=MODE_LABELS,
        as_at=counted.as_at,
        title="How the answers were given",
    )


def _heard_tables(counted: Counted, so_far: Period) -> list[Table]:
    groups = representativeness_table(
        frames.cohort_by_group(counted.events, period=so_far),
        survey=counted.survey,
        period_name=so_far.name,
        as_at=counted.as_at,
        labels=GROUP_LABELS,
        combined=[minority(definition) for definition in MinorityDefinition],
    )
    communities = [
        representativeness_table(
            frames.cohort_by_community(counted.events, community, period=so_far),
            survey=counted.survey,
            period_name=so_far.name,
            as_at=counted.as_at,
            labels={community: f"{community} families", frames.REST: "All other families"},
            dimension=str(community),
            title=f"{community} families",
        )
        for community in Community
    ]
    noted = [replace(t, caption=replace(t.caption, notes=(COMMUNITY_NOTE, *t.caption.notes))) for t in communities]
    return [groups, _not_known_table(counted, so_far), *noted]


def _not_known_table(counted: Counted, so_far: Period) -> Table:
    """The three ways of not knowing an ethnic group, which are three different facts."""
    when = runs.period(so_far.name)
    found = frames.not_known(counted.events, period=so_far)
    counts: Counter[Count] = Counter()
    sums: list[Sum] = []
    shares: list[ShareOf] = []
    rows: list[tuple[Cell, ...]] = []
    kinds = {kind: _unknown_counts(counted.survey, kind, when) for kind in found}
    for kind, (eligible, answered) in found.items():
        of_eligible, of_answered = kinds[kind]
        counts[of_eligible], counts[of_answered] = eligible, answered
        shares.append(ShareOf(of_answered, of_eligible))
        rows.append(
            (
                Cell.words(UNKNOWN_LABELS[kind]),
                Cell.number(eligible, of_eligible),
                Cell.number(answered, of_answered),
            )
        )
    for place, what in enumerate(("eligible", "answered")):
        total = Count((counted.survey, what, "ethnic group", "not known"), when)
        counts[total] = sum(pair[place] for pair in found.values())
        sums.append(Sum(total, tuple(pair[place] for pair in kinds.values())))
    return Table(
        caption=Caption("Ethnic group not known", counted.as_at),
        columns=(
            Column("why", "Why not"),
            Column("eligible", "Could have answered"),
            Column("answered", "Answered"),
        ),
        rows=tuple(rows),
        counts=counts,
        sums=tuple(sums),
        shares=tuple(shares),
    )


def _unknown_counts(survey: str, kind: Knowledge, when: runs.Period) -> tuple[Count, Count]:
    return (
        Count((survey, "eligible", "ethnic group", "not known", kind), when),
        Count((survey, "answered", "ethnic group", "not known", kind), when),
    )
