"""One shared pace for all workers, kept below Notify's own token bucket; and pauses that stop everybody at once.

Notify lets denied calls eat the tokens that refill, so hurrying after a refusal starves the service: after a 429 all
are quiet for a while (GOV.UK Notify API, rate limits).
"""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.notify.models import MessageChannel, SendingPace

EVERYBODY = "all"
LARGEST_BURST = 50.0
"""Far below what Notify's own bucket holds (1,000), and what refills in the moment between two rounds."""
CLOCKS_APART = timedelta(seconds=30)
"""How far the clocks of two workers' machines may differ: Notify itself refuses a clock that is further off."""


def _row(session: Session, name: str, now: datetime) -> SendingPace:
    """A row of the pace, locked until the caller commits; made by whoever comes first."""
    locked = select(SendingPace).where(SendingPace.name == name).with_for_update()
    row = session.scalar(locked)
    if row is None:
        try:
            with session.begin_nested():
                session.add(SendingPace(name=name, tokens=LARGEST_BURST, refilled_at=now))
        except IntegrityError:
            pass  # another worker made it at this very moment
        row = session.scalars(locked).one()
    return row


def take(session: Session, wanted: int, *, per_minute: int, machine_now: datetime) -> int:
    """How many messages may be handed over now, at most `wanted`. The bucket's row is held until the caller commits, so
    that workers take turns. It fills by the machine's own clock; a worker whose clock is behind the others' adds
    nothing, and none can add the same second twice."""
    row = _row(session, EVERYBODY, machine_now)
    if row.refilled_at > machine_now + CLOCKS_APART:
        row.refilled_at = machine_now  # a clock stood wrong and was put right
    passed = max((machine_now - row.refilled_at).total_seconds(), 0.0)
    row.tokens = min(LARGEST_BURST, row.tokens + passed * per_minute / 60)
    row.refilled_at = max(row.refilled_at, machine_now)
    taken = min(wanted, int(row.tokens))
    row.tokens -= taken
    return taken


def give_back(session: Session, count: int, *, machine_now: datetime) -> None:
    """Return tokens taken for messages that in the end were not handed over."""
    row = _row(session, EVERYBODY, machine_now)
    row.tokens = min(LARGEST_BURST, row.tokens + count)


def pause(session: Session, name: str, until: datetime, because: str, *, now: datetime) -> None:
    """Let nothing be handed over before a moment: for everybody, or on one channel. A longer pause is never shortened."""
    row = _row(session, name, now)
    if row.paused_until is None or row.paused_until < until:
        row.paused_until, row.paused_because = until, because


def paused_channels(session: Session, *, now: datetime) -> list[MessageChannel]:
    """Channels that are at their daily limit."""
    names = session.scalars(select(SendingPace.name).where(SendingPace.paused_until > now))
    return [MessageChannel(name) for name in names if name != EVERYBODY]


def standing_pause(session: Session, *, now: datetime) -> SendingPace | None:
    """The pause that stops everybody, for staff to see."""
    row = session.get(SendingPace, EVERYBODY)
    return row if row is not None and row.paused_until is not None and row.paused_until > now else None


def standing_pauses(session: Session, *, now: datetime) -> dict[str, SendingPace]:
    """Every pause there is now, by whom it stops: everybody, or a channel."""
    paused = select(SendingPace).where(SendingPace.paused_until > now).order_by(SendingPace.name)
    return {row.name: row for row in session.scalars(paused)}


def resume(session: Session, *, now: datetime) -> None:
    """End the pause of everybody: somebody has mended what was wrong."""
    row = _row(session, EVERYBODY, now)
    row.paused_until = row.paused_because = None


def next_midnight_utc(now: datetime) -> datetime:
    """When Notify's daily limits begin anew."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0), tzinfo=UTC)
