"""Reading cannot change anything, a prepared question is one question, and a database that was started anew is found again."""

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

from engage.accounts.models import Staff
from engage.core import db
from engage.core.db import Broken, Database
from engage.core.prepared import Prepared
from tests import factories

NAMED = Prepared(select(Staff.name).where(Staff.name == bindparam("name")).order_by(Staff.id))


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)readonly|read-only"), database.reading() as reading:
        reading.execute(text("DELETE FROM audit_event"))


def test_a_prepared_question_gives_the_first_row_or_none_and_sees_what_was_committed_a_moment_ago(
    database: Database,
) -> None:
    assert NAMED.first(database, {"name": "Nobody Madeup"}) is None
    with database.writing() as writing:
        factories.staff(writing, "Nobody Madeup")
        assert NAMED.first(database, {"name": "Nobody Madeup"}) is None
        writing.commit()
    assert NAMED.first(database, {"name": "Nobody Madeup"}) == ("Nobody Madeup",)


def test_a_prepared_question_that_was_answered_keeps_nobody_from_changing_what_it_saw(database: Database) -> None:
    with database.writing() as writing:
        people = [factories.staff(writing, "Nobody Madeup") for _ in range(3)]
        writing.commit()
        assert NAMED.first(database, {"name": "Nobody Madeup"}) == ("Nobody Madeup",)
        people[0].name = "Somebody Else"
        writing.commit()
        writing.execute(text("ALTER TABLE staff RENAME TO personnel"))  # waits for whoever still reads
        writing.commit()
    with pytest.raises(Broken):
        NAMED.first(database, {"name": "Nobody Madeup"})


def test_a_database_that_is_away_is_told_apart_from_a_row_that_is_not_there() -> None:
    with pytest.raises(Broken):
        NAMED.first(Database("postgresql+psycopg://nobody@127.0.0.1:9/away"), {"name": "Nobody Madeup"})


def test_a_connection_that_was_cut_while_it_rested_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no connection that another could cut")
    monkeypatch.setattr(db, "TRUSTED_FOR_SECONDS", -1)
    own_number = Prepared(select(func.pg_backend_pid()))
    first = own_number.first(database, {})
    assert first is not None
    assert own_number.first(database, {}) == first, "it is used again"
    other = Database(database.url)
    with other.writing() as session, database.reading() as reading:
        pooled = reading.scalar(select(func.pg_backend_pid()))
        reading.close()
        for number in (first[0], pooled):
            session.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    other.dispose()
    second = own_number.first(database, {})
    assert second is not None
    assert second != first
    with database.reading() as reading:
        assert reading.scalar(select(func.pg_backend_pid())) not in (None, pooled)
