"""`engage check`: are the settings, the database, the surveys and the message templates sound?"""

import sys

import click

from engage import migrations
from engage.core.config import load_settings
from engage.core.db import Database
from engage.core.errors import Misconfigured
from engage.notify import template_files
from engage.surveys import loader
from engage.surveys.publishing import uploaded_faults


@click.command()
def check() -> None:
    """Say everything that is wrong with settings, surveys, message templates and the database."""
    wrong: list[str] = []
    try:
        settings = load_settings()
    except Misconfigured as error:
        click.echo(error.message, err=True)
        sys.exit(1)
    found = [*loader.check(settings.surveys_folder), *template_files.check(settings.templates_folder)]
    wrong += [str(mistake) for mistake in found]
    database = Database(settings.database_url)
    try:
        if not migrations.is_current(database):
            wrong.append("The database is not up to date. Run: engage migrate")
        elif not found:
            wrong += uploaded_faults(database, loader.load(settings.surveys_folder))
    except Exception as error:  # whatever the driver raises, the answer is the same
        wrong.append(f"The database cannot be opened ({type(error).__name__}). Look at ENGAGE_DATABASE_URL.")
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        sys.exit(1)
    click.echo("All sound: settings, surveys, message templates and database.")
