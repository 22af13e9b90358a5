"""`engage figures`: what families say, in the terminal, as CSV or as JSON."""

import click

from engage.cli.opening import open_for_command


@click.command()
@click.argument("survey")
@click.option("--period", required=True, help="2021/22, Q3 2019/20 or 2021/22 up to Q3.")
@click.option("--format", "written", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option(
    "--audience",
    type=click.Choice(["internal", "board", "forum", "public"]),
    default="internal",
    show_default=True,
    help="Who will read them. Only those who may read single answers may read internal figures.",
)
def figures(survey: str, period: str, written: str, audience: str) -> None:
    """Print the figures of SURVEY: each statement as n/N and per cent, and the response rate with its definition."""
    from engage.insight.figures import Audience, to_csv, to_json, to_text
    from engage.insight.figures import figures as tables_of

    house = open_for_command(log_level="WARNING")
    reader = Audience(audience)
    with house.database.reading() as session:
        tables = tables_of(
            session,
            house.catalogue,
            survey,
            period,
            audience=reader,
            local_authority=house.settings.local_authority,
            now=house.clock.now(),
        )
    match written:
        case "csv":
            click.echo(to_csv(tables), nl=False)
        case "json":
            click.echo(to_json(tables, survey=survey, period=period))
        case _:
            click.echo(to_text(tables))
    if reader is Audience.INTERNAL:
        click.echo("Not protected: for those who may read single answers. To hand on, use --audience.", err=True)
