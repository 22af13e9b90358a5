"""The sweep that asks Notify about messages no receipt has come for: some endings never send one."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.log import log
from engage.notify.client import Notify, NotifyError
from engage.notify.models import Attempt, Message, MessageState
from engage.notify.receipts import record_status

PATIENCE = timedelta(hours=1)
GIVE_UP = timedelta(days=7)
"""Notify keeps messages for seven days unless a service says otherwise."""


def poll(database: Database, notify: Notify, clock: Clock, *, limit: int = 100) -> int:
    """Ask about accepted messages that have been quiet for an hour; how many had a final answer.

    They are drawn by lot, so that those which stay quiet for days never keep the others from their turn. The sweep ends
    at the first call that fails: the next sweep asks again.
    """
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
            .order_by(func.random())
            .limit(limit)
        ).all()
    finals = 0
    for attempt_id, notify_id in quiet:
        try:
            finals += _ask(database, notify, attempt_id, notify_id or "", now)
        except NotifyError as error:
            log.warning("asking Notify failed", code=error.fault.value, error=error.detail)
            break
    return finals


def _ask(database: Database, notify: Notify, attempt_id: int, notify_id: str, now: datetime) -> bool:
    status = notify.status(notify_id)
    if status is None:
        return False
    with database.writing() as session:
        message = record_status(session, attempt_id, status, now=now)
        is_final = message.state is not MessageState.ACCEPTED
        session.commit()
    return is_final
