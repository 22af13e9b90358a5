"""Asking: invitations are planned, ladders climbed, and failures followed, each step in a short transaction of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engage.campaigns import climbing, failures, planning
from engage.campaigns.asking import Asking, running_campaigns
from engage.campaigns.household import cap_of
from engage.campaigns.models import Campaign, CampaignState, Invitation, LadderContact
from engage.core.db import give_way
from engage.core.errors import DomainError
from engage.core.log import log, place_of
from engage.jobs.wiring import House

BATCH = 50
TRY_AGAIN_AFTER = timedelta(hours=1)
BUSY = timedelta(minutes=1)


def plan_invitations(house: House, now: datetime) -> str:
    """Make the invitations that running campaigns are missing."""
    with house.database.reading() as session:
        running = [campaign.id for campaign in running_campaigns(session)]
    made = 0
    for campaign_id in running:
        try:
            made += _plan(house, campaign_id, now)
        except Exception as error:  # what is wrong with one campaign must not stop the others
            log.error("not planned", campaign_id=campaign_id, error=_reason(error), exception=place_of(error))
    return f"{made} invitations planned"


def _plan(house: House, campaign_id: int, now: datetime) -> int:
    """One campaign in its own transaction, by one worker: on PostgreSQL another that finds it taken passes on."""
    with house.database.writing() as session:
        campaign = session.scalar(
            select(Campaign)
            .where(Campaign.id == campaign_id, Campaign.state == CampaignState.RUNNING)
            .with_for_update(skip_locked=True)
        )
        made = planning.plan_invitations(session, campaign, now=now) if campaign else 0
        session.commit()
    return made


def climb_ladders(house: House, now: datetime) -> str:
    """Take every invitation that is due one rung up."""
    settings = house.settings
    with_ = Asking(house.catalogue, settings.secrets, letters=settings.sends_letters, cap=cap_of(settings))

    def climb_some(session: Session) -> int:
        due = climbing.due_invitations(session, now=now, limit=BATCH)
        for invitation in due:
            _climb(session, invitation, with_, now)
            for other in climbing.due_beside(session, invitation, now=now):
                _climb(session, other, with_, now, beside=True)
        return len(due)

    return f"{_in_batches(house, climb_some)} invitations looked at"


def _climb(session: Session, invitation: Invitation, with_: Asking, now: datetime, *, beside: bool = False) -> None:
    """One rung in its own savepoint: what is wrong with one family's case must not stop the others."""
    try:
        with session.begin_nested():
            climbing.climb(session, invitation, with_, now=now, beside=beside)
    except OperationalError:  # somebody is just changing the people it is about
        invitation.next_due_at = now + BUSY
    except Exception as error:
        log.error("rung not taken", invitation_id=invitation.id, error=_reason(error), exception=place_of(error))
        invitation.next_due_at = now + TRY_AGAIN_AFTER
        invitation.waits_because = "needs_mending"


def _reason(error: Exception) -> str:
    """A rule's own sentence, or only the kind of an error whose words could hold anything."""
    return error.message if isinstance(error, DomainError) else type(error).__name__


def follow_failures(house: House, now: datetime) -> str:
    """Take note of what could not be delivered, so that it goes out by another way."""

    def follow_some(session: Session) -> int:
        failed = failures.unseen_failures(session, limit=BATCH)
        for contact in failed:
            _follow(session, contact, now)
        return len(failed)

    return f"{_in_batches(house, follow_some)} failures followed"


def _follow(session: Session, contact: LadderContact, now: datetime) -> None:
    """One failure in its own savepoint; what cannot be followed is let be, and the next rung comes in its time."""
    try:
        with session.begin_nested():
            failures.follow_failure(session, contact, now=now)
    except Exception as error:
        log.error(
            "failure not followed", invitation_id=contact.invitation_id, error=_reason(error), exception=place_of(error)
        )
        contact.failure_seen_at = now


def _in_batches(house: House, work: Callable[[Session], int]) -> int:
    total, done = 0, BATCH
    while done == BATCH and not house.stopping.is_set():
        with house.database.writing() as session:
            give_way(session)
            done = work(session)
            session.commit()
        total += done
    return total
