"""The sweep that asks Notify about messages no receipt has come for: some endings never send one."""

from datetime import datetime, timedelta

from sqlalchemy import select

from engage.core.clock import Clock
from engage.core.db import Database
from engage.notify.client import Notify, NotifyError
from engage.notify.models import Attempt, Message, MessageState
from engage.notify.receipts import record_status

PATIENCE = timedelta(hours=1)
GIVE_UP = timedelta(days=7)
"""Notify keeps messages for seven days unless a service says otherwise."""


def poll(database: Database, notify: Notify, clock: Clock, *, limit: int = 100) -> int:
    """Ask about accepted messages that have been quiet for an hour; how many had a final answer."""
    now = clock.now()
    with database.reading() as session:
        quiet = session.execute(
            select(Attempt.id, Attempt.notify_id)
            .join(Message)
            .where(
                Message.state == MessageState.ACCEPTED,
                Attempt.notify_id.is_not(None),
                Attempt.outcome == "accepted",
                Attempt.started_at.between(now - GIVE_UP, now - PATIENCE),
            )
            .order_by(Attempt.started_at)
            .limit(limit)
        ).all()
    return sum(_ask(database, notify, attempt_id, notify_id or "", now) for attempt_id, notify_id in quiet)


def _ask(database: Database, notify: Notify, attempt_id: int, notify_id: str, now: datetime) -> int:
    try:
        status = notify.status(notify_id)
    except NotifyError:
        return 0  # it is asked again with the next sweep
    if status is None:
        return 0
    with database.writing() as session:
        record_status(session, attempt_id, status, now=now)
        message = session.get_one(Message, session.get_one(Attempt, attempt_id).message_id)
        final = message.state is not MessageState.ACCEPTED
        session.commit()
    return int(final)
