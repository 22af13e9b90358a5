"""A file brought in: in one go or child by child, in whatever pieces, once or again, it comes to the same."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import zip_longest
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.audit import SYSTEM, AuditEvent
from engage.core.batches import batches
from engage.core.db import Base, Database
from engage.people.models import Child, ContactPoint, ContactState, ParentCarer, Relationship
from engage.plans import services
from engage.plans.applying_plans import PlansOnRecord
from engage.plans.changes import Changes
from engage.plans.models import EhcPlan, PlanEvent
from engage.plans.reading import COLUMNS, ReadingSettings, read
from tests import factories
from tests.plans.reading import as_csv, row

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SETTINGS = ReadingSettings(today=NOW.date(), demonstration=True)
Cells = dict[str, str]


def bring_in(session: Session, rows: Sequence[Cells], *, in_pieces_of: int = 500, **more: Any) -> Changes:
    """Read and apply a file with every column there is."""
    reading = read(as_csv([dict.fromkeys(COLUMNS, "") | each for each in rows]), "export.csv", settings=SETTINGS)
    with mock.patch.object(services, "batches", partial(batches, size=in_pieces_of)):
        return services.apply(session, reading, by=SYSTEM, now=NOW, **more)


def on_record(session: Session) -> dict[str, list[str]]:
    """Every row of every table but the audit trail, called by what it says and not by its number."""
    called: dict[tuple[str, int], tuple[Any, ...]] = {}
    found: dict[str, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        if table is AuditEvent.__table__:
            continue
        points_to = {column.name: key.column.table.name for column in table.columns for key in column.foreign_keys}
        rows = session.execute(select(table)).mappings().all()
        said = [
            tuple(
                (name, called.get((points_to[name], value)) if name in points_to else value)
                for name, value in each.items()
                if name in points_to or name != "id"
            )
            for each in rows
        ]
        called |= {(table.name, each["id"]): what for each, what in zip(rows, said, strict=True) if "id" in each}
        found[table.name] = sorted(map(repr, said))
    return found


def blank_or(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *values])


CHILDREN, CONTACTS = ("C1", "C2", "C3"), ("P1", "P2", "P3")
A_CHILD = st.fixed_dictionaries(
    {
        "surname": st.sampled_from(["Madeup", "Testworth"]),
        "ethnicity": blank_or("ASLT", "WBRI"),
        "lookedafter": blank_or("Y", "N"),
        "localauthority": blank_or("318"),
    }
)
A_PLAN = st.sampled_from(
    [
        {"planref": ""},
        {"planref": "named"},
        {"planstatus": "cancelled"},
        {"transferredin": "Y"},
        {"ceasedate": "02/02/2026", "ceasereason": "2"},
        {"ceasedate": "02/02/2026", "ceasereason": "8"},
    ]
)
A_REVIEW = st.sampled_from(
    [
        {},
        {"reviewoutcome": "maintain", "reviewoutcomedate": "06/01/2026"},
        {"reviewoutcome": "amend", "reviewoutcomedate": "06/01/2026"},
        {"reviewoutcome": "amend", "reviewfinaldate": "07/01/2026", "phasetransfer": "Y"},
    ]
)
REVIEWS = st.dictionaries(st.sampled_from(["02/06/2025", "01/12/2025"]), A_REVIEW)
A_TIE = st.fixed_dictionaries(
    {
        "contactrelationship": st.sampled_from(["mother", "grandparent"]),
        "hascare": blank_or("Y", "N"),
        "contactallowed": blank_or("Y", "N"),
    }
)
A_CONTACT = st.fixed_dictionaries(
    {
        "contactforename": blank_or("Meera"),
        "email": blank_or("meera@example.org", "anew@example.org"),
        "mobile": blank_or("07700 900123"),
        "addressline1": blank_or("1 Example Road", "Far away"),
        "preferredlanguage": blank_or("Tamil"),
    }
)


@st.composite
def files(draw: st.DrawFn) -> list[Cells]:
    """A sound file: each row tells all there is of its child, plan, contact and review, as a true export does."""
    contacts = {ref: draw(A_CONTACT) | {"contactref": ref, "contactsurname": "Madeup"} for ref in CONTACTS}
    rows: list[Cells] = []
    for ref in CHILDREN:
        child = draw(A_CHILD) | {"personref": ref, "forename": "Asha", "personbirthdate": "14/03/2014"}
        plan = {"startdate": "03/02/2025"} | draw(A_PLAN)
        plan["planref"] = f"E-{ref}" if plan.get("planref") else ""
        reviews = [{"reviewmeeting": day} | told for day, told in draw(REVIEWS).items()]
        ties = draw(st.dictionaries(st.sampled_from(CONTACTS), A_TIE))
        theirs = [contacts[contact] | tie for contact, tie in ties.items()]
        nothing: Cells = {}
        parts = list(zip_longest(reviews, theirs, fillvalue=nothing)) or [(nothing, nothing)]
        rows += [child | plan | review | contact for review, contact in parts]
    return draw(st.permutations(rows))


def child_by_child(rows: list[Cells]) -> list[list[Cells]]:
    """As many files as there are children: all rows of a child must stand in one."""
    refs = dict.fromkeys(each["personref"] for each in rows)
    return [[each for each in rows if each["personref"] == ref] for ref in refs]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=files(), after=files(), size=st.integers(1, 4))
def test_a_file_in_one_go_in_pieces_and_child_by_child_comes_to_the_same(
    database: Database, before: list[Cells], after: list[Cells], size: int
) -> None:
    found = []
    for pieces in (500, size, None):
        with database.writing() as session:  # never committed
            for rows in (before, after):
                for part in [rows] if pieces else child_by_child(rows):
                    bring_in(session, part, in_pieces_of=pieces or 1)
            found.append(on_record(session))
            again = bring_in(session, after, in_pieces_of=pieces or 1)
            assert again.is_empty
            assert on_record(session) == found[-1]
    assert found[1] == found[0]
    assert found[2] == found[0]


@pytest.mark.parametrize("size", [1, 2, 500])
def test_the_carer_of_two_children_is_one_person_on_either_side_of_any_border(session: Session, size: int) -> None:
    brothers = [row(personref=f"P{n}", planref=f"E{n}") for n in range(3)]
    changes = bring_in(session, brothers, in_pieces_of=size)
    assert changes.added == {"children": 3, "parent carers": 1, "plans": 3, "plan_issued": 3}
    carer = session.scalars(select(ParentCarer)).one()
    assert len(session.scalars(select(Relationship).where(Relationship.parent_carer_id == carer.id)).all()) == 3
    assert len(carer.contact_points) == 2


@pytest.mark.parametrize("size", [1, 500])
def test_what_one_row_says_of_a_shared_contact_is_not_taken_away_by_another_that_leaves_it_blank(
    session: Session, size: int
) -> None:
    told = row(preferredlanguage="Tamil", contactforename="Meera", addressline1="1 Example Road")
    blank = row(personref="P2", planref="E2", email="", mobile="")
    bring_in(session, [told, blank], in_pieces_of=size)
    carer = session.scalars(select(ParentCarer)).one()
    assert (carer.forename, carer.written_language) == ("Meera", "ta")
    assert ContactState.REPLACED not in {point.state for point in carer.contact_points}
    assert bring_in(session, [told, blank], in_pieces_of=size).is_empty


def test_nothing_is_taken_from_a_contact_who_is_also_on_a_faulty_row(session: Session) -> None:
    told, sparse = row(), row(personref="P2", planref="E2", email="", mobile="")
    bring_in(session, [told, sparse])
    before = on_record(session)
    bring_in(session, [told | {"personbirthdate": "31/02/2014"}, sparse])
    assert on_record(session) == before


def test_the_same_row_twice_is_one(session: Session) -> None:
    review = {"reviewmeeting": "09/02/2026", "reviewoutcome": "maintain", "reviewoutcomedate": "16/02/2026"}
    twice = [row(**review), row(personref="P2", planref="E2"), row(**review)]
    assert bring_in(session, twice).added == {
        "children": 2,
        "parent carers": 1,
        "plans": 2,
        "plan_issued": 2,
        "annual_review": 1,
    }


@pytest.mark.parametrize("size", [1, 2, 500])
def test_a_faulty_row_in_the_middle_leaves_nothing_of_its_child_half_done(session: Session, size: int) -> None:
    rows = [row(personref=f"P{n}", planref=f"E{n}", contactref=f"C{n}") for n in range(5)]
    rows[2] |= {"mobile": "077009001234"}
    bring_in(session, rows, in_pieces_of=size)
    sound = ["P0", "P1", "P3", "P4"]
    assert session.scalars(select(Child.source_ref).order_by(Child.source_ref)).all() == sound
    assert len(session.scalars(select(EhcPlan)).all()) == len(session.scalars(select(ParentCarer)).all()) == 4
    assert len(session.scalars(select(PlanEvent)).all()) == 4


def test_what_fails_in_a_later_piece_leaves_nothing_of_the_earlier_ones(database: Database) -> None:
    rows = [row(personref=f"P{n}", planref=f"E{n}") for n in range(4)]
    fails_at_the_second = mock.patch.object(PlansOnRecord, "write", side_effect=[None, OSError("the disk is full")])
    with fails_at_the_second, pytest.raises(OSError, match="full"), database.writing() as session:
        bring_in(session, rows, in_pieces_of=2)
    with database.reading() as session:
        assert session.scalars(select(Child)).all() == []


def test_what_the_caller_holds_is_read_anew(session: Session) -> None:
    bring_in(session, [row()])
    child = session.scalars(select(Child)).one()
    held = (child, child.relationships[0], session.scalars(select(ContactPoint)).first())
    bring_in(session, [row(surname="Changed", contactrelationship="father", email="")])
    assert (held[0].surname, held[1].type, held[2] and held[2].state) == ("Changed", "father", ContactState.REPLACED)


def test_what_the_caller_had_changed_is_kept_and_a_person_added_afterwards_has_a_number_of_their_own(
    session: Session,
) -> None:
    carer = factories.parent_carer(session)
    carer.spoken_language = "ta"
    bring_in(session, [row()])
    factories.parent_carer(session)
    session.flush()
    assert carer.spoken_language == "ta"
    assert len(session.scalars(select(ParentCarer)).all()) == 3


def test_progress_is_told_after_each_piece(session: Session) -> None:
    told: list[tuple[int, int]] = []
    rows = [row(personref=f"P{n}", planref=f"E{n}") for n in range(5)]
    bring_in(session, rows, in_pieces_of=2, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]
