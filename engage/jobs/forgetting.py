"""Forgetting: what Engage may keep no longer, by the keeping times of `engage.core.privacy`, goes every night.

A rule takes away what is personal and leaves the row, where the row still counts for something. It touches nothing else,
and doing it again changes nothing. Records that the case system still names, and the forum's own members, have no rule
here: the one follows the imports, the other the forum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from engage.accounts.models import SignInLink, StaffSession
from engage.campaigns.models import CallAttempt, Invitation, InvitationState
from engage.cases.models import CaseEntry, DissatisfactionCase
from engage.core import audit
from engage.core.audit import SYSTEM, AuditEvent
from engage.core.db import rows_changed
from engage.core.privacy import Keep
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageState, Receipt
from engage.plans.models import UNDECIDED, ImportState, PlanImport
from engage.register.services import forget_grown_up
from engage.surveys.models import Response

THIRTY_DAYS = timedelta(days=30)
NAME_FORGOTTEN = "name no longer kept"
WAITING = (MessageState.QUEUED, MessageState.CLAIMED)


def years_before(now: datetime, years: int) -> datetime:
    """The same moment that many years ago; 29 February becomes the 28th."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)


def forget_sign_ins(session: Session, now: datetime) -> int:
    """Sign-in links and sessions that ended thirty days ago."""
    until = now - THIRTY_DAYS
    links = rows_changed(session, delete(SignInLink).where(SignInLink.expires_at < until))
    return links + rows_changed(session, delete(StaffSession).where(StaffSession.expires_at < until))


def forget_receipts(session: Session, now: datetime) -> int:
    """Receipts that belong to no message of ours."""
    strangers = (Receipt.applied_at.is_(None), Receipt.received_at < now - THIRTY_DAYS)
    return rows_changed(session, delete(Receipt).where(*strangers))


def forget_files(session: Session, now: datetime) -> int:
    """What a file of the case system held: one nobody decided about, or its faulty rows that nobody mended."""
    old = PlanImport.uploaded_at < now - THIRTY_DAYS
    session.execute(update(PlanImport).where(old, PlanImport.state.in_(UNDECIDED)).values(state=ImportState.DISCARDED))
    return rows_changed(session, update(PlanImport).where(old, PlanImport.content.is_not(None)).values(content=None))


def forget_file_names(session: Session, now: datetime) -> int:
    """The name of a file, in which a person's may stand."""
    old = (PlanImport.uploaded_at < years_before(now, 1), PlanImport.file_name != NAME_FORGOTTEN)
    return rows_changed(session, update(PlanImport).where(*old).values(file_name=NAME_FORGOTTEN))


def forget_recipients(session: Session, now: datetime) -> int:
    """To whom a message went and what stood in it; that one went stays."""
    old = (Message.due_at < years_before(now, 1), Message.state.not_in(WAITING), Message.recipient != "")
    return rows_changed(session, update(Message).where(*old).values(recipient="", personalisation={}))


def forget_call_notes(session: Session, now: datetime) -> int:
    """What was noted about a call; that there was one stays."""
    old = (CallAttempt.called_at < years_before(now, 1), CallAttempt.note != "")
    return rows_changed(session, update(CallAttempt).where(*old).values(note=""))


def forget_whose_answers(session: Session, now: datetime) -> int:
    """Whose an answer was: it still counts, and nothing leads from the family to it, unless a case is kept."""
    ended = func.coalesce(Invitation.closed_at, Invitation.answered_at)
    old = (
        Invitation.state == InvitationState.ANSWERED,
        Invitation.response_id.is_not(None),
        ended < years_before(now, 2),
        Invitation.answered_at < years_before(now, 2),
    )
    return rows_changed(session, update(Invitation).where(*old).values(response_id=None))


def forget_unsent_answers(session: Session, now: datetime) -> int:
    """What was begun and never sent; that it was begun stays."""
    ended = func.coalesce(Invitation.closed_at, Invitation.created_at)
    abandoned = (
        select(Invitation.response_id)
        .where(
            Invitation.state.in_([InvitationState.CLOSED, InvitationState.WITHDRAWN]),
            Invitation.response_id.is_not(None),
            ended < years_before(now, 2),
        )
        .scalar_subquery()
    )
    unsent = select(Response).where(Response.id.in_(abandoned), Response.submitted_at.is_(None))
    emptied = 0
    for response in session.scalars(unsent):
        emptied += bool(response.answers or response.texts)
        response.answers = {}
        response.texts.clear()
    return emptied


def forget_cases(session: Session, now: datetime) -> int:
    """What a closed case was about and whose it was; that there was one stays."""
    old = session.scalars(
        select(DissatisfactionCase).where(
            DissatisfactionCase.closed_at < years_before(now, 6),
            or_(DissatisfactionCase.invitation_id.is_not(None), DissatisfactionCase.outcome.is_not(None)),
        )
    ).all()
    for case in old:
        case.reasons, case.theme, case.outcome, case.invitation_id = [], None, None, None
        session.execute(update(CaseEntry).where(CaseEntry.case_id == case.id).values(text=""))
    return len(old)


def forget_events(session: Session, now: datetime) -> int:
    """Who did what."""
    return rows_changed(session, delete(AuditEvent).where(AuditEvent.at < years_before(now, 6)))


@dataclass(frozen=True)
class Rule:
    """One keeping time, and what goes when it is over."""

    keep: Keep
    what: str
    forget: Callable[[Session, datetime], int]


RULES = (
    Rule(Keep.SIGN_IN, "sign-ins", forget_sign_ins),
    Rule(Keep.SIGN_IN, "stray receipts", forget_receipts),
    Rule(Keep.SIGN_IN, "import files", forget_files),
    Rule(Keep.MESSAGE, "file names", forget_file_names),
    Rule(Keep.MESSAGE, "recipients", forget_recipients),
    Rule(Keep.MESSAGE, "call notes", forget_call_notes),
    Rule(Keep.RESPONSE, "links to answers", forget_whose_answers),
    Rule(Keep.RESPONSE, "unsent answers", forget_unsent_answers),
    Rule(Keep.CASE, "cases", forget_cases),
    Rule(Keep.REGISTER, "grown-up children", forget_grown_up),
    Rule(Keep.AUDIT, "events", forget_events),
)


def forget_what_is_due(house: House, now: datetime) -> str:
    """Take away what may be kept no longer, rule by rule, and write down how much."""
    done: dict[str, int] = {}
    for rule in RULES:
        with house.database.writing() as session:
            done[rule.what] = rule.forget(session, now)
            session.commit()
    counted = {what: number for what, number in done.items() if number}
    if not counted:
        return "nothing was due to be forgotten"
    with house.database.writing() as session:
        audit.record(session, "records.forgotten", "records", now.date(), by=SYSTEM, now=now, **counted)
        session.commit()
    return "forgotten: " + ", ".join(f"{number} {what}" for what, number in counted.items())
