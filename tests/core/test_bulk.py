"""Rows fetched, added and amended as plain dictionaries, and written together."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.batches import BATCH
from engage.core.bulk import Rows, fresh_ids
from engage.people.models import Channel, ContactPoint, ContactState, ParentCarer, Person, PersonKind
from tests import factories

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def carers(session: Session, count: int) -> Rows:
    rows = Rows(session, ParentCarer)
    for n in range(count):
        rows.add(source_ref=f"P{n}", forename="Madeup", surname="Carer", created_at=NOW)
    return rows


def test_a_new_row_has_its_number_before_it_is_written_and_others_can_point_to_it(session: Session) -> None:
    people = carers(session, 0)
    points = Rows(session, ContactPoint)
    one = people.add(source_ref="P1", forename="Amina", surname="Madeup", created_at=NOW)
    points.add(person_id=one["id"], channel=Channel.EMAIL, value="amina@example.org", state_at=NOW)
    assert session.scalars(select(ParentCarer)).all() == []
    people.write()
    points.write()
    amina = session.get_one(ParentCarer, one["id"])
    assert (amina.kind, amina.written_language, amina.interpreter_needed) == (PersonKind.PARENT_CARER, "en", False)
    assert [(point.value, point.state) for point in amina.contact_points] == [
        ("amina@example.org", ContactState.USABLE)
    ]


def test_numbers_are_never_given_twice_to_rows_written_before_between_or_after(session: Session) -> None:
    before = factories.parent_carer(session)
    session.flush()
    carers(session, BATCH + 2).write()
    between = factories.parent_carer(session)
    session.flush()
    ids = fresh_ids(session, Person)
    taken = [next(ids) for _ in range(BATCH + 2)]
    known = set(session.scalars(select(Person.id)))
    assert len(known) == BATCH + 4
    assert {before.id, between.id} < known
    assert len(set(taken)) == BATCH + 2
    assert not known & set(taken)


def test_rows_are_found_in_any_number_and_in_order(session: Session) -> None:
    carers(session, 2 * BATCH + 1).write()
    found = Rows(session, ParentCarer).find("source_ref", [f"P{n}" for n in range(2 * BATCH + 1)])
    assert [row["source_ref"] for row in found] == [f"P{n}" for n in range(2 * BATCH + 1)]
    assert found[0]["created_at"] == NOW


def test_only_what_differs_is_amended_each_row_in_its_own_columns(session: Session) -> None:
    carers(session, 3).write()
    rows = Rows(session, ParentCarer)
    first, second, third = rows.find("source_ref", ["P0", "P1", "P2"])
    assert not rows.amend(first, forename="Madeup", surname="Carer")
    assert rows.amend(first, forename="Anew")
    assert rows.amend(second, surname="Changed", interpreter_needed=True)
    assert rows.amend(third, forename="Anew")
    rows.write()
    people = select(ParentCarer.forename, ParentCarer.surname, ParentCarer.interpreter_needed).order_by(ParentCarer.id)
    assert list(session.execute(people)) == [
        ("Anew", "Carer", False),
        ("Madeup", "Changed", True),
        ("Anew", "Carer", False),
    ]


def test_what_was_added_may_still_be_amended_and_is_written_once(session: Session) -> None:
    rows = carers(session, 0)
    row = rows.add(source_ref="P1", forename="Early", surname="Carer", created_at=NOW)
    assert rows.is_new(row)
    assert rows.amend(row, forename="Late")
    rows.write()
    rows.write()
    assert not rows.is_new(row)
    assert session.scalars(select(ParentCarer.forename)).all() == ["Late"]
