"""Statements that are asked many times a second: written out once for each kind of database, and given to the driver as they
are, with plain values going in and coming out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import UpdateBase

from engage.core.db import Database

Turn = Callable[[Any], Any]
"""Turns a value into what the driver takes, or what the driver gives into a value."""
Values = Mapping[str, Any]


class _Written:
    """A statement in the words of one database."""

    def __init__(self, statement: Select[Any] | UpdateBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._named = dict(compiled.params)
        self._ways_in = {
            name: way
            for name in self._named
            if (way := compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        }
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        self._ways_out: Sequence[Turn | None] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ]

    def given(self, values: Values) -> dict[str, Any]:
        """What the driver is to be given."""
        given = {**self._named, **values}
        for name, way in self._ways_in.items():
            given[name] = way(given[name])
        return given

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row as the driver gave it, in values of ours."""
        return tuple(way(value) if way else value for way, value in zip(self._ways_out, row, strict=True))


class Prepared:
    """One statement; what changes from time to time in it are named parameters."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def _for(self, database: Database) -> _Written:
        dialect = database.engine.dialect
        written = self._written.get(dialect.name)
        if written is None:
            by_name = sqlite.dialect(paramstyle="named") if database.is_sqlite else dialect
            written = self._written[dialect.name] = _Written(self._statement, by_name)
        return written

    def first(self, database: Database, values: Values) -> tuple[Any, ...] | None:
        """The first row that a select finds, as it is at this moment."""
        written = self._for(database)
        with database.bare() as cursor:
            rows = cursor.execute(written.text, written.given(values)).fetchall()
        return written.read(rows[0]) if rows else None

    def changes_one(self, database: Database, cursor: Any, values: Values) -> bool:
        """Whether it changed one row, and no more or less."""
        written = self._for(database)
        return bool(cursor.execute(written.text, written.given(values)).rowcount == 1)


def change_each(database: Database, *steps: tuple[Prepared, Values]) -> bool:
    """Do all of these, each of which must change one row, or none of them."""
    with database.bare(writes=True) as cursor:
        if len(steps) == 1:  # is a transaction by itself
            return steps[0][0].changes_one(database, cursor, steps[0][1])
        cursor.execute("BEGIN IMMEDIATE" if database.is_sqlite else "BEGIN")
        done = False
        try:
            done = all(step.changes_one(database, cursor, values) for step, values in steps)
        finally:
            cursor.execute("COMMIT" if done else "ROLLBACK")
        return done
