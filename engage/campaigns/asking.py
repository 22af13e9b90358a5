"""Asking: what every way of asking shares - the words and the address of a message, sending it, and ending an invitation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engage.campaigns import gate, ladder, links, merging
from engage.campaigns.household import SURVEY_MESSAGE, ContactCap
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import (
    COMES_BACK,
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
from engage.campaigns.professionals import is_by_mailbox
from engage.core import audit
from engage.core.audit import Actor
from engage.notify import outbox
from engage.notify.models import Message, MessageChannel, MessageState
from engage.people.contactability import usable
from engage.people.models import Channel, ContactPoint
from engage.surveys.definition import Audience, Survey
from engage.surveys.loader import Catalogue
from engage.surveys.services import lock_version

MESSAGE_PURPOSE = SURVEY_MESSAGE
RECHECK = timedelta(days=1)
CARRIES = {
    Channel.EMAIL: MessageChannel.EMAIL,
    Channel.MOBILE: MessageChannel.TEXT,
    Channel.POST: MessageChannel.LETTER,
}
TEMPLATES = {
    Step.INVITATION: "survey_invitation",
    Step.REMINDER: "survey_reminder",
    Step.OTHER_CHANNEL: "survey_last_reminder",
    Step.CALL: "survey_reminder",
}
JOINT_LETTER = "joint_invitation"
TO_A_YOUNG_PERSON = {
    Step.INVITATION: "young_person_invitation",
    Step.REMINDER: "young_person_reminder",
    Step.OTHER_CHANNEL: "young_person_last_reminder",
    Step.CALL: "young_person_reminder",
}
TO_A_SETTING = {Step.INVITATION: "setting_invitation", Step.REMINDER: "setting_reminder"}
TO_HEALTH = {Step.INVITATION: "health_invitation", Step.REMINDER: "health_reminder"}


@dataclass(frozen=True)
class Asking:
    """What climbing needs beside the database."""

    catalogue: Catalogue
    secrets: Sequence[bytes]
    letters: bool = False
    """Whether this council sends letters at all."""
    cap: ContactCap | None = None
    """How often a household may hear from us; the claim of each message asks again."""


def settings_of(campaign: Campaign) -> LadderSettings:
    """The campaign's ladder, which is shorter where it asks professionals."""
    kind = ladder.MailboxLadder if is_by_mailbox(campaign) else LadderSettings
    return ladder.read_settings(campaign.ladder, kind)


def running_campaigns(session: Session) -> Sequence[Campaign]:
    """Campaigns that ask."""
    return session.scalars(select(Campaign).where(Campaign.state == CampaignState.RUNNING).order_by(Campaign.id)).all()


def survey_words(survey: Survey) -> dict[str, str]:
    """What a message says about the survey it asks for."""
    return {"topic": survey.topic, "minutes": str(survey.minutes)}


def survey_for(session: Session, invitation: Invitation, catalogue: Catalogue, *, now: datetime) -> Survey:
    """The version this person is asked with: the newest at first contact, and the same one ever after."""
    if invitation.version is None:
        invitation.version = catalogue.current(invitation.survey).version
    survey = catalogue.get(invitation.survey, invitation.version)
    lock_version(session, survey, now=now)
    return survey


def template_for(campaign: Campaign, step: Step, channel: MessageChannel, *, in_dispute: bool = False) -> str:
    """The message that this step sends by this channel; a first one has words of its own for a family `in_dispute`."""
    if step is Step.INVITATION and in_dispute:
        return gate.GENTLE_TEMPLATE
    by_letter = step is Step.INVITATION and channel is MessageChannel.LETTER
    if by_letter and campaign.audience is Audience.PARENT_CARER and settings_of(campaign).joint_letter:
        return JOINT_LETTER  # written to parents; nobody else is asked in its words
    if campaign.audience is Audience.YOUNG_PERSON:
        return TO_A_YOUNG_PERSON[step]
    if campaign.audience is Audience.SETTING:
        return TO_A_SETTING[step]
    if campaign.audience is Audience.HEALTH_PROFESSIONAL:
        return TO_HEALTH[step]
    return TEMPLATES[step]


def address_for(invitation: Invitation, step: Step, *, letters: bool = False) -> ContactPoint | None:
    """Where this step's message would go: never where one of the same step has gone already, and by post, where the
    council sends `letters`, at most once after the invitation. None when nothing can carry it."""
    tried = {contact.message.recipient for contact in invitation.contacts if contact.step is step and contact.message}
    works = usable(invitation.person.contact_points)
    points = [point for point in works if point.value not in tried]
    by_post = letters and _may_write(invitation, works)
    return ladder.channel_for(step, points, last_used=_last_used(invitation), letters=by_post)


def _may_write(invitation: Invitation, works: Sequence[ContactPoint]) -> bool:
    """Whether a letter may go: nothing quicker works, the campaign writes letters, and none has reminded them yet."""
    if any(point.channel in ladder.BY_MESSAGE for point in works) or not settings_of(invitation.campaign).letters:
        return False
    reminders = (contact for contact in invitation.contacts if contact.step is not Step.INVITATION)
    return all(contact.channel != Channel.POST.value for contact in reminders)


def _last_used(invitation: Invitation) -> Channel | None:
    used = [contact.channel for contact in invitation.contacts if contact.message_id is not None]
    return Channel(used[-1]) if used else None


def send_contact(
    session: Session,
    invitation: Invitation,
    step: Step,
    point: ContactPoint,
    asking: Asking,
    *,
    now: datetime,
    fallback: bool = False,
) -> Message:
    """Queue one message of the ladder with a link of its own, or let one of the same kind that still waits to go to the
    same person carry this too. Its unique key makes a second one impossible."""
    survey = survey_for(session, invitation, asking.catalogue, now=now)
    before = sum(contact.step is step for contact in invitation.contacts)
    again = max(before, int(fallback))
    words = survey_words(survey)
    contact = LadderContact(step=step, channel=point.channel.value, fallback=again, words=words, taken_at=now)
    invitation.contacts.append(contact)
    session.flush()
    links.make_link(session, invitation, contact, asking.secrets, now=now)
    template = template_for(
        invitation.campaign, step, CARRIES[point.channel], in_dispute=gate.in_dispute(session, invitation)
    )
    joined = merging.to_join(session, invitation.person_id, step, point, template)
    if joined is not None:
        contact.message = joined
        session.flush()
        refit(session, joined)
        return joined
    message = outbox.queue(
        session,
        once_key=merging.once_key(contact),
        purpose=MESSAGE_PURPOSE,
        channel=CARRIES[point.channel],
        template=template,
        recipient=point.value,
        language=invitation.person.written_language,
        about=("ladder_contact", contact.id),
        person_id=invitation.person_id,
        personalisation=words,
        due_at=now,
        now=now,
    )
    contact.message = message
    return message


def refit(session: Session, message: Message) -> None:
    """Let a message that has not left say what it carries now; the first of its contacts gives it its link."""
    carried = merging.riding(session, message.id)
    first = carried[0]
    merging.fit(message, carried, template_for(first.invitation.campaign, first.step, message.channel))


def send_link_again(session: Session, invitation: Invitation, asking: Asking, *, now: datetime) -> Message | None:
    """The one further message a family may ask for on the telephone; None when nothing can carry it or it has gone."""
    point = address_for(invitation, Step.CALL)
    had_it = any(contact.step is Step.CALL and contact.message_id for contact in invitation.contacts)
    if point is None or had_it:
        return None
    return send_contact(session, invitation, Step.CALL, point, asking, now=now, fallback=True)


def finish(session: Session, invitation: Invitation, reason: CloseReason, *, by: Actor, now: datetime) -> None:
    """End an invitation without an answer and take back what is queued for it. An event that was withdrawn, or a carer
    who is no longer named, may come back, so for that what never left is undone, and not only stopped."""
    to = InvitationState.CLOSED
    if reason in COMES_BACK:
        to = InvitationState.WITHDRAWN
        undo_unsent(session, invitation, by=by, now=now)
    INVITATION_TRANSITIONS.check(invitation.state, to)
    invitation.state, invitation.close_reason, invitation.closed_at = to, reason, now
    invitation.next_step = invitation.next_due_at = invitation.waits_because = None
    take_back_messages(session, invitation, because=reason.value)
    audit.record(session, "invitation.closed", "invitation", invitation.id, by=by, now=now, reason=reason)


def take_back_messages(session: Session, invitation: Invitation, *, because: str) -> int:
    """Withdraw whatever of an invitation's messages has not left; one that carries others goes on without it."""
    withdrawn = 0
    for contact in invitation.contacts:
        message = _waiting(session, contact)
        if message is None or contact.left_out_because is not None:
            continue
        leave_out(session, message, contact, because=because)
        withdrawn += message.state is MessageState.WITHDRAWN
    return withdrawn


def leave_out(session: Session, message: Message, contact: LadderContact, *, because: str) -> None:
    """Let a message that has not left go without this contact; without any, it is withdrawn. The caller holds its row."""
    others = [one for one in merging.riding(session, message.id) if one is not contact]
    if not others:
        outbox.withdraw(session, [message.id], because=because)
        session.refresh(message)
        return
    contact.left_out_because = because
    session.flush()
    refit(session, message)


def undo_unsent(session: Session, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Undo rungs whose messages no worker ever took up: the message, its link and the contact are purged and the rung
    waits to be taken again, so that nothing is lost. A message that was tried stays: Notify may know of it."""
    for contact in reversed(invitation.contacts):
        message = _never_tried(session, contact) if contact.step in ladder.MESSAGE_STEPS else None
        if message is None:
            break
        session.execute(delete(SurveyLink).where(SurveyLink.contact_id == contact.id))
        invitation.contacts.remove(contact)
        session.delete(contact)
        session.flush()
        _go_without(session, message, contact)
        invitation.next_step = contact.step
        audit.record(session, "message.purged", "invitation", invitation.id, by=by, now=now, step=contact.step)
    if invitation.state is InvitationState.ASKING and not invitation.contacts:
        INVITATION_TRANSITIONS.check(invitation.state, InvitationState.PLANNED)
        invitation.state, invitation.first_asked_at = InvitationState.PLANNED, None


def _go_without(session: Session, message: Message, gone: LadderContact) -> None:
    """A contact was purged: its message is too, or goes on for the others that it carries."""
    others = session.scalars(select(LadderContact).where(LadderContact.message_id == message.id)).all()
    if not others:
        session.delete(message)
        session.flush()
        return
    if message.once_key == merging.once_key(gone):  # that rung will be taken again
        message.once_key = merging.once_key(others[0])
    if merging.riding(session, message.id):
        refit(session, message)
    else:
        outbox.withdraw(session, [message.id], because=others[0].left_out_because or "")
    session.flush()


def _never_tried(session: Session, contact: LadderContact) -> Message | None:
    """The contact's message if it still waits untouched."""
    message = _waiting(session, contact)
    return message if message is not None and not message.attempts else None


def _waiting(session: Session, contact: LadderContact) -> Message | None:
    """The contact's message if it waits to leave; one that a worker is taking up this moment is left to the gate."""
    return session.scalar(
        select(Message)
        .where(Message.id == contact.message_id, Message.state == MessageState.QUEUED)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
