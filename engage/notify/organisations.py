"""The organisations that sign letters together: their names are data, for names change and old signatures keep theirs."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,38}$")]

FORUM = "forum"
"""The Parent Carer Forum: another organisation, for which only its own steering group signs."""


class Name(BaseModel):
    """A name, and the first day on which it was borne; the oldest known has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Words
    since: date | None = None


class Organisation(BaseModel):
    """One organisation under the code that signatures keep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    names: tuple[Name, ...]

    @field_validator("names")
    @classmethod
    def _oldest_first(cls, names: tuple[Name, ...]) -> tuple[Name, ...]:
        days = [name.since or date.min for name in names]
        if not names or days != sorted(set(days)):
            raise ValueError("Names stand oldest first, each with its own day. Put them in order.")
        return names

    @property
    def name(self) -> str:
        """The newest name, which letters bear."""
        return self.names[-1].name

    def name_on(self, on: date) -> str:
        """What it was called on a day; before its first name began, that name."""
        borne = [name for name in self.names if (name.since or date.min) <= on]
        return (borne[-1] if borne else self.names[0]).name


class Organisations(BaseModel):
    """All that may sign, in the order in which letters name them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisations: tuple[Organisation, ...] = ()

    @field_validator("organisations")
    @classmethod
    def _each_once(cls, organisations: tuple[Organisation, ...]) -> tuple[Organisation, ...]:
        codes = [organisation.code for organisation in organisations]
        if len(codes) != len(set(codes)):
            raise ValueError("A code stands for one organisation only. Give each its own.")
        return organisations

    def find(self, code: str) -> Organisation | None:
        """The organisation with this code, or None when it is not on the list any more."""
        return next((one for one in self.organisations if one.code == code), None)

    def name(self, code: str) -> str:
        """Its newest name; for one that is not on the list any more, its code."""
        found = self.find(code)
        return found.name if found else code
