"""Requests whose every change is taken back, so that each of thousands finds everything as the first one did."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.core.db import Broken, Database


class Rehearsal:
    """A database that all the app's sessions share on one connection, within one transaction that is never committed."""

    def __init__(self, database: Database, patch: pytest.MonkeyPatch) -> None:
        self.connection = database.engine.connect()
        self.whole = self.connection.begin()
        patch.setattr(database, "reading", self._session)
        patch.setattr(database, "writing", self._session)
        patch.setattr(database, "bare", self._bare)

    @contextmanager
    def scene(self) -> Iterator[None]:
        """What happens in here has not happened once it is over."""
        with self.connection.begin_nested() as since:
            yield
            since.rollback()

    def end(self) -> None:
        """Take everything back."""
        self.whole.rollback()
        self.connection.close()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self.connection, join_transaction_mode="create_savepoint") as session:
            yield session

    @contextmanager
    def _bare(self, *, writes: bool = False) -> Iterator[Any]:
        if writes:  # it would begin and commit by itself: so everything that changes goes the ordinary way
            raise Broken
        yield self.connection.connection.cursor()
