"""Which quarters a period covers, so that overlapping releases can be compared and told apart."""

import re
from dataclasses import dataclass, field

_WRITTEN = re.compile(
    r"^(?:Q(?P<quarter>[1-4]) |(?P<rolling>\d+) quarters to Q(?P<last>[1-4]) )?"
    r"(?P<year>\d{4})/(?P<following>\d{2})(?: up to Q(?P<to>[1-4]))?$"
)


@dataclass(frozen=True, order=True)
class Period:
    """A run of financial-year quarters; two names for the same run are the same period."""

    first: int  # quarters since Q1 of the year 0
    quarters: int
    name: str = field(compare=False)

    @property
    def after(self) -> int:
        """The first quarter that is no longer inside."""
        return self.first + self.quarters

    @property
    def is_quarter(self) -> bool:
        """A single quarter, too short for a percentage."""
        return self.quarters == 1

    def a_year_before(self) -> "Period":
        """The same months of the financial year before; only its run of quarters matters, not its name."""
        return Period(self.first - 4, self.quarters, self.name)

    def __str__(self) -> str:
        return self.name


def period(name: str) -> Period:
    """Read "2021/22", "Q3 2019/20", "2021/22 up to Q3" or "4 quarters to Q3 2021/22"; else `ValueError`."""
    found = _WRITTEN.match(name)
    if not found or (int(found["year"]) + 1) % 100 != int(found["following"]):
        raise ValueError(f'"{name}" is not a period such as 2021/22, Q3 2019/20 or 2021/22 up to Q3.')
    start = int(found["year"]) * 4
    if found["to"] and (found["quarter"] or found["rolling"]):
        raise ValueError(f'"{name}" names two periods at once.')
    if found["quarter"]:
        return Period(start + int(found["quarter"]) - 1, 1, name)
    if found["rolling"]:
        length = int(found["rolling"])
        return Period(start + int(found["last"]) - length, length, name)
    return Period(start, int(found["to"] or 4), name)
