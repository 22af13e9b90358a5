"""A family's side of an invitation: starting, sending, saying "not me" and "please stop"."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import asking, beginnings, climbing, failures
from engage.campaigns.asking import take_back_messages
from engage.campaigns.gate import locked
from engage.campaigns.models import (
    INVITATION_TRANSITIONS,
    CloseReason,
    Invitation,
    InvitationState,
    LadderContact,
    SurveyLink,
)
from engage.core import audit
from engage.core.audit import Actor, ActorKind
from engage.core.errors import Conflict
from engage.notify.models import Message
from engage.people.holds import place_hold
from engage.people.models import ContactState, HoldReason
from engage.surveys.definition import Survey
from engage.surveys.loader import Catalogue
from engage.surveys.models import ContactChoice, Mode, Response
from engage.surveys.services import start_response, submit_response, without_link


class Door(StrEnum):
    """What a family finds behind their link."""

    OPEN = "open"
    STARTED = "started"
    ANSWERED = "answered"
    CLOSED = "closed"


def family_actor(invitation: Invitation) -> Actor:
    """Whoever holds the link, known only by the invitation's number."""
    return Actor(ActorKind.FAMILY, str(invitation.id))


def door(invitation: Invitation) -> Door:
    """Whether an answer can be given. After the close a late answer is still welcome: it is kept, and counted apart."""
    if invitation.state is InvitationState.ANSWERED:
        return Door.ANSWERED
    late_but_welcome = invitation.state is InvitationState.CLOSED and invitation.close_reason in (
        CloseReason.NO_ANSWER,
        CloseReason.NO_WORKING_CONTACT,
    )
    if invitation.state not in (InvitationState.PLANNED, InvitationState.ASKING) and not late_but_welcome:
        return Door.CLOSED
    return Door.STARTED if invitation.response_id is not None else Door.OPEN


def survey_of(invitation: Invitation, catalogue: Catalogue) -> Survey:
    """The version this person is asked with."""
    if invitation.version is None:
        return catalogue.current(invitation.survey)
    return catalogue.get(invitation.survey, invitation.version)


def start(
    session: Session,
    invitation: Invitation,
    catalogue: Catalogue,
    *,
    mode: Mode,
    language: str,
    now: datetime,
    interviewer: str | None = None,
    link: SurveyLink | None = None,
) -> Response:
    """The invitation's one response: made now, or the one already begun by a link. `link` is the one that begins it.

    What one of ours takes down is always a response of its own: what was begun by link is set aside, for the family is
    answering now and did not send that. `Conflict` when it can no longer be answered.
    """
    invitation = locked(session, invitation)
    if door(invitation) in (Door.ANSWERED, Door.CLOSED):
        raise Conflict("This survey can no longer be answered.")
    if invitation.response is not None and mode is Mode.LINK:
        return invitation.response
    beginnings.set_aside(session, invitation, now=now)
    survey = survey_of(invitation, catalogue)
    invitation.version = survey.version
    event = invitation.plan_event
    response = start_response(
        session,
        survey,
        about_on=event.happened_on,
        local_authority=event.plan.child.local_authority,
        mode=mode,
        language=language,
        now=now,
        interviewer=interviewer,
    )
    beginnings.note(session, invitation, response, link, now=now)
    return response


def start_again(
    session: Session,
    invitation: Invitation,
    catalogue: Catalogue,
    *,
    link: SurveyLink,
    language: str,
    now: datetime,
) -> Response:
    """An empty response in place of what was begun, which is set aside and shown to nobody. One that is still empty
    serves. `Conflict` when the survey can no longer be answered."""
    invitation = locked(session, invitation)
    begun = beginnings.current(beginnings.beginnings_of(session, invitation), invitation)
    if begun is None or begun.link_id is None or not beginnings.is_empty(begun):
        beginnings.set_aside(session, invitation, now=now)
    return start(session, invitation, catalogue, mode=Mode.LINK, language=language, now=now, link=link)


def submit(
    session: Session,
    invitation: Invitation,
    survey: Survey,
    *,
    credited: LadderContact | None,
    now: datetime,
    by: Actor,
) -> Response:
    """Send the answers: contact stops at once, and the contact that brought them is credited.

    When the family chose not to be linked, the pointer from the invitation to the response is cut here, the answers go
    on as a new row, which is returned, and nothing is left that joins them. `Conflict` when the answers have been sent before.
    """
    invitation = locked(session, invitation)
    response = invitation.response
    if response is None or door(invitation) is not Door.STARTED:
        raise Conflict("These answers have already been sent, or this survey can no longer be answered.")
    choice = submit_response(response, survey, now=now)
    INVITATION_TRANSITIONS.check(invitation.state, InvitationState.ANSWERED)
    invitation.state = InvitationState.ANSWERED
    invitation.next_step = invitation.next_due_at = invitation.waits_because = None
    invitation.answered_at = now
    take_back_messages(session, invitation, because="answered")
    if credited is not None:
        credited.brought_answer_at = now
    audit.record(session, "invitation.answered", "invitation", invitation.id, by=by, now=now, mode=response.mode)
    cut = choice is ContactChoice.DO_NOT_LINK
    beginnings.sent(session, invitation, response, keep_others=not cut)
    if cut:
        session.flush()
        invitation.response = None
        session.flush()
        return without_link(session, response)
    return response


def not_this_person(session: Session, link: SurveyLink, *, now: datetime) -> None:
    """Somebody else holds this address: it is never used again, no link that was sent there opens any more, and the real
    person is sought another way. What these links began and was not sent is deleted: a stranger's words never greet
    them. What another link or one of ours began is not theirs to delete."""
    link.revoked_at = now
    person_id = link.invitation.person_id
    theirs = [link]
    message = link.contact.message if link.contact else None
    if message is not None:
        failures.mark_address(session, person_id, message.recipient, ContactState.WRONG_PERSON, now=now)
        for other in _links_sent_to(session, person_id, message.recipient):
            other.revoked_at = other.revoked_at or now
            theirs += [other] if other is not link else []
    beginnings.forget_begun_by(session, theirs)
    audit.record(
        session,
        "invitation.wrong_person",
        "invitation",
        link.invitation_id,
        by=family_actor(link.invitation),
        now=now,
    )


def _links_sent_to(session: Session, person_id: int, address: str) -> Sequence[SurveyLink]:
    return session.scalars(
        select(SurveyLink)
        .join(LadderContact, LadderContact.id == SurveyLink.contact_id)
        .join(Message, Message.id == LadderContact.message_id)
        .where(Message.person_id == person_id, Message.recipient == address)
    ).all()


def not_this_time(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """The right person does not want to answer this one, nor when what was withdrawn comes back."""
    invitation = locked(session, invitation)
    if invitation.state not in (InvitationState.ANSWERED, InvitationState.CLOSED):
        asking.finish(session, invitation, CloseReason.NOT_FOR_ME, by=family_actor(invitation), now=now)


def stop_asking(session: Session, invitation: Invitation, *, now: datetime, by: Actor | None = None) -> None:
    """Never ask this person again: a hold that every path respects, and the end of every open invitation of theirs."""
    by = by or family_actor(invitation)
    place_hold(session, invitation.person, HoldReason.OPTED_OUT, by=by, now=now)
    climbing.look_again(session, [invitation.person_id], by=by, now=now)
