"""What messages cost: counted when Notify took them, and foreseen for whoever is still being asked."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.campaigns import costs
from engage.campaigns.costs import Cost
from engage.campaigns.models import Invitation, Step
from engage.notify.models import Attempt, MessageChannel
from engage.people.models import Channel
from tests import factories


def sent(session: Session, invitation: Invitation, step: Step, channel: MessageChannel, **attempt: object) -> None:
    message = factories.message(session, channel=channel, about_kind="ladder_contact")
    contact = factories.ladder_contact(session, invitation, step=step, message_id=message.id)
    message.about_id = contact.id
    values = {"reference": f"r{message.id}", "started_at": factories.AT, "notify_id": "n", "message_id": message.id}
    session.add(Attempt(**(values | attempt)))
    session.flush()


def test_what_notify_took_is_counted_for_its_campaign_alone(session: Session) -> None:
    invitation, other = factories.invitation(session), factories.invitation(session)
    sent(session, invitation, Step.INVITATION, MessageChannel.EMAIL)
    sent(session, invitation, Step.REMINDER, MessageChannel.TEXT, cost_parts=2)
    sent(session, invitation, Step.OTHER_CHANNEL, MessageChannel.TEXT, cost_parts=1, notify_id=None)
    sent(session, other, Step.INVITATION, MessageChannel.TEXT, cost_parts=3)
    assert costs.so_far(session, invitation.campaign) == Cost(emails=1, texts=1, parts=2)
    assert costs.parts_this_year(session, now=factories.AT) == 5
    assert costs.parts_this_year(session, now=factories.AT + timedelta(days=31)) == 0  # from April on, anew


@pytest.mark.parametrize(
    ("on", "since"),
    [
        (date(2026, 3, 31), date(2025, 4, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 12, 1), date(2026, 4, 1)),
    ],
)
def test_the_year_of_free_texts_begins_in_april(on: date, since: date) -> None:
    assert costs.year_of_texts(on) == since


@pytest.mark.parametrize(
    ("ways", "following", "at_most"),
    [
        ([], Cost(), Cost()),
        ([Channel.EMAIL], Cost(emails=1), Cost(emails=3)),
        ([Channel.MOBILE], Cost(texts=1, parts=2), Cost(texts=3, parts=6)),
        ([Channel.EMAIL, Channel.MOBILE], Cost(emails=1), Cost(emails=2, texts=1, parts=2)),
    ],
)
def test_what_could_still_go_follows_the_ladder(
    session: Session, ways: list[Channel], following: Cost, at_most: Cost
) -> None:
    child = factories.child(session)
    parent = factories.parent_carer(session, email=None, mobile=None)
    factories.relationship(session, child, parent)
    for channel in ways:
        value = "a@example.org" if channel is Channel.EMAIL else "+447700900111"
        factories.contact_point(session, parent, channel, value)
    event = factories.plan_event(session, factories.plan(session, child))
    invitation = factories.invitation(session, person=parent, event=event)
    session.expire_all()
    found = costs.coming(session, invitation.campaign, lambda _invitation, _step: 2, letters=False)
    assert found == (following, at_most)


def test_the_price_is_of_parts_and_letters() -> None:
    assert Cost(emails=9, texts=2, parts=3, letters=2).pence(text_pence=2.4, letter_pence=73) == pytest.approx(153.2)


def test_what_goes_to_one_person_together_is_foreseen_as_one_message(session: Session) -> None:
    campaign, parent = factories.campaign(session), factories.parent_carer(session, email=None)
    for days in (0, 0, 1):
        child = factories.child(session)
        factories.relationship(session, child, parent)
        event = factories.plan_event(session, factories.plan(session, child))
        due = factories.AT + timedelta(days=days)
        factories.invitation(session, campaign, person=parent, event=event, next_due_at=due)
    session.expire_all()
    following, _ = costs.coming(session, campaign, lambda _invitation, _step: 1, letters=False)
    assert following == Cost(texts=2, parts=2)
