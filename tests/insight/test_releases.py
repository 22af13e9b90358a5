"""What the forum and the public are shown: never a small number, not even between two releases."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engage.core.audit import SYSTEM
from engage.core.db import Database
from engage.core.errors import Conflict, NotFound
from engage.core.periods import quarter
from engage.insight import releases
from engage.insight.figures import Audience, figures, to_csv, to_json
from engage.insight.frames import ANSWERS, EVENTS
from engage.insight.models import Release
from engage.insight.series import series_of
from engage.insight.sheets import Counted
from engage.surveys.loader import Catalogue
from reports.tables import ProtectedTable
from tests.databases import Servers

AUGUST = datetime(2025, 8, 1, 9, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 1, 9, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 1, 9, tzinfo=UTC)
SERIES = "assessment_positive"
Truth = dict[int, tuple[int, int, int]]
"""By quarter of 2025/26: how many agreed, how many did not, how many never answered."""


class Live:
    """Records that say what a test wants them to say."""

    def __init__(self, catalogue: Catalogue, session: Session) -> None:
        self.catalogue, self.session = catalogue, session
        self.truth: Truth = {}

    def count(
        self, _session: Session, catalogue: Catalogue, survey: str, *, local_authority: str, now: datetime
    ) -> Counted:
        firsts = {number: quarter(2025, number).first.isoformat() for number in self.truth}
        answers = [(firsts[q], SERIES, 2, yes, 0, no) for q, (yes, no, _) in self.truth.items()]
        events = [
            (firsts[q], what, "", False, "", "", "", "", "")
            for q, (yes, no, silent) in self.truth.items()
            for what in ["complete"] * (yes + no) + ["no_response"] * silent
        ]
        return Counted(
            survey=survey,
            series=tuple(each for each in series_of(catalogue, survey) if each.code == SERIES),
            years=(2025,),
            answers=pd.DataFrame(answers, columns=[str(name) for name in ANSWERS]),
            events=pd.DataFrame(events, columns=[str(name) for name in EVENTS]),
            notes=(),
            as_at=now.date(),
        )

    def release(self, now: datetime) -> Release:
        return releases.release(
            self.session, self.catalogue, "post_issuance", local_authority="314", by=SYSTEM, now=now
        )

    def tables(self, audience: Audience = Audience.FORUM, period: str = "2025/26") -> list[ProtectedTable]:
        return figures(
            self.session,
            self.catalogue,
            "post_issuance",
            period,
            audience=audience,
            local_authority="314",
            now=FEBRUARY,
        )


@contextmanager
def living(database: Database, catalogue: Catalogue) -> Iterator[Live]:
    with Session(database.engine) as session, pytest.MonkeyPatch.context() as patch:
        live = Live(catalogue, session)
        patch.setattr(releases, "count", live.count)
        yield live


@pytest.fixture
def live(database: Database, catalogue: Catalogue) -> Iterator[Live]:
    with living(database, catalogue) as opened:
        yield opened


def small(n: int) -> bool:
    return 0 < n < 5


def assert_nothing_small(tables: list[ProtectedTable]) -> None:
    """No cell, no line of CSV and no value of JSON holds a count of 1 to 4, or one that leaves 1 to 4 of its base."""
    cells = " | ".join(str(cell) for table in tables for row in table.rows for cell in row)
    said = json.loads(to_json(tables, survey="post_issuance", period="2025/26"))["tables"]
    shares = [row[column]["value"] for table in said for row in table["rows"] for column in row]
    for n, base in re.findall(r"\b(\d+)/(\d+)\b(?!\d* up)", re.sub(r"\d{4}/\d\d", "", cells)):
        assert not small(int(n)), cells
        assert not small(int(base) - int(n)), cells
    for value in shares:
        assert not (isinstance(value, int) and small(value)), said
        assert not (isinstance(value, dict) and small(value.get("n") or 0)), said
    for line in csv.reader(io.StringIO(to_csv(tables))):
        assert not [cell for cell in line if cell.isdigit() and small(int(cell))], line


counts = st.integers(0, 12)
truths = st.fixed_dictionaries({number: st.tuples(counts, counts, counts) for number in (1, 2, 3)})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(truth=truths, late=st.tuples(counts, counts))
def test_nothing_outside_ever_shows_a_small_number_not_even_between_releases(
    servers: Servers, catalogue: Catalogue, truth: Truth, late: tuple[int, int]
) -> None:
    with servers.fresh() as database, living(database, catalogue) as live:
        known: dict[tuple[str, ...], dict[str, int]] = {}
        live.truth = dict(truth)
        for now in (AUGUST, NOVEMBER, FEBRUARY):
            row = live.release(now)
            for audience in (Audience.FORUM, Audience.PUBLIC):
                assert_nothing_small(live.tables(audience))
            for each in row.shown["counts"]:
                assert not small(each["n"])
                known.setdefault(tuple(each["subject"]), {})[each["period"]] = each["n"]
            yes, no, silent = live.truth[1]
            live.truth[1] = (yes + late[0], no + late[1], silent)  # answers that trickle in afterwards
        for by_period in known.values():
            told = [
                by_period[name]
                for name in ("2025/26 up to Q1", "2025/26 up to Q2", "2025/26 up to Q3")
                if name in by_period
            ]
            assert not [later - earlier for earlier, later in pairwise(told) if small(later - earlier)]


def test_a_released_quarter_stands_though_answers_come_in_later(live: Live) -> None:
    live.truth = {1: (20, 10, 30), 2: (15, 15, 30)}
    live.release(AUGUST)
    live.truth[1] = (26, 10, 30)
    live.release(NOVEMBER)
    statements = live.tables()[0]
    assert statements.column("positive")[-1].text == "35/60"


def test_a_live_figure_that_changes_changes_nothing_outside(live: Live) -> None:
    live.truth = {1: (20, 10, 30)}
    live.release(AUGUST)
    before = to_csv(live.tables())
    live.truth[1] = (21, 10, 29)
    assert to_csv(live.tables()) == before


def test_what_was_released_is_shown_exactly_as_it_was_protected(live: Live) -> None:
    live.truth = {1: (20, 10, 30), 2: (20, 10, 30)}
    proposal = releases.proposal(live.session, live.catalogue, "post_issuance", local_authority="314", now=NOVEMBER)
    live.release(NOVEMBER)
    shown = releases.latest(live.session, "post_issuance", local_authority="314")
    assert proposal
    assert shown
    assert shown.statements.rows == proposal.statements.rows
    assert shown.statements.notes == proposal.statements.notes
    assert shown.response_rate.rows == proposal.response_rate.rows
    assert shown.up_to == "2025/26 up to Q2"


def test_only_years_and_years_to_date_go_out(live: Live) -> None:
    live.truth = {1: (20, 10, 30), 2: (20, 10, 30)}
    live.release(NOVEMBER)
    assert {cell.text for table in live.tables() for cell in table.column("period")} == {"2025/26 up to Q2"}
    with pytest.raises(NotFound):
        live.tables(period="Q2 2025/26")


def test_a_quarter_is_released_once_and_only_when_it_is_over(live: Live) -> None:
    live.truth = {1: (20, 10, 30), 2: (20, 10, 30)}
    assert live.release(AUGUST).last_quarter == date(2025, 4, 1)
    with pytest.raises(Conflict):
        live.release(AUGUST)


def test_before_the_first_release_there_is_nothing_outside(live: Live) -> None:
    with pytest.raises(NotFound, match="Nothing has been released"):
        live.tables()
