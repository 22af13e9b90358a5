"""What must agree within a row, and between the rows of one child, plan, review or contact."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from engage.people.vocabulary.ages import age_on
from engage.people.vocabulary.ehcp import ReviewOutcome
from engage.plans.reading.columns import COLUMNS, Part
from engage.plans.reading.rows import Values, plan_ref

_OLDEST_AT_ISSUE = 25


class Found(NamedTuple):
    """A mistake in one row, by our column's name."""

    column: str
    wrong: str
    cure: str


_NAMES = {part: tuple(name for name, column in COLUMNS.items() if column.part is part) for part in Part}
_NEEDED_OF_CONTACT = ("contactref", "contactrelationship", "contactsurname")
_OF_PLAN = (*_NAMES[Part.PLAN], *_NAMES[Part.REVIEW])
_ORDER = (
    ("personbirthdate", "startdate", "The plan was issued before the child was born."),
    ("startdate", "ceasedate", "The plan ceased before it was issued."),
    ("startdate", "reviewmeeting", "The review meeting was before the plan was issued."),
    ("reviewmeeting", "reviewoutcomedate", "The decision was made before the review meeting."),
    ("reviewmeeting", "reviewfinaldate", "The final amended plan was sent before the review meeting."),
    ("reviewoutcomedate", "reviewfinaldate", "The final amended plan was sent before the decision."),
)


def mistakes_within(values: Values) -> Iterator[Found]:
    """Everything in one row that its other cells gainsay."""
    yield from _lacking(values)
    for earlier, later, wrong in _ORDER:
        if earlier in values and later in values and values[later] < values[earlier]:
            yield Found(later, wrong, f"Check {earlier} and {later}.")
    if "startdate" in values and age_on(values["personbirthdate"], values["startdate"]) > _OLDEST_AT_ISSUE:
        yield Found(
            "personbirthdate",
            "The person was over 25 when the plan was issued.",
            "Check the year of birth and startdate.",
        )
    if "sentype2" in values and values["sentype2"] == values.get("sentype1"):
        yield Found("sentype2", "The second need is the same as the first.", "Leave sentype2 blank, or correct it.")


def _lacking(values: Values) -> Iterator[Found]:
    """Cells that others in the row make necessary."""
    if "startdate" not in values and (filled := _first(values, _OF_PLAN)):
        yield Found("startdate", f"{filled} is filled, but not the day the plan was issued.", "Fill in startdate.")
    if "reviewmeeting" not in values and (filled := _first(values, _NAMES[Part.REVIEW])):
        yield Found("reviewmeeting", f"{filled} is filled, but not the day of the meeting.", "Fill in reviewmeeting.")
    if "ceasereason" in values and "ceasedate" not in values:
        yield Found(
            "ceasedate", "There is a reason for ceasing, but no day.", "Fill in ceasedate, or clear ceasereason."
        )
    if "sentype2" in values and "sentype1" not in values:
        yield Found("sentype1", "There is a second need but no primary one.", "Fill in sentype1.")
    if values.get("reviewoutcome") in {ReviewOutcome.MAINTAIN, ReviewOutcome.CEASE} and "reviewfinaldate" in values:
        yield Found(
            "reviewfinaldate",
            "A final amended plan was sent, but the decision was not to amend.",
            "Check reviewoutcome.",
        )
    lacking = [name for name in _NEEDED_OF_CONTACT if name not in values]
    if lacking and (filled := _first(values, _NAMES[Part.CONTACT])):
        for name in lacking:
            yield Found(name, f"{filled} is filled, but not {name}.", f"Fill in {name}, or clear the contact's cells.")


def _first(values: Values, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in values), None)


Key = Callable[[Values], Hashable]
"""What rows have in common; None when a row does not tell of such a thing."""


def _plan_key(values: Values) -> Hashable:
    return plan_ref(values) if "startdate" in values else None


def _review_key(values: Values) -> Hashable:
    return (plan_ref(values), values["reviewmeeting"]) if "reviewmeeting" in values else None


def _link_key(values: Values) -> Hashable:
    return (values["personref"], values["contactref"]) if "contactref" in values else None


def _key_of(name: str) -> Key:
    return lambda values: values.get(name)


_LINK = ("contactrelationship", "parentalresponsibility", "hascare")
CONTACT_CELLS = tuple(name for name in _NAMES[Part.CONTACT] if name not in {*_LINK, "contactref", "contactallowed"})
"""What is said of a contact themselves, about whichever child the row is."""
_MUST_AGREE: tuple[tuple[str, Key, tuple[str, ...]], ...] = (
    ("child", _key_of("personref"), tuple(name for name in _NAMES[Part.CHILD] if name != "personref")),
    ("plan", _plan_key, ("personref", *(name for name in _NAMES[Part.PLAN] if name != "planref"))),
    ("review", _review_key, tuple(name for name in _NAMES[Part.REVIEW] if name != "reviewmeeting")),
    ("contact", _key_of("contactref"), CONTACT_CELLS),
    ("child and contact", _link_key, _LINK),
    ("unique pupil number", _key_of("upn"), ("personref",)),
    ("unique learner number", _key_of("uniquelearnernumber"), ("personref",)),
)
"""Rows with the same key must say the same of these columns; a blank says nothing. `contactallowed` is left out: a no wins."""

_PLAN_CURE = " If the child has had two plans, give each its own planref."


def clashes_between(rows: Mapping[int, Values]) -> Iterator[tuple[int, Found]]:
    """Every row that gainsays another, each with the rows that differ; nobody can know which of them is right."""
    for what, key, names in _MUST_AGREE:
        groups: dict[Hashable, list[int]] = {}
        for number, values in rows.items():
            if (found := key(values)) is not None:
                groups.setdefault(found, []).append(number)
        for numbers in groups.values():
            if len(numbers) > 1:
                yield from _differences(what, names, [(number, rows[number]) for number in numbers])


def _differences(what: str, names: Sequence[str], group: Sequence[tuple[int, Values]]) -> Iterator[tuple[int, Found]]:
    if len({tuple(map(values.get, names)) for _, values in group}) == 1:
        return  # as nearly always
    for name in names:
        said = [(number, values[name]) for number, values in group if name in values]
        if len(said) < 2 or all(value == said[0][1] for _, value in said):
            continue
        cure = "Make them the same." + (_PLAN_CURE if what == "plan" and name == "startdate" else "")
        wrong = f"{_listed([number for number, _ in said])} are about one {what} but differ in {name}."
        for number, _ in said:
            yield number, Found(name, wrong, cure)


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:4]))
    return f"Rows {shown} and {len(numbers) - 4} more" if len(numbers) > 4 else f"Rows {shown}"
