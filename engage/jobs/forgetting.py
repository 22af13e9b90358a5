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
from engage.activities.activity_models import Activity
from engage.activities.models import OpenVisit
from engage.activities.session_models import ChildVoice, Drawing, ExpectedChild, FacilitatedSession
from engage.campaigns.beginnings import delete_left_over
from engage.campaigns.models import Beginning, CallAttempt, Invitation, InvitationState
from engage.cases.models import CaseEntry, DissatisfactionCase
from engage.core import audit
from engage.core.audit import SYSTEM, AuditEvent
from engage.core.clock import london_date
from engage.core.db import rows_changed
from engage.core.periods import quarter_of
from engage.core.privacy import Keep
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageState, Receipt
from engage.plans.models import UNDECIDED, ImportState, PlanImport
from engage.register.services import forget_grown_up
from engage.surveys.about_you import forget_before
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
    over = (
        Invitation.state.in_([InvitationState.CLOSED, InvitationState.WITHDRAWN]),
        ended < years_before(now, 2),
    )
    abandoned = select(Invitation.response_id).where(*over, Invitation.response_id.is_not(None))
    aside = select(Beginning.response_id).join(Invitation, Invitation.id == Beginning.invitation_id).where(*over)
    begun = or_(Response.id.in_(abandoned.scalar_subquery()), Response.id.in_(aside.scalar_subquery()))
    unsent = select(Response).where(begun, Response.submitted_at.is_(None))
    emptied = 0
    for response in session.scalars(unsent):
        emptied += bool(response.answers or response.texts)
        response.answers = {}
        response.texts.clear()
    return emptied


def forget_set_aside(session: Session, now: datetime) -> int:
    """What was begun beside the answer that was sent, a day after that: until then it can be given back."""
    return delete_left_over(session, now - timedelta(days=1))


def forget_expected(session: Session, now: datetime) -> int:
    """Whom somebody expected to meet, in a session that was never brought to its end."""
    past = select(FacilitatedSession.id).where(FacilitatedSession.held_on < (now - THIRTY_DAYS).date())
    return rows_changed(session, delete(ExpectedChild).where(ExpectedChild.session_id.in_(past)))


def forget_drawings(session: Session, now: datetime) -> int:
    """What children drew."""
    return rows_changed(session, delete(Drawing).where(Drawing.made_at < years_before(now, 1)))


def forget_whose_voices(session: Session, now: datetime) -> int:
    """Which child it was and what was seen; what a child said still counts. What was never finished goes."""
    past = select(FacilitatedSession.id).where(FacilitatedSession.held_on < years_before(now, 2).date())
    theirs = (
        ChildVoice.session_id.in_(past),
        or_(ChildVoice.child_id.is_not(None), ChildVoice.observed != "", ChildVoice.permission_note != ""),
    )
    forgotten = rows_changed(
        session, update(ChildVoice).where(*theirs).values(child_id=None, observed="", permission_note="")
    )
    seen = (FacilitatedSession.id.in_(past), FacilitatedSession.group_observed != "")
    forgotten += rows_changed(session, update(FacilitatedSession).where(*seen).values(group_observed=""))
    begun = select(ChildVoice.response_id).where(ChildVoice.session_id.in_(past), ChildVoice.finished_at.is_(None))
    for response in session.scalars(select(Response).where(Response.id.in_(begun))):
        forgotten += bool(response.answers or response.texts)
        response.answers = {}
        response.texts.clear()
    return forgotten


def forget_activity_notes(session: Session, now: datetime) -> int:
    """Who ran an activity, and what was noted of it; that it was held stays."""
    old = (Activity.held_on < years_before(now, 6).date(), or_(Activity.notes != "", Activity.run_by != ""))
    return rows_changed(session, update(Activity).where(*old).values(notes="", run_by=""))


def forget_equality(session: Session, now: datetime) -> int:
    """What people said about themselves, two years after the quarter it counts for."""
    return forget_before(session, quarter_of(london_date(years_before(now, 2))).first)


def forget_open_answers(session: Session, now: datetime) -> int:
    """What somebody began by an open link and never sent: nobody knows whose it is, and nothing counts it."""
    unsent = (Response.submitted_at.is_(None), Response.started_at < now - THIRTY_DAYS)
    old = session.scalars(select(OpenVisit).join(Response, Response.id == OpenVisit.response_id).where(*unsent)).all()
    for visit in old:
        begun = visit.response
        session.delete(visit)
        session.flush()
        session.delete(begun)
    return len(old)


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
    Rule(Keep.RESPONSE, "answers set aside", forget_set_aside),
    Rule(Keep.SIGN_IN, "children expected in sessions", forget_expected),
    Rule(Keep.DRAWING, "drawings", forget_drawings),
    Rule(Keep.SESSION, "whose voices", forget_whose_voices),
    Rule(Keep.ACTIVITY, "notes of activities", forget_activity_notes),
    Rule(Keep.EQUALITY, "equality answers", forget_equality),
    Rule(Keep.SIGN_IN, "open answers never sent", forget_open_answers),
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
