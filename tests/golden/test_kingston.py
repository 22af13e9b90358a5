"""The figures the Kingston papers print come out of raw rows, in every format."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from engage.cli.figures import figures as command
from engage.insight.figures import Audience, figures
from engage.jobs.wiring import House
from engage.surveys.loader import Catalogue
from reports.tables import ProtectedTable
from tests.conftest import SettableClock, make_settings
from tests.databases import Servers
from tests.golden import kingston

POSITIVE = "The EHC assessment process has been positive"
CONFIDENT = "Confidence in the quality of the final EHC plan"
INVOLVED = "Involved, able to participate and express views throughout the EHC Needs Assessment process"
WILL_HELP = "% who felt that the plan would help their child make progress towards the outcomes"

PRINTED = {
    "Q3 2019/20": {POSITIVE: "9/11 82%", CONFIDENT: "11/11 100%", INVOLVED: "9/11 82%", WILL_HELP: "10/11 91%"},
    "2019/20": {POSITIVE: "18/24 75%", CONFIDENT: "22/24 92%", INVOLVED: "20/24 83%"},
    "2020/21": {POSITIVE: "27/32 84%", CONFIDENT: "29/32 91%", INVOLVED: "30/32 94%"},
    "2021/22 up to Q3": {POSITIVE: "26/36 72%", CONFIDENT: "29/36 81%", INVOLVED: "30/36 83%"},
}
RATES = {"Q3 2019/20": "11/53 21%", "2019/20": "24/182 13%", "2020/21": "32/184 17%", "2021/22 up to Q3": "36/155 23%"}
ASKED = {"2021/22 up to Q3": "2021/22"}
"""The year a period is looked up in, where it is not asked for by its own name."""


@dataclass(frozen=True)
class Lived:
    """The raw rows, lived through once for all tests here: they only read."""

    house: House

    def tables(self, period: str, audience: Audience = Audience.INTERNAL) -> list[ProtectedTable]:
        with self.house.database.reading() as session:
            return figures(
                session,
                self.house.catalogue,
                "post_issuance",
                period,
                audience=audience,
                local_authority="314",
                now=self.house.clock.now(),
            )


@pytest.fixture(scope="module")
def lived(servers: Servers, catalogue: Catalogue) -> Iterator[Lived]:
    from engage.core.config import PROJECT
    from engage.notify import template_files

    with servers.fresh() as database:
        with Session(database.engine) as session:
            now = kingston.live_through(session, catalogue)
        house = House(
            settings=make_settings(database_url=database.url),
            database=database,
            clock=SettableClock(now + timedelta(days=60)),
            catalogue=catalogue,
            templates=template_files.load(PROJECT / "notify_templates"),
        )
        yield Lived(house)


@pytest.fixture
def terminal(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`terminal("2021/22", "json")`: what the command prints."""
    monkeypatch.setattr(import_module("engage.cli.figures"), "open_for_command", lambda **_: lived.house)

    def printed(period: str, written: str, *more: str) -> str:
        ran = CliRunner().invoke(command, ["post_issuance", "--period", period, "--format", written, *more])
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    return printed


def found(table: ProtectedTable, period: str) -> dict[str, str]:
    """Each statement's share and per cent in one period."""
    cells = zip(
        table.column("statement"),
        table.column("period"),
        table.column("positive"),
        table.column("percent"),
        strict=True,
    )
    return {said.text: f"{share.text} {percent.text}" for said, when, share, percent in cells if when.text == period}


@pytest.mark.parametrize("period", PRINTED)
def test_the_printed_figures_come_out_of_raw_rows(lived: Lived, period: str) -> None:
    statements, rate, _ = lived.tables(ASKED.get(period, period))
    assert {said: share for said, share in found(statements, period).items() if said in PRINTED[period]} == PRINTED[
        period
    ]
    answered = {
        when.text: f"{share.text} {percent.text}"
        for when, share, percent in zip(
            rate.column("period"), rate.column("answered"), rate.column("percent"), strict=True
        )
    }
    assert answered[period] == RATES[period]


def test_a_year_to_date_may_be_asked_for_by_name(lived: Lived) -> None:
    statements, _, _ = lived.tables("2021/22 up to Q3")
    assert {cell.text for cell in statements.column("period")} == {"2021/22 up to Q3"}


def test_the_words_of_2019_stand_in_the_same_series_and_the_page_says_who_decided_so(lived: Lived) -> None:
    statements = lived.tables("2019/20")[0]
    notes = [note for note in statements.notes if "was asked as" in note]
    assert any("fully engaged in the assessment and writing of the plan" in note for note in notes)
    assert all("Impact Report" in note for note in notes)
    assert len({cell.text for cell in statements.column("statement")}) == 4


def test_no_rise_or_fall_in_the_papers_is_more_than_chance(lived: Lived) -> None:
    change = lived.tables("2021/22")[0].column("change")
    assert not [cell.text for cell in change if cell.text.startswith(("higher", "lower"))]


def test_the_baselines_are_marked_as_estimates(lived: Lived) -> None:
    statements = lived.tables("2020/21")[0]
    against = {
        said.text: cell.text
        for said, when, cell in zip(
            statements.column("statement"), statements.column("period"), statements.column("baseline"), strict=True
        )
        if when.text == "2020/21"
    }
    assert against[POSITIVE] == "higher than 63% (estimate, base unknown) (p = .010)"
    assert against[CONFIDENT] == "cannot be tested against “Less than 75% (est.)” (estimate, base unknown)"
    assert against[WILL_HELP] == "no baseline"


@pytest.mark.parametrize("period", PRINTED)
def test_the_terminal_prints_them_as_a_table(terminal: Callable[..., str], period: str) -> None:
    lines = [re.split(r"\s{2,}", line) for line in terminal(period, "table").splitlines()]
    printed = {line[0]: f"{line[2]} {line[3].removesuffix(' [u]')}" for line in lines if line[1:2] == [period]}
    assert printed.items() >= PRINTED[period].items()
    rate = next(line for line in lines if line[0] == period)
    assert f"{rate[1]} {rate[2]}" == RATES[period]
    assert "AAPOR RR2" in terminal(period, "table")


@pytest.mark.parametrize("period", PRINTED)
def test_the_terminal_prints_them_as_csv(terminal: Callable[..., str], period: str) -> None:
    lines = list(csv.reader(io.StringIO(terminal(period, "csv"))))
    assert lines[0][:4] == ["statement", "period", "positive_n", "positive_base"]
    printed = {
        line[0]: f"{line[2]}/{line[3]} {line[4].removesuffix(' [u]').removesuffix('%')}%"
        for line in lines
        if line[1:2] == [period]
    }
    assert printed.items() >= PRINTED[period].items()


@pytest.mark.parametrize("period", PRINTED)
def test_the_terminal_prints_them_as_json(terminal: Callable[..., str], period: str) -> None:
    statements, rate, _ = json.loads(terminal(period, "json"))["tables"]
    printed = {
        row["statement"][
            "value"
        ]: f"{row['positive']['value']['n']}/{row['positive']['value']['base']} {row['percent']['value']}%"
        for row in statements["rows"]
        if row["period"]["value"] == period
    }
    assert printed.items() >= PRINTED[period].items()
    assert [row["percent"]["value"] for row in rate["rows"] if row["period"]["value"] == period] == [
        int(RATES[period].split()[1].rstrip("%"))
    ]


def test_a_quarter_of_eleven_answers_is_withheld_from_everybody_who_may_not_read_single_answers(
    terminal: Callable[..., str],
) -> None:
    statements = json.loads(terminal("Q3 2019/20", "json", "--audience", "board"))["tables"][0]
    assert all(row["percent"]["value"] is None for row in statements["rows"])
    assert "9/11" not in json.dumps(statements["rows"])


def test_the_terminal_says_what_it_cannot_find(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    from engage.cli import main

    monkeypatch.setattr(import_module("engage.cli.figures"), "open_for_command", lambda **_: lived.house)
    for given in (
        ["post_issuance", "--period", "1999/00"],
        ["nothing", "--period", "2019/20"],
        ["post_issuance", "--period", "x"],
    ):
        ran = CliRunner().invoke(main, ["figures", *given])
        assert ran.exit_code == 1
        assert ran.stderr.strip()
