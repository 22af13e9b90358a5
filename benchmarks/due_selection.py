"""Finding the invitations that are due: among ten thousand and among a million, with as many due in both."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median

import click
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.databases import fresh
from engage.campaigns.climbing import due_invitations
from engage.campaigns.models import Invitation, InvitationState, Step
from engage.core.db import Database
from tests import factories

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DUE, BATCH, ROUNDS = 2_000, 50, 40


def fill(session: Session, count: int) -> None:
    """So many invitations, a few due, the rest in every other state and later."""
    campaign = factories.campaign(session)
    child, parent = factories.family(session)
    plan = factories.plan(session, child)
    event = factories.plan_event(session, plan)
    states = list(InvitationState)
    for first in range(0, count, 10_000):
        rows = [
            {
                "campaign_id": campaign.id,
                "plan_event_id": event.id,
                "person_id": parent.id,
                "survey": f"{number}",
                "state": InvitationState.ASKING if number < DUE else states[number % len(states)],
                "next_step": Step.REMINDER,
                "next_due_at": NOW + timedelta(minutes=-number - 1 if number < DUE else number),
                "created_at": NOW,
            }
            for number in range(first, min(first + 10_000, count))
        ]
        session.execute(insert(Invitation), rows)
    session.commit()


def seconds_to_find(database: Database) -> float:
    """The time to find one batch."""
    with database.writing() as session:
        begun = time.perf_counter()
        found = due_invitations(session, now=NOW, limit=BATCH)
        took = time.perf_counter() - begun
        assert len(found) == BATCH
    return took


@contextmanager
def filled(kind: str, count: int) -> Iterator[Database]:
    """A database with so many invitations, whose own statistics PostgreSQL knows as it would after a while."""
    with fresh(kind) as database:
        with Session(database.engine) as session:
            fill(session, count)
        if kind == "postgresql":
            with database.engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
                connection.commit()
        yield database


@click.command()
@click.option("--database", "kind", default="sqlite", type=click.Choice(["sqlite", "postgresql"]), show_default=True)
@click.option("--few", default=10_000, show_default=True)
@click.option("--many", default=1_000_000, show_default=True)
def main(kind: str, few: int, many: int) -> None:
    """Measure, and print one JSON object."""
    with ExitStack() as stack:
        databases = {count: stack.enter_context(filled(kind, count)) for count in (few, many)}
        times: dict[int, list[float]] = {count: [] for count in databases}
        for _ in range(ROUNDS):  # by turns, so that whatever else the machine does falls on both alike
            for count, database in databases.items():
                times[count].append(seconds_to_find(database))
    measured = {count: median(them) for count, them in times.items()}
    figures = {
        "benchmark": "due_selection",
        "database": kind,
        "due": DUE,
        "floor": {"invitations": few, "milliseconds": round(measured[few] * 1000, 3)},
        "measured": {"invitations": many, "milliseconds": round(measured[many] * 1000, 3)},
        "ratio": round(measured[many] / measured[few], 2),
        "goal": "ratio at most 1.5",
    }
    click.echo(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
