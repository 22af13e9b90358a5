"""Special educational needs: types of need, provision, and where a child is educated when it is not at a school with a number."""

from enum import StrEnum

from engage.people.vocabulary.code_lists import code_list
from engage.people.vocabulary.mistakes import WrongValue


class SenType(StrEnum):
    """Types of need, Common Basic Data Set, May 2026; the words for each are in `SEN_TYPE_LABELS` and may change without the code."""

    SPLD = "SPLD"
    MLD = "MLD"
    SLD = "SLD"
    PMLD = "PMLD"
    DS = "DS"
    SEMH = "SEMH"
    SLCN = "SLCN"
    ASD = "ASD"
    HI = "HI"
    VI = "VI"
    MSI = "MSI"
    PD = "PD"
    OTH = "OTH"
    NSA = "NSA"


class NeedArea(StrEnum):
    """The four broad areas of the SEND Code of Practice, 6.28."""

    COMMUNICATION = "communication and interaction"
    COGNITION = "cognition and learning"
    SEMH = "social, emotional and mental health"
    SENSORY = "sensory and physical"


_ROWS = code_list("sen_types")
_RETIRED = {row["code"]: SenType(row["instead"]) for row in _ROWS if row["instead"]}
SEN_TYPE_LABELS = {SenType(row["code"]): row["label"] for row in _ROWS if not row["instead"]}
_SEN_TYPES = {each.value: each for each in SenType}
SEN_TYPE_AREAS = {SenType(row["code"]): NeedArea(row["area"]) for row in _ROWS if row["area"]}


def sen_type(code: str) -> SenType:
    """The type of need with this code, in any case; `WrongValue` names the new code when a retired one is given."""
    written = code.strip().upper()
    if written in _RETIRED:
        new = _RETIRED[written]
        raise WrongValue(
            f"{written} is a retired code for a type of need.",
            f"Use {new} ({SEN_TYPE_LABELS[new]}), or check the plan.",
        )
    found = _SEN_TYPES.get(written)
    if found is None:
        raise WrongValue("This is not a code for a type of need.", f"Use one of {', '.join(SenType)}.")
    return found


class SenProvision(StrEnum):
    """What a child gets; S, A and P (statement, School Action and Action Plus) ended in 2015."""

    NONE = "N"
    SEN_SUPPORT = "K"
    EHC_PLAN = "E"


class SenSetting(StrEnum):
    """Where a child with a plan is educated when the place has no unique reference number (SEN2)."""

    LOCAL_AUTHORITY_ARRANGED = "OLA"
    PARENT_ARRANGED = "OPA"
    ELECTIVE_HOME_EDUCATION = "EHE"
    EARLY_YEARS = "EYP"
    OTHER = "OTH"
    NOT_IN_EDUCATION_OR_WORK = "NEET"
    NOTICE_TO_CEASE = "NIEC"
    NOT_IN_EDUCATION_OTHER = "NIEO"


class Sex(StrEnum):
    """Sex as SEN2 1.3 records it (it was `gendercurrent` before)."""

    FEMALE = "F"
    MALE = "M"


def sex(text: str) -> Sex:
    """F or Female, M or Male, in any case; `WrongValue` otherwise."""
    found = {"f": Sex.FEMALE, "female": Sex.FEMALE, "m": Sex.MALE, "male": Sex.MALE}.get(text.strip().casefold())
    if found is None:
        raise WrongValue(
            "This is not F or M.", "SEN2 records F (female) or M (male); leave it blank if it is not known."
        )
    return found
