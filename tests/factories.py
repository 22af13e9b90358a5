"""Plain functions that make one row each, sound by default: a test names only what matters to it.

People are plainly made up, addresses end in example.org, and telephone numbers are Ofcom's for drama.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from engage.accounts.models import Staff, StaffSession
from engage.accounts.permissions import Role
from engage.accounts.services import SESSION_PURPOSE
from engage.activities.activity_models import Activity, ActivityKind
from engage.activities.models import OpenLink, OpenVisit
from engage.activities.session_models import (
    ChildVoice,
    Drawing,
    ExpectedChild,
    FacilitatedSession,
    Permission,
    SessionKind,
    Shown,
)
from engage.campaigns.booklet_codes import mint_code
from engage.campaigns.booklet_models import Booklet
from engage.campaigns.models import (
    CallAttempt,
    CallOutcome,
    Campaign,
    CampaignState,
    Invitation,
    InvitationState,
    LadderContact,
    Step,
    SurveyLink,
)
from engage.cases.models import DissatisfactionCase, WeeklyShare
from engage.core.config import Settings
from engage.core.tokens import mint
from engage.forum.models import Membership
from engage.notify.models import Message, MessageChannel
from engage.people.models import (
    Channel,
    Child,
    ContactPoint,
    Hold,
    HoldReason,
    MailboxKind,
    ParentCarer,
    Person,
    Relationship,
    RoleMailbox,
)
from engage.plans.models import EhcPlan, PlanEvent, PlanEventKind
from engage.register.models import RegisteredChild, Registration, RegistrationState
from engage.surveys.formats import Format
from engage.surveys.models import Completeness, FreeText, Mode, Response
from engage.surveys.video_models import QuestionVideo
from engage.you_said_we_did.models import Commitment, CommitmentState

_numbers = count(1)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ON = date(2026, 2, 16)
"""A fortnight before `AT`: a plan issued then is asked about from `AT`."""


def _kept(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


FIRST_MOBILE, MOBILES = 410, 580
"""Whoever is made gets a number from here; those that tests write down lie outside."""


def drama_mobile(number: int) -> str:
    """One of Ofcom's thousand mobile numbers that belong to nobody."""
    return f"+4477009{number % 1000:05d}"


def child(session: Session, **given: Any) -> Child:
    """A child of nine with autism at a mainstream school."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "source_ref": f"C{n:06d}",
        "forename": f"Child{n}",
        "surname": "Madeup",
        "local_authority": "314",
        "born_on": date(2016, 5, 4),
        "sex": "M",
        "ethnicity": "WBRI",
        "first_language": "ENG",
        "postcode": "KT1 1EU",
        "sen_need": "ASD",
        "created_at": AT,
    }
    row: Child = _kept(session, Child(**(values | given)))
    return row


def parent_carer(
    session: Session, *, email: str | None = "", mobile: str | None = "", landline: str | None = None, **given: Any
) -> ParentCarer:
    """A parent carer with an email address and a mobile of their own; None leaves one out."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "source_ref": f"P{n:06d}",
        "forename": f"Parent{n}",
        "surname": "Madeup",
        "created_at": AT,
    }
    row: ParentCarer = _kept(session, ParentCarer(**(values | given)))
    ways = {
        Channel.EMAIL: f"parent{n}@example.org" if email == "" else email,
        Channel.MOBILE: drama_mobile(FIRST_MOBILE + n % MOBILES) if mobile == "" else mobile,
        Channel.LANDLINE: landline,
    }
    for channel, value in ways.items():
        if value is not None:
            contact_point(session, row, channel, value)
    return row


def contact_point(session: Session, person: Person, channel: Channel, value: str, **given: Any) -> ContactPoint:
    """One way to reach somebody."""
    values: dict[str, Any] = {"person_id": person.id, "channel": channel, "value": value, "state_at": AT}
    row: ContactPoint = _kept(session, ContactPoint(**(values | given)))
    session.expire(person, ["contact_points"])
    return row


def relationship(session: Session, child: Child, parent_carer: ParentCarer, **given: Any) -> Relationship:
    """The parent carer is the child's mother, has care, and may be contacted."""
    values: dict[str, Any] = {"child_id": child.id, "parent_carer_id": parent_carer.id, "type": "mother"}
    row: Relationship = _kept(session, Relationship(**(values | given)))
    session.expire(child, ["relationships"])
    return row


def family(session: Session, **of_parent: Any) -> tuple[Child, ParentCarer]:
    """A child and their parent carer."""
    of_family = child(session)
    parent = parent_carer(session, **of_parent)
    relationship(session, of_family, parent)
    return of_family, parent


def amina(session: Session) -> ParentCarer:
    """Amina, who reads Urdu, with Zain, whose plan was issued a fortnight ago."""
    zain = child(session, forename="Zain", surname="Invented", ethnicity="APKN", first_language="URD")
    row = parent_carer(
        session,
        forename="Amina",
        surname="Invented",
        email="amina@example.org",
        mobile="+447700900123",
        written_language="ur",
        spoken_language="ur",
        interpreter_needed=True,
    )
    relationship(session, zain, row)
    plan_event(session, plan(session, zain))
    return row


def hold(session: Session, person: Person, **given: Any) -> Hold:
    """A reason not to contact somebody."""
    values: dict[str, Any] = {
        "person_id": person.id,
        "reason": HoldReason.DO_NOT_SEND,
        "placed_at": AT,
        "placed_by": "staff:1",
    }
    row: Hold = _kept(session, Hold(**(values | given)))
    session.expire(person, ["holds"])
    return row


def plan(session: Session, child: Child, **given: Any) -> EhcPlan:
    """A plan that is in force."""
    values: dict[str, Any] = {"child_id": child.id, "source_ref": f"E{next(_numbers):06d}", "started_on": ON}
    row: EhcPlan = _kept(session, EhcPlan(**(values | given)))
    return row


def plan_event(session: Session, plan: EhcPlan, **given: Any) -> PlanEvent:
    """The plan was issued on the day it began."""
    kind = given.get("kind", PlanEventKind.PLAN_ISSUED)
    values: dict[str, Any] = {
        "plan_id": plan.id,
        "kind": kind,
        "source_ref": "issue" if kind is PlanEventKind.PLAN_ISSUED else str(given.get("happened_on", ON)),
        "happened_on": plan.started_on,
        "recorded_at": AT,
    }
    row: PlanEvent = _kept(session, PlanEvent(**(values | given)))
    session.expire(plan, ["events"])
    return row


def campaign(session: Session, **given: Any) -> Campaign:
    """A running campaign that asks how the issue of a plan was, with the standard ladder."""
    values: dict[str, Any] = {
        "name": f"How was your plan? {next(_numbers)}",
        "survey": "post_issuance",
        "event_kind": PlanEventKind.PLAN_ISSUED,
        "state": CampaignState.RUNNING,
        "ladder": {},
        "asks_from": date(2026, 1, 1),
        "created_at": AT,
        "created_by": "system",
    }
    row: Campaign = _kept(session, Campaign(**(values | given)))
    return row


def invitation(
    session: Session,
    campaign_: Campaign | None = None,
    person: Person | None = None,
    event: PlanEvent | None = None,
    **given: Any,
) -> Invitation:
    """Somebody to be asked from now on; without a person and an event, a new family's."""
    if event is None:
        asked_about, parent = family(session)
        person = person or parent
        event = plan_event(session, plan(session, asked_about))
    assert person is not None
    campaign_ = campaign_ or campaign(session)
    values: dict[str, Any] = {
        "campaign_id": campaign_.id,
        "plan_event_id": event.id,
        "person_id": person.id,
        "survey": campaign_.survey,
        "version": 1,
        "state": InvitationState.PLANNED,
        "next_step": Step.INVITATION,
        "next_due_at": AT,
        "created_at": AT,
    }
    row: Invitation = _kept(session, Invitation(**(values | given)))
    return row


def ladder_contact(session: Session, invitation: Invitation, **given: Any) -> LadderContact:
    """The first rung, taken by email."""
    values: dict[str, Any] = {
        "invitation_id": invitation.id,
        "step": Step.INVITATION,
        "channel": "email",
        "taken_at": AT,
    }
    row: LadderContact = _kept(session, LadderContact(**(values | given)))
    session.expire(invitation, ["contacts"])
    return row


def survey_link(
    session: Session,
    invitation: Invitation,
    *,
    settings: Settings,
    purpose: str,
    contact: LadderContact | None = None,
    **given: Any,
) -> tuple[str, SurveyLink]:
    """A link into an invitation: its text, and its row."""
    minted = mint(settings.secrets, purpose)
    values: dict[str, Any] = {
        "invitation_id": invitation.id,
        "contact_id": contact.id if contact else None,
        "nonce": minted.nonce,
        "digest": minted.digest,
        "created_at": AT,
    }
    row: SurveyLink = _kept(session, SurveyLink(**(values | given)))
    return minted.text, row


def booklet(session: Session, invitation: Invitation, *, settings: Settings, **given: Any) -> Booklet:
    """A booklet printed for an invitation, with a link of its own."""
    minted = mint_code(settings.secrets)
    _, link = survey_link(session, invitation, settings=settings, purpose="survey")
    values: dict[str, Any] = {
        "invitation_id": invitation.id,
        "link_id": link.id,
        "survey": invitation.survey,
        "version": invitation.version or 1,
        "language": "en",
        "format": Format.STANDARD,
        "nonce": minted.nonce,
        "digest": minted.digest,
        "printed_at": AT,
        "printed_by": "staff:1",
    }
    row: Booklet = _kept(session, Booklet(**(values | given)))
    return row


def question_video(session: Session, **given: Any) -> QuestionVideo:
    """The start page of a survey in British Sign Language."""
    values: dict[str, Any] = {
        "survey": "post_issuance",
        "question": "start",
        "language": "bfi",
        "address": "https://vimeo.com/1",
        "seconds": 70,
        "set_at": AT,
        "set_by": "staff:1",
    }
    row: QuestionVideo = _kept(session, QuestionVideo(**(values | given)))
    return row


def call_attempt(session: Session, invitation: Invitation, **given: Any) -> CallAttempt:
    """A call nobody answered."""
    values: dict[str, Any] = {
        "invitation_id": invitation.id,
        "outcome": CallOutcome.NO_REPLY,
        "called_at": AT,
        "called_by": "staff:1",
    }
    row: CallAttempt = _kept(session, CallAttempt(**(values | given)))
    session.expire(invitation, ["calls"])
    return row


def response(session: Session, invitation: Invitation | None = None, **given: Any) -> Response:
    """A complete answer sent by link; given an invitation, it is its answer."""
    values: dict[str, Any] = {
        "reference": f"R{next(_numbers):07d}",
        "survey": invitation.survey if invitation else "post_issuance",
        "version": 1,
        "local_authority": "314",
        "cohort_quarter": date(2026, 1, 1),
        "mode": Mode.LINK,
        "answers": {},
        "completeness": Completeness.COMPLETE,
        "started_at": AT,
        "saved_at": AT,
        "submitted_at": AT,
    }
    row: Response = _kept(session, Response(**(values | given)))
    if invitation is not None:
        invitation.response_id, invitation.state = row.id, InvitationState.ANSWERED
        invitation.next_step = invitation.next_due_at = None
        session.flush()
    return row


def free_text(session: Session, response: Response, text: str, **given: Any) -> FreeText:
    """What somebody wrote."""
    values: dict[str, Any] = {"response_id": response.id, "question": "comment", "text": text}
    row: FreeText = _kept(session, FreeText(**(values | given)))
    session.expire(response, ["texts"])
    return row


def case(session: Session, response_: Response | None = None, **given: Any) -> DissatisfactionCase:
    """A new case, due for triage in two days."""
    if response_ is None:
        asked = invitation(session)
        response_ = response(session, asked)
        given.setdefault("invitation_id", asked.id)
    values: dict[str, Any] = {
        "reference": f"D{next(_numbers):07d}",
        "response_id": response_.id,
        "reasons": ["Said the plan does not describe their child"],
        "may_contact": True,
        "opened_at": AT,
        "triage_due_on": AT.date() + timedelta(days=2),
        "contact_due_on": AT.date() + timedelta(days=7),
        "close_due_on": AT.date() + timedelta(days=28),
    }
    row: DissatisfactionCase = _kept(session, DissatisfactionCase(**(values | given)))
    return row


def weekly_share(session: Session, **given: Any) -> WeeklyShare:
    """The share of one Monday."""
    row: WeeklyShare = _kept(session, WeeklyShare(**({"week_starting": AT.date(), "made_at": AT} | given)))
    return row


def message(session: Session, **given: Any) -> Message:
    """An email waiting to be sent."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "once_key": f"test:{n}",
        "purpose": "test",
        "channel": MessageChannel.EMAIL,
        "template": "sign_in",
        "recipient": f"somebody{n}@example.org",
        "about_kind": "test",
        "about_id": n,
        "created_at": AT,
        "due_at": AT,
    }
    row: Message = _kept(session, Message(**(values | given)))
    return row


def registration(session: Session, **given: Any) -> Registration:
    """A confirmed entry of the SEND Register with one child."""
    n = next(_numbers)
    minted = mint([b"a-secret-for-tests-only-0123456789abcdef"], "test")
    values: dict[str, Any] = {
        "state": RegistrationState.CONFIRMED,
        "local_authority": "314",
        "name": f"Joiner{n} Madeup",
        "email": f"joiner{n}@example.org",
        "asked_at": AT,
        "confirmed_at": AT,
        "nonce": minted.nonce,
        "digest": minted.digest,
        "expires_at": AT + timedelta(days=7),
        "children": [RegisteredChild(forename=f"Child{n}", surname="Madeup", born_on=date(2015, 1, 2))],
    }
    row: Registration = _kept(session, Registration(**(values | given)))
    return row


def membership(session: Session, **given: Any) -> Membership:
    """A member of the forum."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "name": f"Member{n} Madeup",
        "email": f"member{n}@example.org",
        "source": "register",
        "consent_wording": "2026-01",
        "joined_at": AT,
    }
    row: Membership = _kept(session, Membership(**(values | given)))
    return row


def commitment(session: Session, **given: Any) -> Commitment:
    """A draft of You said, we did."""
    values: dict[str, Any] = {
        "local_authority": "314",
        "theme": "plan",
        "year": 2026,
        "you_said": "You said that plans were hard to read.",
        "heard_from": 12,
        "we_did": "We now write a summary on the first page.",
        "state": CommitmentState.DID,
        "drafted_at": AT,
        "drafted_by": "staff:1",
        "changed_at": AT,
    }
    row: Commitment = _kept(session, Commitment(**(values | given)))
    return row


def activity(session: Session, **given: Any) -> Activity:
    """A coffee morning held a fortnight ago, whose guests were asked how it was."""
    values: dict[str, Any] = {
        "local_authority": "314",
        "kind": ActivityKind.COFFEE_MORNING,
        "name": f"Coffee morning {next(_numbers)}",
        "held_on": ON,
        "survey": "event",
        "came": {"parent_carers": 12},
        "made_at": AT,
        "made_by": "staff:1",
        "changed_at": AT,
    }
    row: Activity = _kept(session, Activity(**(values | given)))
    return row


def facilitated_session(session: Session, **given: Any) -> FacilitatedSession:
    """A group met today at a school."""
    values: dict[str, Any] = {
        "local_authority": "314",
        "kind": SessionKind.GROUP,
        "held_on": AT.date(),
        "place": "Madeup School",
        "survey": "child_plan",
        "version": 1,
        "facilitator": "staff:1",
        "made_at": AT,
    }
    row: FacilitatedSession = _kept(session, FacilitatedSession(**(values | given)))
    return row


def child_voice(session: Session, meeting: FacilitatedSession | None = None, **given: Any) -> ChildVoice:
    """A child of seven who said yes and has not finished; one other child is expected."""
    if meeting is None:
        meeting = facilitated_session(session)
        _kept(session, ExpectedChild(session_id=meeting.id, child_id=child(session).id))
    meeting.last_number += 1
    values: dict[str, Any] = {
        "session_id": meeting.id,
        "number": meeting.last_number,
        "permission": Permission.PARENT,
        "shown": Shown.SYMBOL,
        "assented_at": AT,
    }
    if "response_id" not in given:
        asked = {"survey": "child_plan", "mode": Mode.FACE_TO_FACE, "submitted_at": None, "completeness": None}
        given["response_id"] = response(session, **asked).id
    row: ChildVoice = _kept(session, ChildVoice(**(values | given)))
    session.expire(meeting)
    return row


def drawing(session: Session, voice: ChildVoice, **given: Any) -> Drawing:
    """A very small drawing, which is no real picture."""
    values: dict[str, Any] = {
        "name": f"drawing-{next(_numbers)}",
        "session_id": voice.session_id,
        "voice_id": voice.id,
        "content": b"pixels",
        "width": 4,
        "height": 3,
        "size": 6,
        "made_at": AT,
        "kept_by": "staff:1",
    }
    row: Drawing = _kept(session, Drawing(**(values | given)))
    session.expire(voice, ["drawings"])
    return row


def role_mailbox(session: Session, **given: Any) -> RoleMailbox:
    """A school's mailbox that works."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "source_ref": f"setting:{n}",
        "forename": "",
        "surname": "",
        "created_at": AT,
        "serves": MailboxKind.SETTING,
        "name": f"Madeup School {n}",
        "urn": f"{100000 + n}",
    }
    row: RoleMailbox = _kept(session, RoleMailbox(**(values | given)))
    contact_point(session, row, Channel.EMAIL, f"senco{n}@example.org")
    return row


def open_link(session: Session, **given: Any) -> OpenLink:
    """A survey that anybody may answer, open for a month."""
    values: dict[str, Any] = {
        "slug": f"sen-support-{next(_numbers)}",
        "survey": "sen_support",
        "name": "Newsletter",
        "local_authority": "314",
        "opens_on": ON,
        "created_at": AT,
        "created_by": "staff:1",
    }
    row: OpenLink = _kept(session, OpenLink(**(values | given)))
    return row


def open_visit(session: Session, *, settings: Settings, **of_link: Any) -> str:
    """An answer just begun by an open link; the token of its address."""
    link = open_link(session, **of_link)
    begun = response(session, survey=link.survey, is_open=True, completeness=None, submitted_at=None)
    minted = mint(settings.secrets, "open")
    visit = OpenVisit(open_link=link, response=begun, once=minted.nonce[::-1], nonce=minted.nonce, digest=minted.digest)
    _kept(session, visit)
    return minted.text


def staff(session: Session, name: str = "Somebody Madeup", *roles: Role, **given: Any) -> Staff:
    """Somebody who signs in, an engagement officer unless another role is given."""
    values: dict[str, Any] = {
        "name": name,
        "email": f"{name.split()[0].lower()}.{next(_numbers)}@example.org",
        "roles": [role.value for role in roles or (Role.ENGAGEMENT_OFFICER,)],
        "active": True,
        "created_at": AT,
    }
    row: Staff = _kept(session, Staff(**(values | given)))
    return row


def session_token(session: Session, staff: Staff, *, settings: Settings, now: datetime) -> str:
    """The text of the cookie of a browser where this person is signed in."""
    minted = mint(settings.secrets, SESSION_PURPOSE)
    _kept(
        session,
        StaffSession(
            staff_id=staff.id,
            digest=minted.digest,
            created_at=now,
            expires_at=now + timedelta(days=365),
        ),
    )
    return minted.text


def noise(session: Session) -> None:
    """Other people's rows of every kind."""
    for number in range(3):
        other = response(session, invitation(session), answers={}, survey="annual_review")
        free_text(session, other, f"Unrelated words {number}")
        case(session)
    _, held = family(session)
    hold(session, held)
    registration(session)
    registration(session, state=RegistrationState.PENDING, confirmed_at=None)
    membership(session)
    commitment(session)
    message(session)
    staff(session, "Unrelated Person", Role.ANALYST)
