"""The made-up people whom a demonstration writes to: parent carers, foster carers, young people themselves."""

import random
import unicodedata
from dataclasses import dataclass, field

from engage.demonstration.figures import Community
from engage.demonstration.numbers import EMAIL_THAT_FAILS, TEXT_THAT_FAILS, landline, mobile

NO_EMAIL_SHARE = 0.08
NO_MOBILE_SHARE = 0.05
FAILING_SHARE = 0.03
LANDLINE_SHARE = 0.3
TWO_PARENT_SHARE = 0.06
NOT_ALLOWED_SHARE = 0.02
OTHER_LANGUAGE_SHARE = 0.5
"""Of those whose first language is not English: how many would rather read theirs; a fifth of these need an interpreter."""

_RELATIONSHIPS = (
    ("mother", 76),
    ("father", 14),
    ("grandparent", 4),
    ("adoptive parent", 3),
    ("step-parent", 2),
    ("special guardian", 1),
)
_WITHOUT_RESPONSIBILITY = frozenset({"grandparent", "step-parent", "foster carer"})
_STREETS = ("Sample Road", "Placeholder Avenue", "Mock Lane", "Trial Close", "Figment Gardens")


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact, in the import's own words."""

    ref: str
    relationship: str
    forename: str
    surname: str
    reach: dict[str, str] = field(default_factory=dict)
    responsible: bool = True
    has_care: bool = True
    allowed: bool = True

    def cells(self) -> dict[str, str]:
        """The contact's columns of an import row."""
        return {
            "contactref": self.ref,
            "contactrelationship": self.relationship,
            "parentalresponsibility": "Y" if self.responsible else "N",
            "hascare": "Y" if self.has_care else "N",
            "contactallowed": "Y" if self.allowed else "N",
            "contactforename": self.forename,
            "contactsurname": self.surname,
            **self.reach,
        }


def contacts_of(chance: random.Random, community: Community, *, family: int, looked_after: bool) -> list[Contact]:
    """A family's contacts, the one who cares for the child first; the birth parent of a child looked after must not be contacted."""
    surname = chance.choice(community.surnames)
    first = chance.choices([name for name, _ in _RELATIONSHIPS], weights=[share for _, share in _RELATIONSHIPS])[0]
    parent = _contact(chance, community, f"C{family:06}A", first, surname)
    if looked_after:
        carer = _contact(chance, community, f"C{family:06}F", "foster carer", "Carerworth")
        birth_parent = Contact(
            parent.ref, "mother", parent.forename, surname, parent.reach, has_care=False, allowed=False
        )
        return [carer, birth_parent]
    if chance.random() < TWO_PARENT_SHARE:
        other = "father" if first == "mother" else "mother"
        return [parent, _contact(chance, community, f"C{family:06}B", other, surname)]
    return [parent]


def young_person(chance: random.Random, serial: int, forename: str, surname: str) -> Contact:
    """The young person as their own contact."""
    return Contact(
        f"Y{serial:06}",
        "self",
        forename,
        surname,
        _reach(chance, f"Y{serial:06}", forename, surname),
        responsible=False,
        has_care=False,
    )


def _contact(chance: random.Random, community: Community, ref: str, relationship: str, surname: str) -> Contact:
    names = community.boys if relationship == "father" else community.girls
    forename = chance.choice(names)
    reach = _reach(chance, ref, forename, surname) | _language(chance, community)
    reach |= {
        "addressline1": f"{chance.randint(1, 98)} {chance.choice(_STREETS)}",
        "addressline2": "Kingston upon Thames",
        "contactpostcode": "KT1 1EU",
    }
    return Contact(
        ref,
        relationship,
        forename,
        surname,
        reach,
        responsible=relationship not in _WITHOUT_RESPONSIBILITY,
        allowed=chance.random() >= NOT_ALLOWED_SHARE,
    )


def _reach(chance: random.Random, ref: str, forename: str, surname: str) -> dict[str, str]:
    """How to reach someone, with the gaps and failures that real lists have."""
    found: dict[str, str] = {}
    if chance.random() >= NO_EMAIL_SHARE:
        found["email"] = EMAIL_THAT_FAILS if chance.random() < FAILING_SHARE else _email(ref, forename, surname)
    if chance.random() >= NO_MOBILE_SHARE:
        found["mobile"] = TEXT_THAT_FAILS if chance.random() < FAILING_SHARE else mobile(chance)
    if chance.random() < LANDLINE_SHARE:
        found["telephone"] = landline(chance)
    return found


def _email(ref: str, forename: str, surname: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{forename}.{surname}").encode("ascii", "ignore").decode()
    return f"{plain.replace(chr(39), '').lower()}.{ref.lower()}@example.org"


def _language(chance: random.Random, community: Community) -> dict[str, str]:
    spoken = chance.choice(community.languages) if community.languages else ""
    if spoken in {"", "ENG", "ENB", "OTB", "OTH", "NOT"} or chance.random() >= OTHER_LANGUAGE_SHARE:
        return {}
    return {"preferredlanguage": spoken, "interpreter": "Y" if chance.random() < 0.2 else "N"}
