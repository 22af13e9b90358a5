"""What became of an event: every way it can end, and the best of two parents."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from engage.campaigns.models import Campaign, CampaignState, CloseReason, Invitation, InvitationState, Step
from engage.insight.events import Became, case_events
from engage.plans.models import PlanEvent, PlanEventKind, PlanState
from engage.surveys.models import Completeness, Mode
from reports.columns import Disposition
from tests import factories

NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)
AskedFor = Callable[..., Invitation]
Happened = Callable[..., PlanEvent]


def became(session: Session, **given: object) -> list[Became]:
    """What became of each event from April 2025 to January 2026."""
    session.flush()
    session.expire_all()
    found = case_events(
        session,
        "post_issuance",
        ["plan_issued"],
        first=date(2025, 4, 1),
        last=date(2026, 1, 31),
        local_authority="314",
        now=NOW,
    )
    return [event.became for event in found]


ENDS = [
    (CloseReason.OPTED_OUT, True, Disposition.REFUSED),
    (CloseReason.NOT_FOR_ME, True, Disposition.REFUSED),
    (CloseReason.REFUSED_ON_PHONE, True, Disposition.REFUSED),
    (CloseReason.NO_ANSWER, True, Disposition.NO_RESPONSE),
    (CloseReason.NO_WORKING_CONTACT, True, Disposition.UNDELIVERABLE),
    (CloseReason.HELD, False, Disposition.HELD),
    (CloseReason.HELD, True, Disposition.NO_RESPONSE),
    (CloseReason.PLAN_WITHDRAWN, True, Disposition.INELIGIBLE),
    (CloseReason.NO_LONGER_NAMED, False, Disposition.INELIGIBLE),
    (CloseReason.NO_LONGER_NAMED, True, Disposition.NO_RESPONSE),
]


@pytest.mark.parametrize(("reason", "was_asked", "expected"), ENDS)
def test_how_asking_ended_says_what_became_of_the_event(
    session: Session, event: Happened, asked: AskedFor, reason: CloseReason, was_asked: bool, expected: Disposition
) -> None:
    asked(event(), state=InvitationState.CLOSED, close_reason=reason, first_asked_at=NOW if was_asked else None)
    assert [each.disposition for each in became(session)] == [expected]


def test_somebody_without_any_address_was_never_contactable(
    session: Session, event: Happened, campaign: Campaign
) -> None:
    about = event()
    parent = factories.parent_carer(session, email=None, mobile=None)
    factories.invitation(
        session,
        campaign,
        parent,
        about,
        state=InvitationState.CLOSED,
        close_reason=CloseReason.NO_WORKING_CONTACT,
    )
    assert [each.disposition for each in became(session)] == [Disposition.NO_CONTACT_DETAILS]


@pytest.mark.parametrize(
    ("how_far", "expected"),
    [
        (Completeness.COMPLETE, Disposition.COMPLETE),
        (Completeness.PARTIAL, Disposition.PARTIAL),
        (Completeness.BREAK_OFF, Disposition.BREAKOFF),
    ],
)
def test_an_answer_counts_by_how_far_it_went(
    session: Session, event: Happened, asked: AskedFor, how_far: Completeness, expected: Disposition
) -> None:
    invitation = asked(event())
    factories.response(session, invitation, completeness=how_far, mode=Mode.PHONE)
    factories.ladder_contact(session, invitation, step=Step.CALL, channel="phone", brought_answer_at=NOW)
    assert became(session) == [Became(expected, mode="phone", channel="phone", wave="call")]


def test_an_answer_that_was_begun_and_never_sent_is_a_break_off(
    session: Session, event: Happened, asked: AskedFor
) -> None:
    invitation = asked(event())
    factories.response(session, invitation, submitted_at=None, completeness=None)
    invitation.state, invitation.close_reason = InvitationState.CLOSED, CloseReason.NO_ANSWER
    assert [each.disposition for each in became(session)] == [Disposition.BREAKOFF]


def test_an_answer_that_may_not_be_linked_counts_once_and_as_finished(
    session: Session, event: Happened, answered: AskedFor
) -> None:
    answered(event(), linked=False)
    assert became(session) == [Became(Disposition.COMPLETE, mode="link")]


def test_an_answer_after_the_close_is_late_and_no_response(
    session: Session, event: Happened, answered: AskedFor
) -> None:
    answered(event(), closed_at=datetime(2026, 1, 1, tzinfo=UTC), close_reason=CloseReason.NO_ANSWER)
    assert became(session) == [Became(Disposition.NO_RESPONSE, late=True)]


def test_two_parents_are_one_event_and_the_better_outcome_stands(
    session: Session, event: Happened, answered: AskedFor, asked: AskedFor
) -> None:
    about = event()
    answered(about)
    asked(about, state=InvitationState.CLOSED, close_reason=CloseReason.OPTED_OUT)
    assert [each.disposition for each in became(session)] == [Disposition.COMPLETE]


def test_an_event_is_pending_while_anybody_is_asked(session: Session, event: Happened, asked: AskedFor) -> None:
    about = event()
    asked(about, state=InvitationState.ASKING, first_asked_at=NOW)
    asked(about, state=InvitationState.CLOSED, close_reason=CloseReason.NO_ANSWER, first_asked_at=NOW)
    assert [each.disposition for each in became(session)] == [Disposition.PENDING]


def test_nobody_asked_yet_is_held_while_a_hold_stands(session: Session, event: Happened, asked: AskedFor) -> None:
    asked(event(), waits_because="hold_bereavement")
    assert [each.disposition for each in became(session)] == [Disposition.HELD]


def test_an_event_nobody_was_asked_about_says_why(session: Session, campaign: Campaign) -> None:
    def issued(**of_child: object) -> None:
        child = factories.child(session, **of_child)
        factories.relationship(session, child, factories.parent_carer(session))
        factories.plan_event(session, factories.plan(session, child, started_on=date(2025, 11, 3)))

    issued(born_on=date(2008, 1, 1))
    issued(looked_after=True)
    alone = factories.child(session)
    factories.plan_event(session, factories.plan(session, alone, started_on=date(2025, 11, 3)))
    assert [(each.disposition, each.because) for each in became(session)] == [
        (Disposition.INELIGIBLE, "young_person_decides"),
        (Disposition.INELIGIBLE, "looked_after_needs_check"),
        (Disposition.NO_CONTACT_DETAILS, "nobody_on_record"),
    ]


def test_an_event_from_before_asking_began_or_of_a_plan_that_ceased_is_left_out(
    session: Session, event: Happened, campaign: Campaign
) -> None:
    campaign.asks_from = date(2025, 10, 1)
    event(date(2025, 9, 30))
    event(date(2025, 10, 1)).plan.state = PlanState.CEASED
    assert [(each.disposition, each.because) for each in became(session)] == [
        (Disposition.INELIGIBLE, "before_the_campaign"),
        (Disposition.INELIGIBLE, "plan_ceased"),
    ]


def test_why_nobody_was_asked_does_not_change_because_time_went_by(session: Session, campaign: Campaign) -> None:
    child = factories.child(session, looked_after=True)
    factories.relationship(session, child, factories.parent_carer(session))
    factories.plan_event(session, factories.plan(session, child, started_on=date(2025, 4, 7)))
    assert [each.because for each in became(session)] == ["looked_after_needs_check"]


def test_an_event_we_were_told_of_too_late_stays_in_the_base(
    session: Session, event: Happened, campaign: Campaign
) -> None:
    event(date(2025, 4, 7))
    assert [each.disposition for each in became(session)] == [Disposition.NO_RESPONSE]


def test_an_event_whose_invitation_is_still_to_be_made_is_pending(
    session: Session, event: Happened, campaign: Campaign
) -> None:
    event(date(2026, 1, 12))
    assert [each.disposition for each in became(session)] == [Disposition.PENDING]
    campaign.state = CampaignState.ENDED
    assert [each.because for each in became(session)] == ["no_campaign"]


def test_other_surveys_areas_kinds_and_withdrawn_events_are_not_there(
    session: Session, event: Happened, campaign: Campaign, noise: None
) -> None:
    event(local_authority="318")
    event(date(2024, 11, 3))
    event().withdrawn_at = NOW
    of_review = event()
    of_review.kind = PlanEventKind.ANNUAL_REVIEW
    here = [each for each in became(session) if each.disposition is not Disposition.PENDING]
    assert here == []
