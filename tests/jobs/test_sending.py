"""Emptying the outbox: until nothing is due, at the pace allowed, and no longer than the worker is wanted."""

import threading

import pytest

from engage.jobs import sending
from engage.jobs.wiring import House
from tests.conftest import SettableClock


class Scripted:
    """A dispatcher that does as told: so many a round, None where the pace allows none yet."""

    def __init__(self, rounds: list[int | None], stopping: threading.Event, *, stop_at: int | None = None) -> None:
        self.rounds, self.stopping, self.stop_at = rounds, stopping, stop_at
        self.done, self.out_of_pace, self.closed = 0, False, False

    def run_once(self) -> int:
        self.done += 1
        if self.done == self.stop_at:
            self.stopping.set()
        now = self.rounds.pop(0)
        self.out_of_pace = now is None
        return now or 0

    def close(self) -> None:
        self.closed = True


def run(house: House, clock: SettableClock, monkeypatch: pytest.MonkeyPatch, script: Scripted) -> str:
    monkeypatch.setattr(sending, "dispatcher", lambda _: script)
    monkeypatch.setattr(sending, "A_MOMENT", 0)
    return sending.send_messages(house, clock.now())


def test_it_waits_for_the_pace_and_ends_when_nothing_is_due(
    house: House, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Scripted([25, None, 10, None, 5, 0, 99], house.stopping)
    assert run(house, clock, monkeypatch, script).startswith("40 ")
    assert script.closed


def test_a_worker_that_is_asked_to_stop_finishes_its_batch_and_no_more(
    house: House, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Scripted([25] * 400, house.stopping, stop_at=3)
    assert run(house, clock, monkeypatch, script).startswith("75 ")
    assert script.closed
