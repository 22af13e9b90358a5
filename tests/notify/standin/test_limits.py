"""How much may be sent: the bucket that refused requests empty, and the count of the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.notify.standin.config import KeyType, StandinConfig
from engage.notify.standin.errors import NotifyError
from engage.notify.standin.limits import Limits, TokenBucket
from engage.notify.standin.statuses import Channel


class Time:
    """Time that a test turns by hand."""

    def __init__(self) -> None:
        self.second = 0.0
        self.day = date(2026, 11, 20)

    def limits(self, **settings: object) -> Limits:
        config = StandinConfig(**settings)  # type: ignore[arg-type]
        return Limits(config, seconds=lambda: self.second, today=lambda: self.day)


def passed(bucket: TokenBucket, *, every: float, since: float, times: int) -> int:
    return sum(bucket.take(now=since + every * number) for number in range(1, times + 1))


def test_sixty_a_minute_lets_twenty_through_and_then_starves_whoever_does_not_pause() -> None:
    bucket = TokenBucket.full(60, now=0)
    assert passed(bucket, every=0, since=0, times=30) == 20
    assert passed(bucket, every=0.1, since=0, times=30) == 0
    assert passed(bucket, every=0.9, since=3, times=30) == 0
    assert bucket.take(now=30 + 2.2)


def test_the_default_rate_starts_with_just_under_a_thousand() -> None:
    bucket = TokenBucket.full(3000, now=0)
    assert passed(bucket, every=0, since=0, times=2000) == 999
    assert passed(bucket, every=1 / 800, since=0, times=9600) == 0


def test_pacing_below_the_rate_is_never_refused() -> None:
    bucket = TokenBucket.full(3000, now=0)
    assert passed(bucket, every=1 / 40, since=0, times=10_000) == 10_000


@given(rate=st.integers(1, 6000), gaps=st.lists(st.floats(0, 5), max_size=200))
def test_no_history_lets_more_through_than_the_bucket_and_its_refill(rate: int, gaps: list[float]) -> None:
    bucket, now, through = TokenBucket.full(rate, now=0), 0.0, 0
    for gap in gaps:
        now += gap
        through += bucket.take(now=now)
    assert through <= min(-(-rate // 3) + 1, 1000) + now * rate / 60


def test_each_type_of_key_has_its_own_bucket() -> None:
    limits = Time().limits(rate=3)
    limits.check_rate(KeyType.LIVE)
    with pytest.raises(NotifyError) as error:
        limits.check_rate(KeyType.LIVE)
    limits.check_rate(KeyType.TEST)
    assert error.value.body == {
        "status_code": 429,
        "errors": [
            {
                "error": "RateLimitError",
                "message": "Exceeded rate limit for key type LIVE of 3 requests per 60 seconds",
            }
        ],
    }


def test_the_day_ends_at_midnight_utc() -> None:
    time = Time()
    limits = time.limits(daily_email=1)
    limits.check_day(KeyType.LIVE, "email")
    limits.count(KeyType.LIVE, Channel.EMAIL, international=False)
    for key_type in (KeyType.LIVE, KeyType.TEAM):
        with pytest.raises(NotifyError, match="429 TooManyRequestsError") as error:
            limits.check_day(key_type, "email")
    assert error.value.body["errors"] == [
        {"error": "TooManyRequestsError", "message": "Exceeded send limits (email: 1) for today"}
    ]
    limits.check_day(KeyType.LIVE, "sms")
    limits.check_day(KeyType.TEST, "email")
    time.day += timedelta(days=1)
    limits.check_day(KeyType.LIVE, "email")
