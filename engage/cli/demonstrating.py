"""`engage run` and `engage demo`: the whole of Engage on one machine, with made-up people."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click
from sqlalchemy import func, select

from engage import migrations
from engage.campaigns.links import token_of
from engage.campaigns.models import Invitation, InvitationState, SurveyLink
from engage.cli.opening import Bar, open_for_command
from engage.cli.serving import serve_app
from engage.core.clock import london_date
from engage.core.config import load_settings
from engage.core.db import Database
from engage.core.tokens import random_secret
from engage.demonstration.sample import sample_rows, write_rows
from engage.jobs.wiring import House
from engage.notify.standin import EMAIL_TEMPLATE_ID, LETTER_TEMPLATE_ID, TEXT_TEMPLATE_ID, KeyType, StandinConfig
from engage.people.models import Person

FOLDER = Path("var/demonstration")
PATIENCE_SECONDS = 30


@click.command()
@click.option("--families", default=300, show_default=True, help="How many families live in the area.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same area.")
def demo(families: int, seed: int) -> None:
    """Fill an empty database with a made-up local area whose last year really happened in it."""
    house = open_for_command(log_level="ERROR")
    if not house.settings.demonstration:
        raise click.UsageError("Made-up people belong in a demonstration only. Set ENGAGE_DEMONSTRATION=1.")
    from engage.demonstration.run import load_demonstration  # brings the figures along: seconds that no worker needs

    made = load_demonstration(house, families=families, seed=seed, progress=Bar("Letting a year pass"))
    click.echo(f"{made.children} children, {made.invitations} invitations, {made.responses} answers.")


@click.command()
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="The web service's port (or PORT).")
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True, help="The address to listen on.")
@click.option("--workers", default=1, show_default=True, help="Web processes; with SQLite one is best.")
def serve(port: int, host: str, workers: int) -> None:
    """The web service alone."""
    load_settings()
    serve_app("engage.app:create_app", host=host, port=port, workers=workers)


@click.command()
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="The web service's port (or PORT).")
@click.option("--families", default=300, show_default=True, help="How many families live in a new area.")
@click.option("--fresh", is_flag=True, help="Throw the last demonstration away and begin anew.")
def run(port: int, families: int, fresh: bool) -> None:
    """A demonstration, all together: the web service, the worker and the local Notify. Ctrl-C stops all of it."""
    if fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = demonstration_environment(port)
    os.environ.update(environment)
    link = _fill(families)
    parts = {
        "the local Notify": _standin(port, environment),
        "the worker": [_engage(), "worker"],
        "the web service": [_engage(), "serve", "--port", str(port)],
    }
    _supervise({name: subprocess.Popen(command) for name, command in parts.items()}, port, link)  # noqa: S603 - our own


def demonstration_environment(port: int) -> dict[str, str]:
    """The settings of a demonstration; what the environment already says stands."""
    secret = FOLDER / "secret"
    if not secret.exists():
        secret.write_text(random_secret())
        secret.chmod(0o600)
    settings = {
        "DEMONSTRATION": "1",
        "DATABASE_URL": f"sqlite:///{FOLDER / 'engage.sqlite3'}",
        "SECRET_KEYS": secret.read_text(),
        "PUBLIC_URL": f"http://localhost:{port}",
        "NOTIFY_URL": f"http://localhost:{port + 1}",
        "NOTIFY_API_KEY": StandinConfig().api_key(KeyType.LIVE),
        "NOTIFY_EMAIL_TEMPLATE_ID": str(EMAIL_TEMPLATE_ID),
        "NOTIFY_TEXT_TEMPLATE_ID": str(TEXT_TEMPLATE_ID),
        "NOTIFY_LETTER_TEMPLATE_ID": str(LETTER_TEMPLATE_ID),
        "NOTIFY_CALLBACK_TOKEN": f"receipts-{secret.read_text()[:16]}",
        "CONTACT_PHONE": "020 7946 0100",
        "CONTACT_EMAIL": "send.engagement@example.org",
        "SAFEGUARDING_PHONE": "020 7946 0101",
        "SENDIASS_URL": "https://sendiass.example.org/",
        "SENDIASS_PHONE": "020 7946 0102",
        "COMPLAINTS_URL": "https://council.example.org/complaints",
        "FORUM_PRIVACY_URL": "https://forum.example.org/privacy",
        "OFFER_DRAFT_LANGUAGES": "ar,fa,ko,pl,ta,ur",
        "LOG_LEVEL": "WARNING",
    }
    return {f"ENGAGE_{name}": os.environ.get(f"ENGAGE_{name}", value) for name, value in settings.items()}


def _engage() -> str:
    return str(Path(sys.executable).with_name("engage"))


def _standin(port: int, environment: Mapping[str, str]) -> list[str]:
    return [
        _engage(), "notify", "serve", "--port", str(port + 1), "--storage", str(FOLDER / "inbox.sqlite3"),
        "--callback-url", f"http://localhost:{port}/hooks/notify/receipts",
        "--callback-token", environment["ENGAGE_NOTIFY_CALLBACK_TOKEN"],
    ]  # fmt: skip


def _fill(families: int) -> str:
    """Make the area on the first start; later ones find it and take no time. Returns one family's link."""
    database = Database(load_settings().database_url)
    migrations.upgrade(database)
    house = open_for_command(log_level="ERROR")
    with house.database.reading() as session:
        empty = not session.scalar(select(func.count()).select_from(Person))
    if empty:
        click.echo(f"Making a demonstration area of {families} families.")
        from engage.demonstration.run import load_demonstration

        load_demonstration(house, families=families, seed=1, progress=Bar("Letting a year pass"))
    sample = FOLDER / "sample-import.csv"
    write_rows(sample_rows(london_date(house.clock.now())), sample)
    link = _a_familys_link(house)
    house.database.dispose()
    database.dispose()
    return link


def _a_familys_link(house: House) -> str:
    """The newest link of a family that is being asked and has not begun."""
    with house.database.reading() as session:
        link = session.scalar(
            select(SurveyLink)
            .join(Invitation)
            .where(Invitation.state == InvitationState.ASKING, Invitation.response_id.is_(None))
            .order_by(SurveyLink.id.desc())
            .limit(1)
        )
        if link is None:
            return "none is waiting: import the sample file, then move the clock forward"
        return f"{house.settings.base_url}/r/{token_of(link, house.settings.secrets)}"


def _supervise(running: Mapping[str, subprocess.Popen[bytes]], port: int, link: str) -> None:
    """Say where to look once all is up, and end all when one ends or Ctrl-C is pressed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if _is_up(port, running):
            click.echo(_where_to_look(port, link))
        while all(child.poll() is None for child in running.values()):
            time.sleep(0.5)
        for name, child in running.items():
            if child.poll() is not None:
                click.echo(f"{name} has stopped (code {child.returncode}), so everything stops.", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nStopping.")
    finally:
        for child in running.values():
            child.terminate()
        for child in running.values():
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()


def _is_up(port: int, running: Mapping[str, subprocess.Popen[bytes]]) -> bool:
    import requests

    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and all(child.poll() is None for child in running.values()):
        try:
            if requests.get(f"http://localhost:{port}/healthz", timeout=2).ok:
                return True
        except requests.RequestException:
            time.sleep(0.2)
    return False


def _where_to_look(port: int, link: str) -> str:
    from engage.demonstration.run import STAFF

    who = "\n".join(f"      {email:<22} {roles[0].value.replace('_', ' ')}" for _, email, roles in STAFF)
    return f"""
  Engage is running. The people in it are made up.

    Families and the public   http://localhost:{port}/
    Staff                     http://localhost:{port}/sign-in
      sign in as one of these; the link comes to the inbox:
{who}
    Inbox of all messages     http://localhost:{port + 1}/
    One family's survey       {link}
    A file to import          {FOLDER / "sample-import.csv"}

  Ctrl-C stops it. The next start keeps what you did; make run FRESH=1 starts over.
"""
