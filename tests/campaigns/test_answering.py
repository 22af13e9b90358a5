"""One answer an invitation, whoever brings it and however often, and contact that stops with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering
from engage.campaigns.answering import Door
from engage.campaigns.models import CloseReason, Invitation, InvitationState, SurveyLink
from engage.core.audit import staff_actor
from engage.core.errors import Conflict
from engage.jobs.wiring import House
from engage.notify.models import Message, MessageState
from engage.surveys.models import Mode, Response
from engage.surveys.services import save_answer
from tests import factories
from tests.campaigns.world import World, row

BRONWEN = staff_actor(1)
LATE = frozenset({CloseReason.NO_ANSWER, CloseReason.NO_WORKING_CONTACT})


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (InvitationState.PLANNED, None),
        (InvitationState.ASKING, None),
        (InvitationState.ANSWERED, None),
        (InvitationState.WITHDRAWN, CloseReason.PLAN_WITHDRAWN),
        *((InvitationState.CLOSED, reason) for reason in CloseReason),
    ],
)
def test_what_a_family_finds_behind_its_link(
    session: Session, state: InvitationState, reason: CloseReason | None, begun: bool
) -> None:
    invitation = factories.invitation(session)
    if begun:
        factories.response(session, invitation)
    invitation.state, invitation.close_reason = state, reason
    welcome = Door.STARTED if begun else Door.OPEN
    expected = {
        InvitationState.PLANNED: welcome,
        InvitationState.ASKING: welcome,
        InvitationState.ANSWERED: Door.ANSWERED,
        InvitationState.WITHDRAWN: Door.CLOSED,
        InvitationState.CLOSED: welcome if reason in LATE else Door.CLOSED,
    }
    assert answering.door(invitation) is expected[state]


def start(session: Session, invitation: Invitation, house: House, mode: Mode = Mode.LINK) -> Response:
    return answering.start(session, invitation, house.catalogue, mode=mode, language="en", now=factories.AT)


def send(session: Session, invitation: Invitation, house: House, link: SurveyLink | None = None) -> Response:
    survey = answering.survey_of(invitation, house.catalogue)
    credited = link.contact if link else None
    return answering.submit(session, invitation, survey, credited=credited, now=factories.AT, by=BRONWEN)


def test_an_answer_stops_what_was_queued_and_credits_what_brought_it(world: World) -> None:
    world.take(row())
    world.step()
    world.clock.advance(days=7)
    world.climb()  # the reminder is in the outbox
    with world.house.database.writing() as session:
        link = session.scalars(select(SurveyLink).order_by(SurveyLink.id)).all()[0]
        start(session, link.invitation, world.house)
        send(session, link.invitation, world.house, link)
        session.commit()
        assert link.contact is not None
        assert link.contact.brought_answer_at == factories.AT
        states = session.scalars(select(Message.state).order_by(Message.id)).all()
    assert states == [MessageState.ACCEPTED, MessageState.WITHDRAWN]
    assert (world.dispatch(), world.leap()) == ([], False)


def test_starting_twice_is_one_response_and_sending_twice_is_refused(session: Session, house: House) -> None:
    invitation = factories.invitation(session)
    begun = start(session, invitation, house)
    assert start(session, invitation, house) is begun
    assert start(session, invitation, house, Mode.PHONE) is not begun
    send(session, invitation, house)
    with pytest.raises(Conflict):
        send(session, invitation, house)
    with pytest.raises(Conflict):
        start(session, invitation, house)
    assert len(session.scalars(select(Response)).all()) == 1


def test_sending_what_was_never_begun_is_refused(session: Session, house: House) -> None:
    with pytest.raises(Conflict):
        send(session, factories.invitation(session), house)


def test_a_late_answer_is_taken_and_counted_apart(session: Session, house: House) -> None:
    closed = factories.AT - timedelta(days=3)
    invitation = factories.invitation(
        session, state=InvitationState.CLOSED, close_reason=CloseReason.NO_ANSWER, closed_at=closed
    )
    start(session, invitation, house)
    send(session, invitation, house)
    assert (invitation.state, invitation.closed_at, invitation.answered_at) == (
        InvitationState.ANSWERED,
        closed,
        factories.AT,
    )


def test_whoever_would_not_be_linked_leaves_no_pointer(session: Session, house: House) -> None:
    invitation = factories.invitation(session)
    response = start(session, invitation, house)
    question = answering.survey_of(invitation, house.catalogue).contact_question
    assert question is not None
    save_answer(response, question, "do_not_link", now=factories.AT)
    send(session, invitation, house)
    session.commit()
    assert (invitation.response_id, invitation.response) == (None, None)
    assert answering.door(invitation) is Door.ANSWERED


def test_the_version_first_shown_stays(session: Session, house: House) -> None:
    invitation = factories.invitation(session, version=1)
    assert start(session, invitation, house).version == 1
    newest = factories.invitation(session, version=None)
    assert start(session, newest, house).version == house.catalogue.current("post_issuance").version


@pytest.mark.parametrize("state", list(InvitationState))
def test_not_this_time_ends_what_is_open_and_what_could_come_back(session: Session, state: InvitationState) -> None:
    reason = CloseReason.NO_ANSWER if state is InvitationState.CLOSED else None
    invitation = factories.invitation(session, state=state, close_reason=reason)
    answering.not_this_time(session, invitation, now=factories.AT)
    ended = state in (InvitationState.ANSWERED, InvitationState.CLOSED)
    assert invitation.close_reason is (reason if ended else CloseReason.NOT_FOR_ME)
