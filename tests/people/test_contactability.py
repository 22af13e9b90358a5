"""Who is asked about a child, as a truth table."""

from datetime import date
from typing import Any

import pytest

from engage.people.contactability import NotAsked, parent_carers_of, standing_hold, usable, why_not_asked
from engage.people.models import (
    Channel,
    Child,
    ContactPoint,
    ContactState,
    Hold,
    HoldReason,
    ParentCarer,
    Relationship,
)
from tests import factories

ON = date(2026, 3, 2)


def child(**given: Any) -> Child:
    return Child(**({"born_on": date(2016, 5, 4), "looked_after": False} | given))


def tie(**given: Any) -> Relationship:
    values = {"contact_allowed": True, "has_parental_responsibility": True, "has_care": True}
    return Relationship(**(values | given))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, None),
        ({"contact_allowed": False}, NotAsked.CONTACT_NOT_ALLOWED),
        ({"ended_on": date(2026, 3, 1)}, NotAsked.RELATIONSHIP_ENDED),
        ({"ended_on": ON}, NotAsked.RELATIONSHIP_ENDED),
        ({"ended_on": date(2026, 3, 3)}, None),
        ({"has_parental_responsibility": False}, None),
        ({"has_care": False}, None),
        ({"has_parental_responsibility": False, "has_care": False}, NotAsked.NO_RESPONSIBILITY_OR_CARE),
        ({"contact_allowed": False, "ended_on": ON}, NotAsked.CONTACT_NOT_ALLOWED),
    ],
)
def test_by_how_they_are_related(given: dict[str, Any], reason: NotAsked | None) -> None:
    assert why_not_asked(child(), tie(**given), on=ON) is reason


@pytest.mark.parametrize(
    ("born_on", "on", "over"),
    [
        (date(2010, 8, 31), date(2026, 6, 26), False),  # the last Friday in June itself
        (date(2010, 8, 31), date(2026, 6, 27), True),  # 15 still, and a young person in law
        (date(2010, 7, 15), date(2026, 6, 27), True),
        (date(2010, 9, 1), date(2026, 6, 27), False),
        (date(2010, 9, 2), date(2026, 10, 1), False),  # 16, and of compulsory school age
        (date(2010, 9, 2), date(2027, 6, 25), False),
        (date(2010, 9, 2), date(2027, 6, 26), True),
        (date(2010, 1, 1), date(2026, 6, 26), False),
        (date(2010, 1, 1), date(2026, 6, 27), True),
        (date(2001, 3, 2), date(2026, 3, 2), True),
    ],
)
def test_after_compulsory_school_age_the_young_person_decides(born_on: date, on: date, over: bool) -> None:
    assert why_not_asked(child(born_on=born_on), tie(), on=on) is (NotAsked.YOUNG_PERSON_DECIDES if over else None)


def test_a_looked_after_child_needs_a_check_first() -> None:
    assert why_not_asked(child(looked_after=True), tie(), on=ON) is NotAsked.LOOKED_AFTER_NEEDS_CHECK


def test_every_parent_carer_is_named_with_their_own_reason() -> None:
    mother, father = ParentCarer(forename="Mother"), ParentCarer(forename="Father")
    both = child()
    both.relationships = [tie(parent_carer=mother), tie(parent_carer=father, contact_allowed=False)]
    assert [(each.person, each.not_asked) for each in parent_carers_of(both, on=ON)] == [
        (mother, None),
        (father, NotAsked.CONTACT_NOT_ALLOWED),
    ]


def test_only_addresses_that_work_are_usable() -> None:
    points = [ContactPoint(channel=Channel.EMAIL, value=state.value, state=state) for state in ContactState]
    assert [point.value for point in usable(points)] == ["usable"]


@pytest.mark.parametrize(
    ("reasons", "standing"),
    [
        ([], None),
        ([HoldReason.BEREAVEMENT], HoldReason.BEREAVEMENT),
        ([HoldReason.BEREAVEMENT, HoldReason.SAFEGUARDING], HoldReason.BEREAVEMENT),
        ([HoldReason.BEREAVEMENT, HoldReason.OPTED_OUT], HoldReason.OPTED_OUT),
        ([HoldReason.WRONG_PERSON, HoldReason.DO_NOT_SEND], HoldReason.WRONG_PERSON),
    ],
)
def test_the_hold_that_counts(reasons: list[HoldReason], standing: HoldReason | None) -> None:
    lifted = Hold(reason=HoldReason.OPTED_OUT, lifted_at=factories.AT)
    found = standing_hold([lifted, *(Hold(reason=reason) for reason in reasons)])
    assert (found.reason if found else None) is standing
