"""A list of mailboxes from a spreadsheet: read as a whole, every mistake named by its row and column, or taken in as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.campaigns import mailbox_keeping
from engage.core.audit import Actor
from engage.core.errors import Invalid
from engage.people.mailboxes import MailboxEntry, every, meant_by, plain_name, role_address, unique_reference_number
from engage.people.models import MailboxKind
from engage.people.vocabulary.mistakes import WrongValue
from engage.people.vocabulary.sen import sen_type
from engage.plans.reading.cells import tidy
from engage.plans.reading.faults import Fault
from engage.plans.reading.settings import ReadingSettings
from engage.plans.reading.sheets import open_sheet

HEADINGS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"name", "setting", "school", "service", "establishmentname", "settingname", "servicename"}),
    "urn": frozenset({"urn", "settingurn"}),
    "email": frozenset({"email", "mailbox", "emailaddress", "rolemailbox"}),
    "needs": frozenset({"needs", "senneeds", "need", "sentypes"}),
    "default": frozenset({"default", "isdefault"}),
}
COLUMNS = {MailboxKind.SETTING: ("name", "urn", "email"), MailboxKind.HEALTH: ("name", "email", "needs", "default")}
NEEDED = ("name", "email")
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"", "no", "n", "false", "0"})


@dataclass(frozen=True)
class ReadList:
    """What a file says: entries by their row, or all that is wrong."""

    entries: Mapping[int, MailboxEntry]
    faults: Sequence[Fault]


@dataclass(frozen=True)
class TakenIn:
    """What came of a list."""

    added: int
    changed: int
    same: int


def read_list(content: bytes, filename: str, serves: MailboxKind, *, settings: ReadingSettings) -> ReadList:
    """The mailboxes of a CSV, XLSX or ODS file; `Invalid` when it is none, or its headings lack a name or an address."""
    rows = open_sheet(content, filename, settings).rows
    top = next((place for place, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if top is None:
        raise Invalid("This file has no headings. Put the headings in row 1.")
    places = _places(rows[top], serves)
    entries: dict[int, MailboxEntry] = {}
    faults: list[Fault] = []
    for number, row in enumerate(rows[top + 1 :], top + 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: tidy(row[place]) if place < len(row) else "" for name, place in places.items()}
        entry, wrong = _entry(cells, serves)
        faults += [Fault(number, rows[top][places[name]], cells[name], *said) for name, said in wrong]
        if entry is not None:
            entries[number] = entry
    if not entries and not faults:
        raise Invalid("This file has headings but no rows under them.")
    faults += _twice(entries, rows[top][places["name"]])
    return ReadList(entries, sorted(faults, key=lambda fault: fault.row))


def take_in(session: Session, entries: Sequence[MailboxEntry], *, by: Actor, now: datetime) -> TakenIn:
    """Put every entry on its list, or change the mailbox that it means. What the file does not name stays as it is."""
    added = changed = same = 0
    for entry in entries:
        known = meant_by(entry, every(session, entry.serves))
        if known is None:
            mailbox_keeping.add(session, entry, by=by, now=now)
            added += 1
        elif mailbox_keeping.change(session, known, entry, by=by, now=now):
            changed += 1
        else:
            same += 1
    return TakenIn(added, changed, same)


def _places(headings: Sequence[str], serves: MailboxKind) -> dict[str, int]:
    plain = ["".join(letter for letter in heading.casefold() if letter.isalnum()) for heading in headings]
    places = {
        name: place for place, heading in enumerate(plain) for name in COLUMNS[serves] if heading in HEADINGS[name]
    }
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise Invalid(f"No column is headed {' or '.join(missing)}. The headings are: {', '.join(COLUMNS[serves])}.")
    return places


def _entry(
    cells: Mapping[str, str], serves: MailboxKind
) -> tuple[MailboxEntry | None, list[tuple[str, tuple[str, str]]]]:
    wrong: list[tuple[str, tuple[str, str]]] = []
    if not plain_name(cells["name"]):
        wrong.append(("name", ("The name is blank.", "Fill it in.")))
    for name, read in (("email", role_address), ("urn", unique_reference_number)):
        try:
            read(cells.get(name, ""))
        except WrongValue as error:
            wrong.append((name, (error.wrong, error.cure)))
    needs: list[str] = []
    for code in cells.get("needs", "").replace(",", " ").replace(";", " ").split():
        try:
            needs.append(sen_type(code).value)
        except WrongValue as error:
            wrong.append(("needs", (error.wrong, error.cure)))
    default = cells.get("default", "").casefold()
    if default not in _YES | _NO:
        wrong.append(
            ("default", ("This is neither yes nor no.", "Write yes for one service, and leave the others blank."))
        )
    if wrong:
        return None, wrong
    entry = MailboxEntry(
        serves, cells["name"], cells["email"], cells.get("urn", ""), tuple(needs), is_default=default in _YES
    )
    return entry, []


def _twice(entries: Mapping[int, MailboxEntry], heading: str) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for number, entry in entries.items():
        seen = first.setdefault(entry.urn or plain_name(entry.name), number)
        if seen != number:
            wrong = f"This is the same as row {seen}."
            faults.append(Fault(number, heading, entry.name, wrong, "Keep one of the two: each has one mailbox."))
    return faults
