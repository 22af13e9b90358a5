"""A file in: sound rows out, and every fault named by row, column, value, what is wrong and its cure."""

import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.core.errors import Invalid
from engage.people.vocabulary.ehcp import CeaseReason, PlanStatus, ReviewOutcome
from engage.people.vocabulary.relationships import Relationship
from engage.people.vocabulary.sen import SenType
from engage.plans.reading import COLUMNS, ColumnMapping, Reading, read
from tests.plans.reading import GOOD, SETTINGS, as_csv, row


def reading(*rows: dict[str, str], **more: Any) -> Reading:
    return read(as_csv(rows), "export.csv", settings=SETTINGS, **more)


def only_fault(*rows: dict[str, str]) -> tuple[int, str, str, str]:
    (fault,) = reading(*rows).faults
    assert fault.cure
    return fault.row, fault.column, fault.value, fault.wrong


def test_a_sound_row_has_a_child_a_plan_a_review_and_a_contact() -> None:
    full = row(
        sex="F", postcode="kt11eu", upn="B314200025001", firstlanguage="TAM", lookedafter="n", sentype1="asd", sentype2="SLCN",
        planref="E1", transferredin="Y", reviewmeeting="2026-09-01", reviewoutcome="A", reviewoutcomedate="15 September 2026",
        reviewfinaldate="01/11/2026", phasetransfer="Y", parentalresponsibility="yes", hascare="", telephone="020 7946 0123",
        addressline1="1 Example\nRoad", addressline3="Kingston", contactpostcode="KT1 1EU", preferredlanguage="Tamil", interpreter="Y",
    )  # fmt: skip
    found = reading(full)
    assert found.faults == ()
    (record,) = found.children
    (told,), (contact,) = record.plans, record.contacts
    child, plan, (review,) = record.child, told.plan, told.reviews
    assert (found.rows, child.ref, child.born_on, child.postcode) == ((2,), "P1", date(2014, 3, 14), "KT1 1EU")
    assert child.sen_types == (SenType.ASD, SenType.SLCN)
    assert child.local_authority == "314"
    assert child.looked_after is False
    assert (plan.ref, plan.issued_on, plan.transferred_in) == ("E1", date(2026, 2, 3), True)
    assert plan.status is PlanStatus.ACTIVE
    assert (review.outcome, review.decided_on) == (ReviewOutcome.AMEND, date(2026, 9, 15))
    assert (review.final_on, review.phase_transfer) == (date(2026, 11, 1), True)
    assert contact.relationship is Relationship.MOTHER
    assert (contact.mobile, contact.telephone) == ("+447700900123", "+442079460123")
    assert contact.address == ("1 Example Road", "Kingston")
    assert (contact.preferred_language, contact.has_care, contact.allowed) == ("ta", None, True)


def test_a_child_with_neither_contact_nor_plan_still_counts() -> None:
    (child,) = reading({name: GOOD[name] for name in ("personref", "surname", "forename", "personbirthdate")}).children
    assert (child.contacts, child.plans, child.rows) == ((), (), (2,))


def test_the_rows_of_one_child_become_one_record() -> None:
    found = reading(
        row(planref="E1"),
        row(contactref="C2", contactrelationship="father", email="b@example.org", mobile="", planref="E1", reviewmeeting="01/09/2026"),
        row(contactref="C2", contactrelationship="father", email="", mobile="", contactallowed="N", planref="E1", reviewmeeting="02/03/2026", reviewoutcome="maintain"),
        row(personref="P2", forename="Ravi", ethnicity=""),
    )  # fmt: skip
    assert found.faults == ()
    first, second = found.children
    assert first.rows == (2, 3, 4)
    assert [contact.ref for contact in first.contacts] == ["C1", "C2"]
    assert [contact.allowed for contact in first.contacts] == [True, False]
    assert first.contacts[1].email == "b@example.org"
    (plan,) = first.plans
    assert [review.met_on for review in plan.reviews] == [date(2026, 3, 2), date(2026, 9, 1)]
    assert second.plans[0].plan.ref == "P2"
    assert second.contacts[0].ref == "C1"


def test_a_plan_may_cease_or_be_cancelled() -> None:
    found = reading(row(ceasedate="01/03/2026", ceasereason="8"), row(personref="P2", planstatus="Cancelled"))
    plans = [told.plan for each in found.children for told in each.plans]
    assert (plans[0].ceased_on, plans[0].cease_reason) == (date(2026, 3, 1), CeaseReason.DECEASED)
    assert plans[1].status is PlanStatus.CANCELLED


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("personbirthdate", "31/02/2014", "no such day"),
        ("personbirthdate", "03/14/2014", "month before the day"),
        ("personbirthdate", "14/03/14", "two figures"),
        ("personbirthdate", "41712", "spreadsheet's number"),
        ("personbirthdate", "soon", "not a date"),
        ("personbirthdate", "14/03/0214", "year 214"),
        ("startdate", "21/11/2026", "not come yet"),
        ("ethnicity", "Tamil", "ethnicity code"),
        ("firstlanguage", "fra", "language code"),
        ("upn", "A314200025001", "does not add up"),
        ("upn", "3.142E+11", "rounded"),
        ("uniquelearnernumber", "1000000044", "does not add up"),
        ("sentype1", "BESD", "retired"),
        ("sex", "X", "F or M"),
        ("localauthority", "999", "does not work for"),
        ("lookedafter", "perhaps", "Y or N"),
        ("mobile", "7700900123", "lost its leading 0"),
        ("mobile", "077009001234", "too many"),
        ("telephone", "09001234567", "premium"),
        ("email", "meera@", "not an email"),
        ("contactpostcode", "KT1", "full postcode"),
        ("contactrelationship", "neighbour's cat", "relationship"),
        ("preferredlanguage", "Klingon", "not a language"),
        ("planstatus", "lapsed", "active or cancelled"),
        ("surname", "x" * 300, "300 characters"),
        ("surname", "Test\x07worth", "marks"),
        ("surname", "", "blank"),
    ],
)
def test_a_faulty_cell_is_named_with_its_row_its_value_and_its_cure(column: str, value: str, wrong: str) -> None:
    found = reading(row(personref="P0", contactref="C0"), row(**{column: value}))
    (fault,) = found.faults
    assert (fault.row, fault.column, fault.value) == (3, column, value)
    assert wrong in fault.wrong
    assert fault.cure.endswith(".")
    assert [each.child.ref for each in found.children] == ["P0"]


@pytest.mark.parametrize(
    ("changes", "column", "wrong"),
    [
        ({"personbirthdate": "04/02/2026"}, "startdate", "before the child was born"),
        ({"personbirthdate": "01/01/1999"}, "personbirthdate", "over 25"),
        ({"ceasedate": "02/02/2026"}, "ceasedate", "ceased before"),
        ({"ceasereason": "2"}, "ceasedate", "no day"),
        ({"reviewmeeting": "02/02/2026"}, "reviewmeeting", "before the plan"),
        ({"reviewmeeting": "03/09/2026", "reviewoutcomedate": "02/09/2026"}, "reviewoutcomedate", "before the review meeting"),
        ({"reviewoutcome": "amend"}, "reviewmeeting", "day of the meeting"),
        ({"startdate": "", "planref": "E1"}, "startdate", "not the day the plan was issued"),
        ({"sentype2": "ASD"}, "sentype1", "no primary"),
        ({"sentype1": "ASD", "sentype2": "ASD"}, "sentype2", "same as the first"),
        ({"contactref": ""}, "contactref", "not contactref"),
        ({"reviewmeeting": "03/09/2026", "reviewoutcome": "M", "reviewfinaldate": "05/10/2026"}, "reviewfinaldate", "not to amend"),
    ],
)  # fmt: skip
def test_cells_of_one_row_must_agree(changes: dict[str, str], column: str, wrong: str) -> None:
    number, named, _, said = only_fault(row(**changes))
    assert (number, named) == (2, column)
    assert wrong in said


@pytest.mark.parametrize(
    ("first", "second", "column"),
    [
        ({}, {"personbirthdate": "15/03/2014"}, "personbirthdate"),
        ({}, {"forename": "Asher"}, "forename"),
        ({}, {"personref": "P2", "contactsurname": "Sampleton"}, "contactsurname"),
        ({"personref": "P2"}, {"email": "other@example.org"}, "email"),
        ({}, {"startdate": "04/02/2026"}, "startdate"),
        ({"upn": "B314200025001"}, {"upn": "B314200025001", "personref": "P2"}, "personref"),
        ({"planref": "E1"}, {"planref": "E1", "personref": "P2"}, "personref"),
        ({"hascare": "Y"}, {"hascare": "N"}, "hascare"),
        ({"reviewmeeting": "01/09/2026", "reviewoutcome": "M"}, {"reviewmeeting": "01/09/2026", "reviewoutcome": "A"}, "reviewoutcome"),
    ],
)  # fmt: skip
def test_rows_that_gainsay_each_other_are_both_left_out(
    first: dict[str, str], second: dict[str, str], column: str
) -> None:
    bystander = row(personref="P9", contactref="C9", forename="Noor")
    found = reading(row(**first), row(**second), bystander)
    assert {(fault.row, fault.column) for fault in found.faults} == {(2, column), (3, column)}
    assert all("Rows 2, 3" in fault.wrong for fault in found.faults)
    assert [each.child.ref for each in found.children] == ["P9"]


def test_two_plans_of_one_child_need_their_own_references() -> None:
    assert reading(row(planref="E1"), row(planref="E2", startdate="04/02/2025")).faults == ()
    (fault, _) = reading(row(), row(startdate="04/02/2025")).faults
    assert "planref" in fault.cure


def test_headings_match_in_any_case_with_spaces_and_by_common_names() -> None:
    data = b"Person Ref,LAST NAME,First_Name,D.O.B.,Favourite colour\nP1,Testworth,Asha,14/03/2014,blue\n"
    found = read(data, "export.csv", settings=SETTINGS)
    assert found.unknown_columns == ("Favourite colour",)
    assert any("Favourite colour" in notice for notice in found.notices)
    assert found.children[0].child.surname == "Testworth"


def test_a_saved_mapping_leads_their_headings_to_ours() -> None:
    mapping = ColumnMapping("Synergy", {"STUD_ID": "personref", "FAM": "surname", "Notes": ""})
    data = b"stud id,Fam,forename,dob,Notes\nP1,Testworth,Asha,14/03/2014,secret\n"
    found = read(data, "export.csv", mapping, settings=SETTINGS)
    assert found.children[0].child.ref == "P1"
    assert found.unknown_columns == ()
    with pytest.raises(Invalid, match="expects headings that this file does not have: FAM, Notes, STUD_ID"):
        read(as_csv([GOOD]), "export.csv", mapping, settings=SETTINGS)
    with pytest.raises(Invalid, match="nosuch"):
        ColumnMapping("Bad", {"a": "nosuch"})


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("personref,surname,forename", "no column for personbirthdate"),
        ("personref,surname,forename,dob,surname", "more than once"),
        ("personref,surname,forename,dob,date of birth", "both mean personbirthdate"),
        ("a,b,c", "no column for personref, surname, forename, personbirthdate"),
    ],
)
def test_headings_that_cannot_be_used_stop_the_file(headings: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read(f"{headings}\n1,2,3,4,5\n".encode(), "export.csv", settings=SETTINGS)


def test_titles_above_the_headings_are_passed_over_and_row_numbers_stay_true() -> None:
    data = b"SEN report,,,\n\n" + as_csv([row(), row(surname="")]).replace(b"\r\nP1", b"\r\n\r\nP1", 1)
    found = read(data, "export.csv", settings=SETTINGS)
    assert found.rows == (5,)
    assert found.faults[0].row == 6


def test_a_row_with_more_cells_than_headings_is_a_fault() -> None:
    data = as_csv([GOOD]).rstrip() + b",extra\n"
    (fault,) = read(data, "export.csv", settings=SETTINGS).faults
    assert "more cells than there are headings" in fault.wrong


def test_faulty_rows_can_be_mended_in_a_file_and_brought_back() -> None:
    bad = row(mobile="+7700900123", surname="=1+1", note="kept as it was")
    found = reading(row(personref="P0", contactref="C0"), bad)
    text = found.faults_file().decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'+7700900123" in text
    assert "outside the United Kingdom" in text
    assert "kept as it was" in text
    again = read(text.replace("'+7700900123", "'+447700900123").encode("utf-8-sig"), "mended.csv", settings=SETTINGS)
    assert again.faults == ()
    assert again.unknown_columns == ("note",)
    (mended,) = again.children
    assert mended.child.surname == "=1+1"
    assert mended.contacts[0].mobile == "+447700900123"


def test_a_child_with_a_row_left_out_is_named_so_that_nothing_of_theirs_is_taken_as_gone() -> None:
    found = reading(
        row(),
        row(contactref="C2", email="nobody"),
        row(personref="P2", contactref="C3", ethnicity="XX"),
        row(personref="P3", contactref="C4"),
    )
    assert found.faulty_children == {"P1", "P2"}
    assert [child.child.ref for child in found.children] == ["P1", "P3"]


def test_a_faulty_row_says_whom_it_names_as_far_as_that_can_be_read() -> None:
    found = reading(
        row(contactref="C2", email="nobody"),
        row(contactref="1.2E+05"),
        row(personref="", contactref="C3"),
        row(personref="P2", contactref="", contactsurname="", note="slipped"),
    )
    assert found.faulty_contacts == {("P1", "C2"), ("P1", ""), ("", "C3"), ("P2", "")}
    assert not found.is_mended
    assert read(found.faults_file(), "mended.csv", settings=SETTINGS).is_mended


def test_where_cells_may_have_slipped_nobody_knows_whom_a_row_names() -> None:
    data = as_csv([GOOD]).decode().replace("meera@example.org", "meera@example.org,one,two,three")
    assert read(data.encode(), "export.csv", settings=SETTINGS).faulty_contacts == {("P1", "")}


def test_mixed_levels_of_ethnicity_are_noticed_and_stop_nothing() -> None:
    found = reading(row(), row(personref="P2", contactref="C2", ethnicity="AOTH"))
    assert found.faults == ()
    assert any("AOTH" in notice and "ASLT" in notice for notice in found.notices)


def test_printed_forms_hold_nobodys_name() -> None:
    found = reading(row(), row(personref="P2", surname="", forename="Ravishankar"))
    printed = repr((found, found.children, found.faults))
    assert not any(secret in printed for secret in ("Testworth", "Asha", "Ravishankar", "meera", "900123"))


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    rows = [row(personref=f"P{n}", contactref=f"C{n}") for n in range(1_200)]
    reading(*rows, progress=lambda done, total: told.append((done, total)))
    assert told == [(500, 1_200), (1_000, 1_200), (1_200, 1_200)]


def test_a_file_object_is_read_too() -> None:
    assert len(read(io.BytesIO(as_csv([GOOD])), "EXPORT.CSV", settings=SETTINGS).rows) == 1


cells = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["Y", "01/01/2020", "2020-02-30", "P1", "07700 900123", "'=x", "NULL", "\x00"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(COLUMNS)), cells, max_size=45), min_size=1, max_size=6))
def test_no_cells_break_the_reading(rows: list[dict[str, str]]) -> None:
    full = [dict.fromkeys(COLUMNS, "") | each for each in rows]
    try:
        found = read(as_csv(full), "export.csv", settings=SETTINGS)
    except Invalid:
        return
    assert len(found.rows) + len(found.faulty_cells) == found.rows_read
    found.faults_file()


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
    ),
    st.sampled_from(["a.csv", "a.xlsx", "a.ods", "a.txt", "a.pdf", "", "a"]),
)
def test_no_bytes_break_the_reading(data: bytes, filename: str) -> None:
    with pytest.raises(Invalid):
        read(data, filename, settings=SETTINGS)
