"""Asking: invitations are planned, ladders climbed, and failures followed, each step in a short transaction of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.campaigns import climbing, failures, planning
from engage.campaigns.asking import Asking, running_campaigns
from engage.campaigns.models import Invitation
from engage.core.errors import DomainError
from engage.core.log import log
from engage.jobs.wiring import House

BATCH = 50
TRY_AGAIN_AFTER = timedelta(hours=1)


def plan_invitations(house: House, now: datetime) -> str:
    """Make the invitations that running campaigns are missing."""
    made = 0
    with house.database.writing() as session:
        for campaign in running_campaigns(session):
            made += planning.plan_invitations(session, campaign, now=now)
        session.commit()
    return f"{made} invitations planned"


def climb_ladders(house: House, now: datetime) -> str:
    """Take every invitation that is due one rung up."""
    with_ = Asking(house.catalogue, house.settings.secrets)

    def climb_some(session: Session) -> int:
        due = climbing.due_invitations(session, now=now, limit=BATCH)
        for invitation in due:
            _climb(session, invitation, with_, now)
        return len(due)

    return f"{_in_batches(house, climb_some)} invitations looked at"


def _climb(session: Session, invitation: Invitation, with_: Asking, now: datetime) -> None:
    """One rung in its own savepoint: what is wrong with one family's case must not stop the others."""
    try:
        with session.begin_nested():
            climbing.climb(session, invitation, with_, now=now)
    except DomainError as error:
        log.error("rung not taken", invitation_id=invitation.id, error=error.message)
        invitation.next_due_at = now + TRY_AGAIN_AFTER
        invitation.waits_because = "needs_mending"


def follow_failures(house: House, now: datetime) -> str:
    """Take note of what could not be delivered, so that it goes out by another way."""

    def follow_some(session: Session) -> int:
        failed = failures.unseen_failures(session, limit=BATCH)
        for contact in failed:
            failures.follow_failure(session, contact, now=now)
        return len(failed)

    return f"{_in_batches(house, follow_some)} failures followed"


def _in_batches(house: House, work: Callable[[Session], int]) -> int:
    total = 0
    while True:
        with house.database.writing() as session:
            done = work(session)
            session.commit()
        total += done
        if done < BATCH:
            return total
