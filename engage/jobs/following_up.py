"""Following up: the Monday share, and registrations nobody confirmed."""

from datetime import datetime

from engage.cases.sharing import share_week
from engage.jobs.wiring import House
from engage.register.services import forget_unconfirmed


def share_with_qa(house: House, now: datetime) -> str:
    """Gather the week's new cases for SEND QA; once, however often it runs."""
    with house.database.writing() as session:
        share = share_week(session, now=now)
        count = len(share.cases)
        session.commit()
    return f"{count} cases shared"


def forget_registrations(house: House, now: datetime) -> str:
    """Delete what was typed by people who never confirmed."""
    with house.database.writing() as session:
        count = forget_unconfirmed(session, now=now)
        session.commit()
    return f"{count} unconfirmed registrations forgotten"
