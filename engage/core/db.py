"""The database: one engine, sessions that may only read, and sessions that may write."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator
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


class Broken(exc.SQLAlchemyError):
    """The driver could not do what it was asked; nothing of it was kept."""


class Database:
    """Opens sessions. `reading` cannot change anything, which the database itself enforces; `writing` commits only when told."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._reads = self._only_reading()
        self._one_writer = threading.RLock() if self.is_sqlite else None
        bare_reads: deque[_Bare] = deque()
        # Those that are not in use. Putting in and taking out are single steps, so no lock is needed.
        self._bare = {False: bare_reads, True: deque[_Bare]() if self.is_sqlite else bare_reads}

    def _only_reading(self) -> Engine:
        if self.is_sqlite:  # a connection may read only for all its life: cheaper than saying so each time
            return _engine(self.url, only_reads=True)
        return self.engine.execution_options(postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose transaction is read-only: how a GET keeps its promise never to change state."""
        with Session(self._reads) as session:
            yield session

    @contextmanager
    def bare(self, *, writes: bool = False) -> Iterator[Any]:
        """A cursor as the driver gives it, on a connection of its own that commits every statement by itself: for
        `prepared` ones, where the time of all that usually lies between is worth saving. Read all that was found, for
        the next will use it. `Broken` when the driver says so, whatever of it."""
        with self._one_writer if writes and self._one_writer else nullcontext():
            bare = None
            try:
                bare = self._take_bare(writes)
                yield bare.cursor
            except BaseException as error:
                if bare is not None:
                    bare.close()  # whatever state it is in now
                if isinstance(error, self.engine.dialect.loaded_dbapi.Error):
                    raise Broken from error
                raise
            bare.rests_since = time.monotonic()
            self._bare[writes].append(bare)

    def _take_bare(self, writes: bool) -> "_Bare":
        while self._bare[writes]:
            try:
                bare = self._bare[writes].pop()
            except IndexError:  # another thread was quicker
                break
            if bare.can_be_trusted():
                return bare
        return _Bare(self.engine if writes else self._reads)

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
        for connections in self._bare.values():
            while connections:
                connections.pop().close()
        self.engine.dispose()
        self._reads.dispose()


class _Bare:
    """A connection outside every pool, and the one cursor that is used on it."""

    def __init__(self, engine: Engine) -> None:
        self._lent = engine.raw_connection()
        connection: Any = self._lent.driver_connection
        if engine.dialect.name != "sqlite":  # there it does so anyway
            connection.autocommit = True
        self.cursor = connection.cursor()
        self._lent.detach()
        self.rests_since = time.monotonic()

    def can_be_trusted(self) -> bool:
        """Whether it is still there; if not, it is closed. The database may have been started anew meanwhile."""
        if time.monotonic() - self.rests_since > TRUSTED_FOR_SECONDS:
            try:
                self.cursor.execute("SELECT 1").fetchall()
            except Exception:  # whatever the driver calls it
                self.close()
                return False
        return True

    def close(self) -> None:
        self._lent.close()


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
