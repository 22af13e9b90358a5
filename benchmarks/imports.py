"""Importing 50,000 rows of a case system's file, against reading the bare file and inserting the very rows it makes."""

import csv
import io
import json
import time
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import click
from sqlalchemy import Table, insert, select

from benchmarks.databases import fresh
from engage.campaigns.importing import import_reading
from engage.core.audit import SYSTEM
from engage.core.db import Base, Database
from engage.demonstration.area import generate
from engage.demonstration.run import rows_as_csv
from engage.plans.reading import ReadingSettings, read

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
Rows = list[tuple[Table, list[dict[str, Any]]]]


def file_of(count: int) -> bytes:
    """A made-up area's file, cut at so many rows."""
    families = generate(count, seed=3, first_on=date(2020, 1, 1), last_on=TODAY)
    return rows_as_csv(list(islice(families, count)))


def seconds_to_import(database: Database, file: bytes) -> float:
    begun = time.perf_counter()
    settings = ReadingSettings(today=TODAY, demonstration=True, largest_bytes=len(file))
    reading = read(file, "plans.csv", settings=settings)
    with database.writing() as session:
        import_reading(session, reading, by=SYSTEM, now=NOW)
        session.commit()
    seconds = time.perf_counter() - begun
    assert not reading.faults
    return seconds


def what_it_made(database: Database) -> Rows:
    """Every row now on record, by table, each after those it points to."""
    with database.engine.connect() as connection:
        tables = [(table, connection.execute(select(table)).mappings()) for table in Base.metadata.sorted_tables]
        return [(table, rows) for table, found in tables if (rows := [dict(row) for row in found])]


def seconds_to_insert(database: Database, file: bytes, made: Rows) -> float:
    """The floor: every cell read as text, every row inserted as it is."""
    begun = time.perf_counter()
    list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    with database.engine.begin() as connection:
        for table, rows in made:
            connection.execute(insert(table), rows)
    return time.perf_counter() - begun


@click.command()
@click.option("--database", "kind", default="sqlite", type=click.Choice(["sqlite", "postgresql"]), show_default=True)
@click.option("--rows", default=50_000, show_default=True)
def main(kind: str, rows: int) -> None:
    """Measure, and print one JSON object."""
    file = file_of(rows)
    with fresh(kind) as database:
        measured = seconds_to_import(database, file)
        made = what_it_made(database)
    with fresh(kind) as database:
        floor = seconds_to_insert(database, file, made)
    figures = {
        "benchmark": "imports",
        "database": kind,
        "rows": rows,
        "records": sum(len(them) for _, them in made),
        "floor": {"seconds to read and insert": round(floor, 2)},
        "measured": {"seconds to import": round(measured, 2)},
        "ratio": round(measured / floor, 2),
        "goal": "ratio at most 4",
    }
    click.echo(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
