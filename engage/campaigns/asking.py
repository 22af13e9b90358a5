"""Asking: turning plan events into invitations, and taking each invitation one rung up its ladder when it is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session, selectinload

from engage.campaigns import gate, ladder, links
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import (
    INVITATION_TRANSITIONS,
    Campaign,
    CampaignState,
    CloseReason,
    Invitation,
    InvitationState,
    LadderContact,
    Step,
    SurveyLink,
)
from engage.core import audit
from engage.core.audit import SYSTEM, Actor
from engage.core.clock import london_date
from engage.notify import outbox
from engage.notify.models import Message, MessageChannel, MessageState
from engage.people.contactability import parent_carers_of, usable
from engage.people.models import Channel, Child, ContactPoint, ContactState, Relationship
from engage.plans.askable import why_not_askable
from engage.plans.models import EhcPlan, PlanEvent
from engage.surveys.definition import Survey
from engage.surveys.loader import Catalogue
from engage.surveys.services import lock_version

MESSAGE_PURPOSE = "campaigns.survey"
CALL_CHANNEL = "phone"
RECHECK = timedelta(days=1)
CARRIES = {Channel.EMAIL: MessageChannel.EMAIL, Channel.MOBILE: MessageChannel.TEXT}
TEMPLATES = {
    Step.INVITATION: "survey_invitation",
    Step.REMINDER: "survey_reminder",
    Step.OTHER_CHANNEL: "survey_last_reminder",
    Step.CALL: "survey_reminder",
}


def settings_of(campaign: Campaign) -> LadderSettings:
    """The campaign's ladder."""
    return ladder.read_settings(campaign.ladder)


def askable_events(campaign: Campaign, *, now: datetime) -> ColumnElement[bool]:
    """Which plan events a campaign asks about: of its kind, not withdrawn, not from before it began, not stale."""
    oldest = london_date(now) - timedelta(days=settings_of(campaign).stale_after_days)
    return and_(
        PlanEvent.kind == campaign.event_kind,
        PlanEvent.withdrawn_at.is_(None),
        PlanEvent.happened_on >= max(campaign.asks_from, oldest),
    )


def plan_invitations(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """Make the invitations that are missing: one for each event and parent carer who may be asked. Safe to repeat; the
    database itself refuses a second one for the same event, person and survey."""
    events = session.scalars(
        select(PlanEvent)
        .where(askable_events(campaign, now=now))
        .order_by(PlanEvent.happened_on, PlanEvent.id)
        .options(
            selectinload(PlanEvent.plan)
            .selectinload(EhcPlan.child)
            .selectinload(Child.relationships)
            .selectinload(Relationship.parent_carer)
        )
    ).all()
    known = set(
        session.execute(
            select(Invitation.plan_event_id, Invitation.person_id).where(
                Invitation.survey == campaign.survey, Invitation.plan_event_id.in_([event.id for event in events])
            )
        )
    )
    made = 0
    settings = settings_of(campaign)
    for event in events:
        if why_not_askable(event) is not None:
            continue
        for standing in parent_carers_of(event.plan.child, on=london_date(now)):
            if standing.not_asked is None and (event.id, standing.person.id) not in known:
                session.add(_new_invitation(campaign, event, standing.person.id, settings, now))
                made += 1
    session.flush()
    return made


def _new_invitation(
    campaign: Campaign, event: PlanEvent, person_id: int, settings: LadderSettings, now: datetime
) -> Invitation:
    return Invitation(
        campaign_id=campaign.id,
        plan_event_id=event.id,
        person_id=person_id,
        survey=campaign.survey,
        state=InvitationState.PLANNED,
        next_step=Step.INVITATION,
        next_due_at=ladder.first_due(event.happened_on, settings, now=now),
        created_at=now,
    )


def replan(session: Session, event: PlanEvent, *, now: datetime) -> None:
    """Follow a corrected event: whoever was not yet asked is asked at the new time; a withdrawn event withdraws what
    was not yet sent, and one that came back is asked about again unless somebody already was."""
    for invitation in session.scalars(select(Invitation).where(Invitation.plan_event_id == event.id)):
        if why_not_askable(event) is not None:
            if invitation.state in gate.OPEN:
                finish(session, invitation, CloseReason.PLAN_WITHDRAWN, by=SYSTEM, now=now)
        elif invitation.state is InvitationState.WITHDRAWN and invitation.first_asked_at is None:
            INVITATION_TRANSITIONS.check(invitation.state, InvitationState.PLANNED)
            invitation.state, invitation.close_reason, invitation.closed_at = InvitationState.PLANNED, None, None
            _first_rung(invitation, event, now)
        elif invitation.state is InvitationState.PLANNED:
            _first_rung(invitation, event, now)


def _first_rung(invitation: Invitation, event: PlanEvent, now: datetime) -> None:
    invitation.next_step = Step.INVITATION
    invitation.next_due_at = ladder.first_due(event.happened_on, settings_of(invitation.campaign), now=now)


def finish(session: Session, invitation: Invitation, reason: CloseReason, *, by: Actor, now: datetime) -> None:
    """End an invitation without an answer and take back what is queued for it."""
    to = InvitationState.WITHDRAWN if reason is CloseReason.PLAN_WITHDRAWN else InvitationState.CLOSED
    INVITATION_TRANSITIONS.check(invitation.state, to)
    invitation.state, invitation.close_reason, invitation.closed_at = to, reason, now
    invitation.next_step = invitation.next_due_at = invitation.waits_because = None
    take_back_messages(session, invitation, because=reason.value)
    audit.record(session, "invitation.closed", "invitation", invitation.id, by=by, now=now, reason=reason)


def take_back_messages(session: Session, invitation: Invitation, *, because: str) -> int:
    """Withdraw whatever of an invitation's messages has not left."""
    waiting = [contact.message_id for contact in invitation.contacts if contact.message_id is not None]
    return outbox.withdraw(session, waiting, because=because)


def put_back(session: Session, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Undo rungs whose messages have never left: the message, its link and the contact are purged and the rung waits to
    be taken again, so that a hold loses nothing when it is lifted."""
    for contact in reversed(invitation.contacts):
        message = contact.message
        if message is None or message.state is not MessageState.QUEUED or message.attempts_made:
            break
        session.execute(delete(SurveyLink).where(SurveyLink.contact_id == contact.id))
        invitation.contacts.remove(contact)
        session.delete(contact)
        session.flush()
        session.delete(message)
        session.flush()
        invitation.next_step = contact.step
        audit.record(session, "message.purged", "invitation", invitation.id, by=by, now=now, step=contact.step)
    if invitation.state is InvitationState.ASKING and not invitation.contacts:
        INVITATION_TRANSITIONS.check(invitation.state, InvitationState.PLANNED)
        invitation.state, invitation.first_asked_at = InvitationState.PLANNED, None
    invitation.next_due_at = settings_of(invitation.campaign).hours.next_moment(now + RECHECK)


def due_invitations(session: Session, *, now: datetime, limit: int) -> Sequence[Invitation]:
    """Invitations whose next rung is due, longest overdue first. On PostgreSQL rows another worker holds are passed
    over."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.state.in_([InvitationState.PLANNED, InvitationState.ASKING]), Invitation.next_due_at <= now)
        .order_by(Invitation.next_due_at, Invitation.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


@dataclass(frozen=True)
class Asking:
    """What climbing needs beside the database."""

    catalogue: Catalogue
    secrets: Sequence[bytes]


def climb(session: Session, invitation: Invitation, asking: Asking, *, now: datetime) -> None:
    """Take the rung that is due, wait, or end, as the gate says. The caller commits: a rung is taken wholly or not."""
    verdict = gate.why_not_now(session, invitation, now=now)
    if verdict is not None:
        _heed(session, invitation, verdict, now)
        return
    step, settings = invitation.next_step, settings_of(invitation.campaign)
    if step is Step.CLOSE:
        finish(session, invitation, _why_unanswered(invitation), by=SYSTEM, now=now)
        return
    if step is None:  # nothing further is planned for an open invitation only after the last rung
        return
    if invitation.state is InvitationState.PLANNED and ladder.is_stale(
        invitation.plan_event.happened_on, settings, now=now
    ):
        finish(session, invitation, CloseReason.HELD, by=SYSTEM, now=now)
        return
    point = address_for(invitation, step)
    if step in ladder.MESSAGE_STEPS and point is None:
        step = Step.CALL  # nothing can carry a message: a person must ring, or find out how to
    if not settings.hours.allows(now):
        invitation.next_due_at = settings.hours.next_moment(now)
        return
    survey = _survey_for(session, invitation, asking.catalogue, now)
    if step in ladder.MESSAGE_STEPS and point is not None:
        send_contact(session, invitation, step, point, survey, asking.secrets, now=now)
    else:
        invitation.contacts.append(_contact(step, CALL_CHANNEL, now))
    _advance(invitation, step, settings, now)


def _heed(session: Session, invitation: Invitation, verdict: gate.Verdict, now: datetime) -> None:
    if verdict.is_over:
        return
    if verdict.ends is not None:
        finish(session, invitation, verdict.ends, by=SYSTEM, now=now)
        return
    settings = settings_of(invitation.campaign)
    if _past_its_close(invitation, settings, now):
        finish(session, invitation, CloseReason.HELD, by=SYSTEM, now=now)
        return
    put_back(session, invitation, by=SYSTEM, now=now)
    invitation.waits_because = verdict.because


def _past_its_close(invitation: Invitation, settings: LadderSettings, now: datetime) -> bool:
    if invitation.first_asked_at is None:
        return ladder.is_stale(invitation.plan_event.happened_on, settings, now=now)
    close = ladder.due(
        Step.CLOSE, settings, first_asked_at=invitation.first_asked_at, last_contact_at=invitation.first_asked_at
    )
    return now >= close


def _why_unanswered(invitation: Invitation) -> CloseReason:
    """Whether they were never reached, or were and did not answer."""
    for contact in invitation.contacts:
        message = contact.message
        if message is not None and message.state in (MessageState.ACCEPTED, MessageState.DELIVERED):
            return CloseReason.NO_ANSWER
    spoke = any(call.outcome not in (call.outcome.WRONG_NUMBER, call.outcome.NO_REPLY) for call in invitation.calls)
    return CloseReason.NO_ANSWER if spoke else CloseReason.NO_WORKING_CONTACT


def address_for(invitation: Invitation, step: Step) -> ContactPoint | None:
    """Where this step's message would go; None when nothing can carry it."""
    return ladder.channel_for(step, usable(invitation.person.contact_points), last_used=_last_used(invitation))


def _last_used(invitation: Invitation) -> Channel | None:
    used = [contact.channel for contact in invitation.contacts if contact.message_id is not None]
    return Channel(used[-1]) if used else None


def _survey_for(session: Session, invitation: Invitation, catalogue: Catalogue, now: datetime) -> Survey:
    """The version this person is asked with: the newest at first contact, and the same one ever after."""
    if invitation.version is None:
        invitation.version = catalogue.current(invitation.survey).version
    survey = catalogue.get(invitation.survey, invitation.version)
    lock_version(session, survey, now=now)
    return survey


def _contact(step: Step, channel: str, now: datetime, *, fallback: int = 0) -> LadderContact:
    return LadderContact(step=step, channel=channel, fallback=fallback, taken_at=now)


def send_contact(
    session: Session,
    invitation: Invitation,
    step: Step,
    point: ContactPoint,
    survey: Survey,
    secrets: Sequence[bytes],
    *,
    now: datetime,
    fallback: int = 0,
) -> Message:
    """Queue one message of the ladder with a link of its own. Its unique key makes a second one impossible."""
    contact = _contact(step, point.channel.value, now, fallback=fallback)
    invitation.contacts.append(contact)
    session.flush()
    links.make_link(session, invitation, contact, secrets, now=now)
    message = outbox.queue(
        session,
        once_key=f"invitation:{invitation.id}:{step.value}:{fallback}",
        purpose=MESSAGE_PURPOSE,
        channel=CARRIES[point.channel],
        template=TEMPLATES[step],
        recipient=point.value,
        language=invitation.person.written_language,
        about=("ladder_contact", contact.id),
        person_id=invitation.person_id,
        personalisation=survey_words(survey),
        due_at=now,
        now=now,
    )
    contact.message_id = message.id
    return message


def survey_words(survey: Survey) -> dict[str, str]:
    """What a message says about the survey it asks for."""
    return {"topic": survey.topic, "minutes": str(survey.minutes)}


def send_link_again(session: Session, invitation: Invitation, asking: Asking, *, now: datetime) -> Message | None:
    """The one further message a family may ask for on the telephone; None when nothing can carry it or it has gone."""
    point = address_for(invitation, Step.REMINDER)
    had_it = any(contact.step is Step.CALL and contact.message_id for contact in invitation.contacts)
    if point is None or had_it:
        return None
    survey = _survey_for(session, invitation, asking.catalogue, now)
    return send_contact(session, invitation, Step.CALL, point, survey, asking.secrets, now=now, fallback=1)


def _advance(invitation: Invitation, taken: Step, settings: LadderSettings, now: datetime) -> None:
    invitation.waits_because = None
    if invitation.state is InvitationState.PLANNED:
        INVITATION_TRANSITIONS.check(invitation.state, InvitationState.ASKING)
        invitation.state = InvitationState.ASKING
        invitation.first_asked_at = now
    invitation.next_step = ladder.step_after(taken)
    invitation.next_due_at = (
        ladder.due(invitation.next_step, settings, first_asked_at=invitation.first_asked_at or now, last_contact_at=now)
        if invitation.next_step
        else None
    )


def unseen_failures(session: Session, *, limit: int) -> Sequence[LadderContact]:
    """Contacts whose message could not be delivered and which the ladder has not yet taken note of."""
    return session.scalars(
        select(LadderContact)
        .join(Message, Message.id == LadderContact.message_id)
        .where(
            LadderContact.failure_seen_at.is_(None),
            or_(
                Message.state.in_([MessageState.UNDELIVERED, MessageState.FAILED]),
                and_(Message.state == MessageState.WITHDRAWN, Message.state_because == "address_gone"),
            ),
        )
        .order_by(LadderContact.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=LadderContact)
    ).all()


def follow_failure(session: Session, contact: LadderContact, asking: Asking, *, now: datetime) -> None:
    """A message did not arrive: a dead address is marked so, and the same rung goes out by the other way the same day.
    With no way left the family goes to the call list at once."""
    contact.failure_seen_at = now
    invitation, message = contact.invitation, contact.message
    if message is None:
        return
    if is_dead(message):
        mark_address(session, invitation.person_id, message.recipient, ContactState.BOUNCED, now=now)
    if gate.why_not_now(session, invitation, now=now) is not None:
        return
    settings = settings_of(invitation.campaign)
    points = [point for point in usable(invitation.person.contact_points) if point.value != message.recipient]
    point = ladder.channel_for(contact.step, points, last_used=None)
    if contact.fallback or contact.step not in ladder.MESSAGE_STEPS:
        return
    if point is not None:
        survey = _survey_for(session, invitation, asking.catalogue, now)
        queued = send_contact(session, invitation, contact.step, point, survey, asking.secrets, now=now, fallback=1)
        queued.due_at = settings.hours.next_moment(now)
    elif invitation.next_step in ladder.MESSAGE_STEPS:
        invitation.next_step = Step.CALL
        invitation.next_due_at = settings.hours.next_moment(now)


def is_dead(message: Message) -> bool:
    """Whether Notify said the address itself is wrong, rather than that it could not deliver this time."""
    return message.state is MessageState.FAILED or any(
        attempt.status == "permanent-failure" for attempt in message.attempts
    )


def mark_address(session: Session, person_id: int, value: str, state: ContactState, *, now: datetime) -> None:
    """Note that an address no longer works, or was never this person's."""
    for point in session.scalars(
        select(ContactPoint).where(ContactPoint.person_id == person_id, ContactPoint.value == value)
    ):
        point.state, point.state_at = state, now


def running_campaigns(session: Session) -> Sequence[Campaign]:
    """Campaigns that ask."""
    return session.scalars(select(Campaign).where(Campaign.state == CampaignState.RUNNING).order_by(Campaign.id)).all()
