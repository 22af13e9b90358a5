"""Workbooks looked over before a reader unpacks them: bombs, and sheets that are small to send and huge to lay out.

The reader lays a sheet out as a full rectangle from its first cell to its last, and a rectangle that does not fit into memory
ends the whole process. So where each cell stands is worked out here first, as the reader would.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from string import ascii_uppercase, digits
from typing import IO
from xml.parsers import expat

from engage.core.errors import Invalid
from engage.plans.reading.settings import ReadingSettings

BROKEN = "This workbook is damaged, so Engage cannot read it. Open it, save it as XLSX again, and try once more."
LOCKED = "This workbook is locked with a password. Open it, save a copy without a password, and try again."
_FAR = (
    "This sheet has something far below or far to the right of the rest. "
    "Copy only the rows and columns that are needed into a new sheet, and save that."
)
_MOST_PARTS = 2_000
_CHUNK = 1 << 20
_MOST_EQUAL_ROWS = 1_000
_SPARE_ROWS = 1_000
"""A sheet a little over the limit is told so in its own words, not as one with a stray cell."""
_SHEET = b"sheetData"
_DOCUMENT = "content.xml"
_LETTERS, _DIGITS = ascii_uppercase.encode(), digits.encode()
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
_PLAIN_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_CELL_OR_ROW = re.compile(rb"<(?:[^<>\s/]*:)?(?:c|row)[\s/>]")
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
"""How every spreadsheet writes a cell's place. The reader takes more, and what it takes must be what is counted."""


def look_over(data: bytes, settings: ReadingSettings) -> None:
    """Refuse, as `Invalid`, what would take far more to unpack than its size tells."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise Invalid(LOCKED)
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > settings.largest_unpacked_bytes:
                raise Invalid(
                    "This workbook is too large once it is unpacked. Save only the sheet that is needed, as CSV."
                )
            for part in parts:
                with package.open(part) as content:
                    is_plain = part.filename != _DOCUMENT and _is_plain(content, _Cells(settings))
                if not is_plain:
                    with package.open(part) as content:
                        _look_through(part.filename, content, settings)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        expat.ExpatError,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
    ):
        raise Invalid(BROKEN) from None  # RuntimeError takes in NotImplementedError: a compression no spreadsheet uses


def _is_plain(content: IO[bytes], cells: "_Cells") -> bool:
    """Whether this part says of every cell where it stands, as all spreadsheets write it: then its rectangle is found five
    times as fast. A picture is plain too, for it has no cells. It is read to its end."""
    rest = b""
    while chunk := content.read(_CHUNK):
        whole, _, rest = (rest + chunk).rpartition(b"<")
        if len(rest) > _CHUNK or not _take_in(whole, cells):
            return False
        rest = b"<" + rest
    return _take_in(rest, cells)


def _take_in(tags: bytes, cells: "_Cells") -> bool:
    places, rows = _PLAIN_CELL.findall(tags), _PLAIN_ROW.findall(tags)
    if len(places) + len(rows) != len(_CELL_OR_ROW.findall(tags)):
        return False
    if places:
        numbers = [int(number) for number in {place.lstrip(_LETTERS) for place in places}]
        columns = [_column(letters.decode()) for letters in {place.rstrip(_DIGITS) for place in places}]
        cells.fill(min(numbers), min(columns))
        cells.fill(max(numbers), max(columns))
    return True


def _look_through(name: str, content: IO[bytes], settings: ReadingSettings) -> None:
    """One part of the package to its end, which also proves that its size is what the package says. Whatever could be read
    as a sheet is one, whatever it is called, and must be sound XML."""
    parser, is_sheet = expat.ParserCreate(), name == _DOCUMENT
    cells = _XlsxCells(settings)
    parser.StartElementHandler = cells.start
    if is_sheet:
        document = _OdsCells(settings, cells)
        parser.StartElementHandler, parser.EndElementHandler = document.start, document.end
    wrong, tail, chunk = None, b"", b"-"
    while chunk:
        chunk = content.read(_CHUNK)
        is_sheet = is_sheet or _SHEET in tail + chunk
        tail = chunk[-len(_SHEET) :]
        try:
            if wrong is None:
                parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            wrong = error  # a picture, for one, is no XML
    if is_sheet and wrong:
        raise wrong


class _Cells:
    """The rectangle from the first filled cell to the last."""

    def __init__(self, settings: ReadingSettings) -> None:
        self.settings = settings
        self.last_row = settings.most_rows + _SPARE_ROWS
        self.row = self.column = 0
        self.top = self.left = self.bottom = self.right = 0

    def fill(self, row: int, column: int, *, rows: int = 1, columns: int = 1) -> None:
        """Something stands here; `Invalid` once the rectangle is larger than any list of families."""
        bottom, right = row + rows - 1, column + columns - 1
        self.top, self.left = min(self.top or row, row), min(self.left or column, column)
        self.bottom, self.right = max(self.bottom, bottom), max(self.right, right)
        area = (self.bottom - self.top + 1) * (self.right - self.left + 1)
        if bottom > self.last_row or right > self.settings.most_columns or area > self.settings.most_cells:
            raise Invalid(_FAR)


class _XlsxCells(_Cells):
    """The cells of a part of an XLSX package; a cell that does not say where it is stands after the one before."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        kind = name.rpartition(":")[2] if ":" in name else name
        if kind == "c":
            self._cell(attributes.get("r"))
        elif kind == "row":
            said = attributes.get("r")
            if said is not None and not (said.isascii() and said.isdigit() and len(said) < 8):
                raise ValueError("a row's number is a number")
            self.row = self.row + 1 if said is None else int(said)
            self.column = 0

    def _cell(self, place: str | None) -> None:
        row, self.column = self.row, self.column + 1
        if place is not None:
            found = _PLACE.fullmatch(place)
            if found is None:
                raise ValueError("a cell's place is letters and a number")
            row, self.column = int(found[2]), _column(found[1])
        if row > self.bottom or self.column > self.right or self.column < self.left or row < self.top:
            self.fill(row, self.column)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _OdsCells(_Cells):
    """The cells of an ODS document, which writes equal neighbours once with a count. It may be read as XLSX too."""

    def __init__(self, settings: ReadingSettings, others: _XlsxCells) -> None:
        super().__init__(settings)
        self.others = others
        self.rows, self.columns = 1, 0
        self.tables, self.is_in_cell = 0, False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.others.start(name, attributes)
        kind = name.rpartition(":")[2]
        if kind == "table":
            self._table()
        elif kind == "table-row":
            self.row += self.rows
            self.rows = _repeats(attributes, "table:number-rows-repeated")
            self.column, self.columns = 1, 0
        elif kind in ("table-cell", "covered-table-cell"):
            self.column += self.columns
            self.columns = _repeats(attributes, "table:number-columns-repeated")
            self.is_in_cell = True
            if "office:value-type" in attributes:
                self._holds()
        elif self.is_in_cell:
            self._holds()

    def end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind == "table":
            self.tables -= 1
        elif kind == "table-cell":
            self.is_in_cell = False

    def _table(self) -> None:
        if self.tables:
            raise ValueError("no sheet stands in a sheet")
        self.tables, self.row, self.rows = 1, 1, 0
        self.top = self.left = self.bottom = self.right = 0

    def _holds(self) -> None:
        if self.columns > self.settings.most_columns:
            raise Invalid("A row of this sheet repeats one value too many times. Copy the list into a new sheet.")
        if self.rows > _MOST_EQUAL_ROWS:
            raise Invalid("This sheet repeats one row too many times. Copy the list into a new sheet.")
        self.fill(self.row, self.column, rows=self.rows, columns=self.columns)


def _repeats(attributes: Mapping[str, str], name: str) -> int:
    """How often a thing stands there. The prefix is the usual one: the reader knows no other."""
    found = int(attributes.get(name) or 1)
    if found < 1:
        raise ValueError("nothing stands there less than once")
    return found
