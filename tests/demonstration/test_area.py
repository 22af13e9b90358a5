"""A demonstration area is made of nobody, reads without a fault, and looks like Kingston."""

import csv
import io
import itertools
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.core.errors import Invalid
from engage.demonstration.area import generate
from engage.demonstration.figures import communities, counts
from engage.demonstration.sample import DOCUMENTED_ON, sample_rows, write_rows
from engage.people.reach import is_drama_number
from engage.people.vocabulary.ehcp import CeaseReason, PlanStatus
from engage.people.vocabulary.ethnicity import ETHNICITIES, mixed_levels
from engage.people.vocabulary.relationships import Relationship
from engage.plans.reading import COLUMNS, Reading, ReadingSettings, read

FIRST, LAST = date(2024, 9, 1), date(2026, 11, 20)


def read_rows(rows: list[dict[str, str]], today: date) -> Reading:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(COLUMNS))
    writer.writeheader()
    writer.writerows(rows)
    return read(out.getvalue().encode(), "area.csv", settings=ReadingSettings(today=today, demonstration=True))


@pytest.fixture(scope="module")
def area() -> Reading:
    return read_rows(list(generate(1_500, seed=7, first_on=FIRST, last_on=LAST)), LAST)


def test_the_area_reads_without_a_fault(area: Reading) -> None:
    assert (area.faults, area.notices, area.unknown_columns) == ((), (), ())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 40), st.dates(date(2019, 1, 1), date(2026, 6, 1)), st.integers(0, 900))
def test_any_seed_and_span_reads_without_a_fault(seed: int, families: int, first_on: date, days: int) -> None:
    last_on = date.fromordinal(first_on.toordinal() + days)
    rows = list(generate(families, seed=seed, first_on=first_on, last_on=last_on))
    assert read_rows(rows, last_on).faults == ()
    assert rows == list(generate(families, seed=seed, first_on=first_on, last_on=last_on))


def test_another_seed_gives_another_area() -> None:
    one, two = (list(generate(20, seed=seed, first_on=FIRST, last_on=LAST)) for seed in (1, 2))
    assert one != two


def test_plans_are_issued_within_the_span_and_busiest_in_spring(area: Reading) -> None:
    issued = [plan.plan.issued_on for child in area.children for plan in child.plans]
    assert len(issued) == len(area.children)
    assert min(issued) >= FIRST
    assert max(issued) <= LAST
    months = Counter(day.month for day in issued)
    assert months[3] > months[8] * 2


def test_reviews_follow_within_a_year_of_the_plan_or_the_last_review(area: Reading) -> None:
    for child in area.children:
        for plan in child.plans:
            days = [plan.plan.issued_on, *(review.met_on for review in plan.reviews)]
            assert all((later - earlier).days <= 425 for earlier, later in itertools.pairwise(days))
            assert all(day.weekday() < 5 and day.month != 8 for day in days[1:])


def test_shares_are_near_the_published_ones(area: Reading) -> None:
    people = area.children
    n = len(people)
    boys = sum(child.child.sex == "M" for child in people) / n
    autism = sum(child.child.sen_types[0] == "ASD" for child in people) / n
    white_british = sum(child.child.ethnicity == "WBRI" for child in people) / n
    assert abs(boys - 0.68) < 0.05
    assert abs(autism - 0.453) < 0.05
    assert abs(white_british - 0.437) < 0.05
    assert {None, "REFU", "NOBT", "ASLT", "OKOR"} <= {child.child.ethnicity for child in people}
    assert not mixed_levels(child.child.ethnicity for child in people if child.child.ethnicity)


def test_the_knots_of_real_lists_are_there(area: Reading) -> None:
    people = area.children
    contacts = [contact for child in people for contact in child.contacts]
    addressed = sum(any(c.relationship is Relationship.SELF for c in child.contacts) for child in people) / len(people)
    assert 0.18 < addressed < 0.32
    assert 0.05 < sum(c.email is None for c in contacts) / len(contacts) < 0.12
    assert 0.03 < sum(c.mobile is None for c in contacts) / len(contacts) < 0.08
    assert 0.01 < sum(c.email == "perm-fail@simulator.notify" for c in contacts) / len(contacts) < 0.05
    assert 0.01 < sum(c.mobile == "+447700900002" for c in contacts) / len(contacts) < 0.05
    assert any(not c.allowed for c in contacts)
    assert any(child.child.looked_after for child in people)
    shared = Counter(c.ref for child in people for c in child.contacts)
    assert max(shared.values()) == 2
    reasons = {plan.plan.cease_reason for child in people for plan in child.plans}
    assert {CeaseReason.DECEASED, CeaseReason.TRANSFERRED, CeaseReason.NEEDS_MET} <= reasons
    assert any(plan.plan.status is PlanStatus.CANCELLED for child in people for plan in child.plans)
    assert any(c.preferred_language == "ta" and c.interpreter for c in contacts)


def test_nobody_real_can_be_reached(area: Reading) -> None:
    for child in area.children:
        for contact in child.contacts:
            assert contact.email is None or contact.email.endswith(("@example.org", "@simulator.notify"))
            assert all(is_drama_number(number) for number in (contact.mobile, contact.telephone) if number)


def test_the_figures_are_kingstons() -> None:
    assert sum(counts("age").values()) == sum(counts("sex").values()) == sum(counts("ethnicity").values()) == 1_958
    assert sum(counts("need of F").values()) + sum(counts("need of M").values()) == 1_958
    assert set(communities()) == set(counts("ethnicity"))
    for main, shared in communities().items():
        for community, _ in shared:
            assert not main or ETHNICITIES[community.code].main == main


@given(st.dates(date(2026, 11, 1), date(2040, 12, 31)))
@settings(max_examples=50, deadline=None)
def test_the_sample_is_sound_on_the_day_it_is_made(today: date) -> None:
    found = read_rows(sample_rows(today), today)
    assert (found.faults, found.notices) == ((), ())
    assert (len(found.rows), len(found.children)) == (14, 12)


def test_the_documented_sample_is_the_one_made_here(tmp_path: Path) -> None:
    written = tmp_path / "sample.csv"
    assert write_rows(sample_rows(DOCUMENTED_ON), written) == 14
    assert written.read_bytes() == (Path(__file__).parents[2] / "docs" / "sample-import.csv").read_bytes()


def test_rows_can_be_written_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "sample.xlsx"
    assert write_rows(sample_rows(LAST), path) == 14
    found = read(path.read_bytes(), path.name, settings=ReadingSettings(today=LAST, demonstration=True))
    assert (found.faults, len(found.rows)) == ((), 14)
    with pytest.raises(Invalid):
        write_rows([], tmp_path / "sample.doc")
