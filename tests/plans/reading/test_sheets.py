"""Files as spreadsheets really save them, and files that are something else."""

import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.core.errors import Invalid
from engage.plans.reading import Reading, read
from tests.plans.reading import GOOD, SETTINGS, as_csv, as_xlsx, row

HEADINGS = [
    "personref",
    "surname",
    "forename",
    "dob",
    "startdate",
    "uln",
    "contactref",
    "relationship",
    "contactsurname",
    "mobile",
]
NAMED = row(surname="Łukasz-Demo", forename="Zoë")


def read_as(data: bytes, filename: str = "export.csv") -> Reading:
    return read(data, filename, settings=SETTINGS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_in_any_of_the_usual_encodings_and_marks(encoding: str, delimiter: str) -> None:
    data = as_csv([NAMED], delimiter=delimiter).decode().encode(encoding)
    (each,) = read_as(data).children
    assert (each.child.surname, each.child.forename) == ("Łukasz-Demo", "Zoë")


@pytest.mark.parametrize("title", [b"sep=;\r\n", b"SEN report, Kingston, November\r\n\r\n"])
def test_a_line_above_the_headings_does_not_hide_the_mark_between_cells(title: bytes) -> None:
    assert len(read_as(title + as_csv([NAMED], delimiter=";")).rows) == 1


def test_csv_from_windows() -> None:
    (each,) = read_as(as_csv([row(forename="Zoë", surname="O’Testigan")]).decode().encode("cp1252")).children
    assert (each.child.forename, each.child.surname) == ("Zoë", "O’Testigan")


def test_a_quoted_line_break_is_one_row_as_a_spreadsheet_shows_it() -> None:
    found = read_as(as_csv([row(addressline1="1 Example Road\r\nKingston"), row(surname="")]))
    assert found.faults[0].row == 3
    assert found.children[0].contacts[0].address == ("1 Example Road Kingston",)


def test_a_workbook_gives_true_dates_and_whole_numbers() -> None:
    cells = [
        "P1",
        "Testworth",
        "Asha",
        date(2014, 3, 14),
        datetime(2026, 2, 3, 9, 30),  # noqa: DTZ001 - a spreadsheet knows no zones
        1000000043,
        "C1",
        "mother",
        "Testworth",
        "07700 900123",
    ]
    (each,) = read_as(as_xlsx([HEADINGS, cells]), "export.xlsx").children
    assert each.child.born_on == date(2014, 3, 14)
    assert each.plans[0].plan.issued_on == date(2026, 2, 3)
    assert each.child.uln == "1000000043"


def test_a_number_that_lost_its_0_in_a_workbook_gets_a_cure() -> None:
    cells = ["P1", "Testworth", "Asha", "14/03/2014", None, None, "C1", "mother", "Testworth", 7700900123]
    (fault,) = read_as(as_xlsx([["A title"], [], HEADINGS, [], cells]), "export.xlsx").faults
    assert (fault.row, fault.value) == (5, "7700900123")
    assert "Text" in fault.cure


def test_only_the_first_filled_sheet_is_read_and_the_others_are_named() -> None:
    cells = ["P1", "Testworth", "Asha", "14/03/2014"]
    found = read_as(as_xlsx([HEADINGS[:4], cells], "Codes", "Notes"), "export.xlsx")
    assert any("Codes, Notes" in notice for notice in found.notices)


def ods(*table: str) -> bytes:
    """A small ODS workbook with these rows of XML."""
    out = io.BytesIO()
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/></manifest:manifest>',
        )
        package.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="A">'
            f"{''.join(table)}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def ods_row(*cells: str, repeated: int = 1) -> str:
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inside}</table:table-row>'


def test_an_ods_workbook_is_read() -> None:
    found = read_as(ods(ods_row(*HEADINGS[:4]), ods_row("P1", "Testworth", "Asha", "2014-03-14")), "export.ods")
    assert found.children[0].child.born_on == date(2014, 3, 14)


def test_an_ods_workbook_that_repeats_without_end_is_refused() -> None:
    with pytest.raises(Invalid, match="repeats"):
        read_as(ods(ods_row(*HEADINGS[:4]), ods_row("P1", repeated=1_000_000)), "export.ods")


ODS_TRAPS = {
    "far right": '<table:table-row><table:table-cell table:number-columns-repeated="16000"/>{cell}</table:table-row>',
    "far below": '<table:table-row table:number-rows-repeated="900000"/><table:table-row>{cell}</table:table-row>',
    "a sheet within": "<table:table><table:table-row>{cell}</table:table-row></table:table>",
    "one row without end": "<table:table-row>{cells}</table:table-row>",
    "less than nothing": '<table:table-row table:number-rows-repeated="-9">{cell}</table:table-row>',
}


@pytest.mark.parametrize("trap", ODS_TRAPS.values(), ids=ODS_TRAPS)
def test_an_ods_workbook_that_is_huge_once_laid_out_is_refused(trap: str) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    with pytest.raises(Invalid, match=r"far below or far to the right|damaged"):
        read_as(ods(ods_row(*HEADINGS[:4]), trap.format(cell=cell, cells=cell * 300)), "export.ods")


def with_part(name: str, change: Callable[[str], str], *, called: str = "") -> bytes:
    """A workbook with headings alone, one part of it changed, and perhaps under another name."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([HEADINGS]))) as package,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for each in package.namelist():
            part = package.read(each).decode()
            if called:
                part = part.replace(name.removeprefix("xl/"), called.removeprefix("xl/"))
            found = each == name
            made.writestr(called if found and called else each, change(part) if found else part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
XLSX_TRAPS = {
    "far below": '<row r="900000"><c r="D900000"><v>1</v></c></row>',
    "far right": '<row r="3"><c r="XFD3"><v>1</v></c></row>',
    "in small letters": '<row r="3"><c r="xfd1048576"><v>1</v></c></row>',
    "with a space": '<row r="3"><c r = "XFD1048576"><v>1</v></c></row>',
    "with noughts": '<row r="3"><c r="J0001048576"><v>1</v></c></row>',
    "with other quotes": "<row r='3'><c r='XFD1048576'><v>1</v></c></row>",
    "written as a number": '<row r="3"><c r="&#88;FD1048576"><v>1</v></c></row>',
    "with a prefix": '<x:row xmlns:x="y" r="1048576"><x:c><v>1</v></x:c></x:row>',
    "a row that says so": '<row\tr="1048576"><c><v>1</v></c></row>',
    "a row after such a row": '<row r="1048576"><c r="A1"/></row><row><c><v>1</v></c></row>',
    "a row that is no number": '<row r="²"><c><v>1</v></c></row>',
    "cells that do not say": f'<row r="3">{"<c><v>1</v></c>" * 300}</row>',
    "rows that do not say": f"{'<row><c><v>1</v></c></row>' * 101_500}",
    "wide and long": '<row r="3"><c r="IP100000"><v>1</v></c></row>',
    "no sound XML": "<row><c><v>1</c></row>",
}


@pytest.mark.parametrize("called", ["", "xl/media/picture.png", "content.xml"])
@pytest.mark.parametrize("trap", XLSX_TRAPS.values(), ids=XLSX_TRAPS)
def test_a_workbook_that_is_huge_once_laid_out_is_refused_before_it_takes_gigabytes(trap: str, called: str) -> None:
    data = with_part(SHEET, lambda sheet: sheet.replace("</sheetData>", f"{trap}</sheetData>"), called=called)
    with pytest.raises(Invalid, match=r"far below or far to the right|damaged"):
        read_as(data, "export.xlsx")


def test_a_workbook_that_does_not_say_where_its_cells_stand_is_read_all_the_same() -> None:
    silent = with_part(SHEET, lambda sheet: re.sub(r'(<c|<row) r="\w+"', r"\1", sheet))
    with pytest.raises(Invalid, match="headings but no rows"):
        read_as(silent, "export.xlsx")


def test_a_workbook_that_unpacks_to_far_more_than_its_size_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 2_000_000)
    small = replace(SETTINGS, largest_unpacked_bytes=1_000_000)
    with pytest.raises(Invalid, match="too large once it is unpacked"):
        read(out.getvalue(), "export.xlsx", settings=small)


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 2_000_000)
    lie = out.getvalue().replace(struct.pack("<I", 2_000_000), struct.pack("<I", 10))
    with pytest.raises(Invalid, match="damaged"):
        read_as(lie, "export.xlsx")


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "filename", "said"),
    [
        (b"", "a.csv", "empty"),
        (b" \r\n", "a.csv", "empty"),
        (b",,,\n", "a.csv", "no headings"),
        (LOCKED, "a.xlsx", "locked with a password"),
        (LOCKED[:300], "a.xls", "old kind of Office"),
        (b"PK\x03\x04" + b"x" * 100, "a.xlsx", "damaged"),
        (b"%PDF-1.7", "a.csv", "PDF"),
        (b"\xef\xbb\xbf<html><table>", "a.csv", "web page"),
        (b"a,b", "a.docx", "end in .csv, .xlsx or .ods"),
        (b"a,b", "a.xlsm", "does not read .xlsm"),
        (b"a,b", "a.xlsx", "inside it is plain text"),
        (as_xlsx([["a"]]), "a.csv", "inside it is a workbook"),
        (as_xlsx([]), "a.xlsx", "no headings"),
        (b"\x89PNG\x00\x01\x02\x00\x00", "a.csv", "not a spreadsheet"),
        (b"personref,surname,forename,dob\n", "a.csv", "no rows under"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_plainly(data: bytes, filename: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_as(data, filename)


def test_files_beyond_the_limits_are_refused() -> None:
    with pytest.raises(Invalid, match="larger than 1 MB"):
        read(as_csv([GOOD]) + b" " * 1_000_000, "a.csv", settings=replace(SETTINGS, largest_bytes=1_000_000))
    three = [row(personref=f"P{n}", contactref=f"C{n}") for n in range(3)]
    for data, name in ((as_csv(three), "a.csv"), (as_xlsx([HEADINGS, ["P1"], ["P2"], ["P3"]]), "a.xlsx")):
        with pytest.raises(Invalid, match="more than 2 rows"):
            read(data, name, settings=replace(SETTINGS, most_rows=2))


WORKBOOK = as_xlsx([HEADINGS[:4], ["P1", "Testworth", "Asha", "14/03/2014"]])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_damaged_workbook_is_refused_or_read_but_never_breaks_the_reading(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WORKBOOK)
    for place, value in changes:
        data[place] = value
    try:
        read_as(bytes(data), "export.xlsx")
    except Invalid as refused:
        assert refused.message.endswith(".")  # noqa: PT017 - reading it is right as well
