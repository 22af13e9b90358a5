"""The stand-in under many callers at once, and switched off."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from notifications_python_client.errors import HTTP503Error
from notifications_python_client.notifications import NotificationsAPIClient

import engage.notify.standin
from engage.notify.standin import TEXT_TEMPLATE_ID, KeyType, RunningStandin, StandinConfig, serve
from tests.notify.standin.conftest import client_of


def test_many_callers_at_once_lose_nothing(standin: RunningStandin, capfd: pytest.CaptureFixture[str]) -> None:
    def send_some(worker: int) -> None:
        client = client_of(standin)
        for number in range(10):
            client.send_sms_notification(
                "07700900123", TEXT_TEMPLATE_ID, {"body": "Hello"}, reference=f"engage.{worker}.{number}"
            )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(send_some, range(16)))
    messages = standin.messages()
    assert len({message.reference for message in messages}) == 160
    assert [message.number for message in messages] == list(range(160, 0, -1))
    assert capfd.readouterr().err == ""


def test_switched_off_it_answers_nobody_not_even_on_an_open_connection() -> None:
    with RunningStandin() as running:
        client = client_of(running)
        client.get_all_templates()
    with pytest.raises(HTTP503Error) as error:
        client.get_all_templates()
    assert error.value.response is None


def test_serve_says_where_it_listens() -> None:
    addresses: list[str] = []
    listening = threading.Event()

    def ready(url: str) -> None:
        addresses.append(url)
        listening.set()

    threading.Thread(target=serve, args=(StandinConfig(),), kwargs={"port": 0, "ready": ready}, daemon=True).start()
    assert listening.wait(10)
    client = NotificationsAPIClient(StandinConfig().api_key(KeyType.LIVE), base_url=addresses[0])
    assert len(client.get_all_templates()["templates"]) == 3


def test_the_stand_in_could_live_alone() -> None:
    home = Path(engage.notify.standin.__file__).parent
    imported = {
        name
        for file in home.glob("*.py")
        for name in re.findall(r"^\s*(?:from|import) (engage\S*)", file.read_text(), re.MULTILINE)
    }
    assert imported
    assert all(name.startswith("engage.notify.standin") for name in imported)


def test_a_port_that_is_taken_is_an_error_that_can_be_caught() -> None:
    with RunningStandin() as running, pytest.raises(OSError, match="in use"):
        RunningStandin(port=int(running.url.rpartition(":")[2]))
