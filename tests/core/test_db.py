"""Reading cannot change anything, a glance is one question, and a database that was started anew is found again."""

import pytest
from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

from engage.accounts.models import Staff
from engage.core import db
from engage.core.audit import AuditEvent
from engage.core.db import Database
from tests import factories


def test_neither_a_glance_nor_a_reading_session_writes(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)readonly|read-only"), database.reading() as reading:
        reading.execute(text("DELETE FROM audit_event"))
    with database.writing() as writing:
        factories.staff(writing)
        writing.commit()
    assert database.glance(select(func.count(AuditEvent.id)), {}) is not None


def test_a_glance_is_the_first_row_or_none_and_sees_what_was_committed_a_moment_ago(database: Database) -> None:
    found = select(Staff.name).where(Staff.name == bindparam("name"))
    assert database.glance(found, {"name": "Nobody Madeup"}) is None
    with database.writing() as writing:
        factories.staff(writing, "Nobody Madeup")
        assert database.glance(found, {"name": "Nobody Madeup"}) is None
        writing.commit()
    row = database.glance(found, {"name": "Nobody Madeup"})
    assert row is not None
    assert row.name == "Nobody Madeup"


def test_a_connection_that_was_cut_while_it_rested_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no connection that another could cut")
    monkeypatch.setattr(db, "TRUSTED_FOR_SECONDS", -1)
    own_number: Select[tuple[int]] = select(func.pg_backend_pid())
    first = database.glance(own_number, {})
    assert first is not None
    other = Database(database.url)
    with other.writing() as session:
        session.execute(text("SELECT pg_terminate_backend(:number)"), {"number": first[0]})
    other.dispose()
    second = database.glance(own_number, {})
    assert second is not None
    assert second[0] != first[0]
