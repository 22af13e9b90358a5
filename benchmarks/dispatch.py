"""Messages a minute: by one worker without a limit, against bare calls of the client; and under Notify's true limit."""

import json
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import click
from notifications_python_client.notifications import NotificationsAPIClient
from sqlalchemy import func, select

from benchmarks.databases import fresh
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.tokens import mint
from engage.jobs.dispatching import dispatcher
from engage.jobs.wiring import open_house
from engage.notify.dispatch import THREADS
from engage.notify.models import Message, MessageState
from engage.notify.standin import EMAIL_TEMPLATE_ID, TEXT_TEMPLATE_ID, KeyType, StandinConfig
from engage.register.services import ALREADY, TOKEN_PURPOSE
from tests import factories
from tests.conftest import make_settings
from tests.jobs.processes import environment

LATENCY_SECONDS = 0.06
TRUE_LIMIT = 3000


class Notify:
    """A stand-in in a process of its own, so that it takes none of the worker's time."""

    def __init__(self, stack: ExitStack, *, rate: int | None, timeouts: float) -> None:
        command = [sys.executable, "-m", "benchmarks.notify", str(rate or 0), str(LATENCY_SECONDS), str(timeouts)]
        self._process = stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        )
        stack.callback(self._process.terminate)
        self.url = self._told()["url"]

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def counts(self) -> dict[str, Any]:
        """How many it took, how many references twice, how many it refused for the limit."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._told()


def settings_for(url: str, database: Database, **changes: Any) -> Settings:
    return make_settings(
        database_url=database.url,
        notify_url=url,
        notify_api_key=StandinConfig().api_key(KeyType.LIVE),
        notify_email_template_id=str(EMAIL_TEMPLATE_ID),
        notify_text_template_id=str(TEXT_TEMPLATE_ID),
        log_level="ERROR",
        worker_poll_seconds=0.2,
        **changes,
    )


def fill(database: Database, settings: Settings, count: int) -> None:
    """So many emails that are due, each to somebody on the register: sending asks the register about every one."""
    now = datetime.now(UTC)
    with database.writing() as session:
        for number in range(count):
            token = mint(settings.secrets, TOKEN_PURPOSE)
            on_it = factories.registration(session, nonce=token.nonce, digest=token.digest)
            factories.message(
                session,
                once_key=f"benchmark:{number}",
                purpose=ALREADY,
                template="register_already",
                recipient=on_it.email,
                about_kind="registration",
                about_id=on_it.id,
                created_at=now,
                due_at=now,
            )
        session.commit()


def waiting(database: Database) -> int:
    """How many have not been accepted."""
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Message.state != MessageState.ACCEPTED)) or 0


def bare_calls(settings: Settings, count: int) -> float:
    """Seconds for so many calls of the bare client in as many threads."""
    clients = threading.local()

    def call(number: int) -> None:
        if not hasattr(clients, "one"):
            assert settings.notify_api_key
            clients.one = NotificationsAPIClient(
                settings.notify_api_key.get_secret_value(), base_url=str(settings.notify_url)
            )
        clients.one.send_email_notification(
            f"somebody{number}@example.org",
            settings.notify_email_template_id,
            personalisation={"subject": "A subject", "body": "A body"},
            reference=f"bare-{number}",
        )

    with ThreadPoolExecutor(THREADS) as threads:
        begun = time.perf_counter()
        list(threads.map(call, range(count)))
        return time.perf_counter() - begun


def one_worker(settings: Settings, count: int) -> float:
    """Seconds for one worker to hand over all."""
    house = open_house(settings)
    fill(house.database, settings, count)
    sender = dispatcher(house, paced=False)
    begun = time.perf_counter()
    while sender.run_once():
        pass
    seconds = time.perf_counter() - begun
    sender.close()
    assert waiting(house.database) == 0
    return seconds


def without_a_limit(stack: ExitStack, database: Database, count: int) -> dict[str, Any]:
    notify = Notify(stack, rate=None, timeouts=0)
    settings = settings_for(notify.url, database)
    bare = count / bare_calls(settings, count) * 60
    worker = count / one_worker(settings, count) * 60
    return {
        "floor": {"bare client calls a minute": round(bare)},
        "measured": {"messages a minute": round(worker)},
        "ratio": round(worker / bare, 3),
        "goal": "at least 3,000 a minute",
    }


def at_the_limit(stack: ExitStack, database: Database, count: int, workers: int, timeouts: float) -> dict[str, Any]:
    notify = Notify(stack, rate=TRUE_LIMIT, timeouts=timeouts)
    settings = settings_for(notify.url, database, notify_timeout_seconds=2)
    fill(database, settings, count)
    command = [sys.executable, "-m", "engage", "worker"]
    running = [subprocess.Popen(command, env=environment(settings)) for _ in range(workers)]
    for process in running:
        stack.callback(process.kill)
    while not (first := notify.counts())["taken"]:
        time.sleep(0.05)
    begun = time.perf_counter()
    while waiting(database) > count * timeouts * 2:
        time.sleep(0.2)
    steady = (notify.counts()["taken"] - first["taken"]) / (time.perf_counter() - begun) * 60
    while waiting(database):
        time.sleep(0.5)
    for process in running:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    counts = notify.counts()
    return {
        "workers": workers,
        "floor": {"Notify's limit a minute": TRUE_LIMIT},
        "measured": {"messages a minute": round(steady)},
        "ratio": round(steady / TRUE_LIMIT, 3),
        "goal": "ratio at least 0.97, none twice, none lost",
        "taken": counts["taken"],
        "twice": counts["twice"],
        "lost": count - counts["recipients"],
        "refused for the limit": counts["refused"],
    }


@click.command()
@click.option("--database", "kind", default="sqlite", type=click.Choice(["sqlite", "postgresql"]), show_default=True)
@click.option("--messages", default=3_000, show_default=True)
@click.option("--at-the-limit", "limited", is_flag=True, help="Under Notify's 3,000 a minute, by worker processes.")
@click.option("--workers", default=2, show_default=True)
@click.option("--timeouts", default=0.0, show_default=True, help="This share is taken without a word.")
def main(kind: str, messages: int, limited: bool, workers: int, timeouts: float) -> None:
    """Measure, and print one JSON object."""
    with fresh(kind) as database, ExitStack() as stack:
        if limited:
            figures = at_the_limit(stack, database, messages, workers, timeouts)
        else:
            figures = without_a_limit(stack, database, messages)
    click.echo(json.dumps({"benchmark": "dispatch", "database": kind, "messages": messages, **figures}, indent=2))


if __name__ == "__main__":
    main()
