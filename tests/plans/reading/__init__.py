"""Files of rows for the tests of reading."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

import xlsxwriter

from engage.plans.reading import ReadingSettings

TODAY = date(2026, 11, 20)
SETTINGS = ReadingSettings(today=TODAY, demonstration=True)

GOOD = {
    "personref": "P1",
    "surname": "Testworth",
    "forename": "Asha",
    "personbirthdate": "14/03/2014",
    "ethnicity": "ASLT",
    "startdate": "03/02/2026",
    "contactref": "C1",
    "contactrelationship": "mother",
    "contactsurname": "Testworth",
    "email": "meera@example.org",
    "mobile": "07700 900123",
}


def row(**changes: str) -> dict[str, str]:
    """A sound row, changed."""
    return GOOD | changes


def as_csv(rows: Iterable[Mapping[str, str]], *, delimiter: str = ",") -> bytes:
    """Rows as UTF-8 CSV, with every heading that any row has."""
    rows = list(rows)
    headings = list(dict.fromkeys(name for each in rows for name in each))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, headings, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows: Iterable[Iterable[object]], *more_sheets: str) -> bytes:
    """Cells as an XLSX workbook: dates as dates, numbers as numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("Export")
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(number, place, cell)
        for name in more_sheets:
            book.add_worksheet(name).write(0, 0, "something")
    return out.getvalue()
