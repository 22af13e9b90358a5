"""A house whose messages really go to the local Notify, over real HTTP, and whose worker runs when a test says so."""

from collections.abc import Callable, Iterator

import pytest

from engage.accounts.models import Staff
from engage.core.config import Settings
from engage.core.db import Database
from engage.jobs.wiring import House
from engage.jobs.worker import Worker
from engage.notify.standin import EMAIL_TEMPLATE_ID, TEXT_TEMPLATE_ID, RunningStandin
from tests.browser_client import StrictClient
from tests.conftest import make_settings
from tests.journeys.person import Person


@pytest.fixture
def notify() -> Iterator[RunningStandin]:
    with RunningStandin() as started:
        yield started


@pytest.fixture
def settings(database: Database, notify: RunningStandin) -> Settings:
    return make_settings(
        database_url=database.url,
        notify_url=notify.url,
        notify_api_key=notify.api_key,
        notify_email_template_id=str(EMAIL_TEMPLATE_ID),
        notify_text_template_id=str(TEXT_TEMPLATE_ID),
    )


@pytest.fixture
def the_worker_works(house: House) -> Callable[[], None]:
    """Let the worker do all that is due now."""

    def work() -> None:
        Worker(house).run_due()

    return work


@pytest.fixture
def at_a_browser(client: StrictClient, sign_in: Callable[[StrictClient, Staff], StrictClient]) -> Callable[..., Person]:
    """`at_a_browser(bronwen)`: she sits down at the one computer and signs in; nobody means a stranger's phone."""

    def sits_down(staff: Staff | None = None) -> Person:
        client.delete_cookie("engage")
        client.delete_cookie("session")
        return Person(sign_in(client, staff) if staff else client)

    return sits_down
