"""Sending: the outbox is emptied, receipts find their messages, and Notify is asked about the quiet ones."""

from datetime import datetime

from engage.core.db import give_way
from engage.jobs.dispatching import dispatcher
from engage.jobs.wiring import House
from engage.notify.client import LiveNotify
from engage.notify.polling import poll
from engage.notify.receipts import apply_waiting

A_MOMENT = 0.25
"""Seconds in which the pace allows a handful more."""


def send_messages(house: House, now: datetime) -> str:  # noqa: ARG001 - the dispatcher asks the clock at every claim
    """Hand over everything that is due, until nothing more is."""
    if house.settings.notify_api_key is None:
        return "nothing sent: there is no Notify API key"
    sender = dispatcher(house)
    total = 0
    try:
        while not house.stopping.is_set():
            done = sender.run_once()
            total += done
            if sender.out_of_pace:
                house.stopping.wait(A_MOMENT)
            elif not done:
                break
    finally:
        sender.close()
    return f"{total} messages handed over or looked up"


def apply_receipts(house: House, now: datetime) -> str:
    """Apply receipts that came before their message's own commit."""
    with house.database.writing() as session:
        give_way(session)
        applied = apply_waiting(session, now=now)
        session.commit()
    return f"{applied} receipts applied"


def poll_statuses(house: House, now: datetime) -> str:  # noqa: ARG001
    """Ask Notify about messages it has said nothing more of."""
    if house.settings.notify_api_key is None:
        return "nothing asked: there is no Notify API key"
    return f"{poll(house.database, LiveNotify(house.settings), house.clock)} final answers found"
