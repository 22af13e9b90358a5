"""What was begun and not sent: which link began it, what is set aside when somebody starts again, and what goes.

An invitation has one response at a time. Whoever cannot show that a beginning is theirs may start again: the older answers
are set aside, shown to nobody, and go for good when one of the beginnings is sent.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engage.campaigns.gate import locked
from engage.campaigns.models import Beginning, Invitation, SurveyLink
from engage.core.errors import Conflict
from engage.surveys.models import Response


def beginnings_of(session: Session, invitation: Invitation) -> Sequence[Beginning]:
    """All that was begun on an invitation and is kept, in order."""
    begun = select(Beginning).where(Beginning.invitation_id == invitation.id).order_by(Beginning.id)
    return session.scalars(begun.options(joinedload(Beginning.response))).all()


def current(begun: Sequence[Beginning], invitation: Invitation) -> Beginning | None:
    """The one whose response is the invitation's own; None also for a response of which nobody knows how it began."""
    return next((one for one in begun if one.response_id == invitation.response_id), None)


def is_empty(beginning: Beginning) -> bool:
    """Whether nothing was answered yet, so that there is nothing to keep from anybody."""
    return beginning.visitor is None and not beginning.response.answers and not beginning.response.texts


def note(
    session: Session, invitation: Invitation, response: Response, link: SurveyLink | None, *, now: datetime
) -> Beginning:
    """Note that this response was begun now, by a link or by one of ours, and make it the invitation's own."""
    beginning = Beginning(
        invitation_id=invitation.id, link_id=link.id if link else None, response=response, begun_at=now
    )
    session.add(beginning)
    invitation.response = response
    session.flush()
    return beginning


def set_aside(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """Take what was begun out of sight. What nobody noted the beginning of is noted here, so that it goes with the rest."""
    response = invitation.response
    if response is None:
        return
    if response.submitted_at is not None:
        raise Conflict("These answers have already been sent.")
    if current(beginnings_of(session, invitation), invitation) is None:
        note(session, invitation, response, None, now=now)
    invitation.response = None
    session.flush()


def take_up(session: Session, invitation: Invitation, beginning: Beginning) -> None:
    """Make a beginning the invitation's own again; the one that was is set aside."""
    if invitation.response_id == beginning.response_id:
        return
    if invitation.response is not None and invitation.response.submitted_at is not None:
        raise Conflict("These answers have already been sent.")
    invitation.response = beginning.response
    session.flush()


def sent(session: Session, invitation: Invitation, response: Response, *, keep_others: bool) -> None:
    """One beginning was sent. Others are kept a day, to be given back to whoever wrote them, or go at once."""
    for beginning in beginnings_of(session, invitation):
        if beginning.response_id == response.id:
            session.delete(beginning)
        elif not keep_others or is_empty(beginning) or beginning.link_id is None:
            _delete(session, beginning)
    session.flush()


def forget_begun_by(session: Session, links: Sequence[SurveyLink]) -> None:
    """Delete what was begun by these links and not sent. What another link, or one of ours, began on the same invitation
    stays, and the newest of it is the invitation's own again."""
    begun = select(Beginning).where(Beginning.link_id.in_([link.id for link in links])).order_by(Beginning.id)
    for beginning in session.scalars(begun).all():
        invitation = locked(session, session.get_one(Invitation, beginning.invitation_id))
        if beginning.response.submitted_at is not None:
            continue
        if invitation.response_id == beginning.response_id:
            others = [one for one in beginnings_of(session, invitation) if one.id != beginning.id]
            invitation.response = others[-1].response if others else None
            session.flush()
        _delete(session, beginning)


def delete_left_over(session: Session, before: datetime) -> int:
    """Delete what was set aside on invitations that were answered before this moment; how many beginnings went."""
    old = (
        select(Beginning)
        .join(Invitation, Invitation.id == Beginning.invitation_id)
        .where(Invitation.answered_at < before)
    )
    left = session.scalars(old).all()
    for beginning in left:
        _delete(session, beginning)
    return len(left)


def _delete(session: Session, beginning: Beginning) -> None:
    response = beginning.response
    session.delete(beginning)
    session.flush()
    session.delete(response)
    session.flush()
