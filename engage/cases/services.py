"""Opening a dissatisfaction case from an answer, and every step of it after that."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation
from engage.cases.deadlines import appeal_until, deadlines
from engage.cases.models import (
    CASE_TRANSITIONS,
    CaseEntry,
    CaseEntryKind,
    CaseState,
    ContactMeans,
    DissatisfactionCase,
    TriageKind,
)
from engage.core import audit
from engage.core.audit import SYSTEM, Actor
from engage.core.clock import london_date
from engage.core.db import lock
from engage.core.errors import Conflict, Invalid, NotAllowed
from engage.core.themes import Theme
from engage.surveys.definition import FlaggedWords, Survey
from engage.surveys.dissatisfaction import FLAGGED_WORDS, triggers
from engage.surveys.models import ContactChoice, FreeText, Response
from engage.surveys.services import texts_of

_PLAIN_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are read as another

NO_CONTACT_IN = frozenset({CaseState.NEW, CaseState.DECLINED, CaseState.CLOSED})
"""States in which nobody rings the family: not yet sorted, not wanted, or over."""


def consider(
    session: Session,
    response: Response,
    survey: Survey,
    *,
    invitation: Invitation | None = None,
    flagged: FlaggedWords,
    now: datetime,
) -> DissatisfactionCase | None:
    """Open a case when the survey's own rules ask for one: exactly one for a response, however often it is considered.
    Without an `invitation` nobody knows whose answers these are.

    Only a family that said "contact me" is linked: otherwise the case knows nothing that leads to them, not even the
    appeal date, which would tell the day of their plan.
    """
    lock(session, response)  # two of us may be considering it
    standing = session.scalar(select(DissatisfactionCase).where(DissatisfactionCase.response_id == response.id))
    if standing is not None:
        return standing
    found = triggers(survey, response.answers, texts_of(response), flagged=flagged)
    if not found:
        return None
    return open_case(
        session,
        response=response,
        invitation=invitation,
        reasons=[trigger.reason for trigger in found],
        rules=sorted({trigger.rule for trigger in found}),
        urgent=any(trigger.rule == FLAGGED_WORDS for trigger in found),
        opened_at=response.submitted_at or now,  # for whoever is not to be linked, that moment was blurred to its month
        by=SYSTEM,
    )


def open_case(
    session: Session,
    *,
    response: Response,
    invitation: Invitation | None,
    reasons: list[str],
    rules: list[str],
    urgent: bool,
    opened_at: datetime,
    by: Actor,
) -> DissatisfactionCase:
    """Open the one case of a response. What leads to the family is kept only where they said "contact me"; a second case
    fails at the database."""
    may_contact = response.contact_choice is ContactChoice.CONTACT and invitation is not None
    linked = invitation if may_contact else None
    due = deadlines(london_date(opened_at), urgent=urgent)
    case = DissatisfactionCase(
        reference="C" + "".join(secrets.choice(_PLAIN_LETTERS) for _ in range(7)),
        response=response,
        invitation=linked,
        urgent=urgent,
        may_contact=may_contact,
        reasons=reasons,
        opened_at=opened_at,
        triage_due_on=due.triage_due_on,
        contact_due_on=due.contact_due_on,
        close_due_on=due.close_due_on,
        appeal_until=appeal_until(linked.plan_event.happened_on) if linked else None,
    )
    session.add(case)
    session.flush()
    if by != SYSTEM or response.contact_choice is not ContactChoice.DO_NOT_LINK:
        # Of an answer that is not to be linked not even this is said as it comes in: the event would stand right behind
        # that of the invitation. The case itself tells why and in which month it was opened.
        audit.record(session, "case.opened", "case", case.id, by=by, now=opened_at, rules=rules, urgent=urgent)
    return case


def triage(
    session: Session,
    case: DissatisfactionCase,
    kind: TriageKind,
    *,
    by: Actor,
    now: datetime,
    theme: Theme | None = None,
    note: str = "",
) -> None:
    """Sort a new case: what kind it is, and what it is about when that is already plain. Its comments are read with it."""
    _move(session, case, CaseState.TRIAGED, note, by=by, now=now, kind="case.triaged", triage=kind)
    case.triage = kind
    case.urgent = case.urgent or kind is TriageKind.SAFEGUARDING
    case.theme = theme or case.theme
    for text in case.response.texts:
        mark_read(session, text, by=by, now=now)


def log_contact(
    session: Session,
    case: DissatisfactionCase,
    *,
    how: ContactMeans,
    what: str,
    reached: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Log one try to speak with the family. Reaching them moves the case to contacted, where that is a lawful move.

    `NotAllowed` when they did not ask to be contacted, `Conflict` before triage and after the end.
    """
    _need(what, field="what", message="Enter what was said, or what happened")
    lock(session, case)
    if not case.may_contact:
        raise NotAllowed("This family did not ask to be contacted about their answer.")
    if case.state in NO_CONTACT_IN:
        raise Conflict(
            "A contact can be logged once the case is sorted, and until the family declines or it is closed."
        )
    moves = reached and CASE_TRANSITIONS.allows(case.state, CaseState.CONTACTED)
    if moves:
        case.state = CaseState.CONTACTED
    case.entries.append(
        CaseEntry(
            kind=CaseEntryKind.CONTACT,
            state=CaseState.CONTACTED if moves else None,
            text=what.strip(),
            how=how,
            reached=reached,
            at=now,
            by=str(by),
        )
    )
    audit.record(session, "case.contact_logged", "case", case.id, by=by, now=now, how=how, reached=reached)


def agree_action(session: Session, case: DissatisfactionCase, action: str, *, by: Actor, now: datetime) -> None:
    """Write down what was agreed will be done."""
    _need(action, field="text", message="Enter what will be done, by whom and by when")
    _move(session, case, CaseState.ACTION_AGREED, action, by=by, now=now, kind="case.action_agreed")


def resolve(session: Session, case: DissatisfactionCase, outcome: str, *, by: Actor, now: datetime) -> None:
    """Say how it came right."""
    _need(outcome, field="text", message="Enter what came of it")
    _move(session, case, CaseState.RESOLVED, outcome, by=by, now=now, kind="case.resolved")
    case.outcome = outcome.strip()


def escalate(session: Session, case: DissatisfactionCase, why: str, *, by: Actor, now: datetime) -> None:
    """Pass it to somebody who can decide more; say to whom and why."""
    _need(why, field="text", message="Enter who it was passed to, and why")
    _move(session, case, CaseState.ESCALATED, why, by=by, now=now, kind="case.escalated")


def decline(session: Session, case: DissatisfactionCase, note: str, *, by: Actor, now: datetime) -> None:
    """The family does not want to take it further. `NotAllowed` when nobody could have asked them."""
    if not case.may_contact:
        raise NotAllowed("This family did not ask to be contacted, so they cannot have declined.")
    _move(session, case, CaseState.DECLINED, note, by=by, now=now, kind="case.declined")


def unable_to_contact(session: Session, case: DissatisfactionCase, note: str, *, by: Actor, now: datetime) -> None:
    """Nobody was reached. `Conflict` until at least one try is in the log."""
    if not any(entry.kind is CaseEntryKind.CONTACT for entry in case.entries):
        raise Conflict("Log each try to reach the family first.")
    _move(session, case, CaseState.UNABLE_TO_CONTACT, note, by=by, now=now, kind="case.unable_to_contact")


def close(session: Session, case: DissatisfactionCase, *, outcome: str, theme: Theme, by: Actor, now: datetime) -> None:
    """End a case with what came of it and what it teaches."""
    _need(outcome, field="text", message="Enter what came of it")
    _move(session, case, CaseState.CLOSED, outcome, by=by, now=now, kind="case.closed", theme=theme)
    case.outcome, case.theme, case.closed_at = outcome.strip(), theme, now


def take(session: Session, case: DissatisfactionCase, *, owner: Actor, by: Actor, now: datetime) -> None:
    """Make somebody the one who sees it through; nothing changes when they already are. `Conflict` once closed."""
    lock(session, case)
    if case.state is CaseState.CLOSED:
        raise Conflict("This case is closed.")
    if case.owner == str(owner):
        return
    case.owner = str(owner)
    case.entries.append(CaseEntry(kind=CaseEntryKind.OWNER, text=str(owner), at=now, by=str(by)))
    audit.record(session, "case.taken", "case", case.id, by=by, now=now, owner=str(owner))


def note(session: Session, case: DissatisfactionCase, text: str, *, by: Actor, now: datetime) -> None:
    """Add a line to the log that changes nothing else; even a closed case may be remarked on."""
    _need(text, field="text", message="Enter a note")
    case.entries.append(CaseEntry(kind=CaseEntryKind.NOTE, text=text.strip(), at=now, by=str(by)))
    audit.record(session, "case.noted", "case", case.id, by=by, now=now)


def mark_read(session: Session, text: FreeText, *, by: Actor, now: datetime) -> None:
    """Somebody has read this comment; the first reader stands. Comments are read within a day, so of one that is not to
    be linked only its month is kept, and the audit does not say which it was."""
    lock(session, text)
    if text.read_at is not None:
        return
    response = session.get_one(Response, text.response_id)
    unlinked = response.contact_choice is ContactChoice.DO_NOT_LINK
    text.read_at, text.read_by = response.submitted_at if unlinked else now, str(by)
    audit.record(session, "text.read", "free_text", "unlinked" if unlinked else text.id, by=by, now=now)


def _move(
    session: Session,
    case: DissatisfactionCase,
    to: CaseState,
    text: str,
    *,
    by: Actor,
    now: datetime,
    kind: str,
    **detail: str,
) -> None:
    lock(session, case)
    CASE_TRANSITIONS.check(case.state, to)
    before, case.state = case.state, to
    case.entries.append(CaseEntry(kind=CaseEntryKind.MOVED, state=to, text=text.strip(), at=now, by=str(by)))
    audit.record(session, kind, "case", case.id, by=by, now=now, before=before, **detail)


def _need(text: str, *, field: str, message: str) -> None:
    if not text.strip():
        raise Invalid(f"{message}.", {field: message})
