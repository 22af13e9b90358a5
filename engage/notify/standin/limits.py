"""How much may be sent: a token bucket a minute for each key type, and a count a day for each channel.

Rule: the service's rate limit refills a bucket by rate/60 tokens a second up to min(ceil(rate/3)+1, 1000). A request
that is refused takes the token that had just come back, so that asking again at once starves the service; a pause of
two tokens' time lets the next request through.
"""

import math
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from engage.notify.standin.config import KeyType, StandinConfig
from engage.notify.standin.errors import NotifyError
from engage.notify.standin.statuses import Channel

MOST_TOKENS = 1000


@dataclass
class TokenBucket:
    """One bucket; `take` says whether a request may pass and always costs a token."""

    rate: int
    tokens: float
    filled_at: float

    @classmethod
    def full(cls, rate: int, *, now: float) -> "TokenBucket":
        """A bucket nobody has used yet."""
        return cls(rate, _capacity(rate), now)

    def take(self, *, now: float) -> bool:
        """Take one token at this second; a bucket that ends below one refuses, and is not put back."""
        refilled = self.tokens + (now - self.filled_at) * self.rate / 60
        self.filled_at = now
        self.tokens = max(min(refilled, _capacity(self.rate)) - 1, 0)
        return self.tokens >= 1


def _capacity(rate: int) -> float:
    return min(math.ceil(rate / 3) + 1, MOST_TOKENS)


class Limits:
    """The buckets and counts of one service; safe to use from many threads. `rate` may be changed at any time."""

    def __init__(self, config: StandinConfig, *, seconds: Callable[[], float], today: Callable[[], date]) -> None:
        self._config = config
        self._seconds = seconds
        self._today = today
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Full buckets and nothing sent today."""
        with self._lock:
            self.rate = self._config.rate
            self._buckets: dict[KeyType, TokenBucket] = {}
            self._sent: Counter[tuple[date, str]] = Counter()

    def check_rate(self, key_type: KeyType) -> None:
        """Count one request, before anything else is looked at. Raises 429 RateLimitError."""
        with self._lock:
            if self.rate is None:
                return
            now = self._seconds()
            bucket = self._buckets.get(key_type)
            if bucket is None or bucket.rate != self.rate:
                bucket = self._buckets[key_type] = TokenBucket.full(self.rate, now=now)
            if bucket.take(now=now):
                return
        raise NotifyError(
            429,
            "RateLimitError",
            f"Exceeded rate limit for key type {key_type.name} of {self.rate} requests per 60 seconds",
        )

    def check_day(self, key_type: KeyType, kind: str) -> None:
        """Refuse once the day's messages of this kind are used up (never for a test key). Raises 429.

        `kind` is a channel or "international_sms".
        """
        if key_type is KeyType.TEST:
            return
        limit = getattr(self._config, f"daily_{kind}")
        with self._lock:
            if self._sent[self._today(), kind] < limit:
                return
        raise NotifyError(429, "TooManyRequestsError", f"Exceeded send limits ({kind}: {limit}) for today")

    def count(self, key_type: KeyType, channel: Channel, *, international: bool) -> None:
        """Count one accepted message; live and team keys share the count, a test key has none."""
        if key_type is KeyType.TEST:
            return
        with self._lock:
            self._sent[self._today(), channel.value] += 1
            if international:
                self._sent[self._today(), "international_sms"] += 1
