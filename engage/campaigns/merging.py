"""Merging: brothers and sisters, and several surveys, in one message to their parent; and what is left when one drops out."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engage.campaigns.household import HEARD, SURVEY_MESSAGE
from engage.campaigns.models import Invitation, LadderContact, Step
from engage.core.clock import london_date, london_moment
from engage.notify.models import Message, MessageState
from engage.people.models import ContactPoint

SEVERAL = {
    "survey_invitation": "survey_invitation_several",
    "survey_reminder": "survey_reminder_several",
    "survey_last_reminder": "survey_last_reminder_several",
    "young_person_invitation": "survey_invitation_several",
    "young_person_reminder": "survey_reminder_several",
    "young_person_last_reminder": "survey_last_reminder_several",
    "setting_invitation": "setting_invitation_several",
    "setting_reminder": "setting_reminder_several",
    "health_invitation": "health_invitation_several",
    "health_reminder": "health_reminder_several",
}
"""What a message becomes when it carries several surveys. Any other, such as a jointly signed letter, goes alone."""


def once_key(contact: LadderContact) -> str:
    """What makes a second message for the same rung impossible."""
    return f"invitation:{contact.invitation_id}:{contact.step.value}:{contact.fallback}"


def riding(session: Session, message_id: int) -> Sequence[LadderContact]:
    """The contacts that a message carries, those left out of it not counted, in the order in which they were taken."""
    carried = select(LadderContact).where(
        LadderContact.message_id == message_id, LadderContact.left_out_because.is_(None)
    )
    return session.scalars(carried.order_by(LadderContact.id)).all()


def to_join(session: Session, person_id: int, step: Step, point: ContactPoint, template: str) -> Message | None:
    """The message of the same kind that waits untried to go to the same address; its row is held. One that a worker is
    taking up this moment is not waited for."""
    if template not in SEVERAL:
        return None
    same_step = exists().where(
        LadderContact.message_id == Message.id, LadderContact.step == step, LadderContact.left_out_because.is_(None)
    )
    return session.scalar(
        select(Message)
        .where(
            Message.person_id == person_id,
            Message.purpose == SURVEY_MESSAGE,
            Message.recipient == point.value,
            Message.state == MessageState.QUEUED,
            Message.attempts_made == 0,
            Message.template.in_({template, SEVERAL[template]}),
            same_step,
        )
        .order_by(Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def fit(message: Message, carried: Sequence[LadderContact], template: str) -> None:
    """Let a message say what it carries now. `template` is the one that its first contact would have alone; the link
    in it is that contact's."""
    message.about_id = carried[0].id
    message.template = SEVERAL[template] if len(carried) > 1 else template
    message.personalisation = words_of(carried)


def words_of(carried: Sequence[LadderContact]) -> dict[str, str]:
    """What a message says of the surveys that it carries: of several, only how many there are and how long they take."""
    if len(carried) == 1:
        return dict(carried[0].words)
    minutes = sum(int(contact.words.get("minutes", 0)) for contact in carried)
    return {"surveys": str(len(carried)), "minutes": str(minutes)}


def heard_today(
    session: Session, invitation: Invitation, step: Step, *, now: datetime, but: Message | None = None
) -> bool:
    """Whether a message of this step has left for this person today: two of a kind never come on one day."""
    left = (
        select(Message.id)
        .join(LadderContact, LadderContact.message_id == Message.id)
        .where(
            Message.person_id == invitation.person_id,
            Message.purpose == SURVEY_MESSAGE,
            Message.state.in_(HEARD),
            Message.claimed_at >= london_moment(london_date(now), time.min),
            LadderContact.step == step,
        )
    )
    if but is not None:
        left = left.where(Message.id != but.id)
    return session.scalar(left.limit(1)) is not None
