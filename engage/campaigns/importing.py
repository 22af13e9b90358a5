"""Importing plans and following what they start: a file is tried out first, then committed, and asking keeps up."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from engage.campaigns import gate
from engage.campaigns.asking import running_campaigns
from engage.campaigns.climbing import look_again
from engage.campaigns.eligibility import reasons_against
from engage.campaigns.models import Campaign, Invitation
from engage.campaigns.planning import askable_events, plan_invitations, replan, take_up_again
from engage.core import audit
from engage.core.audit import Actor
from engage.core.batches import batches
from engage.core.bulk import collector_at_rest
from engage.core.clock import london_date
from engage.core.db import lock
from engage.core.errors import Conflict
from engage.people.contactability import HOLD_POLICY, HoldPolicy, standing_hold, usable
from engage.people.models import Channel, Child, Person, Relationship, RoleMailbox
from engage.plans.changes import Changes
from engage.plans.models import UNDECIDED, EhcPlan, ImportState, PlanEvent, PlanImport
from engage.plans.reading import Reading
from engage.plans.services import Progress, apply


@dataclass(frozen=True)
class Outlook:
    """What a file starts: who would be asked, from when, and why others would not."""

    asked_on: dict[str, int]
    """People newly to be asked, by the ISO date of their first message."""
    no_message_possible: int
    """Of those, how many have no working email address or mobile."""
    on_hold: int
    not_asked: dict[str, int]
    """People who would not be asked, by reason code."""
    events: int
    mailboxes: dict[str, int]
    """Settings and health services newly to be asked, by the kind of their mailbox: they are no families, and so in none of
    the numbers above."""


def summarise(reading: Reading, changes: Changes, outlook: Outlook) -> dict[str, Any]:
    """The preview as kept: counts, codes and the numbers of records, and nobody's name."""
    return {
        "rows_read": reading.rows_read,
        "rows_sound": len(reading.rows),
        "rows_faulty": len(reading.faulty_cells),
        "notices": list(reading.notices),
        "added": changes.added,
        "changed": changes.changed,
        "withdrawn": changes.withdrawn,
        "no_longer_named": [each.relationship for each in changes.no_longer_named],
        "named_again": [each.relationship for each in changes.named_again],
        "asked_on": outlook.asked_on,
        "no_message_possible": outlook.no_message_possible,
        "on_hold": outlook.on_hold,
        "not_asked": outlook.not_asked,
        "events": outlook.events,
        "mailboxes": outlook.mailboxes,
    }


@collector_at_rest()
def import_reading(
    session: Session, reading: Reading, *, by: Actor, now: datetime, progress: Progress | None = None
) -> dict[str, Any]:
    """Apply a reading and let asking follow, in the caller's transaction; returns the summary."""
    changes = apply(session, reading, by=by, now=now, progress=progress)
    outlook = _follow(session, changes, by, now)
    return summarise(reading, changes, outlook)


def try_out(
    session: Session, reading: Reading, *, by: Actor, now: datetime, progress: Progress | None = None
) -> dict[str, Any]:
    """The summary of what a reading would do: it is really done, inside a savepoint, and undone."""
    savepoint = session.begin_nested()
    try:
        return import_reading(session, reading, by=by, now=now, progress=progress)
    finally:
        savepoint.rollback()
        session.expire_all()


def keep(session: Session, content: bytes, filename: str, *, by: Actor, now: datetime) -> PlanImport:
    """Keep a file until somebody decides. It starts unmatched: `preview` says what it would do, as soon as its headings
    are understood."""
    row = PlanImport(
        file_name=filename[-255:],
        file_sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        state=ImportState.UNMATCHED,
        uploaded_at=now,
        uploaded_by=str(by),
        summary={},
    )
    session.add(row)
    session.flush()
    audit.record(session, "import.uploaded", "plan_import", row.id, by=by, now=now)
    return row


def preview(
    session: Session, row: PlanImport, reading: Reading, *, mapping_id: int | None, by: Actor, now: datetime
) -> None:
    """Try a kept file out and note what it would do; again, when its headings were matched anew. `Conflict` when it has
    been decided."""
    _must_be_undecided(session, row)
    row.summary = try_out(session, reading, by=by, now=now)
    row.state, row.mapping_id = ImportState.PREVIEWED, mapping_id
    session.flush()


def upload(
    session: Session, content: bytes, reading: Reading, *, mapping_id: int | None, by: Actor, now: datetime
) -> PlanImport:
    """Keep a file whose headings are understood, with its preview, until somebody decides."""
    row = keep(session, content, reading.filename, by=by, now=now)
    preview(session, row, reading, mapping_id=mapping_id, by=by, now=now)
    return row


def commit(session: Session, row: PlanImport, reading: Reading, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Do what the preview showed. Afterwards only the faulty rows are kept, to be mended. `Conflict` when decided already."""
    lock(session, row)
    if row.state is not ImportState.PREVIEWED:
        raise Conflict("This file has already been dealt with.")
    summary = import_reading(session, reading, by=by, now=now)
    row.summary = summary
    row.state, row.committed_at, row.committed_by = ImportState.COMMITTED, now, str(by)
    row.content = reading.faults_file() if reading.faults else None
    audit.record(
        session,
        "import.committed",
        "plan_import",
        row.id,
        by=by,
        now=now,
        rows=summary["rows_sound"],
        faulty=summary["rows_faulty"],
        no_longer_named=len(summary["no_longer_named"]),
    )
    return summary


def discard(session: Session, row: PlanImport, *, by: Actor, now: datetime) -> None:
    """Forget a file that should not be imported."""
    _must_be_undecided(session, row)
    row.state, row.content = ImportState.DISCARDED, None
    audit.record(session, "import.discarded", "plan_import", row.id, by=by, now=now)


def _must_be_undecided(session: Session, row: PlanImport) -> None:
    lock(session, row)
    if row.state not in UNDECIDED:
        raise Conflict("This file has already been dealt with.")


def _follow(session: Session, changes: Changes, by: Actor, now: datetime) -> Outlook:
    newest = session.scalar(select(func.max(Invitation.id))) or 0
    gate.let_nobody_claim(session, changes.children)
    replan(session, changes.corrected_events, now=now)
    take_up_again(session, changes.named_again, now=now)
    look_again(session, changes.children, by=by, now=now)
    campaigns = list(running_campaigns(session))
    for campaign in campaigns:
        plan_invitations(session, campaign, now=now)
    return _outlook(session, changes, campaigns, newest, now)


def _outlook(session: Session, changes: Changes, campaigns: list[Campaign], newest: int, now: datetime) -> Outlook:
    asked_on: Counter[str] = Counter()
    no_message = on_hold = 0
    mailboxes: defaultdict[str, set[int]] = defaultdict(set)
    child = selectinload(Invitation.plan_event).selectinload(PlanEvent.plan).selectinload(EhcPlan.child)
    made = select(Invitation).where(Invitation.id > newest).order_by(Invitation.id)
    for invitation in session.scalars(
        made.options(
            child.selectinload(Child.holds),
            selectinload(Invitation.person).selectinload(Person.holds),
            selectinload(Invitation.person).selectinload(Person.contact_points),
        )
    ):
        hold = standing_hold([*invitation.person.holds, *invitation.plan_event.plan.child.holds])
        if isinstance(invitation.person, RoleMailbox):
            if hold is None and invitation.next_due_at is not None:
                mailboxes[invitation.person.serves.value].add(invitation.person_id)
            continue
        if hold is not None and HOLD_POLICY[hold.reason] is not HoldPolicy.ONE_GENTLE_MESSAGE:
            on_hold += 1
            continue
        if invitation.next_due_at is not None:
            asked_on[london_date(invitation.next_due_at).isoformat()] += 1
        channels = {point.channel for point in usable(invitation.person.contact_points)}
        no_message += not channels & {Channel.EMAIL, Channel.MOBILE}
    return Outlook(
        asked_on=dict(sorted(asked_on.items())),
        no_message_possible=no_message,
        on_hold=on_hold,
        not_asked=_not_asked(session, changes, campaigns, now),
        events=len(changes.events),
        mailboxes={kind: len(asked) for kind, asked in sorted(mailboxes.items())},
    )


def _not_asked(session: Session, changes: Changes, campaigns: list[Campaign], now: datetime) -> dict[str, int]:
    """People on the file's new or corrected events who are not asked, by reason."""
    reasons: Counter[str] = Counter()
    in_sight = or_(false(), *(askable_events(campaign, now=now) for campaign in campaigns))
    plan, child = joinedload(PlanEvent.plan), selectinload(PlanEvent.plan).selectinload(EhcPlan.child)
    standing = child.selectinload(Child.relationships).selectinload(Relationship.parent_carer)
    for batch in batches(changes.events):
        events = select(PlanEvent).where(PlanEvent.id.in_(batch))
        for some in (events.where(in_sight).options(standing), events.where(~in_sight).options(plan)):
            for event in session.scalars(some):
                reasons.update(reasons_against(event, campaigns, now))
    return dict(sorted(reasons.items()))
