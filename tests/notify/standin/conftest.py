"""A stand-in that answers over real HTTP, started once and emptied for every test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from notifications_python_client.notifications import NotificationsAPIClient

from engage.notify.standin import RunningStandin, StandinConfig

Client = Callable[[str], NotificationsAPIClient]


class Callback:
    """The other side of the receipts: keeps what was posted, answers as told."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int | None] = []

    def __call__(self, url: str, payload: dict[str, Any], headers: dict[str, str], timeout: float) -> int | None:
        self.posted.append(payload)
        self.headers.append(headers)
        return self.answers.pop(0) if self.answers else 204


@pytest.fixture
def callback() -> Callback:
    return Callback()


@pytest.fixture(scope="session")
def _shared_standin() -> Iterator[RunningStandin]:
    with RunningStandin(StandinConfig(rate=None)) as running:
        yield running


@pytest.fixture
def standin(_shared_standin: RunningStandin) -> RunningStandin:
    """A stand-in without a rate limit, as new. A test that asks for it cannot run against the real service."""
    _shared_standin.reset()
    return _shared_standin


@pytest.fixture
def live(standin: RunningStandin) -> NotificationsAPIClient:
    return NotificationsAPIClient(standin.api_key, base_url=standin.url)


@pytest.fixture
def start(callback: Callback) -> Iterator[Callable[..., RunningStandin]]:
    """Start a stand-in with settings of its own; its receipts go to the `callback` fixture."""
    started: list[RunningStandin] = []

    def start_one(**settings: Any) -> RunningStandin:
        config = StandinConfig(
            **{"callback_url": "https://engage.example/hooks", "callback_token": "a-long-token", **settings}
        )
        running = RunningStandin(config, post=callback)
        started.append(running)
        return running.__enter__()

    yield start_one
    for running in started:
        running.stop()


def client_of(running: RunningStandin, key: str | None = None) -> NotificationsAPIClient:
    return NotificationsAPIClient(key or running.api_key, base_url=running.url, timeout=5)
