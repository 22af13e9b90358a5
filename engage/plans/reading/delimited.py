"""Text with commas, semicolons or tabs, in whichever encoding a spreadsheet saved it."""

import codecs
import csv
import io

from engage.core.errors import Invalid
from engage.plans.reading.settings import ReadingSettings

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = "This file is not a spreadsheet Engage can read. Save it as CSV (UTF-8) or XLSX and try again."
_TOP = 100_000
_TOP_LINES = 10


def read_delimited(data: bytes, settings: ReadingSettings) -> list[list[str]]:
    """Every row of a CSV file, blank ones too, so that a row's place is the number a spreadsheet shows; `Invalid` otherwise."""
    text = _decode(data)
    if "\x00" in text:
        raise Invalid(_NOT_TEXT)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            if len(rows) > settings.most_rows:
                raise Invalid(
                    f"This file has more than {settings.most_rows:,} rows. Split it, with all rows of a child in one file."
                )
            if len(row) > settings.most_columns:
                raise Invalid(
                    f"Row {len(rows) + 1} has more than {settings.most_columns} columns. Take out what is not needed."
                )
            rows.append(row)
    except csv.Error:
        raise Invalid(
            f"Engage cannot read past row {len(rows)}: a quotation mark is probably missing. Mend that row, or save the file as XLSX."
        ) from None
    return rows


def _decode(data: bytes) -> str:
    """By its byte order mark; else UTF-8; else UTF-16 without a mark, told by its zeros; else Windows's Western alphabet."""
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    sides = (data[1:2000:2].count(0), data[0:2000:2].count(0))
    if marked:
        tries = [marked]
    elif max(sides) > len(data[:2000]) // 4:
        tries = ["utf-16-le" if sides[0] > sides[1] else "utf-16-be"]
    else:
        tries = ["utf-8", "cp1252"]
    for encoding in tries:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_NOT_TEXT)


def _delimiter(text: str) -> str:
    """The mark that parts the most cells of any of the first lines; a title above the headings may hold none or another."""
    lines = text[:_TOP].splitlines()[:_TOP_LINES]
    return max(",;\t", key=lambda mark: max((line.count(mark) for line in lines), default=0))
