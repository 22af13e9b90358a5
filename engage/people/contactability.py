"""Who is asked about a child: a pure rule over relationships, ages and holds, with a reason for every "no"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engage.people.models import (
    ENGAGE_WITH_FEEDBACK,
    Capacity,
    CapacityRecord,
    Child,
    ContactCheck,
    ContactPoint,
    ContactState,
    Hold,
    HoldReason,
    Person,
    Relationship,
)
from engage.people.vocabulary.ages import is_over_compulsory_school_age, mental_capacity_act_applies


class NotAsked(StrEnum):
    """Why somebody related to a child, or the young person, is not asked."""

    YOUNG_PERSON_DECIDES = "young_person_decides"
    OF_SCHOOL_AGE = "of_school_age"
    NOT_YET_SIXTEEN = "not_yet_sixteen"
    NEEDS_REPRESENTATIVE = "needs_representative"
    LOOKED_AFTER_NEEDS_CHECK = "looked_after_needs_check"
    CHECKED_NOT_TO_ASK = "checked_not_to_ask"
    CONTACT_NOT_ALLOWED = "contact_not_allowed"
    RELATIONSHIP_ENDED = "relationship_ended"
    NO_LONGER_NAMED = "no_longer_named"
    """The newest file with contacts of the child names others, and not them: nobody knows why, so they hear nothing."""
    NO_RESPONSIBILITY_OR_CARE = "no_responsibility_or_care"
    NO_SETTING = "no_setting"
    """The case system names no setting for the child, so no setting is asked."""
    NO_MAILBOX = "no_mailbox"
    """The child's setting, or any health service, has no mailbox on the list yet."""
    MAILBOX_NOT_WORKING = "mailbox_not_working"


MAY_CHANGE = frozenset({NotAsked.LOOKED_AFTER_NEEDS_CHECK, NotAsked.NEEDS_REPRESENTATIVE, NotAsked.NOT_YET_SIXTEEN})
"""Reasons that somebody's word, or a birthday, can take away: whoever is being asked waits, and is not given up."""


class HoldPolicy(StrEnum):
    """What a hold means for the asking."""

    WAITS = "waits"
    """Nothing at all goes until it is lifted."""
    ENDS = "ends"
    """The present invitation is over."""
    ONE_GENTLE_MESSAGE = "one_gentle_message"
    """One first message goes, in words of its own; no reminder, no other way, no call."""


HOLD_POLICY = {
    HoldReason.BEREAVEMENT: HoldPolicy.WAITS,
    HoldReason.SAFEGUARDING: HoldPolicy.WAITS,
    HoldReason.COURT_RESTRICTION: HoldPolicy.WAITS,
    HoldReason.MOVED_OR_CEASED: HoldPolicy.WAITS,
    HoldReason.COMPLAINT_OR_TRIBUNAL: HoldPolicy.ONE_GENTLE_MESSAGE,
    HoldReason.OPTED_OUT: HoldPolicy.ENDS,
    HoldReason.WRONG_PERSON: HoldPolicy.ENDS,
    HoldReason.DO_NOT_SEND: HoldPolicy.WAITS,
}
"""Families in a dispute are never left out in silence: that would leave the figures to those for whom it went well."""
_STRICTEST_FIRST = (HoldPolicy.ENDS, HoldPolicy.WAITS, HoldPolicy.ONE_GENTLE_MESSAGE)


@dataclass(frozen=True)
class Standing:
    """One related person, and whether they may be asked."""

    person: Person
    not_asked: NotAsked | None


def parent_carers_of(child: Child, *, on: date) -> list[Standing]:
    """Every parent carer of a child with whether a parent carers' survey may go to them.

    Parent: anyone with parental responsibility or care (Education Act 1996 s576). After compulsory school age the
    young person holds the rights (Children and Families Act 2014 s83), so their parents are not asked in their place.
    For a looked-after child a worker checks first who should be asked.
    """
    return [Standing(tie.parent_carer, why_not_asked(child, tie, on=on)) for tie in child.relationships]


def why_not_asked(child: Child, tie: Relationship, *, on: date) -> NotAsked | None:
    """The first reason against asking this parent carer about this child, or None."""
    if not tie.contact_allowed:
        return NotAsked.CONTACT_NOT_ALLOWED
    if tie.ended_on and tie.ended_on <= on:
        return NotAsked.RELATIONSHIP_ENDED
    if tie.no_longer_named_on and tie.no_longer_named_on <= on:
        return NotAsked.NO_LONGER_NAMED
    if not (tie.has_parental_responsibility or tie.has_care):
        return NotAsked.NO_RESPONSIBILITY_OR_CARE
    if is_over_compulsory_school_age(child.born_on, on):
        return NotAsked.YOUNG_PERSON_DECIDES
    if not child.looked_after:
        return None
    check = newest_check(child, tie.parent_carer_id)
    if check is None:
        return NotAsked.LOOKED_AFTER_NEEDS_CHECK
    return None if check.may_ask else NotAsked.CHECKED_NOT_TO_ASK


def why_young_person_not_asked(child: Child, *, on: date) -> NotAsked | None:
    """The first reason against asking somebody about their own plan, or None.

    The right is theirs once compulsory school age has ended. Capacity is presumed from 16 (Mental Capacity Act 2005, s1
    and s2): somebody born in July or August is a young person some weeks before, and is asked from their birthday on.
    Who lacks capacity for this decision needs a representative, whom staff find and meet; no message goes by itself.
    """
    if not is_over_compulsory_school_age(child.born_on, on):
        return NotAsked.OF_SCHOOL_AGE
    if not mental_capacity_act_applies(child.born_on, on):
        return NotAsked.NOT_YET_SIXTEEN
    record = newest_capacity_record(child)
    lacks = record is not None and record.outcome is Capacity.LACKS_CAPACITY
    return NotAsked.NEEDS_REPRESENTATIVE if lacks else None


def newest_check(child: Child, parent_carer_id: int) -> ContactCheck | None:
    """The worker's last word on asking this parent carer about this child."""
    checks = [check for check in child.contact_checks if check.parent_carer_id == parent_carer_id]
    return checks[-1] if checks else None


def newest_capacity_record(child: Child) -> CapacityRecord | None:
    """What was last found about this young person's capacity to decide whether to answer."""
    records = [record for record in child.capacity_records if record.decision == ENGAGE_WITH_FEEDBACK]
    return records[-1] if records else None


def usable(points: Iterable[ContactPoint]) -> list[ContactPoint]:
    """The addresses and numbers that still work, as far as we know."""
    return [point for point in points if point.state is ContactState.USABLE]


def standing_hold(holds: Iterable[Hold]) -> Hold | None:
    """The hold in force, if any, the one of the strictest policy first."""
    standing = [hold for hold in holds if hold.lifted_at is None]
    return min(standing, key=lambda hold: _STRICTEST_FIRST.index(HOLD_POLICY[hold.reason]), default=None)
