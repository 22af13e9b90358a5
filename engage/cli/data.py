"""`python -m engage.cli.data`: whether the surveys and message templates of the project itself are sound."""

import sys

import click

from engage.core.config import PROJECT
from engage.notify import template_files
from engage.surveys import loader


def main() -> None:
    """Print every mistake; exit code 1 when there is one."""
    found = [*loader.check(PROJECT / "surveys"), *template_files.check(PROJECT / "notify_templates")]
    for mistake in found:
        click.echo(str(mistake), err=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
