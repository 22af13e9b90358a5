"""A small import to try things with, and files of import rows in either kind a council sends."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from engage.core.errors import Invalid
from engage.demonstration.numbers import learner_number, pupil_number
from engage.plans.reading import COLUMNS

DOCUMENTED_ON = date(2026, 11, 2)
"""The day on which docs/sample-import.csv is written: its dates stay in the past on any later day."""

_APART = 900_000
"""Keeps the sample's pupils apart from those of a generated area."""


def sample_rows(today: date) -> list[dict[str, str]]:
    """Fourteen sound rows with dates relative to `today`: new plans and reviews some days or weeks old, and one of each knot.

    Twelve children: one with two parents, two who are brother and sister, one looked after, one young person who answers for
    themselves, one with no contact at all, one whose plan moved in from elsewhere, one whose plan has ceased, one who died, one
    parent without email, one without a mobile, one who must not be contacted. For demonstrations only: the numbers are Ofcom's for drama.
    """

    def ago(days: int) -> str:
        return f"{today - timedelta(days=days):%d/%m/%Y}"

    def aged(years: int, days: int = 40) -> str:
        return f"{date(today.year - years, today.month, min(today.day, 28)) - timedelta(days=days):%d/%m/%Y}"

    def child(
        number: int,
        surname: str,
        forename: str,
        age: int,
        sex: str,
        ethnicity: str,
        language: str,
        need: str,
        **more: str,
    ) -> dict[str, str]:
        return {
            "personref": f"S{number:03}",
            "surname": surname,
            "forename": forename,
            "personbirthdate": aged(age),
            "sex": sex,
            "ethnicity": ethnicity,
            "postcode": f"KT{1 + number % 6} {number % 9 + 1}VA",
            "upn": pupil_number(_APART + number, today.year % 100) if age >= 5 else "",
            "firstlanguage": language,
            "localauthority": "314",
            "lookedafter": "N",
            "sentype1": need,
            "settingname": "Mockingbird Primary School" if age < 11 else "Trial Lane Academy",
            "planref": f"SEHC{number:03}",
            "planstatus": "active",
        } | more  # fmt: skip

    def contact(number: int, relationship: str, forename: str, surname: str, **more: str) -> dict[str, str]:
        return {
            "contactref": f"SC{number:03}",
            "contactrelationship": relationship,
            "parentalresponsibility": "Y",
            "hascare": "Y",
            "contactallowed": "Y",
            "contactforename": forename,
            "contactsurname": surname,
            "email": f"{forename}.{surname}@example.org".lower(),
            "mobile": f"07700 900{300 + number}",
        } | more

    kavin = child(1, "Testnathan", "Kavin", 6, "M", "ASLT", "TAM", "ASD", startdate=ago(21))
    sister = child(3, "Figmenton", "Poppy", 9, "F", "WBRI", "ENG", "SLCN", startdate=ago(18))
    brother = child(
        4,
        "Figmenton",
        "Leo",
        7,
        "M",
        "WBRI",
        "ENG",
        "ASD",
        startdate=ago(400),
        reviewmeeting=ago(60),
        reviewoutcome="maintain",
        reviewoutcomedate=ago(34),
        phasetransfer="N",
    )
    rows = [
        kavin | contact(1, "mother", "Meena", "Testnathan", preferredlanguage="Tamil", interpreter="Y"),
        kavin | contact(2, "father", "Suren", "Testnathan", telephone="020 7946 0102"),
        child(2, "Exampleski", "Maja", 5, "F", "WEEU", "POL", "SLCN", startdate=ago(17)) | contact(3, "mother", "Zofia", "Exampleski", email="", preferredlanguage="Polish", interpreter="N"),
        sister | contact(5, "mother", "Ruby", "Figmenton"),
        brother | contact(5, "mother", "Ruby", "Figmenton"),
        child(5, "Testkim", "Ji-ho", 10, "M", "OKOR", "KOR", "ASD", sentype2="SLCN", startdate=ago(430), reviewmeeting=ago(110), reviewoutcome="amend", reviewoutcomedate=ago(85), reviewfinaldate=ago(20), phasetransfer="N") | contact(6, "mother", "Ha-eun", "Testkim", mobile="", telephone="020 7946 0106", preferredlanguage="Korean", interpreter="Y"),
        child(6, "Placeholder", "Holly", 8, "F", "WBRI", "ENG", "SEMH", startdate=ago(19), lookedafter="Y") | contact(7, "foster carer", "Robin", "Carerworth", parentalresponsibility="N"),
        child(6, "Placeholder", "Holly", 8, "F", "WBRI", "ENG", "SEMH", startdate=ago(19), lookedafter="Y") | contact(8, "mother", "Freya", "Placeholder", hascare="N", contactallowed="N"),
        child(7, "Samplewala", "Priya", 18, "F", "AIND", "GUJ", "PD", uniquelearnernumber=learner_number(_APART + 7), settingname="Placeholder College", startdate=ago(22)) | contact(9, "self", "Priya", "Samplewala", parentalresponsibility="N", hascare="N"),
        child(8, "Quietworth", "Sam", 4, "M", "REFU", "ENB", "MLD", startdate=ago(25)),
        child(9, "Testizadeh", "Shirin", 12, "F", "OIRN", "PRS", "HI", startdate=ago(16), transferredin="Y") | contact(10, "mother", "Parisa", "Testizadeh", preferredlanguage="Persian", interpreter="N"),
        child(10, "Trialbrook", "Jayden", 16, "M", "MWBC", "ENG", "SPLD", startdate=ago(900), ceasedate=ago(50), ceasereason="5") | contact(11, "father", "Marcus", "Trialbrook"),
        child(11, "Sampleton", "Niamh", 7, "F", "WBRI", "ENG", "PMLD", startdate=ago(30), ceasedate=ago(6), ceasereason="8") | contact(12, "mother", "Ellie", "Sampleton"),
        child(12, "Mockwabena", "Abena", 11, "F", "BAFR", "AKAT", "ASD", startdate=ago(500), reviewmeeting=ago(55), phasetransfer="Y") | contact(13, "grandparent", "Ada", "Mockwabena", parentalresponsibility="N"),
    ]  # fmt: skip
    return [dict.fromkeys(COLUMNS, "") | row for row in rows]


def write_rows(rows: Iterable[dict[str, str]], path: Path) -> int:
    """Write import rows to a .csv or .xlsx file and say how many; `Invalid` for another ending. Every cell is text."""
    kinds = {".csv": _write_csv, ".xlsx": _write_xlsx}
    write = kinds.get(path.suffix.lower())
    if write is None:
        raise Invalid(f'"{path.name}" must end in .csv or .xlsx.')
    return write(rows, path)


def _write_csv(rows: Iterable[dict[str, str]], path: Path) -> int:
    written = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(COLUMNS), lineterminator="\n")
        writer.writeheader()
        for written, row in enumerate(rows, 1):  # noqa: B007 - the last count is the answer
            writer.writerow(row)
    return written


def _write_xlsx(rows: Iterable[dict[str, str]], path: Path) -> int:
    written = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Import")
        sheet.write_row(0, 0, list(COLUMNS))
        for written, row in enumerate(rows, 1):
            for place, name in enumerate(COLUMNS):
                sheet.write_string(written, place, row[name])
    return written
