"""The database: one engine, sessions that may only read, and sessions that may write."""

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    create_engine,
    event,
    exc,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.types import TypeDecorator

from engage.core.privacy import Privacy

BUSY_TIMEOUT_MS = 30_000
TRUSTED_FOR_SECONDS = 10
"""A connection to PostgreSQL that has rested for longer is tried out before it is used."""


class UtcMoment(TypeDecorator[datetime]):
    """A moment in UTC, always aware in Python; SQLite has no time zones, so it is stored there without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Code(TypeDecorator[Any]):
    """A `StrEnum` kept as its own short text, so that a new member needs no migration."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


KeyWithoutOrder = BigInteger().with_variant(Integer, "sqlite")
"""The type of a key made by `key_without_order`. SQLite keeps rows in the order of a key only if its type is INTEGER."""


def key_without_order() -> int:
    """A primary key that tells nothing of when its row was made, nor after which other."""
    return secrets.randbits(63)


Document = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The mother of every mapped class; each says which of its columns are personal."""

    __privacy__: Privacy

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcMoment(), dict[str, Any]: Document, list[str]: Document}


class Broken(Exception):
    """The driver could not do what it was asked; nothing of it was kept."""


class Database:
    """Opens sessions. `reading` cannot change anything, which the database itself enforces; `writing` commits only when told."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._reads, self._glances = self._only_reading()
        self._one_writer = threading.RLock() if self.is_sqlite else None

    def _only_reading(self) -> tuple[Engine, Engine]:
        if self.is_sqlite:  # a connection may read only for all its life: cheaper than saying so each time
            reads = _engine(self.url, only_reads=True)
            return reads, reads.execution_options(engage_glances=True)
        return (
            self.engine.execution_options(postgresql_readonly=True),
            self.engine.execution_options(isolation_level="AUTOCOMMIT"),
        )

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose transaction is read-only: how a GET keeps its promise never to change state."""
        with Session(self._reads) as session:
            yield session

    def glance(self, statement: Select[Any], parameters: Mapping[str, Any]) -> Row[Any] | None:
        """The first row of one question, asked by itself: no session and no transaction around it, so that it costs a
        third of the time."""
        with self._glances.connect() as connection:
            return connection.execute(statement, parameters).first()

    @contextmanager
    def bare(self, *, writes: bool = False) -> Iterator[Any]:
        """A connection as the driver gives it, which commits every statement by itself: for `prepared` ones, where the
        time of all that usually lies between is worth saving. `Broken` when the driver says so, whatever of it."""
        with self._one_writer if writes and self._one_writer else nullcontext():
            lent = (self.engine if writes else self._reads).raw_connection()
            connection: Any = lent.driver_connection
            try:
                if not self.is_sqlite:
                    connection.autocommit = True
                yield connection
                if not self.is_sqlite:
                    connection.autocommit = False
            except BaseException as error:
                lent.invalidate(error)  # whatever state it is in now: the pool makes a new one
                if isinstance(error, self.engine.dialect.loaded_dbapi.Error):
                    raise Broken from error
                raise
            finally:
                lent.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that may write; the caller commits. On SQLite writers in one process queue for a lock of our own,
        which is far fairer under load than SQLite's busy loop."""
        if self._one_writer is None:
            with Session(self.engine) as session:
                yield session
            return
        with self._one_writer, Session(self.engine) as session:
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._reads.dispose()


def lock(session: Session, row: Base) -> None:
    """Read a row as it now stands and keep others from changing it until this transaction ends; what this session
    already changed in it is written first, never lost."""
    session.flush()
    session.refresh(row, with_for_update={"of": type(row)})  # alone, however much was loaded along with it


def give_way(session: Session) -> None:
    """From here on wait only briefly for rows that others hold, on PostgreSQL: work done in batches gives way to whoever
    waits at a screen, long before the database would pick one of the two to fail. Raises `OperationalError` then."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL lock_timeout = '400ms'"))


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Run an update or a delete and say how many rows it took: how a conditional update shows who came first."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _engine(url: str, *, only_reads: bool = False) -> Engine:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, **({} if url.startswith("sqlite") else {"pool_size": 10}))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_to_read if only_reads else _begin_to_write)
        if only_reads:
            event.listen(engine, "connect", _keep_from_writing)
    else:
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", _try_after_rest)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would begin too late
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is erased is written over, and does not stay in the file until it is needed
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_from_writing(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin_to_read(connection: Connection) -> None:
    if not connection.get_execution_options().get("engage_glances", False):
        connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Connection) -> None:
    # A writer takes its lock at once, so that what it read is still true when it writes.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _note_rest(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["rests_since"] = time.monotonic()


def _try_after_rest(connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
    """The database may have been started anew meanwhile. Asking before every use would double the way of a small page."""
    since = entry.info.get("rests_since")
    if since is not None and time.monotonic() - since > TRUSTED_FOR_SECONDS:
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except Exception as error:  # whatever the driver calls it: the pool makes a new one
            raise exc.DisconnectionError from error
