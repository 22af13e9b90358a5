"""Runs migrations against the database of the settings, or a connection handed in by `engage.migrations.run`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from engage.core.db import Base, Code, Database, UtcMoment
from engage.migrations import all_models

all_models()
connection = context.config.attributes.get("connection")


def plain_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as the plain ones they are kept as: a migration must not change when our code does."""
    if kind != "type":
        return False
    if isinstance(thing, UtcMoment):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, Code):
        return "sa.String(length=40)"
    if isinstance(thing, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def migrate(given: object) -> None:
    """Run inside one transaction; SQLite needs tables rebuilt to alter them."""
    context.configure(
        connection=given,  # type: ignore[arg-type]  # handed through alembic's untyped attributes
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


if connection is not None:
    migrate(connection)
else:
    import os

    database = Database(os.environ.get("ENGAGE_DATABASE_URL", "sqlite:///var/engage.sqlite3"))
    with database.engine.begin() as opened:
        migrate(opened)
