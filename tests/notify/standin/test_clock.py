"""Things to be done later, by the clock that tests turn."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.notify.standin.clock import Clock, Timetable


@given(st.lists(st.integers(10, 1000), max_size=20))
def test_what_falls_due_is_done_in_the_order_of_its_time(delays: list[int]) -> None:
    timetable, done = Timetable(Clock()), []
    for delay in delays:
        timetable.after(delay, lambda delay=delay: done.append(delay))  # type: ignore[misc]
    timetable.advance(500)
    assert done == sorted(delay for delay in delays if delay <= 500)
    timetable.advance(500)
    assert done == sorted(delays)
    timetable.close()


def test_what_is_planned_by_an_action_is_done_too() -> None:
    timetable, done = Timetable(Clock()), []
    timetable.after(60, lambda: timetable.after(0, lambda: done.append("second")))
    timetable.advance(60)
    assert done == ["second"]
    timetable.close()


def test_time_also_passes_by_itself_and_outlives_a_faulty_action(caplog: pytest.LogCaptureFixture) -> None:
    timetable, done = Timetable(Clock()), threading.Event()
    timetable.after(0, lambda: [][0])
    timetable.after(0.01, done.set)
    assert done.wait(10)
    assert "IndexError" in caplog.text
    timetable.close()


def test_what_is_cleared_is_never_done() -> None:
    timetable, done = Timetable(Clock()), []
    timetable.after(60, lambda: done.append(1))
    timetable.clear()
    timetable.advance(60)
    assert done == []
    timetable.close()
