"""Question pages and answers a second, and how long nineteen of twenty wait at most, against a bare Flask app."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count, cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import click

from benchmarks import floor
from benchmarks.load import END_OF_HEADERS, Heard, Seen, ask
from engage.campaigns import links
from engage.campaigns.models import InvitationState
from engage.core.config import PROJECT, Settings
from engage.core.db import Database
from engage.surveys.definition import Question
from engage.surveys.loader import load
from tests import factories
from tests.conftest import make_settings
from tests.databases import Servers
from tests.jobs.processes import environment

FAMILIES = 600
SURVEY = "post_issuance"
CONNECTIONS = 8
BROWSER = "Host: localhost\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en-GB\r\n"
COOKIE = re.compile(rb"(?im)^set-cookie: (engage-visit=[^;]+)")
WORDS = "We were never told who would ring. In the end somebody did, and then it was quick. " * 3


@dataclass
class Family:
    """A family's link, and the cookie that its browser keeps as long as it answers."""

    token: str
    cookie: str = ""


def asked_families(database: Database, settings: Settings) -> list[Family]:
    """So many families whose first message has left."""
    families = []
    with database.writing() as session:
        campaign = factories.campaign(session, survey=SURVEY)
        for _ in range(FAMILIES):
            invitation = factories.invitation(session, campaign, state=InvitationState.ASKING, version=None)
            contact = factories.ladder_contact(session, invitation)
            token = links.make_link(session, invitation, contact, settings.secrets, now=datetime.now(UTC))
            families.append(Family(token))
        session.commit()
    return families


def asked_of_all() -> Sequence[Question]:
    """The survey's questions that apply whatever was answered before."""
    survey = load(PROJECT / "surveys").current(SURVEY)
    return [question for question in survey.questions if question.show_if is None]


def beginning(families: list[Family], questions: Sequence[Question]) -> Iterator[bytes]:
    """Each presses Start, and gives the first answer."""
    for family in families:
        yield form(f"/r/{family.token}/start", "", family)
    for family in families:
        yield form(f"/r/{family.token}/question/{questions[0].id}", answer_to(questions[0], 0), family)


def answer_to(question: Question, number: int) -> str:
    return question.options[number % len(question.options)].code if question.is_coded else WORDS


def pages(questions: Sequence[Question], families: list[Family]) -> Iterator[bytes]:
    """Every family's every question, over and over; neighbours are different families."""
    for question in cycle(questions):
        for family in families:
            yield look(f"/r/{family.token}/question/{question.id}", family)


def answers(questions: Sequence[Question], families: list[Family]) -> Iterator[bytes]:
    for number in count():
        question = questions[number % len(questions)]
        for family in families:
            yield form(f"/r/{family.token}/question/{question.id}", answer_to(question, number), family)


def look(path: str, family: Family) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{BROWSER}Cookie: {family.cookie}\r\n\r\n".encode()


def form(path: str, answer: str, family: Family) -> bytes:
    body = urlencode({"answer": answer})
    head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{BROWSER}Cookie: {family.cookie}\r\n{head}\r\n{body}".encode()


def floor_pages(families: list[Family]) -> Iterator[bytes]:
    for family in cycle(families):
        yield look(f"/{family.token}", family)


def floor_rows(families: list[Family]) -> Iterator[bytes]:
    for family in cycle(families):
        yield form(f"/{family.token}", "4", family)


def keeping_cookies(families: list[Family]) -> Heard:
    """What browsers do with the cookies they are given."""
    by_token = {family.token: family for family in families}

    def heard(asked: bytes, answer: bytes) -> None:
        head = answer.partition(END_OF_HEADERS)[0]
        if given := COOKIE.search(head):
            by_token[asked.split(b"/", 3)[2].decode()].cookie = given[1].decode()

    return heard


def start(stack: ExitStack, command: list[str], variables: dict[str, str]) -> int:
    """A web service on a port of its own, once it answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    process = stack.enter_context(subprocess.Popen([sys.executable, *command, "--port", str(port)], env=variables))
    stack.callback(process.terminate)
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until or process.poll() is not None:
                raise AssertionError(f"{command} did not start") from None
            time.sleep(0.1)
        else:
            return port


def in_turn(runs: dict[str, Callable[[], Seen]], rounds: int) -> dict[str, dict[str, float]]:
    """Each by turns, so that whatever else the machine does falls on all alike; the usual of all rounds."""
    seen: dict[str, list[Seen]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            seen[name].append(run())
    return {
        name: {
            "a second": round(median(one.a_second for one in them)),
            "p95 milliseconds": round(median(one.p95 for one in them) * 1000, 2),
        }
        for name, them in seen.items()
    }


def compared(measured: dict[str, float], bare: dict[str, float]) -> dict[str, Any]:
    return {
        "floor": bare,
        "measured": measured,
        "ratio": round(measured["a second"] / bare["a second"], 2),
        "p95 to the floor's": round(measured["p95 milliseconds"] / bare["p95 milliseconds"], 2),
    }


@click.command()
@click.option("--database", "kind", default="sqlite", type=click.Choice(["sqlite", "postgresql"]), show_default=True)
@click.option("--seconds", default=3.0, show_default=True, help="How long each round lasts.")
@click.option("--rounds", default=5, show_default=True)
def main(kind: str, seconds: float, rounds: int) -> None:
    """Measure, and print one JSON object."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        servers = stack.enter_context(Servers.open(folder, kind=kind))
        ours, bare = (stack.enter_context(servers.fresh()) for _ in range(2))
        settings = make_settings(database_url=ours.url, demonstration=False, log_level="ERROR")
        families, questions = asked_families(ours, settings), asked_of_all()
        port = start(stack, ["-m", "engage", "serve"], environment(settings))
        floor_port = start(stack, ["-m", "benchmarks.floor"], os.environ | {floor.DATABASE: bare.url})
        heard = keeping_cookies(families)
        ask(port, beginning(families, questions), seconds=600, connections=1, status=303, heard=heard)
        sources = {
            "pages": (port, pages(questions, families), 200),
            "bare pages": (floor_port, floor_pages(families), 200),
            "answers": (port, answers(questions, families), 303),
            "bare rows": (floor_port, floor_rows(families), 303),
        }

        def run(name: str, length: float = seconds) -> Seen:
            to, requests, status = sources[name]
            return ask(to, requests, seconds=length, connections=CONNECTIONS, status=status, heard=heard)

        for name in sources:
            run(name, 1.0)  # warm
        seen = in_turn({name: partial(run, name) for name in sources}, rounds)
        figures = {
            "benchmark": "answering",
            "database": kind,
            "connections": CONNECTIONS,
            "question pages": compared(seen["pages"], seen["bare pages"]),
            "answers": compared(seen["answers"], seen["bare rows"]),
            "goal": "each ratio at least 0.5",
        }
        click.echo(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
