"""DOOR: the terminal. Exit codes: 0 done, 1 something was found wrong, 2 the command was not understood."""

import sys

import click

from engage.cli.checking import check
from engage.cli.demonstrating import demo, run, serve
from engage.cli.figures import figures
from engage.cli.importing import import_file
from engage.cli.keeping import jobs, migrate, notify, staff, worker
from engage.cli.translations import translations
from engage.core.errors import DomainError, Invalid


class Group(click.Group):
    """Turns a rule's "no" into a plain sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except DomainError as error:
            click.echo(error.message, err=True)
            if isinstance(error, Invalid):
                for field, wrong in error.fields.items():
                    click.echo(f"  {field}: {wrong}", err=True)
            sys.exit(1)


@click.group(cls=Group)
@click.version_option(package_name="engage")
def main() -> None:
    """Hear from the families of children with SEND, act on what they say, and tell them so.

    Settings come from ENGAGE_... environment variables; docs/settings.md lists them all.
    """


for command in (check, demo, figures, import_file, jobs, migrate, notify, run, serve, staff, translations, worker):
    main.add_command(command)
