"""XLSX and ODS workbooks, looked over for traps before they are unpacked."""

import io
from collections.abc import Callable
from datetime import date, datetime

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from engage.core.errors import Invalid
from engage.plans.reading.settings import ReadingSettings
from engage.plans.reading.traps import BROKEN, LOCKED, look_over


def read_workbook(data: bytes, settings: ReadingSettings) -> tuple[list[list[str]], list[str]]:
    """Every row of the first sheet that holds anything, and the names of the other sheets that do; `Invalid` otherwise.

    Dates come as 2025-03-14, whole numbers without a point, blank rows as blank rows.
    """
    look_over(data, settings)
    return _guarded(lambda: _read(data, settings))


def _guarded(work: Callable[[], tuple[list[list[str]], list[str]]]) -> tuple[list[list[str]], list[str]]:
    try:
        return work()
    except (Invalid, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except PasswordError:
        raise Invalid(LOCKED) from None
    except BaseException:  # a panic in the reader's Rust is not an Exception
        raise Invalid(BROKEN) from None


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
            raise Invalid(
                f"This file has more than {settings.most_rows:,} rows. Split it, with all rows of a child in one file."
            )
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
