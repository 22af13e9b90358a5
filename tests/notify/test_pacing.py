"""The shared pace: never above what was agreed, however many workers and clocks take from it."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from engage.core.db import Database
from engage.notify import pacing
from engage.notify.models import MessageChannel, SendingPace
from tests.conftest import MONDAY

PER_MINUTE = 1200


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rounds=st.lists(
        st.tuples(st.floats(0, 20), st.sampled_from([0.0, -2.0, 3.0]), st.integers(0, 40), st.integers(0, 40)),
        max_size=25,
    )
)
def test_clocks_that_differ_never_make_more_tokens_than_time_does(
    database: Database, rounds: list[tuple[float, float, int, int]]
) -> None:
    with database.writing() as session:
        session.execute(delete(SendingPace))
        at, passed, used = MONDAY, 0.0, 0
        for seconds, skew, wanted, unused in rounds:
            at += timedelta(seconds=seconds)
            passed += seconds
            seen = at + timedelta(seconds=skew)
            taken = pacing.take(session, wanted, per_minute=PER_MINUTE, machine_now=seen)
            back = min(taken, unused)
            pacing.give_back(session, back, machine_now=seen)
            used += taken - back
            furthest_ahead = 3.0 + 2.0
            assert used <= pacing.LARGEST_BURST + (passed + furthest_ahead) * PER_MINUTE / 60
        session.rollback()


def test_a_long_rest_fills_the_bucket_once_and_no_more(session: Session) -> None:
    pacing.take(session, 1000, per_minute=PER_MINUTE, machine_now=MONDAY)
    later = MONDAY + timedelta(weeks=5)
    assert pacing.take(session, 1000, per_minute=PER_MINUTE, machine_now=later) == pacing.LARGEST_BURST


def test_a_clock_that_stood_far_ahead_and_was_put_right_stops_nobody(session: Session) -> None:
    pacing.take(session, 1000, per_minute=PER_MINUTE, machine_now=MONDAY + timedelta(weeks=5))
    assert pacing.take(session, 1000, per_minute=PER_MINUTE, machine_now=MONDAY) == 0
    assert pacing.take(session, 1000, per_minute=PER_MINUTE, machine_now=MONDAY + timedelta(seconds=1)) == 20


def test_a_longer_pause_is_never_shortened_and_somebody_can_end_it(session: Session) -> None:
    quarter = MONDAY + timedelta(minutes=15)
    pacing.pause(session, pacing.EVERYBODY, quarter, "403 AuthError", now=MONDAY)
    pacing.pause(session, pacing.EVERYBODY, MONDAY + timedelta(seconds=5), "429 RateLimitError", now=MONDAY)
    pause = pacing.standing_pause(session, now=MONDAY)
    assert pause is not None
    assert (pause.paused_until, pause.paused_because) == (quarter, "403 AuthError")
    assert pacing.standing_pause(session, now=quarter) is None
    pacing.resume(session, now=MONDAY)
    assert pacing.standing_pause(session, now=MONDAY) is None


def test_a_channels_pause_is_its_own(session: Session) -> None:
    pacing.pause(session, "text", pacing.next_midnight_utc(MONDAY), "429", now=MONDAY)
    assert pacing.paused_channels(session, now=MONDAY) == [MessageChannel.TEXT]
    assert pacing.standing_pause(session, now=MONDAY) is None


def test_midnight_is_notifys_not_londons() -> None:
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # already 2 July in London
    assert pacing.next_midnight_utc(summer) == datetime(2026, 7, 2, 0, 0, tzinfo=UTC)
