"""Requests whose every change is taken back, so that each of thousands finds everything as the first one did."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.orm import Session

from engage.core.db import Broken, Database


class Rehearsal:
    """A database that all the app's sessions share on one connection, within one transaction that is never committed."""

    def __init__(self, database: Database, patch: pytest.MonkeyPatch) -> None:
        self.connection = database.engine.connect()
        self.whole = self.connection.begin()
        patch.setattr(database, "reading", self._session)
        patch.setattr(database, "writing", self._session)
        patch.setattr(database, "glance", self._glance)
        patch.setattr(database, "bare", self._no_short_way)

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

    def _glance(self, statement: Select[Any], parameters: Any) -> Any:
        return self.connection.execute(statement, parameters).first()

    def _no_short_way(self, **_: Any) -> AbstractContextManager[Any]:
        raise Broken
