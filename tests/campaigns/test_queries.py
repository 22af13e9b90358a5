"""What the officer's pages ask of campaigns."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.campaigns import coming, queries
from engage.campaigns.eligibility import reasons_against
from engage.campaigns.forecast import outlook
from engage.campaigns.models import Campaign, CampaignState, CloseReason, InvitationState, Step
from engage.campaigns.planning import plan_invitations
from engage.campaigns.queries import Funnel, Rung
from engage.notify.models import MessageState
from engage.people.models import Channel, ContactState, HoldReason
from engage.plans.models import PlanEvent, PlanState
from engage.surveys.definition import Audience
from tests import factories
from tests.factories import AT, ON


@pytest.fixture
def campaign(session: Session, noise: None) -> Campaign:
    """A running campaign beside other people's."""
    return factories.campaign(session, asks_from=date(2026, 2, 1))


def event_of_family(session: Session, **of_parent: object) -> tuple[PlanEvent, object]:
    """A plan issued a fortnight ago, and the child's parent carer."""
    child, parent = factories.family(session, **of_parent)
    return factories.plan_event(session, factories.plan(session, child)), parent


def test_the_funnel_counts_events_so_that_two_parents_are_one(session: Session, campaign: Campaign) -> None:
    before = queries.funnel(session, campaign, now=factories.AT)
    child, mother = factories.family(session)
    father = factories.parent_carer(session)
    factories.relationship(session, child, father, type="father")
    event = factories.plan_event(session, factories.plan(session, child))
    for parent in (mother, father):
        asked = factories.invitation(
            session, campaign, parent, event, state=InvitationState.ASKING, first_asked_at=AT, next_step=Step.REMINDER
        )
        arrived = factories.message(session, state=MessageState.DELIVERED)
        factories.ladder_contact(session, asked, message_id=arrived.id)
        factories.call_attempt(session, asked)
    asked.state, asked.answered_at = InvitationState.ANSWERED, AT
    session.flush()
    assert queries.funnel(session, campaign, now=factories.AT) == Funnel(
        eligible=before.eligible + 1, asked=1, delivered=1, answered=1, phoned=1, closed=0
    )


def test_an_event_is_closed_only_when_nobody_is_being_asked_any_more(session: Session, campaign: Campaign) -> None:
    child, mother = factories.family(session)
    father = factories.parent_carer(session)
    event = factories.plan_event(session, factories.plan(session, child))
    ended = {"state": InvitationState.CLOSED, "close_reason": CloseReason.NO_ANSWER, "next_step": None}
    factories.invitation(session, campaign, mother, event, **ended)
    other = factories.invitation(session, campaign, father, event)
    assert queries.funnel(session, campaign, now=factories.AT).closed == 0
    other.state, other.close_reason = InvitationState.CLOSED, CloseReason.OPTED_OUT
    session.flush()
    assert queries.funnel(session, campaign, now=factories.AT).closed == 1
    assert queries.closed_because(session, campaign) == {"no_answer": 1, "opted_out": 1}


def test_a_withdrawn_event_is_not_eligible(session: Session, campaign: Campaign) -> None:
    before = queries.funnel(session, campaign, now=factories.AT).eligible
    event, _ = event_of_family(session)
    event.withdrawn_at = AT
    factories.plan_event(session, event.plan, source_ref="early", happened_on=date(2026, 1, 31))
    assert queries.funnel(session, campaign, now=factories.AT).eligible == before


def test_what_is_forecast_is_what_planning_makes(session: Session, noise: None) -> None:
    campaign = factories.campaign(session, survey="annual_review", asks_from=date(2026, 2, 1))
    event_of_family(session)
    event_of_family(session, email=None, mobile=None)
    _, parent = event_of_family(session)
    factories.hold(session, parent)
    young, _ = event_of_family(session)
    young.plan.child.born_on = date(2008, 1, 1)
    alone = factories.child(session)
    factories.plan_event(session, factories.plan(session, alone))
    ceased, _ = event_of_family(session)
    ceased.plan.state = PlanState.CEASED
    session.flush()

    ahead = outlook(session, campaign, now=AT)
    assert ahead.no_message_possible >= 1
    assert ahead.on_hold >= 1
    assert ahead.not_asked["young_person_decides"] == 1
    assert ahead.not_asked["nobody_on_record"] == 1
    assert ahead.not_asked["plan_ceased"] == 1
    assert plan_invitations(session, campaign, now=AT) == ahead.people + ahead.on_hold
    again = outlook(session, campaign, now=AT)
    assert again.people == again.on_hold == 0


def test_the_first_day_of_asking_is_after_the_wait_and_never_past(session: Session) -> None:
    campaign = factories.campaign(session, ladder={"wait_days": 20})
    event_of_family(session)
    assert list(outlook(session, campaign, now=AT).asked_on) == [
        ON + timedelta(days=20) + timedelta(days=1)
    ]  # a Sunday
    assert list(outlook(session, campaign, now=AT + timedelta(days=30)).asked_on) == [date(2026, 4, 1)]


@pytest.mark.parametrize(
    ("step", "ways", "expected"),
    [
        (Step.INVITATION, {}, (Step.INVITATION, Channel.EMAIL)),
        (Step.INVITATION, {"email": None}, (Step.INVITATION, Channel.MOBILE)),
        (Step.REMINDER, {"email": None, "mobile": None, "landline": "+442079460123"}, (Step.CALL, None)),
        (Step.CALL, {}, (Step.CALL, None)),
        (Step.CLOSE, {}, (Step.CLOSE, None)),
    ],
)
def test_what_comes_next_names_the_step_and_its_channel(
    session: Session, campaign: Campaign, step: Step, ways: dict[str, object], expected: tuple[Step, Channel | None]
) -> None:
    event, parent = event_of_family(session, **ways)
    invitation = factories.invitation(session, campaign, parent, event, next_step=step)
    ahead = coming.whats_next(session, invitation, now=AT)
    assert (ahead.step, ahead.channel, ahead.waits_because) == (*expected, None)


def test_what_comes_next_says_what_it_waits_for(session: Session, campaign: Campaign) -> None:
    event, parent = event_of_family(session)
    invitation = factories.invitation(session, campaign, parent, event)
    campaign.state = CampaignState.PAUSED
    assert coming.whats_next(session, invitation, now=AT).waits_because == "campaign_paused"
    factories.hold(session, event.plan.child, reason=HoldReason.BEREAVEMENT)
    held = coming.whats_next(session, invitation, now=AT)
    assert (held.waits_because, held.ends) == ("hold_bereavement", False)
    factories.hold(session, parent, reason=HoldReason.OPTED_OUT)
    assert coming.whats_next(session, invitation, now=AT).ends


def test_whoever_is_due_soonest_is_next_and_pages_do_not_overlap(session: Session, campaign: Campaign) -> None:
    due = [AT + timedelta(days=days) for days in (3, 1, 2)]
    made = [factories.invitation(session, campaign, next_due_at=at) for at in due]
    factories.invitation(session, campaign, state=InvitationState.ANSWERED, next_step=None, next_due_at=None)
    first = coming.who_is_next(session, campaign, now=AT, limit=2)
    rest = coming.who_is_next(session, campaign, now=AT, limit=2, offset=2)
    assert [each.invitation for each in (*first, *rest)] == [made[1], made[2], made[0]]
    assert coming.waiting(session, campaign) == 3
    assert coming.overdue(session, campaign, now=AT + timedelta(days=2)) == 2
    assert coming.someone_next(session, campaign) is made[1]


def test_answers_are_counted_by_englands_weeks_with_the_empty_ones(session: Session, campaign: Campaign) -> None:
    sunday_night = datetime.fromisoformat("2026-03-01T23:59:00+00:00")
    for at in (sunday_night, AT, AT - timedelta(days=300)):
        factories.invitation(
            session, campaign, state=InvitationState.ANSWERED, next_step=None, next_due_at=None, answered_at=at
        )
    weeks = queries.answers_by_week(session, campaign, now=AT, weeks=3)
    assert weeks == [(date(2026, 2, 16), 0), (date(2026, 2, 23), 1), (date(2026, 3, 2), 1)]


def test_each_step_says_how_often_it_was_taken_and_what_it_brought(session: Session, campaign: Campaign) -> None:
    one, two = factories.invitation(session, campaign), factories.invitation(session, campaign)
    factories.ladder_contact(session, one)
    factories.ladder_contact(session, two, brought_answer_at=AT)
    factories.ladder_contact(session, two, step=Step.CALL, channel="phone")
    assert queries.rungs(session, campaign) == {Step.INVITATION: Rung(2, 1), Step.CALL: Rung(1, 0)}


def test_only_this_weeks_undelivered_survey_messages_did_not_arrive(session: Session, campaign: Campaign) -> None:
    def sent(state: MessageState, at: datetime) -> int:
        invitation = factories.invitation(session, campaign)
        message = factories.message(session, purpose="campaigns.survey", state=state, claimed_at=at)
        return factories.ladder_contact(session, invitation, message_id=message.id).id

    failed = [sent(MessageState.UNDELIVERED, AT), sent(MessageState.FAILED, AT)]
    sent(MessageState.DELIVERED, AT)
    sent(MessageState.UNDELIVERED, AT - timedelta(days=7))
    monday = queries.start_of_week(AT)
    assert [contact.id for contact in queries.not_arrived(session, monday)] == failed[::-1]
    assert queries.not_arrived_count(session, monday) == 2


def test_somebody_is_out_of_reach_once_nothing_works_but_the_post(session: Session, campaign: Campaign) -> None:
    event, parent = event_of_family(session, mobile=None)
    factories.contact_point(session, parent, Channel.POST, "1 Example Road")
    factories.invitation(session, campaign, parent, event)
    assert queries.out_of_reach_count(session) == 0
    parent.contact_points[0].state = ContactState.BOUNCED
    session.flush()
    assert [each.person for each in queries.out_of_reach(session)] == [parent]


def test_why_nobody_is_asked_about_an_event(session: Session) -> None:
    campaign = factories.campaign(session)
    event, _ = event_of_family(session)
    assert reasons_against(event, [campaign], AT) == []
    assert reasons_against(event, [], AT) == ["no_campaign"]
    assert reasons_against(event, [campaign], AT + timedelta(days=100)) == ["too_long_ago"]
    campaign.asks_from = AT.date()
    assert reasons_against(event, [campaign], AT) == ["before_the_campaign"]


def test_a_survey_for_young_people_is_a_share_of_those_past_school_age(session: Session) -> None:
    campaign = factories.campaign(session, survey="young_person", audience=Audience.YOUNG_PERSON)
    for born_on in (date(2016, 5, 4), date(2009, 9, 1), date(2009, 8, 31), date(2004, 1, 1)):
        child = factories.child(session, born_on=born_on)
        factories.plan_event(session, factories.plan(session, child))
    assert queries.funnel(session, campaign, now=factories.AT).eligible == 2
