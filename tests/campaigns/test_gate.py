"""The gate's truth table: every reason against contacting, and whether it ends the asking or makes it wait."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.campaigns import gate
from engage.campaigns.models import CampaignState, CloseReason, Invitation, InvitationState, Step
from engage.notify.models import MessageState
from engage.people.models import Capacity, CapacityRecord, HoldReason
from engage.people.vocabulary.ehcp import CeaseReason
from engage.plans.models import PlanState
from engage.surveys.definition import Audience
from tests import factories

ENDS = {HoldReason.OPTED_OUT: CloseReason.OPTED_OUT, HoldReason.WRONG_PERSON: CloseReason.HELD}
WITHDRAWN = CloseReason.PLAN_WITHDRAWN


def verdict(session: Session, invitation: Invitation) -> tuple[str, CloseReason | None, bool] | None:
    """What the gate says; looking ahead says the same."""
    session.commit()
    found = gate.why_not_now(session, invitation, now=factories.AT)
    assert gate.foreseen(session, invitation, now=factories.AT) == found
    return (found.because, found.ends, found.is_over) if found else None


@pytest.fixture
def invitation(session: Session) -> Invitation:
    return factories.invitation(session)


def test_nothing_is_against_it(session: Session, invitation: Invitation, noise: None) -> None:
    assert verdict(session, invitation) is None


@pytest.mark.parametrize("state", [s for s in InvitationState if s not in gate.OPEN])
def test_what_is_over_is_over(session: Session, invitation: Invitation, state: InvitationState) -> None:
    invitation.state = state
    assert verdict(session, invitation) == (state.value, None, True)


@pytest.mark.parametrize("on_child", [True, False])
@pytest.mark.parametrize("reason", list(HoldReason))
def test_every_hold_on_the_person_or_the_child(
    session: Session, invitation: Invitation, reason: HoldReason, on_child: bool
) -> None:
    person = invitation.plan_event.plan.child if on_child else invitation.person
    hold = factories.hold(session, person, reason=reason)
    if reason is HoldReason.COMPLAINT_OR_TRIBUNAL:
        factories.ladder_contact(session, invitation)
    assert verdict(session, invitation) == (f"hold_{reason.value}", ENDS.get(reason), False)
    hold.lifted_at, hold.lifted_by = factories.AT, "staff:2"
    assert verdict(session, invitation) is None


def test_a_hold_on_somebody_else_is_none_of_ours(session: Session, invitation: Invitation) -> None:
    other = factories.parent_carer(session)
    factories.relationship(session, invitation.plan_event.plan.child, other)
    factories.hold(session, other)
    assert verdict(session, invitation) is None


def test_a_hold_that_ends_comes_before_one_that_waits(session: Session, invitation: Invitation) -> None:
    factories.hold(session, invitation.person, reason=HoldReason.BEREAVEMENT)
    factories.hold(session, invitation.person, reason=HoldReason.OPTED_OUT)
    assert verdict(session, invitation) == ("hold_opted_out", CloseReason.OPTED_OUT, False)


@pytest.mark.parametrize(
    ("plan", "event", "because"),
    [
        ({"state": PlanState.CANCELLED}, {}, "plan_cancelled"),
        ({"state": PlanState.CEASED, "cease_reason": CeaseReason.NEEDS_MET}, {}, "plan_ceased"),
        ({"state": PlanState.CEASED, "cease_reason": CeaseReason.NEEDS_MET}, {"outcome": "maintain"}, "plan_ceased"),
        ({"state": PlanState.CEASED, "cease_reason": CeaseReason.NEEDS_MET}, {"outcome": "cease"}, None),
        ({"state": PlanState.CEASED, "cease_reason": CeaseReason.DECEASED}, {"outcome": "cease"}, "plan_ceased"),
        ({"state": PlanState.CEASED, "cease_reason": CeaseReason.TRANSFERRED}, {"outcome": "cease"}, "plan_ceased"),
        ({"state": PlanState.CEASED, "cease_reason": CeaseReason.LEFT_ENGLAND}, {"outcome": "cease"}, "plan_ceased"),
        ({}, {"withdrawn_at": factories.AT, "withdrawn_because": "did_not_happen"}, "did_not_happen"),
        ({}, {"withdrawn_at": factories.AT}, "withdrawn"),
    ],
)
def test_plans_and_events_that_are_no_more(
    session: Session, invitation: Invitation, plan: dict[str, Any], event: dict[str, Any], because: str | None
) -> None:
    for thing, values in ((invitation.plan_event.plan, plan), (invitation.plan_event, event)):
        for name, value in values.items():
            setattr(thing, name, value)
    assert verdict(session, invitation) == ((because, WITHDRAWN, False) if because else None)


@pytest.mark.parametrize(
    ("tie", "child", "because"),
    [
        ({"contact_allowed": False}, {}, "contact_not_allowed"),
        ({"ended_on": date(2026, 3, 2)}, {}, "relationship_ended"),
        ({"ended_on": date(2026, 3, 3)}, {}, None),
        ({"has_parental_responsibility": False}, {}, None),
        ({"has_care": False}, {}, None),
        ({"has_parental_responsibility": False, "has_care": False}, {}, "no_responsibility_or_care"),
        ({}, {"looked_after": True}, "looked_after_needs_check"),
        ({}, {"born_on": date(2009, 8, 31)}, "young_person_decides"),
        ({}, {"born_on": date(2009, 9, 1)}, None),
    ],
)
def test_whoever_may_be_asked_no_longer(
    session: Session, invitation: Invitation, tie: dict[str, Any], child: dict[str, Any], because: str | None
) -> None:
    of_child = invitation.plan_event.plan.child
    for thing, values in ((of_child.relationships[0], tie), (of_child, child)):
        for name, value in values.items():
            setattr(thing, name, value)
    ends = None if because == "looked_after_needs_check" else CloseReason.HELD
    assert verdict(session, invitation) == ((because, ends, False) if because else None)


@pytest.mark.parametrize(
    ("contacts", "goes"),
    [
        ([], True),
        ([(gate.GENTLE_TEMPLATE, MessageState.QUEUED)], True),
        ([(gate.GENTLE_TEMPLATE, MessageState.ACCEPTED)], False),
        ([(gate.GENTLE_TEMPLATE, MessageState.DELIVERED)], False),
        ([(gate.GENTLE_TEMPLATE, MessageState.UNDELIVERED)], False),  # and no other way is tried
        ([("survey_invitation", MessageState.QUEUED)], False),  # queued before the complaint: taken back first
        ([("survey_invitation", MessageState.DELIVERED)], False),
        ([("survey_invitation", MessageState.DELIVERED), ("survey_reminder", MessageState.QUEUED)], False),
        ([None], False),  # the call list
    ],
)
def test_in_a_dispute_one_gentle_message_goes_and_nothing_else(
    session: Session, invitation: Invitation, contacts: list[tuple[str, MessageState] | None], goes: bool
) -> None:
    for step, contact in zip(Step, contacts, strict=False):
        message = factories.message(session, template=contact[0], state=contact[1]) if contact else None
        factories.ladder_contact(session, invitation, step=step, message_id=message.id if message else None)
    factories.hold(session, invitation.person, reason=HoldReason.COMPLAINT_OR_TRIBUNAL)
    assert verdict(session, invitation) == (None if goes else ("hold_complaint_or_tribunal", None, False))
    factories.hold(session, invitation.person, reason=HoldReason.BEREAVEMENT)
    assert verdict(session, invitation) == ("hold_bereavement", None, False)


@pytest.mark.parametrize(
    ("born_on", "capacity", "because", "ends"),
    [
        (date(2009, 8, 31), None, None, None),
        (date(2009, 8, 31), Capacity.HAS_CAPACITY, None, None),
        (date(2009, 8, 31), Capacity.LACKS_CAPACITY, "needs_representative", None),
        (date(2009, 9, 1), None, "of_school_age", CloseReason.HELD),
    ],
)
def test_a_young_person_is_asked_themselves(
    session: Session, born_on: date, capacity: Capacity | None, because: str | None, ends: CloseReason | None
) -> None:
    young = factories.child(session, born_on=born_on)
    if capacity is not None:
        young.capacity_records.append(
            CapacityRecord(
                outcome=capacity,
                basis="Their worker met them",
                recorded_by="staff:1",
                recorded_at=factories.AT,
                review_on=date(2026, 9, 1),
            )
        )
    event = factories.plan_event(session, factories.plan(session, young))
    asked = factories.campaign(session, survey="young_person", audience=Audience.YOUNG_PERSON)
    invitation = factories.invitation(session, asked, young, event)
    assert verdict(session, invitation) == ((because, ends, False) if because else None)


def test_somebody_no_longer_related(session: Session, invitation: Invitation) -> None:
    session.delete(invitation.plan_event.plan.child.relationships[0])
    assert verdict(session, invitation) == ("relationship_gone", WITHDRAWN, False)


@pytest.mark.parametrize(
    ("state", "asked", "ends"),
    [
        (CampaignState.DRAFT, False, None),
        (CampaignState.PAUSED, True, None),
        (CampaignState.ENDED, False, CloseReason.HELD),
        (CampaignState.ENDED, True, CloseReason.NO_ANSWER),
    ],
)
def test_a_campaign_that_does_not_run(
    session: Session, invitation: Invitation, state: CampaignState, asked: bool, ends: CloseReason | None
) -> None:
    invitation.campaign.state = state
    invitation.first_asked_at = factories.AT if asked else None
    assert verdict(session, invitation) == (gate.NOT_RUNNING, ends, False)
