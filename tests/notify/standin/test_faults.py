"""What may go wrong on the way, on demand."""

import time
from typing import Any

import pytest
import requests
from notifications_python_client.errors import HTTP503Error, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from engage.notify.standin import TEXT_TEMPLATE_ID, FaultKind, Faults, RunningStandin
from engage.notify.standin.faults import Requests
from tests.notify.standin.conftest import client_of


def send(client: NotificationsAPIClient) -> Any:
    return client.send_sms_notification("07700900123", TEXT_TEMPLATE_ID, {"body": "Hello"}, reference="engage.1")


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        (FaultKind.TIMEOUT_BEFORE, 0),
        (FaultKind.DROP_BEFORE, 0),
        (FaultKind.TIMEOUT_AFTER, 1),
        (FaultKind.DROP_AFTER, 1),
    ],
)
def test_no_answer_leaves_open_whether_it_was_accepted(standin: RunningStandin, kind: FaultKind, accepted: int) -> None:
    standin.faults.add(kind, seconds=0.05)
    with pytest.raises(HTTP503Error) as error:
        send(client_of(standin))
    assert error.value.response is None
    assert len(standin.messages(reference="engage.1")) == accepted
    found = client_of(standin).get_all_notifications(reference="engage.1")["notifications"]
    assert len(found) == accepted


def test_a_caller_that_gives_up_first_meets_a_read_timeout(standin: RunningStandin) -> None:
    standin.faults.add(FaultKind.TIMEOUT_AFTER, seconds=0.4)
    impatient = NotificationsAPIClient(standin.api_key, base_url=standin.url, timeout=0.1)
    with pytest.raises(HTTP503Error) as error:
        send(impatient)
    assert isinstance(error.value.__cause__, requests.ReadTimeout)
    for _ in range(250):
        if standin.messages():
            break
        time.sleep(0.02)
    assert len(standin.messages()) == 1


@pytest.mark.parametrize(
    ("kind", "status_code", "accepted"),
    [
        (FaultKind.ERROR_500, 500, 0),
        (FaultKind.UNAVAILABLE_503, 503, 0),
        (FaultKind.TIMEOUT_504_BEFORE, 504, 0),
        (FaultKind.TIMEOUT_504_AFTER, 504, 1),
        (FaultKind.SPURIOUS_404, 404, 0),
        (FaultKind.SPURIOUS_400, 400, 0),
    ],
)
def test_answers_may_be_wrong(standin: RunningStandin, kind: FaultKind, status_code: int, accepted: int) -> None:
    standin.faults.add(kind)
    with pytest.raises(HTTPError) as error:
        send(client_of(standin))
    assert (error.value.status_code, error.value.response.status_code) == (status_code, status_code)
    assert len(standin.messages()) == accepted
    send(client_of(standin))


def test_reading_may_fail_too(standin: RunningStandin, live: NotificationsAPIClient) -> None:
    standin.faults.add(FaultKind.SPURIOUS_404, count=2, on=Requests.READ)
    message_id = send(live)["id"]
    for ask in (lambda: live.get_notification_by_id(message_id), live.get_all_notifications):
        with pytest.raises(HTTPError):
            ask()
    assert live.get_notification_by_id(message_id)["id"] == message_id


def test_a_count_strikes_that_often_and_chance_repeats_with_its_seed() -> None:
    faults = Faults(seed=7)
    faults.add(FaultKind.ERROR_500, count=3)
    assert [bool(faults.take(FaultKind.ERROR_500)) for _ in range(5)] == [True, True, True, False, False]
    draws = []
    for _ in range(2):
        faults.clear()
        faults.add(FaultKind.DROP_AFTER, probability=0.5)
        draws.append([bool(faults.take(FaultKind.DROP_AFTER)) for _ in range(50)])
    assert draws[0] == draws[1]
    assert 0 < sum(draws[0]) < 50


@pytest.mark.parametrize(
    "settings", [{"count": 1, "probability": 0.5}, {"probability": 1.1}, {"count": 0}, {"seconds": -1.0}]
)
def test_a_fault_that_makes_no_sense_is_refused(standin: RunningStandin, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Faults().add(FaultKind.ERROR_500, **settings)
    answer = requests.post(f"{standin.url}/standin/faults", json={"kind": "error_500", **settings}, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_faults_are_asked_for_and_cleared_over_http(standin: RunningStandin, live: NotificationsAPIClient) -> None:
    asked = requests.post(f"{standin.url}/standin/faults", json={"kind": "error_500", "probability": 1}, timeout=5)
    assert asked.status_code == 201
    with pytest.raises(HTTPError):
        send(live)
    assert requests.get(f"{standin.url}/standin/faults", timeout=5).json() == asked.json()
    assert requests.post(f"{standin.url}/standin/reset", timeout=5).status_code == 204
    send(live)
    assert requests.get(f"{standin.url}/healthz", timeout=5).json() == {"status": "ok", "messages": 1}


def test_time_is_turned_over_http(standin: RunningStandin, live: NotificationsAPIClient) -> None:
    standin.faults.add(FaultKind.STUCK)
    message_id = send(live)["id"]
    assert requests.post(f"{standin.url}/standin/advance", timeout=5).json() == {"finished": 0}
    requests.post(f"{standin.url}/standin/advance", json={"seconds": 259_200}, timeout=5)
    assert live.get_notification_by_id(message_id)["status"] == "temporary-failure"
