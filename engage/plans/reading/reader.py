"""Read a case system's export into sound rows and plain faults; nothing is kept, and nothing is changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from engage.core.bulk import collector_at_rest
from engage.core.errors import Invalid
from engage.people.vocabulary.ethnicity import mixed_levels
from engage.people.vocabulary.mistakes import WrongValue
from engage.plans.reading.cells import tidy
from engage.plans.reading.checks import Found, clashes_between, mistakes_within
from engage.plans.reading.columns import (
    NEEDED,
    Column,
    ColumnMapping,
    column_of,
    is_mended,
    known_headings,
    match_headings,
)
from engage.plans.reading.faults import Fault, faults_csv
from engage.plans.reading.merging import merge_children
from engage.plans.reading.rows import ChildRecord, Values
from engage.plans.reading.settings import ReadingSettings
from engage.plans.reading.sheets import open_sheet

Progress = Callable[[int, int], None]
"""Told now and then how many rows are done, out of how many."""

_TITLE_ROWS = 10
_NEWS_EVERY = 500
_REMEMBERED = 200_000
_NEEDED = frozenset(NEEDED)
_NULL = "NULL"
_MAY_BE_CALLED_NULL = frozenset({"surname", "forename", "contactsurname", "contactforename"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: `children` come of the sound rows, whose numbers are `rows`; `faults` are all that is wrong with the others.

    `columns` are ours that the file has, so that a blank cell can be told from a column that is not there;
    `faulty_children` are the ids named on faulty rows, and of those who share a contact with one: what such a child lacks here
    may be on the row left out, so nothing of theirs may be taken as gone. `faulty_contacts` are the child and the contact of each
    faulty row, "" for one that cannot be read. A file that `is_mended` brings back rows that were faulty, and so not all of any
    child. `rows_read` counts the filled rows under the headings; `unknown_columns` were not read;
    `notices` are worth a look and stop nothing.
    """

    filename: str
    headings: tuple[str, ...] = field(repr=False)
    rows: tuple[int, ...] = field(repr=False)
    children: tuple[ChildRecord, ...] = field(repr=False)
    faults: tuple[Fault, ...] = field(repr=False)
    faulty_cells: Mapping[int, Sequence[str]] = field(repr=False)
    faulty_children: frozenset[str] = field(repr=False)
    faulty_contacts: frozenset[tuple[str, str]] = field(repr=False)
    is_mended: bool
    columns: frozenset[str]
    unknown_columns: tuple[str, ...]
    notices: tuple[str, ...]
    rows_read: int

    def faults_file(self) -> bytes:
        """The faulty rows as a CSV file to mend and bring back."""
        return faults_csv(self.headings, self.faulty_cells, self.faults)


@collector_at_rest()
def read(
    file: bytes | BinaryIO,
    filename: str,
    mapping: ColumnMapping | None = None,
    *,
    settings: ReadingSettings,
    progress: Progress | None = None,
) -> Reading:
    """Read a CSV, XLSX or ODS export; a row with any fault is left out whole, and the others go on.

    Raises `Invalid` when the file as a whole cannot be used: empty, too large, locked, not a spreadsheet, headings missing or doubled.
    """
    sheet = open_sheet(file, filename, settings)
    top = _heading_row(sheet.rows, mapping)
    headings = [tidy(cell) for cell in sheet.rows[top]]
    matched = match_headings(headings, mapping)
    body = {
        number: row for number, row in enumerate(sheet.rows[top + 1 :], top + 2) if any(cell.strip() for cell in row)
    }
    if not body:
        raise Invalid("This file has headings but no rows under them. Choose the file that the case system exported.")
    parser = _RowParser(headings, matched.columns, settings)
    sound: dict[int, Values] = {}
    faults: list[Fault] = []
    for done, (number, row) in enumerate(body.items(), 1):
        values, wrong = parser.parse(number, row)
        if wrong:
            faults += wrong
        else:
            sound[number] = values
        if progress and (done % _NEWS_EVERY == 0 or done == len(body)):
            progress(done, len(body))
    faults += [parser.fault(number, body[number], found) for number, found in clashes_between(sound)]
    faulty = {fault.row for fault in faults}
    sound = {number: values for number, values in sound.items() if number not in faulty}
    return Reading(
        filename=filename,
        headings=tuple(headings),
        rows=tuple(sound),
        children=merge_children(sound, local_authority=settings.local_authority),
        faults=tuple(sorted(faults, key=lambda fault: fault.row)),
        faulty_cells={number: tuple(body[number]) for number in sorted(faulty)},
        columns=frozenset(column.name for column in matched.columns.values()),
        faulty_children=_faulty_children(parser, [body[number] for number in faulty], sound),
        faulty_contacts=frozenset(parser.child_and_contact(body[number]) for number in faulty),
        is_mended=is_mended(headings),
        unknown_columns=matched.unknown,
        notices=tuple(_notices(sound, matched.unknown, sheet.other_sheets)),
        rows_read=len(body),
    )


def _faulty_children(
    parser: "_RowParser", faulty: Sequence[Sequence[str]], sound: Mapping[int, Values]
) -> frozenset[str]:
    contacts = {parser.cell(row, "contactref") for row in faulty} - {""}
    sharing = {values["personref"] for values in sound.values() if values.get("contactref") in contacts}
    return frozenset(sharing | {parser.cell(row, "personref") for row in faulty} - {""})


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a file, what stands first under it, and the name of the column it is read as ("" for none)."""

    text: str
    example: str = field(repr=False)
    column: str


def look(
    file: bytes | BinaryIO, filename: str, mapping: ColumnMapping | None = None, *, settings: ReadingSettings
) -> tuple[Heading, ...]:
    """A file's headings, so that a person can match them to columns. Raises `Invalid` when it is no file of rows."""
    sheet = open_sheet(file, filename, settings)
    top = _heading_row(sheet.rows, mapping)
    return tuple(
        Heading(text, _first_under(sheet.rows[top + 1 :], place), column.name if column else "")
        for place, cell in enumerate(sheet.rows[top])
        if (text := tidy(cell))
        for column in [column_of(text, mapping)]
    )


def _first_under(rows: Sequence[Sequence[str]], place: int) -> str:
    return next((row[place].strip() for row in rows if place < len(row) and row[place].strip()), "")


def _heading_row(rows: Sequence[Sequence[str]], mapping: ColumnMapping | None) -> int:
    """The first of the top rows with at least two headings that are known; else the first filled row, whose faults are then told."""
    filled = [place for place, row in enumerate(rows[:_TITLE_ROWS]) if any(cell.strip() for cell in row)]
    if not filled:
        raise Invalid("This file has no headings in its first rows. Put the headings in row 1.")
    return next((place for place in filled if known_headings(rows[place], mapping) >= 2), filled[0])


def _notices(sound: Mapping[int, Values], unknown: Sequence[str], other_sheets: Sequence[str]) -> list[str]:
    said = []
    if unknown:
        said.append(f"These columns are not known and were not read: {', '.join(unknown)}.")
    if other_sheets:
        said.append(f"Only the first sheet was read, not {', '.join(other_sheets)}.")
    mixed = mixed_levels(values["ethnicity"] for values in sound.values() if "ethnicity" in values)
    for main, extended in mixed.items():
        said.append(
            f"Ethnicity {main} is used beside its own finer codes {', '.join(extended)}. "
            "Use one level throughout, or families in the finer groups will be under-counted."
        )
    return said


class _Meanings(dict[str, Any]):
    """What each text in one column means, once it was met: a value, None when it is blank, or the `WrongValue` it raises.
    Most cells of an export repeat."""

    def __init__(self, column: Column, settings: ReadingSettings) -> None:
        self.column, self.settings = column, settings

    def __missing__(self, raw: str) -> Any:
        meant = self._meaning(tidy(raw))
        if len(self) < _REMEMBERED:
            self[raw] = meant
        return meant

    def _meaning(self, text: str) -> Any:
        if not text or (text == _NULL and self.column.name not in _MAY_BE_CALLED_NULL):
            return None
        try:
            return self.column.parse(text, self.settings)
        except WrongValue as wrong:
            return wrong


class _RowParser:
    """Parses rows of one file."""

    def __init__(self, headings: Sequence[str], columns: Mapping[int, Column], settings: ReadingSettings) -> None:
        self.headings = headings
        self.places = {column.name: place for place, column in columns.items()}
        self.columns = [(place, column.name, _Meanings(column, settings)) for place, column in columns.items()]

    def parse(self, number: int, row: list[str]) -> tuple[Values, list[Fault]]:
        """The filled cells of a row, or all that is wrong with it."""
        width = len(self.headings)
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            wrong = "This row has more cells than there are headings."
            cure = "A comma inside a cell is probably not in quotation marks. Mend it, or save the file as XLSX."
            return {}, [Fault(number, self.headings[-1], row[width], wrong, cure)]
        cells = row if len(row) >= width else row + [""] * (width - len(row))
        values = {
            name: meant
            for place, name, meanings in self.columns
            if (raw := cells[place]) and (meant := meanings[raw]) is not None
        }
        if WrongValue in map(type, values.values()) or not values.keys() >= _NEEDED:
            return {}, self._faulty_cells(number, row, values)
        return values, [self.fault(number, row, found) for found in mistakes_within(values)]

    def _faulty_cells(self, number: int, row: Sequence[str], values: Values) -> list[Fault]:
        wrong = [
            Found(name, found.wrong, found.cure) for name, found in values.items() if isinstance(found, WrongValue)
        ]
        blank = [
            Found(name, f"{name} is blank.", "Fill it in: every row needs it.") for name in NEEDED if name not in values
        ]
        return [self.fault(number, row, found) for found in (*wrong, *blank)]

    def cell(self, row: Sequence[str], name: str) -> str:
        """One cell as the row gives it, blank when it gives none."""
        place = self.places.get(name)
        return tidy(row[place]) if place is not None and place < len(row) else ""

    def child_and_contact(self, row: Sequence[str]) -> tuple[str, str]:
        """Whose row it is, and whom it names; each blank when it cannot be read, or when cells may have slipped."""
        if any(cell.strip() for cell in row[len(self.headings) :]):
            return self.cell(row, "personref"), ""
        return self._reference(row, "personref"), self._reference(row, "contactref")

    def _reference(self, row: Sequence[str], name: str) -> str:
        meanings = (meanings for _, each, meanings in self.columns if each == name)
        meant = next((each[self.cell(row, name)] for each in meanings), None)
        return meant if isinstance(meant, str) else ""

    def fault(self, number: int, row: Sequence[str], found: Found) -> Fault:
        """A found mistake under the file's own heading, with the cell as it stands."""
        place = self.places.get(found.column)
        heading = found.column if place is None else self.headings[place]
        value = row[place] if place is not None and place < len(row) else ""
        return Fault(number, heading, value, found.wrong, found.cure)
