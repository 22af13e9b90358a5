"""Open what was given as a plain list of rows, or say plainly why it is not one."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from engage.core.errors import Invalid
from engage.plans.reading.delimited import read_delimited
from engage.plans.reading.settings import ReadingSettings
from engage.plans.reading.workbooks import read_workbook

_DELIMITED = frozenset({".csv", ".tsv", ".txt"})
_WORKBOOKS = frozenset({".xlsx", ".ods"})
_OTHER_WORKBOOKS = frozenset({".xls", ".xlsm", ".xlsb", ".numbers", ".xltx", ".ots", ".fods"})
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CURE = "Save it as CSV (UTF-8) or XLSX and try again."


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows in order, so that the row at place 0 is row 1; `other_sheets` held something and were not read."""

    rows: list[list[str]]
    other_sheets: tuple[str, ...]


def open_sheet(file: bytes | BinaryIO, filename: str, settings: ReadingSettings) -> Sheet:
    """The rows of a CSV, XLSX or ODS file; `Invalid`, with what to do, for anything else."""
    data = file if isinstance(file, bytes) else file.read(settings.largest_bytes + 1)
    if len(data) > settings.largest_bytes:
        raise Invalid(
            f"This file is larger than {settings.largest_bytes // 1_000_000} MB. Take out what is not needed, "
            "or split it, with all rows of a child in one file."
        )
    if not data.strip():
        raise Invalid("This file is empty. Choose the file that the case system exported.")
    _refuse_others(data, filename)
    if data.startswith(_ZIP):
        rows, others = read_workbook(data, settings)
        return Sheet(rows, tuple(others))
    return Sheet(read_delimited(data, settings), ())


def _refuse_others(data: bytes, filename: str) -> None:
    """Say what a file is when it is not what its name or Engage wants."""
    ending = PurePath(filename).suffix.lower()
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise Invalid(
                "This workbook is locked with a password. Open it, save a copy without a password, and try again."
            )
        raise Invalid(f"This is an old kind of Office file. {_CURE}")
    if ending in _OTHER_WORKBOOKS:
        raise Invalid(f"Engage does not read {ending} workbooks. {_CURE}")
    if ending not in _DELIMITED | _WORKBOOKS:
        raise Invalid(f"Engage reads files that end in .csv, .xlsx or .ods. {_CURE}")
    if data.startswith(b"%PDF"):
        raise Invalid(f"This is a PDF, not a spreadsheet. {_CURE}")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise Invalid(f"This is a web page or XML, not a spreadsheet. {_CURE}")
    if data.startswith(_ZIP) != (ending in _WORKBOOKS):
        kind = "a workbook" if data.startswith(_ZIP) else "plain text"
        raise Invalid(f"The file's name ends in {ending}, but inside it is {kind}. {_CURE}")
