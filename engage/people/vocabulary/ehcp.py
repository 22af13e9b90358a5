"""Education, health and care plans: why one ends, what a review decides, and whether one is still good."""

from enum import StrEnum

from engage.people.vocabulary.mistakes import WrongValue


class CeaseReason(StrEnum):
    """Why a plan ceased, by SEN2's numbers."""

    MAXIMUM_AGE = "1"
    NEEDS_MET = "2"
    HIGHER_EDUCATION = "3"
    EMPLOYMENT = "4"
    TRANSFERRED = "5"
    NO_LONGER_ENGAGING = "6"
    LEFT_ENGLAND = "7"
    DECEASED = "8"
    OTHER = "9"


CEASE_REASON_LABELS = {
    CeaseReason.MAXIMUM_AGE: "Reached the oldest age for a plan",
    CeaseReason.NEEDS_MET: "Needs are met without a plan",
    CeaseReason.HIGHER_EDUCATION: "Went into higher education",
    CeaseReason.EMPLOYMENT: "Went into work",
    CeaseReason.TRANSFERRED: "Moved to another local authority",
    CeaseReason.NO_LONGER_ENGAGING: "No longer wishes to take part in education or training",
    CeaseReason.LEFT_ENGLAND: "Moved outside England",
    CeaseReason.DECEASED: "Died",
    CeaseReason.OTHER: "Another reason",
}


_CEASE_REASONS = {each.value: each for each in CeaseReason}


def cease_reason(text: str) -> CeaseReason:
    """The reason with SEN2's number 1 to 9; `WrongValue` otherwise."""
    found = _CEASE_REASONS.get(text.strip().lstrip("0"))
    if found is None:
        meanings = "; ".join(f"{code} {label.lower()}" for code, label in CEASE_REASON_LABELS.items())
        raise WrongValue("This is not one of SEN2's reasons for a plan to cease.", f"Use a number: {meanings}.")
    return found


class ReviewOutcome(StrEnum):
    """What the authority decided after a review meeting (SEND Regulations 2014, regulation 20(10))."""

    MAINTAIN = "maintain"
    AMEND = "amend"
    CEASE = "cease"


_REVIEW_OUTCOMES = {
    "m": ReviewOutcome.MAINTAIN,
    "maintain": ReviewOutcome.MAINTAIN,
    "maintained": ReviewOutcome.MAINTAIN,
    "maintain the plan": ReviewOutcome.MAINTAIN,
    "no change": ReviewOutcome.MAINTAIN,
    "a": ReviewOutcome.AMEND,
    "amend": ReviewOutcome.AMEND,
    "amended": ReviewOutcome.AMEND,
    "amend the plan": ReviewOutcome.AMEND,
    "c": ReviewOutcome.CEASE,
    "cease": ReviewOutcome.CEASE,
    "ceased": ReviewOutcome.CEASE,
    "cease the plan": ReviewOutcome.CEASE,
}


def review_outcome(text: str) -> ReviewOutcome:
    """Maintain, amend or cease, or the letter M, A or C, in any case; `WrongValue` otherwise."""
    found = _REVIEW_OUTCOMES.get(text.strip().casefold())
    if found is None:
        raise WrongValue(
            "This is not the outcome of an annual review.",
            "Write maintain, amend or cease (or M, A, C); leave it blank until it is decided.",
        )
    return found


class PlanStatus(StrEnum):
    """Whether a plan's row is good, or was entered by mistake or withdrawn; a plan that ran and ended has a cease date instead."""

    ACTIVE = "active"
    CANCELLED = "cancelled"


_PLAN_STATUSES = {each.value: each for each in PlanStatus}


def plan_status(text: str) -> PlanStatus:
    """Active or cancelled, in any case; `WrongValue` otherwise."""
    found = _PLAN_STATUSES.get(text.strip().casefold())
    if found is None:
        raise WrongValue(
            "This is not active or cancelled.",
            "Write cancelled for a plan entered by mistake or withdrawn; otherwise active.",
        )
    return found
