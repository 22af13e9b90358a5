"""Keeping the lists of mailboxes: what is changed there takes effect on the asking at once; and what the lists lack."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import gate
from engage.campaigns.asking import running_campaigns, settings_of
from engage.campaigns.climbing import open_about
from engage.campaigns.eligibility import respondents
from engage.campaigns.holding import hold_family, lift_family_hold
from engage.campaigns.models import Invitation, InvitationState
from engage.campaigns.planning import askable_events
from engage.campaigns.professionals import is_by_mailbox
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.people import mailboxes
from engage.people.contactability import NotAsked, standing_hold, usable
from engage.people.mailboxes import MailboxEntry, Mailboxes
from engage.people.models import HoldReason, MailboxKind, RoleMailbox
from engage.plans.askable import why_not_askable
from engage.plans.models import EhcPlan, PlanEvent
from engage.surveys.definition import Audience

LACKING = frozenset({NotAsked.NO_MAILBOX, NotAsked.MAILBOX_NOT_WORKING})


def add(session: Session, entry: MailboxEntry, *, by: Actor, now: datetime) -> RoleMailbox:
    """Put a mailbox on its list; whoever is asked there is planned with everybody else."""
    return mailboxes.keep(session, entry, by=by, now=now)


def change(session: Session, mailbox: RoleMailbox, entry: MailboxEntry, *, by: Actor, now: datetime) -> bool:
    """Change it, and let what waited for an address that works go on; whether anything is another now."""
    before = mailbox.name, mailbox.urn, list(mailbox.sen_needs), mailbox.is_default
    is_new_address = mailboxes.change(session, mailbox, entry, by=by, now=now)
    if is_new_address:
        for invitation in open_about(session, [mailbox.id]):
            invitation.next_due_at = settings_of(invitation.campaign).hours.next_moment(now)
    return is_new_address or before != (mailbox.name, mailbox.urn, list(mailbox.sen_needs), mailbox.is_default)


def stop(session: Session, mailbox: RoleMailbox, *, by: Actor, now: datetime, note: str = "") -> None:
    """Write to it no more, for now: what is queued is taken back at once."""
    hold_family(session, mailbox, HoldReason.DO_NOT_SEND, by=by, now=now, note=note)


def use_again(session: Session, mailbox: RoleMailbox, *, by: Actor, now: datetime) -> None:
    """Write to it again; `NotAllowed` for the one who stopped it."""
    while (hold := standing_hold(mailbox.holds)) is not None:
        lift_family_hold(session, hold, by=by, now=now)


@dataclass(frozen=True)
class Kept:
    """One mailbox as its list shows it."""

    mailbox: RoleMailbox
    state: str
    """A code: works, not_working, opted_out, stopped."""
    asked: int
    """About how many plans and reviews it was asked."""
    answered: int
    waiting: int
    """How many surveys it still has open."""


def state_of(mailbox: RoleMailbox) -> str:
    """Whether a mailbox is written to, and if not, why: it asked us to stop, staff stopped it, or mail does not arrive."""
    hold = standing_hold(mailbox.holds)
    if hold is not None:
        return "opted_out" if hold.reason is HoldReason.OPTED_OUT else "stopped"
    return "works" if usable(mailbox.contact_points) else "not_working"


def kept(session: Session, serves: MailboxKind) -> list[Kept]:
    """One list, by name, with what came of each mailbox."""
    counted = _counted(session)
    return [
        Kept(
            mailbox,
            state_of(mailbox),
            asked=sum(n for state, n in counts.items() if state is not InvitationState.PLANNED),
            answered=counts[InvitationState.ANSWERED],
            waiting=sum(counts[state] for state in gate.OPEN),
        )
        for mailbox in mailboxes.every(session, serves)
        for counts in [counted.get(mailbox.id, Counter())]
    ]


def _counted(session: Session) -> Mapping[int, Counter[InvitationState]]:
    rows = session.execute(
        select(Invitation.person_id, Invitation.state, func.count())
        .where(Invitation.person_id.in_(select(RoleMailbox.id)))
        .group_by(Invitation.person_id, Invitation.state)
    )
    found: dict[int, Counter[InvitationState]] = {}
    for person_id, state, n in rows:
        found.setdefault(person_id, Counter())[state] += n
    return found


def invitations_to(session: Session, mailbox: RoleMailbox, *, limit: int) -> Sequence[Invitation]:
    """What a mailbox was asked, the newest first."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.person_id == mailbox.id)
        .order_by(Invitation.id.desc())
        .limit(limit)
        .options(selectinload(Invitation.plan_event).selectinload(PlanEvent.plan).selectinload(EhcPlan.child))
    ).all()


@dataclass(frozen=True)
class Missing:
    """A setting, or the health services, about whose children nobody can be asked."""

    serves: MailboxKind
    name: str
    urn: str | None
    because: NotAsked
    events: int
    """Plans and reviews that wait for it."""


def missing(session: Session, *, now: datetime) -> list[Missing]:
    """Whose mailbox running campaigns lack, those with most plans and reviews first."""
    counted: Counter[tuple[MailboxKind, str, str | None, NotAsked]] = Counter()
    lists = Mailboxes(session)
    for campaign in running_campaigns(session):
        if not is_by_mailbox(campaign):
            continue
        events = session.scalars(
            select(PlanEvent)
            .where(askable_events(campaign, now=now))
            .options(selectinload(PlanEvent.plan).selectinload(EhcPlan.child))
        )
        for event in events:
            child = event.plan.child
            for standing in respondents(child, campaign.audience, on=london_date(now), mailboxes=lists):
                because = standing.not_asked
                if because not in LACKING or because is None or why_not_askable(event) is not None:
                    continue
                is_setting = campaign.audience is Audience.SETTING
                who = (child.setting_name or "", child.setting_urn) if is_setting else ("", None)
                counted[(MailboxKind(campaign.audience.value), *who, because)] += 1
    return [Missing(*key, events=n) for key, n in counted.most_common()]
