"""Keeping Engage going: the database, the clock's jobs, the worker, staff, and the local Notify stand-in."""

import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

import click

from engage import migrations
from engage.accounts.permissions import Role
from engage.accounts.services import add_staff
from engage.cli.opening import open_for_command
from engage.core.audit import SYSTEM
from engage.core.clock import LONDON
from engage.core.config import load_settings
from engage.core.db import Database
from engage.jobs.timetable import TIMETABLE, job
from engage.jobs.worker import Worker
from engage.notify import template_files
from engage.notify.account import check_account
from engage.notify.standin import StandinConfig, serve


@click.command()
def migrate() -> None:
    """Make the database, or bring it up to date."""
    migrations.upgrade(Database(load_settings().database_url))
    click.echo("The database is up to date.")


@click.command()
def worker() -> None:
    """Do what the timetable says is due, until stopped. Start as many as you like."""
    house = open_for_command()
    working = Worker(house)
    for asked_to_stop in (signal.SIGTERM, signal.SIGINT):
        # In a thread, for this one may be interrupted just where it holds the event's own lock.
        signal.signal(asked_to_stop, lambda *_: threading.Thread(target=house.stopping.set).start())
    working.run()


@click.group()
def jobs() -> None:
    """The clock's jobs."""


@jobs.command()
def timetable() -> None:
    """Which job runs when, and what it does."""
    width = max(len(one.name) for one in TIMETABLE)
    for one in TIMETABLE:
        click.echo(f"{one.name:<{width}}  {one.when!s:<32}  {one.does}")


@jobs.command("run")
@click.argument("name")
@click.option("--at", "at", type=click.DateTime(), help="Pretend it is this time in England, such as 2026-03-02T09:30.")
def run_job(name: str, at: datetime | None) -> None:
    """Run one job, or "all" of them in order, now."""
    chosen = TIMETABLE if name == "all" else tuple(one for one in [job(name)] if one)
    if not chosen:
        known = ", ".join(one.name for one in TIMETABLE)
        raise click.UsageError(f'There is no job "{name}". There are: all, {known}.')
    house = open_for_command(at=at.replace(tzinfo=LONDON) if at else None, log_level="WARNING")
    failed = False
    for one in chosen:
        try:
            click.echo(f"{one.name}: {one.run(house, house.clock.now())}")
        except Exception as error:  # every job gets its turn; the exit code says that one failed
            failed = True
            click.echo(f"{one.name}: failed ({type(error).__name__})", err=True)
    if failed:
        sys.exit(1)


@click.group()
def staff() -> None:
    """People who sign in."""


@staff.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.option("--signs-for", multiple=True, help="The code of an organisation for which a signatory signs letters.")
def add(name: str, email: str, roles: tuple[str, ...], signs_for: tuple[str, ...]) -> None:
    """Add somebody who may sign in by an emailed link."""
    house = open_for_command(log_level="WARNING")
    with house.database.writing() as session:
        added = add_staff(
            session,
            name=name,
            email=email,
            roles=[Role(role) for role in roles],
            signs_for=signs_for,
            by=SYSTEM,
            now=house.clock.now(),
        )
        session.commit()
        click.echo(f"Added as number {added.id}. They can sign in at {house.settings.base_url}/sign-in")


@click.group()
def notify() -> None:
    """GOV.UK Notify and its local stand-in."""


@notify.command("check")
def check_notify() -> None:
    """Compare the Notify account with what Engage needs: key, templates, placeholders, sender, reply-to."""
    settings = load_settings()
    findings = check_account(settings, template_files.load(settings.templates_folder).all())
    for finding in findings:
        click.echo(("Sound: " if finding.sound else "WRONG: ") + finding.said, err=not finding.sound)
    if not all(finding.sound for finding in findings):
        sys.exit(1)


@notify.command("serve")
@click.option("--port", default=8025, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--storage", type=click.Path(path_type=Path), help="Keep the inbox in this file over a restart.")
@click.option("--callback-url", help="Where receipts are sent.")
@click.option(
    "--callback-token", envvar="ENGAGE_NOTIFY_CALLBACK_TOKEN", default="", help="The bearer token of receipts."
)
@click.option("--name", "service_name", default="SEND Kingston", show_default=True, help="Stands before each text.")
@click.option("--rate", default=3000, show_default=True, help="Messages a minute; 0 for no limit.")
def serve_standin(
    port: int,
    host: str,
    storage: Path | None,
    callback_url: str | None,
    callback_token: str,
    service_name: str,
    rate: int,
) -> None:
    """A local Notify: nothing leaves this machine. Its inbox is its home page, and /inbox.json."""
    config = StandinConfig(
        storage=storage,
        callback_url=callback_url,
        callback_token=callback_token,
        service_name=service_name,
        rate=rate or None,
    )
    serve(config, host, port, ready=lambda url: click.echo(f"The inbox is at {url}"))
