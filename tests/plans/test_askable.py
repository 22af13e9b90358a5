"""Which plan events may be asked about, and when each counts as having happened."""

from datetime import date, timedelta

import pytest

from engage.people.vocabulary.ehcp import CeaseReason, ReviewOutcome
from engage.plans.askable import OVERDUE, review_event, why_not_askable
from engage.plans.models import EhcPlan, PlanEvent, PlanState
from engage.plans.reading import ReviewPart

MET = date(2026, 1, 5)
MAINTAIN, AMEND, CEASE = ReviewOutcome.MAINTAIN, ReviewOutcome.AMEND, ReviewOutcome.CEASE


@pytest.mark.parametrize(
    ("outcome", "decided", "final", "days_on", "happened"),
    [
        (MAINTAIN, 20, None, 20, (20, "maintain")),
        (CEASE, 20, None, 300, (20, "cease")),
        (MAINTAIN, None, None, 41, None),
        (MAINTAIN, None, None, 42, (42, OVERDUE)),
        (None, None, None, 41, None),
        (None, None, None, 42, (42, OVERDUE)),
        (None, 20, None, 41, None),
        (AMEND, 20, None, 97, None),
        (AMEND, 20, None, 98, (98, OVERDUE)),
        (AMEND, 20, 60, 60, (60, "amend")),
        (AMEND, None, 60, 300, (60, "amend")),
    ],
)
def test_a_review_is_over_with_its_answer_or_when_that_is_two_weeks_late(
    outcome: ReviewOutcome | None,
    decided: int | None,
    final: int | None,
    days_on: int,
    happened: tuple[int, str] | None,
) -> None:
    def on(days: int | None) -> date | None:
        return None if days is None else MET + timedelta(days=days)

    part = ReviewPart(MET, outcome, on(decided), on(final), phase_transfer=False)
    expected = (MET + timedelta(days=happened[0]), happened[1]) if happened else None
    assert review_event(part, today=MET + timedelta(days=days_on)) == expected


@pytest.mark.parametrize("reason", [None, *CeaseReason])
@pytest.mark.parametrize("outcome", [None, "maintain", "amend", "cease", OVERDUE])
@pytest.mark.parametrize("state", list(PlanState))
def test_a_plan_that_ended_is_asked_about_only_when_this_review_ended_it(
    state: PlanState, outcome: str | None, reason: CeaseReason | None
) -> None:
    event = PlanEvent(outcome=outcome, plan=EhcPlan(state=state, cease_reason=reason))
    gone = {CeaseReason.DECEASED, CeaseReason.TRANSFERRED, CeaseReason.LEFT_ENGLAND}
    expected = {
        PlanState.ACTIVE: None,
        PlanState.CEASED: None if outcome == "cease" and reason not in gone else "plan_ceased",
        PlanState.CANCELLED: "plan_cancelled",
    }[state]
    assert why_not_askable(event) == expected
