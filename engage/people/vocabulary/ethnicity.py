"""Ethnicity as the council's systems record it, and what counts as a minority ethnic group, by named definition."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engage.people.vocabulary.code_lists import code_list
from engage.people.vocabulary.mistakes import WrongValue


class EthnicGroup(StrEnum):
    """The five groups of the published EHC plan statistics."""

    WHITE = "white"
    MIXED = "mixed"
    ASIAN = "asian"
    BLACK = "black"
    OTHER = "other"


GROUP_LABELS = {
    EthnicGroup.WHITE: "White",
    EthnicGroup.MIXED: "Mixed or multiple ethnic groups",
    EthnicGroup.ASIAN: "Asian or Asian British",
    EthnicGroup.BLACK: "Black, Black British, Caribbean or African",
    EthnicGroup.OTHER: "Other ethnic group",
}


class Knowledge(StrEnum):
    """Whether a person's ethnicity is known; the three kinds of unknown are different facts and are never added up unsaid."""

    KNOWN = "known"
    REFUSED = "refused"
    NOT_OBTAINED = "not_obtained"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Ethnicity:
    """One code: `main` is the DfE main code it belongs to, `harmonised` the census-style category where the lists meet."""

    code: str
    label: str
    main: str
    group: EthnicGroup | None
    harmonised: str | None

    @property
    def is_main(self) -> bool:
        return self.code == self.main


ETHNICITIES: dict[str, Ethnicity] = {
    row["code"]: Ethnicity(
        code=row["code"],
        label=row["label"],
        main=row["main"],
        group=EthnicGroup(row["group"]) if row["group"] else None,
        harmonised=row["harmonised"] or None,
    )
    for row in code_list("ethnicity")
}

_UNKNOWN = {"REFU": Knowledge.REFUSED, "NOBT": Knowledge.NOT_OBTAINED}


def ethnicity(code: str) -> Ethnicity:
    """The ethnicity with this DfE code, main or extended, in any case; `WrongValue` when there is none."""
    found = ETHNICITIES.get(code.strip().upper())
    if found is None:
        raise WrongValue(
            "This is not a DfE ethnicity code.",
            "Use a code such as WBRI or ASLT, REFU if the family would rather not say, or NOBT if nobody has asked yet.",
        )
    return found


def knowledge(code: str | None) -> Knowledge:
    """Whether a stored code is known, refused, not obtained, or was never filled in."""
    if not code:
        return Knowledge.BLANK
    return _UNKNOWN.get(code, Knowledge.KNOWN)


@dataclass(frozen=True, slots=True)
class MinorityDefinition:
    """What counts as a minority ethnic group; figures name the definition and version they used.

    The base is always the people whose ethnicity is known, with the unknown counted beside it.
    """

    id: str
    version: int
    label: str
    majority: frozenset[str]
    """The main codes that are not a minority under this definition."""

    def includes(self, code: str | None) -> bool | None:
        """Whether this code is a minority ethnic group; None when ethnicity is not known."""
        if not code or knowledge(code) is not Knowledge.KNOWN:
            return None
        return ETHNICITIES[code].main not in self.majority


NOT_WHITE_BRITISH = MinorityDefinition(
    id="not_white_british",
    version=1,
    label="every ethnic group except White British",
    majority=frozenset({"WBRI"}),
)
"""The government's own usage since 2021: White minorities are minorities."""

NON_WHITE = MinorityDefinition(
    id="non_white",
    version=1,
    label="every ethnic group except the White groups",
    majority=frozenset(e.main for e in ETHNICITIES.values() if e.group is EthnicGroup.WHITE),
)
"""What the Kingston papers' "35% of EHC plans" appears to use; it hides White minorities such as Polish families."""

MINORITY_DEFINITIONS = {definition.id: definition for definition in (NOT_WHITE_BRITISH, NON_WHITE)}


def mixed_levels(codes: Iterable[str]) -> dict[str, list[str]]:
    """Main codes used beside their own extended codes, with those: an authority should use one level or the other.

    The rule is DfE's (an authority picks either a main code or all of its extended codes); a mixture undercounts the extended ones.
    """
    used = {code for code in codes if code in ETHNICITIES}
    mains = {code for code in used if ETHNICITIES[code].is_main}
    found: dict[str, list[str]] = {}
    for code in sorted(used - mains):
        if ETHNICITIES[code].main in mains:
            found.setdefault(ETHNICITIES[code].main, []).append(code)
    return found
