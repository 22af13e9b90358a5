"""`engage import`: what a case system's file would change, and with --commit, changing it."""

import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from engage.campaigns import importing
from engage.cli.opening import Bar, open_for_command
from engage.core.audit import SYSTEM
from engage.core.clock import london_date
from engage.core.errors import NotFound
from engage.jobs.wiring import House
from engage.people.queries import relationships
from engage.plans.models import ColumnMapping as SavedMapping
from engage.plans.reading import ColumnMapping, Reading, ReadingSettings, read

SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--commit", "commits", is_flag=True, help="Do it. Without this, only say what would be done.")
@click.option("--mapping", help="The name of a saved column mapping.")
@click.option(
    "--faults", type=click.Path(dir_okay=False, path_type=Path), help="Write the faulty rows to this CSV file."
)
def import_file(file: Path, commits: bool, mapping: str | None, faults: Path | None) -> None:
    """Import children, parent carers, contacts and plan events from FILE (CSV, XLSX or ODS).

    Faulty rows are left out and told one by one; the exit code is 1 when there are any.
    """
    house = open_for_command(log_level="WARNING")
    now = house.clock.now()
    reading = _read(house, file, mapping)
    applying = Bar("Importing" if commits else "Trying it out")
    with house.database.writing() as session:
        if commits:
            summary = importing.import_reading(session, reading, by=SYSTEM, now=now, progress=applying)
        else:
            summary = importing.try_out(session, reading, by=SYSTEM, now=now, progress=applying)
        # By the council's own numbers: what a terminal shows may be kept somewhere.
        let_go = [
            f"{tie.parent_carer.source_ref} of {tie.child.source_ref}"
            for tie in relationships(session, summary["no_longer_named"], limit=SHOWN)
        ]
        session.commit()
    _say(summary, let_go, done=commits)
    for fault in reading.faults[:SHOWN]:
        click.echo(f"Row {fault.row}, {fault.column}: {fault.value!r}. {fault.wrong} {fault.cure}", err=True)
    if len(reading.faults) > SHOWN:
        click.echo(f"... and {len(reading.faults) - SHOWN} more; write them all with --faults FILE", err=True)
    if faults and reading.faults:
        faults.write_bytes(reading.faults_file())
    if reading.faults:
        sys.exit(1)


def _read(house: House, file: Path, mapping: str | None) -> Reading:
    limit = house.settings.import_size_limit_mb * 1_000_000
    settings = ReadingSettings(
        today=london_date(house.clock.now()),
        local_authority=house.settings.local_authority,
        demonstration=house.settings.demonstration,
        largest_bytes=limit,
    )
    with file.open("rb") as opened:
        return read(opened, file.name, _mapping(house, mapping), settings=settings, progress=Bar("Reading"))


def _mapping(house: House, name: str | None) -> ColumnMapping | None:
    if name is None:
        return None
    with house.database.reading() as session:
        saved = session.scalar(select(SavedMapping).where(SavedMapping.name == name))
        if saved is None:
            raise NotFound(f'There is no saved column mapping "{name}".')
        return ColumnMapping(saved.name, saved.headings)


def _say(summary: dict[str, Any], let_go: list[str], *, done: bool) -> None:
    would = "" if done else "would be "
    click.echo(f"{summary['rows_sound']} of {summary['rows_read']} rows are sound.")
    for notice in summary["notices"]:
        click.echo(notice)
    for verb in ("added", "changed", "withdrawn"):
        for thing, count in summary[verb].items():
            click.echo(f"  {count} {thing.replace('_', ' ')} {would}{verb}")
    if not (summary["added"] or summary["changed"] or summary["withdrawn"]):
        click.echo("Nothing is new: everything in it was here already.")
    for on, count in summary["asked_on"].items():
        click.echo(f"  {count} people {'will' if done else 'would'} be asked from {on}")
    for reason, count in summary["not_asked"].items():
        click.echo(f"  {count} not asked: {reason.replace('_', ' ')}")
    _say_naming(summary, let_go, done=done)
    if not done:
        click.echo("Nothing has been changed. To do it, add --commit.")


def _say_naming(summary: dict[str, Any], let_go: list[str], *, done: bool) -> None:
    if many := len(summary["no_longer_named"]):
        more = f" and {many - len(let_go)} more" if many > len(let_go) else ""
        will = "will" if done else "would"
        click.echo(f"  {many} no longer named {will} not be asked any more: {', '.join(let_go)}{more}")
    if again := len(summary["named_again"]):
        click.echo(f"  {again} named again")
