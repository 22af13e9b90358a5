"""XLSX and ODS workbooks, looked over for traps before they are unpacked."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime
from typing import IO
from xml.etree import ElementTree as ET

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from engage.core.errors import Invalid
from engage.plans.reading.settings import ReadingSettings

_BROKEN = "This workbook is damaged, so Engage cannot read it. Open it, save it as XLSX again, and try once more."
_LOCKED = "This workbook is locked with a password. Open it, save a copy without a password, and try again."
_CHUNK = 1 << 20
_OVERLAP = 64
_SPARE_ROWS = 1_000
"""A sheet a little over the limit is told so in its own words, not as one with a stray cell."""
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def read_workbook(data: bytes, settings: ReadingSettings) -> tuple[list[list[str]], list[str]]:
    """Every row of the first sheet that holds anything, and the names of the other sheets that do; `Invalid` otherwise.

    Dates come as 2025-03-14, whole numbers without a point, blank rows as blank rows.
    """
    _look_over(data, settings)
    return _guarded(lambda: _read(data, settings))


def _guarded(work: Callable[[], tuple[list[list[str]], list[str]]]) -> tuple[list[list[str]], list[str]]:
    try:
        return work()
    except (Invalid, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except PasswordError:
        raise Invalid(_LOCKED) from None
    except BaseException:  # a panic in the reader's Rust is not an Exception
        raise Invalid(_BROKEN) from None


def _read(data: bytes, settings: ReadingSettings) -> tuple[list[list[str]], list[str]]:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        seen = [each.name for each in book.sheets_metadata if each.visible is SheetVisibleEnum.Visible]
        filled: list[tuple[str, CalamineSheet]] = []
        for name in seen:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                filled.append((name, sheet))
        if not filled:
            return [], []
        sheet = filled[0][1]
        if (sheet.start or (0, 0))[0] + sheet.height > settings.most_rows + 1:
            raise Invalid(f"This file has more than {settings.most_rows:,} rows. Split it into smaller files.")
        rows = [[_text(cell) for cell in row] for row in sheet.iter_rows()]
        return rows, [name for name, _ in filled[1:]]


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _look_over(data: bytes, settings: ReadingSettings) -> None:
    """Refuse what would unpack to far more than its size: a bomb, or one stray cell at the far corner of a sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise Invalid(_LOCKED)
            if len(parts) > 2_000 or sum(part.file_size for part in parts) > settings.largest_unpacked_bytes:
                raise Invalid(
                    "This workbook is too large once it is unpacked. Save only the sheet that is needed, as CSV."
                )
            for part in parts:
                with package.open(part) as content:
                    _refuse_traps(part.filename, content, settings)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        ET.ParseError,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
    ):
        raise Invalid(_BROKEN) from None  # RuntimeError takes in NotImplementedError: a compression no spreadsheet uses


def _refuse_traps(name: str, content: IO[bytes], settings: ReadingSettings) -> None:
    """Look through one part of the package to its end, which also proves that its size is what the package says."""
    if name.startswith("xl/worksheets/"):
        _refuse_far_cells(content, settings)
    elif name == "content.xml":
        _refuse_repeated_cells(content, settings)
    while content.read(_CHUNK):
        pass


def _refuse_far_cells(sheet: IO[bytes], settings: ReadingSettings) -> None:
    """The reader lays a sheet out as a full rectangle, so one cell in the last row and column would take gigabytes."""
    digits = len(str(settings.most_rows))
    far = re.compile(rb"r=[\"'](?:(?:[A-Z]{3,}|[J-Z][A-Z])\d|[A-Z]{0,2}([1-9]\d{%d,})[\"'])" % (digits - 1))
    tail = b""
    while chunk := sheet.read(_CHUNK):
        if any(
            not found[1] or int(found[1][:9]) > settings.most_rows + _SPARE_ROWS for found in far.finditer(tail + chunk)
        ):
            raise Invalid(
                "This sheet has something far below or far to the right of the rest. "
                "Copy only the rows and columns that are needed into a new sheet, and save that."
            )
        tail = chunk[-_OVERLAP:]


def _refuse_repeated_cells(sheet: IO[bytes], settings: ReadingSettings) -> None:
    """ODS writes equal neighbours once with a count: refuse a count that no list of families would have."""
    filled = False
    for _, element in ET.iterparse(sheet):  # noqa: S314 - expat bounds entities and fetches nothing
        if element.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            holds = element.get(f"{_OFFICE}value-type") is not None or len(element) > 0
            filled = filled or holds
            repeats = int(element.get(f"{_TABLE}number-columns-repeated") or 1)
            if holds and repeats > settings.most_columns:
                raise Invalid("A row of this sheet repeats one value too many times. Copy the list into a new sheet.")
        elif element.tag == f"{_TABLE}table-row":
            repeats = int(element.get(f"{_TABLE}number-rows-repeated") or 1)
            if filled and repeats > 1_000:
                raise Invalid("This sheet repeats one row too many times. Copy the list into a new sheet.")
            filled = False
            element.clear()
