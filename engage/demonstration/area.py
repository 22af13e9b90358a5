"""A demonstration area: families who do not exist, in the very columns that a council's case system exports.

Drawn from what is published about Kingston's EHC plans (January 2025), with the gaps and knots of real lists: no email, no mobile, two
parents, brothers and sisters, children looked after, people who must not be contacted, plans that ceased, children who died.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from engage.demonstration.contacts import Contact, contacts_of, young_person
from engage.demonstration.figures import Community, drawn, drawn_community
from engage.demonstration.numbers import learner_number, pupil_number
from engage.people.vocabulary.ages import age_at_31_august, is_over_compulsory_school_age, national_curriculum_year
from engage.plans.reading import COLUMNS

SIBLING_SHARE = 0.07
LOOKED_AFTER_SHARE = 0.03
TRANSFERRED_IN_SHARE = 0.03
CANCELLED_SHARE = 0.005
SECOND_NEED_SHARE = 0.35
DECEASED_EVERY = 150
"""One child in so many has died, so that every demonstration of some size shows that no message goes to such a family."""

_MONTH_WEIGHTS = {2: 20, 3: 20, 4: 18, 7: 18, 8: 5, 12: 7}
_USUAL_MONTH = 10
_OUTCOMES = ("maintain", "amend", "cease")
_OUTCOME_WEIGHTS = (843, 685, 13)  # Kingston's annual reviews of 2024
_PHASE_YEARS = frozenset({2, 6, 11, 13})
SCHOOLS = (
    "Mockingbird Primary School",
    "Sampler's Wood School",
    "Trial Lane Academy",
    "Pretend Park School",
    "Figment Hill Primary School",
)
COLLEGES = ("Placeholder College", "Example Reach College")


@dataclass(frozen=True, slots=True)
class _Span:
    """The days in which plans are issued, each weighed by how busy its month is."""

    days: tuple[date, ...]
    weights: tuple[int, ...]

    @classmethod
    def between(cls, first_on: date, last_on: date) -> "_Span":
        every = (first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1))
        days = tuple(day for day in every if day.weekday() < 5) or (last_on,)
        return cls(days, tuple(_MONTH_WEIGHTS.get(day.month, _USUAL_MONTH) for day in days))


def generate(families: int, *, seed: int, first_on: date, last_on: date) -> Iterator[dict[str, str]]:
    """Import rows for so many families whose plans were issued between two days, both inside; the same seed gives the same rows.

    Every row has every column of `COLUMNS`, as text, with dates like 14/03/2026; nothing in it is later than `last_on`. Numbers
    are Ofcom's for drama and addresses end in example.org, but for the few that the Notify simulator fails on purpose.
    """
    chance = random.Random(seed)  # noqa: S311 - chance for a demonstration, not for a secret
    span = _Span.between(first_on, last_on)
    serial = 0
    for family in range(1, families + 1):
        community = drawn_community(chance)
        looked_after = chance.random() < LOOKED_AFTER_SHARE
        contacts = contacts_of(chance, community, family=family, looked_after=looked_after)
        for _ in range(2 if chance.random() < SIBLING_SHARE else 1):
            serial += 1
            yield from _child_rows(chance, serial, community, contacts, span, last_on, looked_after=looked_after)


def _child_rows(
    chance: random.Random,
    serial: int,
    community: Community,
    contacts: list[Contact],
    span: _Span,
    last_on: date,
    *,
    looked_after: bool,
) -> Iterator[dict[str, str]]:
    """A child's rows: as many as there are contacts or reviews, each contact and each review told once."""
    born_on, issued_on = _dates(chance, span, last_on)
    child = _child(
        chance, serial, community, contacts[0].surname, born_on, issued_on, last_on, looked_after=looked_after
    )
    plan = _plan(chance, serial, issued_on)
    reviews = _reviews(chance, plan, born_on, issued_on, last_on)
    _end(chance, serial, plan, reviews, issued_on, last_on)
    told = [contact.cells() for contact in contacts]
    if is_over_compulsory_school_age(born_on, last_on):
        told.insert(0, young_person(chance, serial, child["forename"], child["surname"]).cells())
    for place in range(max(len(told), len(reviews), 1)):
        review = reviews[place] if place < len(reviews) else {}
        contact = told[place] if place < len(told) else {}
        yield dict.fromkeys(COLUMNS, "") | child | plan | review | contact


def _dates(chance: random.Random, span: _Span, last_on: date) -> tuple[date, date]:
    """A birthday, by the published ages on the last 31 August, and a later day on which the plan was issued."""
    newest_august = last_on.year if (last_on.month, last_on.day) >= (8, 31) else last_on.year - 1
    while True:
        age = int(drawn(chance, "age"))
        born_on = date(newest_august - age, 8, 31) - timedelta(days=chance.randrange(365))
        issued_on = chance.choices(span.days, weights=span.weights)[0]
        if issued_on >= born_on + timedelta(days=700):
            return born_on, issued_on


def _child(
    chance: random.Random,
    serial: int,
    community: Community,
    surname: str,
    born_on: date,
    issued_on: date,
    last_on: date,
    *,
    looked_after: bool,
) -> dict[str, str]:
    sex = drawn(chance, "sex")
    need, second = drawn(chance, f"need of {sex}"), drawn(chance, f"need of {sex}")
    age = age_at_31_august(born_on, last_on)
    return {
        "personref": f"P{serial:06}",
        "surname": surname,
        "forename": chance.choice(community.girls if sex == "F" else community.boys),
        "personbirthdate": _written(born_on),
        "sex": sex,
        "ethnicity": community.code,
        "postcode": postcode(chance),
        "upn": pupil_number(serial, issued_on.year) if age >= 5 and chance.random() < 0.95 else "",
        "uniquelearnernumber": learner_number(serial) if age >= 14 and chance.random() < 0.9 else "",
        "firstlanguage": chance.choice(community.languages) if community.languages else "",
        "localauthority": "314",
        "lookedafter": "Y" if looked_after else "N",
        "sentype1": need,
        "sentype2": second if second != need and chance.random() < SECOND_NEED_SHARE else "",
        "settingname": chance.choice(SCHOOLS if age < 16 else COLLEGES),
        "urn": "",
    }


def _plan(chance: random.Random, serial: int, issued_on: date) -> dict[str, str]:
    return {
        "planref": f"EHC{serial:06}",
        "startdate": _written(issued_on),
        "transferredin": "Y" if chance.random() < TRANSFERRED_IN_SHARE else "N",
        "ceasedate": "",
        "ceasereason": "",
        "planstatus": "cancelled" if chance.random() < CANCELLED_SHARE else "active",
    }


def _reviews(
    chance: random.Random, plan: dict[str, str], born_on: date, issued_on: date, last_on: date
) -> list[dict[str, str]]:
    """A review within each year of the plan, never in the summer holiday; Kingston decided half of them in four weeks in 2024."""
    reviews: list[dict[str, str]] = []
    met_on = _in_term(issued_on + timedelta(days=chance.randint(320, 364)))
    while met_on <= last_on and plan["planstatus"] == "active" and not plan["ceasedate"]:
        decided_on = met_on + timedelta(
            days=chance.randint(10, 28) if chance.random() < 0.515 else chance.randint(29, 90)
        )
        outcome = chance.choices(_OUTCOMES, weights=_OUTCOME_WEIGHTS)[0]
        final_on = decided_on + timedelta(days=chance.randint(35, 84))
        decided = decided_on <= last_on
        transfer = national_curriculum_year(born_on, met_on) in _PHASE_YEARS and met_on.month >= 9
        reviews.append(
            {
                "reviewmeeting": _written(met_on),
                "reviewoutcome": outcome if decided else "",
                "reviewoutcomedate": _written(decided_on) if decided else "",
                "reviewfinaldate": _written(final_on) if decided and outcome == "amend" and final_on <= last_on else "",
                "phasetransfer": "Y" if transfer else "N",
            }
        )
        if decided and outcome == "cease":
            plan |= {"ceasedate": _written(decided_on), "ceasereason": "2"}
        met_on = _in_term(met_on + timedelta(days=chance.randint(330, 364)))
    return reviews


def _in_term(day: date) -> date:
    if (day.month, day.day) >= (7, 20) and day.month < 9:
        day = date(day.year, 9, 10)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def _end(
    chance: random.Random,
    serial: int,
    plan: dict[str, str],
    reviews: list[dict[str, str]],
    issued_on: date,
    last_on: date,
) -> None:
    """A few plans end after their last news: the child moved, went to work or university, or died."""
    if plan["ceasedate"]:
        return
    reason = (
        "8"
        if serial % DECEASED_EVERY == DECEASED_EVERY // 3
        else chance.choices(("5", "4", "3", "6", ""), (6, 3, 3, 3, 985))[0]
    )
    if not reason:
        return
    latest = _read(max((review[name] for review in reviews[-1:] for name in review if name != "phasetransfer" and "/" in review[name]),
                       key=_read, default=_written(issued_on)))  # fmt: skip
    left = max((last_on - latest).days, 0)
    plan |= {"ceasedate": _written(latest + timedelta(days=chance.randint(0, min(left, 200)))), "ceasereason": reason}


def postcode(chance: random.Random) -> str:
    """A postcode in Kingston's districts whose last part no street has: the Post Office never uses V in it."""
    return f"KT{chance.choice((1, 2, 3, 4, 5, 6, 9))} {chance.randint(1, 9)}V{chance.choice('VA')}"


def _written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _read(written: str) -> date:
    day, month, year = written.split("/")
    return date(int(year), int(month), int(day))
