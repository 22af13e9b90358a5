"""Which plan events may be asked about, and when each counts as having happened. Pure rules."""

from datetime import date, timedelta

from engage.people.vocabulary.ehcp import CeaseReason, ReviewOutcome
from engage.plans.models import PlanEvent, PlanState
from engage.plans.reading import ReviewPart

DECISION_OVERDUE = timedelta(weeks=6)
"""Two weeks past the four in which a council must decide (SEND Regulations 2014, regulation 20(10))."""
AMENDED_PLAN_OVERDUE = timedelta(weeks=14)
"""Two weeks past the twelve in which an amended plan must be final (regulation 22(3), after R (L, M, P) v Devon)."""
OVERDUE = "overdue"
NOT_OURS_TO_ASK = frozenset({CeaseReason.DECEASED, CeaseReason.TRANSFERRED, CeaseReason.LEFT_ENGLAND})


def review_event(review: ReviewPart, *, today: date) -> tuple[date, str] | None:
    """When a review counts as finished, and its outcome; None while it is going on.

    The family has its answer with the decision, or with the final amended plan. Families who are left waiting are asked
    too, or the figures would hold only the reviews that went well.
    """
    if review.outcome is ReviewOutcome.AMEND:
        if review.final_on:
            return review.final_on, review.outcome.value
        late = review.met_on + AMENDED_PLAN_OVERDUE
    elif review.outcome is not None and review.decided_on:
        return review.decided_on, review.outcome.value
    else:
        late = review.met_on + DECISION_OVERDUE
    return (late, OVERDUE) if late <= today else None


def why_not_askable(event: PlanEvent) -> str | None:
    """Why an event is not, or is no longer, asked about; None when it is."""
    if event.withdrawn_at is not None:
        return event.withdrawn_because or "withdrawn"
    plan = event.plan
    if plan.state is PlanState.CANCELLED:
        return "plan_cancelled"
    if plan.state is PlanState.CEASED:
        ended_by_this_review = event.outcome == ReviewOutcome.CEASE and plan.cease_reason not in NOT_OURS_TO_ASK
        return None if ended_by_this_review else "plan_ceased"
    return None
