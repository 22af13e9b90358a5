"""Tables of figures: a `Table` still holds true counts and cannot be printed; a `ProtectedTable` can."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from reports.periods import Period
from reports.rates import Interval, Proportion

NON_RESPONSE_CAVEAT = (
    "These are the views of those who answered. Those who did not answer may feel differently, "
    "and the interval does not allow for that."
)
FRACTION_NOTE = "9/11 means 9 out of the 11 who answered that question."


@dataclass(frozen=True)
class OutOf:
    """A share whose count is withheld while its base is not: printed "[c]/11"."""

    base: int


Value = str | int | float | Proportion | OutOf | Interval | None


@dataclass(frozen=True)
class Count:
    """The name of one counted number: who or what was counted, and over which period.

    The same name in two tables is the same number: that is how overlapping releases are recognised.
    """

    subject: tuple[str, ...]
    period: Period | None = None

    @property
    def order(self) -> tuple[tuple[str, ...], int, int]:
        """For sorting; counts without a period come first."""
        return (self.subject, self.period.first, self.period.quarters) if self.period else (self.subject, -1, 0)

    def __str__(self) -> str:
        return f"{' '.join(self.subject)} ({self.period or 'no period'})"


@dataclass(frozen=True)
class Sum:
    """What any reader knows without being told: `total` is the sum of `parts`."""

    total: Count
    parts: tuple[Count, ...]


@dataclass(frozen=True)
class ShareOf:
    """`n` are some of `base`; so a reader of both also knows how many are not."""

    n: Count
    base: Count

    @property
    def rest(self) -> Count:
        """The name of the count of those who are not."""
        return Count((*self.base.subject, "but not", *self.n.subject), self.base.period)


@dataclass(frozen=True)
class Cell:
    """One figure with what it was worked out from.

    `counts` are all counts a reader could learn from it; `bases` the denominators, for a figure made by dividing;
    `share` says that it prints n/N, of which N can stand alone.
    """

    text: str
    value: Value = None
    counts: tuple[Count, ...] = ()
    bases: tuple[Count, ...] = ()
    share: ShareOf | None = None

    def readable(self, withheld: Set[Count]) -> frozenset[Count]:
        """The counts that still stand in this cell once some are withheld: all, the base of a share, or none."""
        if withheld.isdisjoint(self.counts):
            return frozenset(self.counts)
        return frozenset({self.share.base} if self.share and self.share.base not in withheld else ())

    @classmethod
    def words(cls, text: str) -> "Cell":
        """A label, which gives no count away."""
        return cls(text, text)

    @classmethod
    def number(cls, n: int, name: Count) -> "Cell":
        """One count as it is."""
        return cls(str(n), n, counts=(name,))

    @classmethod
    def fraction(cls, of: Proportion, name: ShareOf) -> "Cell":
        """Printed "9/11"."""
        return cls(of.fraction, of, counts=(name.n, name.base), share=name)

    @classmethod
    def percent(cls, of: Proportion, name: ShareOf) -> "Cell":
        """Printed "82%", or "no answers"."""
        if of.percent is None:
            return cls("no answers", counts=(name.n, name.base))
        return cls(f"{of.percent}%", of.percent, counts=(name.n, name.base), bases=(name.base,))

    @classmethod
    def interval(cls, of: Proportion, name: ShareOf) -> "Cell":
        """Printed "52% to 95%", the Wilson interval, or "no answers"."""
        found = of.interval()
        if found is None:
            return cls("no answers", counts=(name.n, name.base))
        return cls(str(found), found, counts=(name.n, name.base), bases=(name.base,))


@dataclass(frozen=True)
class Column:
    """A heading; `code` is its name in CSV and JSON. `is_share` cells hold a `Proportion`."""

    code: str
    label: str
    is_share: bool = False


@dataclass(frozen=True)
class Caption:
    """What must be said with any table: its title, the day it is true of, whether it may change, its notes."""

    title: str
    as_at: date
    provisional: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Figures that are not protected yet: it can only be handed to `suppression.protect`.

    `counts` gives every counted number behind the cells, `sums` and `shares` how they hang together.
    `subgroups` says that the rows are groups of people, for whom "none" and "all" tell on each of them.
    """

    caption: Caption
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    counts: Mapping[Count, int] = field(default_factory=dict)
    sums: tuple[Sum, ...] = ()
    shares: tuple[ShareOf, ...] = ()
    subgroups: bool = False


class Symbol(StrEnum):
    """The Government Statistical Service's shorthand."""

    CONFIDENTIAL = "[c]"
    NOT_AVAILABLE = "[x]"
    LOW_RELIABILITY = "[u]"


@dataclass(frozen=True)
class Withheld:
    """Why a figure is not there; all that are withheld to protect families say the same, so it gives nothing away."""

    symbol: Symbol
    reason: str


@dataclass(frozen=True)
class ProtectedCell:
    """What may be printed: a figure, or a symbol in its place."""

    text: str
    value: Value = None
    withheld: Withheld | None = None
    caution: bool = False

    def __str__(self) -> str:
        return f"{self.text} {Symbol.LOW_RELIABILITY}" if self.caution else self.text


@dataclass(frozen=True)
class ProtectedTable:
    """Figures ready for one audience.

    `shown` are the counts its readers now know; keep them, and hand them to the next release.
    """

    caption: Caption
    columns: tuple[Column, ...]
    rows: tuple[tuple[ProtectedCell, ...], ...]
    audience: str
    policy_version: str
    shown: Mapping[Count, int]

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes in the order to print them, with a key to each symbol that is used."""
        status = "Provisional: these figures may still change. " if self.caption.provisional else ""
        as_at = f"{status}As at {self.caption.as_at.day} {self.caption.as_at:%B %Y}."
        cells = [cell for row in self.rows for cell in row]
        reasons = dict.fromkeys(f"{cell.withheld.symbol} {cell.withheld.reason}." for cell in cells if cell.withheld)
        caution = f"{Symbol.LOW_RELIABILITY} from a small number of answers: read it with its interval."
        cautions = (caution,) if any(cell.caution for cell in cells) else ()
        return (as_at, *self.caption.notes, *reasons, *cautions)

    def column(self, code: str) -> tuple[ProtectedCell, ...]:
        """The cells under one heading, top to bottom; `KeyError` if there is no such column."""
        codes = [column.code for column in self.columns]
        if code not in codes:
            raise KeyError(code)
        return tuple(row[codes.index(code)] for row in self.rows)

    def to_text(self) -> str:
        """For a terminal: caption, aligned columns, notes."""
        lines = [[column.label for column in self.columns], *([str(cell) for cell in row] for row in self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        lines.insert(1, ["-" * width for width in widths])
        body = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        return "\n".join([self.caption.title, "", *body, "", *self.notes])

    def csv_rows(self) -> Iterator[list[str | int | float]]:
        """Heading, rows, a blank row, then the notes; safe to open in a spreadsheet.

        A share is two columns, since a spreadsheet takes "9/11" for a day in November, and no cell can
        start a formula.
        """
        yield [safe for column in self.columns for safe in _headings(column)]
        for row in self.rows:
            pairs = zip(self.columns, row, strict=True)
            yield [_spreadsheet_safe(value) for column, cell in pairs for value in _csv_values(column, cell)]
        yield []
        for note in (self.caption.title, *self.notes):
            yield [_spreadsheet_safe(note)]

    def to_json(self) -> dict[str, object]:
        """A dictionary that `json.dumps` takes as it is."""
        codes = [column.code for column in self.columns]
        return {
            "title": self.caption.title,
            "as_at": self.caption.as_at.isoformat(),
            "provisional": self.caption.provisional,
            "audience": self.audience,
            "policy_version": self.policy_version,
            "columns": [{"code": column.code, "label": column.label} for column in self.columns],
            "rows": [dict(zip(codes, map(_json_cell, row), strict=True)) for row in self.rows],
            "notes": list(self.notes),
        }


def _headings(column: Column) -> list[str]:
    if column.is_share:
        return [f"{column.code}_n", f"{column.code}_base"]
    return [column.code]


def _csv_values(column: Column, cell: ProtectedCell) -> list[str | int | float]:
    if column.is_share:
        return _csv_share(cell)
    return [cell.value if isinstance(cell.value, int | float) and not cell.caution else str(cell)]


def _csv_share(cell: ProtectedCell) -> list[str | int | float]:
    match cell.value:
        case Proportion(n=n, base=base):
            return [n, base]
        case OutOf(base=base):
            return [str(Symbol.CONFIDENTIAL), base]
        case _:
            return [cell.text, cell.text]


def _spreadsheet_safe(value: str | int | float) -> str | int | float:
    """Source of the rule: OWASP on CSV injection."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _json_cell(cell: ProtectedCell) -> dict[str, object]:
    given: dict[str, object] = {"text": cell.text, "value": _json_value(cell.value)}
    if cell.withheld:
        given["withheld"] = cell.withheld.reason
    if cell.caution:
        given["caution"] = True
    return given


def _json_value(value: Value) -> object:
    if isinstance(value, Proportion):
        return {"n": value.n, "base": value.base}
    if isinstance(value, OutOf):
        return {"n": None, "base": value.base}
    if isinstance(value, Interval):
        return {"low": round(value.low, 4), "high": round(value.high, 4)}
    return value
