"""A fresh, migrated database for one benchmark: an SQLite file, or a PostgreSQL started for the purpose."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from engage.core.db import Database
from tests.databases import Servers


@contextmanager
def fresh(kind: str) -> Iterator[Database]:
    """Gone when the benchmark is over."""
    with TemporaryDirectory() as folder, Servers.open(Path(folder), kind=kind) as servers, servers.fresh() as database:
        yield database
