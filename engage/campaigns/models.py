"""Asking: campaigns, invitations and the ladder each climbs, links, and calls."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code
from engage.core.privacy import Keep, privacy
from engage.core.states import TransitionTable
from engage.notify.models import Message
from engage.people.models import Person
from engage.plans.models import PlanEvent, PlanEventKind
from engage.surveys.definition import Audience
from engage.surveys.models import Response


class CampaignState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


CAMPAIGN_TRANSITIONS = TransitionTable(
    "campaign",
    {
        CampaignState.DRAFT: {CampaignState.RUNNING},
        CampaignState.RUNNING: {CampaignState.PAUSED, CampaignState.ENDED},
        CampaignState.PAUSED: {CampaignState.RUNNING, CampaignState.ENDED},
        CampaignState.ENDED: set(),
    },
)


class Step(StrEnum):
    """A rung of the ladder, in climbing order."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    OTHER_CHANNEL = "other_channel"
    CALL = "call"
    CLOSE = "close"


class InvitationState(StrEnum):
    """Waiting for its first message; being asked; and the ways it can end."""

    PLANNED = "planned"
    ASKING = "asking"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


INVITATION_TRANSITIONS = TransitionTable(
    "invitation",
    {
        InvitationState.PLANNED: {
            InvitationState.ASKING,
            InvitationState.ANSWERED,
            InvitationState.CLOSED,
            InvitationState.WITHDRAWN,
        },
        InvitationState.ASKING: {
            InvitationState.PLANNED,  # its only message was taken back before it left
            InvitationState.ANSWERED,
            InvitationState.CLOSED,
            InvitationState.WITHDRAWN,
        },
        InvitationState.ANSWERED: set(),
        InvitationState.CLOSED: {InvitationState.ANSWERED},  # a late answer is still welcome
        InvitationState.WITHDRAWN: {
            InvitationState.PLANNED,  # the event, or the carer, came back
            InvitationState.ASKING,
            InvitationState.CLOSED,  # they said no before it could come back
        },
    },
)


class CloseReason(StrEnum):
    """Why an invitation ended without an answer; the response ledger's disposition follows from it."""

    NO_ANSWER = "no_answer"
    OPTED_OUT = "opted_out"
    NOT_FOR_ME = "not_for_me"
    REFUSED_ON_PHONE = "refused_on_phone"
    NO_WORKING_CONTACT = "no_working_contact"
    HELD = "held"
    PLAN_WITHDRAWN = "plan_withdrawn"
    NO_LONGER_NAMED = "no_longer_named"
    """The case system names other contacts of the child; a file that names them again brings it back."""


COMES_BACK = frozenset({CloseReason.PLAN_WITHDRAWN, CloseReason.NO_LONGER_NAMED})
"""Reasons that a later file can take away: such an invitation is withdrawn, and not closed."""


class CallOutcome(StrEnum):
    ANSWERED_SURVEY = "answered_survey"
    NO_REPLY = "no_reply"
    LEFT_MESSAGE = "left_message"
    CALL_BACK = "call_back"
    DECLINED = "declined"
    STOP_ASKING = "stop_asking"
    WRONG_NUMBER = "wrong_number"
    PREFERS_LINK = "prefers_link"
    DISTRESS = "distress"


class Campaign(Base):
    """One survey asked after one kind of plan event, with its own ladder."""

    __tablename__ = "campaign"
    __privacy__ = privacy("id name survey audience event_kind state ladder asks_from created_at created_by")

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    survey: Mapped[str] = mapped_column(String(40))
    audience: Mapped[Audience] = mapped_column(Code(Audience), default=Audience.PARENT_CARER)
    """Whom its survey is for, and so who is asked about an event."""
    event_kind: Mapped[PlanEventKind] = mapped_column(Code(PlanEventKind))
    state: Mapped[CampaignState] = mapped_column(Code(CampaignState), default=CampaignState.DRAFT)
    ladder: Mapped[dict[str, Any]]
    asks_from: Mapped[date]
    """Events before this day are not asked about: switching a campaign on never floods families about old plans."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class Invitation(Base):
    """One person asked about one plan event with one survey: there can never be two."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("plan_event_id", "person_id", "survey"),
        Index("ix_invitation_next_due", "state", "next_due_at", "id"),
        Index("ix_invitation_campaign_id_state", "campaign_id", "state"),
    )
    __privacy__ = privacy(
        "id campaign_id plan_event_id person_id survey version state close_reason response_id "
        "next_step next_due_at waits_because first_asked_at answered_at closed_at created_at"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    plan_event_id: Mapped[int] = mapped_column(ForeignKey("plan_event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    survey: Mapped[str] = mapped_column(String(40))
    version: Mapped[int | None]
    """The survey version first shown to this person; set with the first message or call, and kept."""
    state: Mapped[InvitationState] = mapped_column(Code(InvitationState), default=InvitationState.PLANNED)
    close_reason: Mapped[CloseReason | None] = mapped_column(Code(CloseReason))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"), unique=True)
    next_step: Mapped[Step | None] = mapped_column(Code(Step))
    next_due_at: Mapped[datetime | None]
    waits_because: Mapped[str | None] = mapped_column(String(80))
    first_asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    campaign: Mapped[Campaign] = relationship()
    plan_event: Mapped[PlanEvent] = relationship()
    person: Mapped[Person] = relationship()
    response: Mapped[Response | None] = relationship()
    contacts: Mapped[list["LadderContact"]] = relationship(back_populates="invitation", order_by="LadderContact.id")
    calls: Mapped[list["CallAttempt"]] = relationship(back_populates="invitation", order_by="CallAttempt.id")


class LadderContact(Base):
    """One rung taken: the message it became, or the call list."""

    __tablename__ = "ladder_contact"
    __table_args__ = (UniqueConstraint("invitation_id", "step", "fallback"),)
    __privacy__ = privacy(
        "id invitation_id step fallback channel message_id words left_out_because taken_at brought_answer_at failure_seen_at"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    step: Mapped[Step] = mapped_column(Code(Step))
    fallback: Mapped[int] = mapped_column(default=0)
    """0 for the rung itself; 1 when its first channel failed for good and another was used instead; 2 for the last one."""
    channel: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    """One message may carry several contacts of one person: about two children, or two surveys."""
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What a message says of the survey asked for, as it was when the rung was taken."""
    left_out_because: Mapped[str | None] = mapped_column(String(80))
    """Why its message goes, or went, without it: a code. The other contacts it carries are unharmed."""
    taken_at: Mapped[datetime]
    brought_answer_at: Mapped[datetime | None]
    """Set on the one contact whose link, or call, the answer came by."""
    failure_seen_at: Mapped[datetime | None]
    """When the ladder took note that this contact's message could not be delivered."""

    invitation: Mapped[Invitation] = relationship(back_populates="contacts")
    message: Mapped[Message | None] = relationship()


class SurveyLink(Base):
    """A way into one invitation, made for one contact; only its hash is kept."""

    __tablename__ = "survey_link"
    __privacy__ = privacy("id invitation_id contact_id nonce digest created_at started_at revoked_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("ladder_contact.id"), unique=True)
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    """When its holder asked to see the several surveys behind it: before that no page names a child."""
    revoked_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship()
    contact: Mapped[LadderContact | None] = relationship()


class CallAttempt(Base):
    """One telephone call and what came of it."""

    __tablename__ = "call_attempt"
    __privacy__ = privacy(
        "id invitation_id outcome called_at called_by call_back_at",
        note=Keep.MESSAGE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    outcome: Mapped[CallOutcome] = mapped_column(Code(CallOutcome))
    note: Mapped[str] = mapped_column(Text, default="")
    called_at: Mapped[datetime]
    called_by: Mapped[str] = mapped_column(String(80))
    call_back_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship(back_populates="calls")


class Beginning(Base):
    """One time that answers to an invitation were begun and not sent yet: which link began them, and whose visit may see
    them. The newest is the invitation's own response; what was set aside before is kept, unseen."""

    __tablename__ = "beginning"
    __privacy__ = privacy("id invitation_id link_id response_id visitor begun_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("survey_link.id"), index=True)
    """None for what was begun on the telephone or on paper: no link ever shows it."""
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), unique=True)
    visitor: Mapped[str | None] = mapped_column(String(32))
    """Chance digits that only the browser of the first answer holds, signed; None as long as nothing was answered."""
    begun_at: Mapped[datetime]

    link: Mapped[SurveyLink | None] = relationship()
    response: Mapped[Response] = relationship()
    codes: Mapped[list["ResumeCode"]] = relationship(order_by="ResumeCode.id", cascade="all, delete-orphan")


class ResumeCode(Base):
    """A code somebody asked for to see again what they began: made from a secret and this nonce, and never stored."""

    __tablename__ = "resume_code"
    __privacy__ = privacy("id beginning_id nonce asked_at expires_at tries used_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    beginning_id: Mapped[int] = mapped_column(ForeignKey("beginning.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
