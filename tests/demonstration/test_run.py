"""A demonstration area lives through its months by the real services, and keeps every promise while it does."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.permissions import Role
from engage.activities.activity_models import ActivityAnswer
from engage.activities.models import OpenVisit
from engage.activities.session_models import ChildVoice
from engage.campaigns.models import Invitation, InvitationState, LadderContact
from engage.cases.models import DissatisfactionCase, WeeklyShare
from engage.core.errors import Conflict
from engage.demonstration.run import STAFF, load_demonstration
from engage.jobs.wiring import House
from engage.notify.models import Attempt, Message, MessageState
from engage.people.models import Hold, HoldReason, RoleMailbox
from engage.plans.models import EhcPlan, PlanEvent
from engage.surveys.models import Response
from engage.you_said_we_did.models import Commitment
from tests import factories

BEREAVED = select(Hold.person_id).where(Hold.reason == HoldReason.BEREAVEMENT)
SENT_ABOUT = (
    select(EhcPlan.child_id)
    .join(PlanEvent)
    .join(Invitation)
    .join(LadderContact)
    .join(Message, Message.id == LadderContact.message_id)
    .where(Message.state != MessageState.WITHDRAWN)
)


def test_months_pass_by_the_real_services_and_every_promise_is_kept(house: House, session: Session) -> None:
    session.commit()

    load_demonstration(house, families=90, seed=3, months=5)

    for kind in (
        Invitation,
        Message,
        Response,
        DissatisfactionCase,
        WeeklyShare,
        Commitment,
        ActivityAnswer,
        ChildVoice,
        RoleMailbox,
        OpenVisit,
    ):
        assert session.scalar(select(func.count()).select_from(kind)), kind.__name__
    assert session.scalar(select(func.count()).where(Invitation.survey == "setting"))
    ended = set(session.scalars(select(Invitation.state).distinct()))
    assert {InvitationState.ANSWERED, InvitationState.CLOSED} <= ended
    accepted = select(func.count(Attempt.id)).where(Attempt.outcome == "accepted").group_by(Attempt.message_id)
    assert set(session.scalars(accepted)) == {1}
    assert not set(session.scalars(BEREAVED)) & set(session.scalars(SENT_ABOUT))


def test_a_database_with_people_in_it_is_left_alone(house: House, session: Session) -> None:
    factories.child(session)
    session.commit()
    with pytest.raises(Conflict, match="people in this database already"):
        load_demonstration(house, families=1, seed=1)


def test_there_is_somebody_for_every_role() -> None:
    assert len({role for _, _, roles in STAFF for role in roles}) == len(Role)
