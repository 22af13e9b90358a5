"""Local authorities this service works for, by their DfE numbers."""

from dataclasses import dataclass

from engage.people.vocabulary.code_lists import code_list
from engage.people.vocabulary.mistakes import WrongValue

KINGSTON = "314"
RICHMOND = "318"


@dataclass(frozen=True, slots=True)
class LocalAuthority:
    """An authority: `code` is the DfE's three digits, `ons` the statistical code."""

    code: str
    name: str
    ons: str


AUTHORITIES = {row["code"]: LocalAuthority(**row) for row in code_list("authorities")}


def authority(code: str) -> LocalAuthority:
    """The authority with this DfE number, or `WrongValue`; more are added in `data/authorities.csv`."""
    found = AUTHORITIES.get(code.strip())
    if found is None:
        served = ", ".join(f"{each.code} ({each.name})" for each in AUTHORITIES.values())
        raise WrongValue(
            "This service does not work for that local authority.", f"Use the DfE number of one it works for: {served}."
        )
    return found
