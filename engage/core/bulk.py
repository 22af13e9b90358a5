"""Many rows at once: fetched as plain dictionaries, changed there, and written together.

The object mapper follows every value of every object. That is worth its time for what a person does on a page, and takes most
of the time of an import.
"""

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, groupby
from typing import Any, cast

from sqlalchemy import Column, Table, bindparam, func, insert, inspect, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from engage.core.batches import BATCH, batches
from engage.core.db import Base

Row = dict[str, Any]
"""A row by the names of its columns."""


def fresh_ids(session: Session, kind: type[Base]) -> Iterator[int]:
    """Numbers for new rows of a table, taken before the rows are written so that others can point to them.

    On SQLite they are good only until something else writes to that table: whoever writes there has it alone.
    """
    table = inspect(kind).tables[0]
    if session.get_bind().dialect.name == "sqlite":
        yield from count((session.scalar(select(func.max(table.c.id))) or 0) + 1)
    block = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :many)")
    while True:
        yield from session.scalars(block, {"name": cast(Table, table).name, "many": BATCH})


class Rows:
    """Rows of one mapped class: those on record, as they were fetched, and new ones. Only `write` changes the database.

    What the session holds as objects does not follow: expire it after writing.
    """

    def __init__(self, session: Session, kind: type[Base], ids: Iterator[int] | None = None) -> None:
        """`ids` must be shared where two kinds lie in one table."""
        mapper = inspect(kind)
        self._session = session
        self._tables = cast(Sequence[Table], mapper.tables)  # a child is a row of persons and a row of children
        self._ids = ids or fresh_ids(session, kind)
        self._columns = {column.name: column for table in reversed(self._tables) for column in table.columns}
        self._all = select(*self._columns.values()).select_from(mapper.selectable).order_by(self._columns["id"])
        self._blank = {name: _default(column) for name, column in self._columns.items()}
        if mapper.polymorphic_on is not None:
            self._blank[mapper.polymorphic_on.key] = mapper.polymorphic_identity
        self._added: dict[int, Row] = {}
        self._amended: dict[int, tuple[Row, set[str]]] = {}

    def find(self, column: str, values: Collection[Any]) -> list[Row]:
        """Every row on record that has one of these values, the oldest first."""
        return [
            dict(row)
            for batch in batches(list(values))
            for row in self._session.execute(self._all.where(self._columns[column].in_(batch))).mappings()
        ]

    def add(self, **values: Any) -> Row:
        """A new row, which has its number at once; what is not given is as the column has it by default."""
        row = self._blank | values
        row["id"] = next(self._ids)
        self._added[row["id"]] = row
        return row

    def is_new(self, row: Row) -> bool:
        """Whether this row was added, and not found."""
        return row["id"] in self._added

    def amend(self, row: Row, **values: Any) -> bool:
        """Set what differs; whether anything did."""
        differing = {name: value for name, value in values.items() if row[name] != value}
        row.update(differing)
        if differing and not self.is_new(row):
            self._amended.setdefault(row["id"], (row, set()))[1].update(differing)
        return bool(differing)

    def write(self) -> None:
        """Insert what was added and update what was amended, in the order of their numbers."""
        for table in self._tables:
            names = table.columns.keys()
            if self._added:
                rows = [{name: row[name] for name in names} for row in self._added.values()]
                self._session.execute(insert(table), rows)
            amended = (
                (row, sorted(changed.intersection(names))) for _, (row, changed) in sorted(self._amended.items())
            )
            for changed, alike in groupby(amended, key=lambda each: each[1]):
                if changed:
                    values = [{"its_id": row["id"]} | {name: row[name] for name in changed} for row, _ in alike]
                    self._session.execute(update(table).where(table.c.id == bindparam("its_id")), values)
        self._added, self._amended = {}, {}


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """While very many things are made that stay: Python's collector would look through them again and again and find nothing."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
