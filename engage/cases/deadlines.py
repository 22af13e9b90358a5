"""By when each step of a case is promised, and until when the family may appeal."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from engage.core.working_days import add_working_days

TRIAGE_DAYS = 2
URGENT_TRIAGE_DAYS = 1
CONTACT_DAYS = 5
CLOSE_DAYS = 20
APPEAL_MONTHS = 2


@dataclass(frozen=True)
class Deadlines:
    """The three promises of a case, as dates."""

    triage_due_on: date
    contact_due_on: date
    close_due_on: date


def deadlines(opened_on: date, *, urgent: bool) -> Deadlines:
    """Sorted in 2 working days, first spoken to in 5, closed in 20. Words that may mean harm are read in 1: the time
    Working Together 2023 gives a social worker to decide on a referral."""
    return Deadlines(
        triage_due_on=add_working_days(opened_on, URGENT_TRIAGE_DAYS if urgent else TRIAGE_DAYS),
        contact_due_on=add_working_days(opened_on, CONTACT_DAYS),
        close_due_on=add_working_days(opened_on, CLOSE_DAYS),
    )


def appeal_until(decided_on: date) -> date:
    """The last day to appeal to the SEND Tribunal: two months after the decision letter, on the same day of the month or
    its last (SEND Regulations 2014 and the Tribunal's rules). A mediation certificate may give longer, never shorter.
    """
    month = decided_on.month - 1 + APPEAL_MONTHS
    year, month = decided_on.year + month // 12, month % 12 + 1
    return date(year, month, min(decided_on.day, monthrange(year, month)[1]))
