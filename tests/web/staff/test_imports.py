"""Bringing a file in: preview, decision, faulty rows, headings matched by hand."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engage.accounts.models import Staff
from engage.campaigns.models import Invitation
from engage.core.audit import AuditEvent
from engage.demonstration.sample import sample_rows
from engage.people.models import Child, Relationship
from engage.plans.models import ColumnMapping, ImportState, PlanImport
from engage.plans.reading import COLUMNS
from engage.web.staff import import_words
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import MONDAY

SignIn = Callable[[StrictClient, Staff], StrictClient]
Row = dict[str, str]


@pytest.fixture
def officer(client: StrictClient, bronwen: Staff, sign_in: SignIn) -> StrictClient:
    """Bronwen's browser."""
    return sign_in(client, bronwen)


@pytest.fixture
def rows() -> list[Row]:
    """The sample's rows."""
    return sample_rows(MONDAY.date())


def as_csv(rows: list[Row], rename: dict[str, str] | None = None) -> bytes:
    """Rows as a file, with some headings renamed."""
    headings = {name: (rename or {}).get(name, name) for name in COLUMNS}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(headings.values()))
    writer.writeheader()
    writer.writerows({headings[name]: value for name, value in row.items()} for row in rows)
    return out.getvalue().encode()


def send(client: StrictClient, content: bytes, name: str = "plans.csv", **fields: str) -> TestResponse:
    """Upload a file."""
    return client.post(
        "/staff/imports",
        data={"file": (io.BytesIO(content), name), "mapping": "", **fields},
        content_type="multipart/form-data",
    )


def children(session: Session) -> int:
    """How many children are on record."""
    return session.scalar(select(func.count()).select_from(Child)) or 0


def test_a_file_is_looked_at_first_and_changes_nothing_until_it_is_committed(
    officer: StrictClient, session: Session, rows: list[Row]
) -> None:
    factories.campaign(session)
    preview = send(officer, as_csv(rows)).location
    page = officer.get(preview).text
    assert "12 new plans." in page
    assert "people will be asked, on Monday 2 March 2026." in page
    assert "Nothing has been changed yet." in page
    assert "The child is looked after" in page
    assert children(session) == 0

    assert officer.post(f"{preview}/commit").location == preview
    session.rollback()
    assert children(session) == 12
    assert session.scalar(select(func.count()).select_from(Invitation)) >= 1
    done = officer.get(preview).text
    assert "Imported" in done
    assert "See who will be asked" in done
    assert "Bronwen Officer" in done


def test_the_same_file_twice_says_that_nothing_changes(
    officer: StrictClient, session: Session, rows: list[Row]
) -> None:
    officer.post(f"{send(officer, as_csv(rows)).location}/commit")
    again = send(officer, as_csv(rows)).location
    page = officer.get(again).text
    assert "Nothing changes: all that this file says is on record already." in page
    assert "Import this file" not in page
    officer.post(f"{again}/discard")
    assert children(session) == 12


def test_carers_whom_a_newer_file_no_longer_names_are_listed_before_anything_is_done(
    officer: StrictClient, session: Session, rows: list[Row]
) -> None:
    factories.campaign(session)
    officer.post(f"{send(officer, as_csv(rows)).location}/commit")
    parents = [each for each in rows if each["forename"] == "Kavin" and each.get("contactref")]
    assert len(parents) == 2
    father, name = parents[1], f"{parents[1]['contactforename']} {parents[1]['contactsurname']}"
    preview = send(officer, as_csv([each for each in rows if each is not father])).location
    page = officer.get(preview).text
    assert "1 carer is no longer named and will not be asked any more." in page
    table = page[page.index('aria-label="No longer named, and not asked any more"') :]
    assert name in table
    assert "Kavin" in table
    child = session.scalars(select(Child).where(Child.forename == "Kavin")).one()
    assert session.scalars(select(Relationship).where(Relationship.no_longer_named_on.is_not(None))).all() == []

    officer.post(f"{preview}/commit")
    assert name in officer.get(preview).text
    family = officer.get(f"/staff/families/{child.id}").text
    assert "The case system no longer names them for this child" in family
    assert f"The case system no longer names {name} for this child" in family
    assert "By a file that Bronwen Officer brought in." in family
    assert "1 no longer named" in officer.get("/staff/imports").text
    again = send(officer, as_csv(rows)).location
    assert "1 carer is named again." in officer.get(again).text
    officer.post(f"{again}/commit")
    assert f"The case system names {name} again for this child" in officer.get(f"/staff/families/{child.id}").text


def test_committing_twice_does_it_once_and_says_so(officer: StrictClient, session: Session, rows: list[Row]) -> None:
    preview = send(officer, as_csv(rows)).location
    officer.post(f"{preview}/commit")
    assert officer.post(f"{preview}/commit").location == preview
    assert "already been dealt with" in officer.get(preview).text
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == "import.committed")).all()) == 1


def test_faulty_rows_are_shown_downloaded_mended_and_brought_back(
    officer: StrictClient, session: Session, rows: list[Row]
) -> None:
    rows[0]["mobile"], rows[1]["mobile"] = "07700 9", "07700 9"
    rows[2]["personbirthdate"] = "31/02/2020"
    preview = send(officer, as_csv(rows)).location
    page = officer.get(preview).text
    assert "3 rows with something wrong will be left out" in page
    assert "31/02/2020" in page

    download = officer.get(f"{preview}/faulty-rows.csv")
    assert download.mimetype == "text/csv"
    assert "attachment" in download.headers["Content-Disposition"]
    officer.post(f"{preview}/commit")
    assert "3 rows had something wrong and were left out" in officer.get(preview).text
    assert officer.get(f"{preview}/faulty-rows.csv").data == download.data
    before = children(session)

    mended = download.data.decode("utf-8-sig").replace("31/02/2020", "28/02/2020").replace("07700 9,", "07700 900301,")
    brought_back = send(officer, mended.encode(), "mended.csv").location
    officer.post(f"{brought_back}/commit")
    session.rollback()
    assert children(session) == before + 2


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "plans.csv", "Select a file"),
        (b"%PDF-1.7 nothing", "plans.csv", "This is a PDF, not a spreadsheet"),
        (b"anything", "plans.docx", "Engage reads files that end in .csv, .xlsx or .ods"),
        (b"personref,personref,surname\n1,2,3\n", "plans.csv", "appear more than once"),
    ],
)
def test_a_file_that_is_none_is_refused_beside_the_field_and_not_kept(
    officer: StrictClient, session: Session, content: bytes, name: str, words: str
) -> None:
    factories_mapping = ColumnMapping(name="Mosaic", headings={}, saved_at=MONDAY, saved_by="staff:1")
    session.add(factories_mapping)
    session.flush()
    answer = (
        send(officer, content, name, mapping=str(factories_mapping.id))
        if content
        else officer.post("/staff/imports", data={"mapping": str(factories_mapping.id)})
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert f'<option value="{factories_mapping.id}" selected>' in answer.text
    assert session.scalars(select(PlanImport)).all() == []


OTHER = {"personref": "STUD_ID", "surname": "FAM", "startdate": "FIN_DT"}


def test_headings_are_matched_by_hand_with_the_same_file_and_known_next_time(
    officer: StrictClient, session: Session, rows: list[Row]
) -> None:
    sent = send(officer, as_csv(rows, OTHER))
    assert sent.location.endswith("/columns")
    page = officer.get(sent.location).text
    assert "Every file needs personref, surname." in page
    assert "First value: S001" in page

    fields = {f"column-{place}": name for place, name in enumerate(COLUMNS)}
    wrong = officer.post(sent.location, data={**fields, "column-1": "forename", "name": ""})
    assert wrong.status_code == 422
    for words in (
        "are both forename: choose one",
        "Select the heading that is surname",
        "Enter a name for this column",
    ):
        assert words in wrong.text
    assert '<option value="startdate" selected>' in wrong.text

    preview = officer.post(sent.location, data={**fields, "name": "Mosaic"}).location
    assert "12 new plans." in officer.get(preview).text
    officer.post(f"{preview}/commit")
    saved = session.scalars(select(ColumnMapping)).one()
    assert saved.headings == {"STUD_ID": "personref", "FAM": "surname", "FIN_DT": "startdate"}

    again = send(officer, as_csv(rows, OTHER), mapping=str(saved.id)).location
    assert "Nothing changes" in officer.get(again).text


def test_a_name_that_another_mapping_has_is_refused_and_nothing_is_lost(
    officer: StrictClient, session: Session, rows: list[Row]
) -> None:
    session.add(ColumnMapping(name="Mosaic", headings={}, saved_at=MONDAY, saved_by="staff:1"))
    sent = send(officer, as_csv(rows, OTHER))
    fields = {f"column-{place}": name for place, name in enumerate(COLUMNS)}
    answer = officer.post(sent.location, data={**fields, "name": "Mosaic"})
    assert answer.status_code == 422
    assert "Enter another name" in answer.text
    assert '<option value="personref" selected>' in answer.text


def test_a_file_that_waits_can_be_discarded_and_is_then_no_longer_kept(
    officer: StrictClient, session: Session, rows: list[Row]
) -> None:
    waiting = send(officer, as_csv(rows, OTHER)).location.removesuffix("/columns")
    assert officer.get(waiting).location == f"{waiting}/columns"
    assert "Waiting: match its headings" in officer.get("/staff/imports").text
    officer.post(f"{waiting}/discard")
    session.rollback()
    row = session.scalars(select(PlanImport)).one()
    assert (row.state, row.content) == (ImportState.DISCARDED, None)
    assert "Nothing of this file was brought in" in officer.get(waiting).text
    assert officer.get(f"{waiting}/faulty-rows.csv").status_code == 404
    assert officer.get(f"{waiting}/columns").status_code == 409
    assert officer.post(f"{waiting}/discard").status_code == 409


def test_the_columns_are_explained_and_the_sample_can_be_brought_in(officer: StrictClient) -> None:
    page = officer.get("/staff/imports/columns").text
    assert all(column.meaning.split(";")[0].replace("'", "&#39;") in page for column in COLUMNS.values())
    sample = officer.get("/staff/imports/sample.csv")
    preview = send(officer, sample.data, "sample-import.csv").location
    assert "14 rows read, 14 of them sound" in officer.get(preview).text


def test_an_import_that_is_not_there_is_not_found(officer: StrictClient) -> None:
    assert officer.get("/staff/imports/77").status_code == 404
    assert officer.get(f"/staff/imports/{2**70}").status_code == 404


def test_before_the_first_file_the_page_says_how_to_begin(officer: StrictClient) -> None:
    assert "No file has been brought in yet" in officer.get("/staff/imports").text


def test_mailboxes_that_will_be_asked_are_no_parent_carers(app: Flask) -> None:
    summary: dict[str, Any] = {"asked_on": {"2026-03-02": 3}, "no_message_possible": 0, "on_hold": 0, "events": 3}
    asked = {date(2026, 3, 2): 3}
    with app.test_request_context():
        assert import_words.asking(summary | {"mailboxes": {"health_professional": 1, "setting": 2}}, asked) == [
            "3 people will be asked, on Monday 2 March 2026.",
            "2 settings and 1 health service will be asked.",
        ]
        assert import_words.asking(summary | {"mailboxes": {"setting": 1}}, {}) == ["1 setting will be asked."]
        assert import_words.asking(summary, {}) == ["Nobody new will be asked."]
