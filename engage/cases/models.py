"""Dissatisfaction cases, what was done about each, and the Monday share that hands them to SEND QA."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.campaigns.models import Invitation
from engage.core.db import Base, Code, KeyWithoutOrder, key_without_order
from engage.core.privacy import Keep, privacy
from engage.core.states import TransitionTable
from engage.core.themes import Theme
from engage.surveys.models import Response


class CaseState(StrEnum):
    NEW = "new"
    TRIAGED = "triaged"
    CONTACTED = "contacted"
    ACTION_AGREED = "action_agreed"
    RESOLVED = "resolved"
    ESCALATED = "escalated"
    DECLINED = "declined"
    UNABLE_TO_CONTACT = "unable_to_contact"
    CLOSED = "closed"


CASE_TRANSITIONS = TransitionTable(
    "case",
    {
        CaseState.NEW: {CaseState.TRIAGED, CaseState.ESCALATED},
        CaseState.TRIAGED: {
            CaseState.CONTACTED,
            CaseState.ESCALATED,
            CaseState.DECLINED,
            CaseState.UNABLE_TO_CONTACT,
            CaseState.CLOSED,
        },
        CaseState.CONTACTED: {
            CaseState.ACTION_AGREED,
            CaseState.RESOLVED,
            CaseState.ESCALATED,
            CaseState.DECLINED,
        },
        CaseState.ACTION_AGREED: {CaseState.RESOLVED, CaseState.ESCALATED, CaseState.UNABLE_TO_CONTACT},
        CaseState.RESOLVED: {CaseState.CLOSED, CaseState.ESCALATED},
        CaseState.ESCALATED: {CaseState.CONTACTED, CaseState.ACTION_AGREED, CaseState.RESOLVED, CaseState.CLOSED},
        CaseState.DECLINED: {CaseState.CLOSED},
        CaseState.UNABLE_TO_CONTACT: {CaseState.CONTACTED, CaseState.CLOSED},
        CaseState.CLOSED: set(),
    },
)


class TriageKind(StrEnum):
    """Every dissatisfied response is sorted once: the Ombudsman's definition of a complaint is wide."""

    SERVICE_REQUEST = "service_request"
    COMPLAINT = "complaint"
    FEEDBACK_ONLY = "feedback_only"
    APPEALABLE = "appealable"
    SAFEGUARDING = "safeguarding"


class WeeklyShare(Base):
    """The batch of new cases handed to SEND QA in one week: made once, however often the job runs."""

    __tablename__ = "weekly_share"
    __privacy__ = privacy("id week_starting made_at accepted_at accepted_by")

    id: Mapped[int] = mapped_column(primary_key=True)
    week_starting: Mapped[date] = mapped_column(unique=True)
    """The Monday of the share; it gathers what came in before it."""
    made_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(String(80))

    cases: Mapped[list["DissatisfactionCase"]] = relationship(
        back_populates="share", order_by="(DissatisfactionCase.opened_at, DissatisfactionCase.id)"
    )


class DissatisfactionCase(Base):
    """A response that needs following up, until the end of it."""

    __tablename__ = "dissatisfaction_case"
    __privacy__ = privacy(
        "id reference response_id invitation_id state triage urgent may_contact owner opened_at triage_due_on "
        "contact_due_on close_due_on appeal_until share_id closed_at",
        reasons=Keep.CASE,
        theme=Keep.CASE,
        outcome=Keep.CASE,
    )

    id: Mapped[int] = mapped_column(KeyWithoutOrder, primary_key=True, autoincrement=False, default=key_without_order)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), unique=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    """None when the family asked that the answer should not be linked, or not be used to contact them."""
    state: Mapped[CaseState] = mapped_column(Code(CaseState), default=CaseState.NEW)
    triage: Mapped[TriageKind | None] = mapped_column(Code(TriageKind))
    urgent: Mapped[bool] = mapped_column(default=False)
    may_contact: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[str]]
    """Why the rules opened it, in words."""
    owner: Mapped[str | None] = mapped_column(String(80))
    theme: Mapped[Theme | None] = mapped_column(Code(Theme))
    outcome: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime]
    triage_due_on: Mapped[date]
    contact_due_on: Mapped[date]
    close_due_on: Mapped[date]
    appeal_until: Mapped[date | None]
    share_id: Mapped[int | None] = mapped_column(ForeignKey("weekly_share.id"), index=True)
    closed_at: Mapped[datetime | None]

    response: Mapped[Response] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
    share: Mapped[WeeklyShare | None] = relationship(back_populates="cases")
    entries: Mapped[list["CaseEntry"]] = relationship(back_populates="case", order_by="CaseEntry.id")


class CaseEntryKind(StrEnum):
    MOVED = "moved"
    CONTACT = "contact"
    NOTE = "note"
    OWNER = "owner"


class ContactMeans(StrEnum):
    """How somebody tried to speak with the family."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    MEETING = "meeting"


class CaseEntry(Base):
    """One line of a case's log."""

    __tablename__ = "case_entry"
    __privacy__ = privacy("id case_id kind state how reached at by", text=Keep.CASE)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("dissatisfaction_case.id"), index=True)
    kind: Mapped[CaseEntryKind] = mapped_column(Code(CaseEntryKind))
    state: Mapped[CaseState | None] = mapped_column(Code(CaseState))
    how: Mapped[ContactMeans | None] = mapped_column(Code(ContactMeans))
    reached: Mapped[bool | None]
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))

    case: Mapped[DissatisfactionCase] = relationship(back_populates="entries")
