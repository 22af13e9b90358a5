"""The inbox kept in an SQLite file, so that it is still there after a restart."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from engage.notify.standin.messages import Message

_TABLE = "CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, content TEXT NOT NULL)"
_SAVE = (
    "INSERT INTO message (number, content) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET content = excluded.content"
)


class SqliteKeeper:
    """Keeps each message as one row of JSON. The message store calls it under its own lock, one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(_TABLE)

    def load(self) -> Iterator[Message]:
        """Every message kept, oldest first."""
        for (content,) in self._connection.execute("SELECT content FROM message ORDER BY number"):
            yield Message.model_validate_json(content)

    def save(self, message: Message) -> None:
        """Keep this message as it is now."""
        self._connection.execute(_SAVE, (message.number, message.model_dump_json()))

    def clear(self) -> None:
        """Keep nothing."""
        self._connection.execute("DELETE FROM message")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
