"""Forgetting: each keeping time takes exactly what it names, on its day and not before, and once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import SignInLink, StaffSession
from engage.activities.models import OpenVisit
from engage.activities.session_models import ExpectedChild
from engage.campaigns.models import Beginning, InvitationState
from engage.cases.models import CaseEntry, CaseEntryKind, CaseState
from engage.core import audit
from engage.core.audit import SYSTEM, AuditEvent
from engage.core.clock import london_moment
from engage.core.db import Base, Database
from engage.core.privacy import Keep
from engage.jobs.forgetting import RULES, forget_what_is_due, years_before
from engage.jobs.wiring import House
from engage.notify.models import MessageState, Receipt
from engage.plans.models import ImportState, PlanImport
from engage.register.models import RegisteredChild, Registration, RegistrationState
from engage.surveys.equality_models import EqualityAnswers
from engage.surveys.models import Response
from tests import factories
from tests.conftest import make_settings
from tests.factories import AT

MOMENT = timedelta(seconds=1)
THIRTY_DAYS = AT + timedelta(days=30)
GONE = "gone"
Change = tuple[str, str]


def sign_ins(session: Session) -> None:
    somebody = factories.staff(session)
    for number, kept in enumerate((SignInLink(nonce="n"), StaffSession())):
        kept.staff_id, kept.digest, kept.created_at, kept.expires_at = somebody.id, f"d{number}", AT, AT
        session.add(kept)


def receipts(session: Session) -> None:
    session.add(Receipt(received_at=AT, reference="of nobody", status="delivered"))
    session.add(Receipt(received_at=AT, reference="of ours", status="delivered", applied_at=AT))


def plan_import(session: Session, state: ImportState, content: bytes | None = b"names") -> None:
    session.add(
        PlanImport(
            file_name="Names.csv",
            file_sha256="0" * 64,
            content=content,
            state=state,
            uploaded_at=AT,
            uploaded_by="staff:1",
            summary={},
        )
    )


def files(session: Session) -> None:
    for state in (ImportState.UNMATCHED, ImportState.PREVIEWED, ImportState.COMMITTED):
        plan_import(session, state)


def file_names(session: Session) -> None:
    plan_import(session, ImportState.COMMITTED, None)


def messages(session: Session) -> None:
    for state in (MessageState.DELIVERED, MessageState.WITHDRAWN, MessageState.UNDELIVERED, MessageState.FAILED):
        factories.message(session, state=state, personalisation={"first_name": "Somebody"})


def calls(session: Session) -> None:
    factories.call_attempt(session, factories.invitation(session), note="She is Zain's aunt")


def answers(session: Session) -> None:
    """One answered in time, and one that was answered after it had closed: the later of the two counts."""
    for closed_at in (None, AT - timedelta(days=20)):
        invitation = factories.invitation(session, answered_at=AT, closed_at=closed_at)
        factories.free_text(session, factories.response(session, invitation), "Our words")


def unsent(session: Session) -> None:
    begun = factories.response(session, submitted_at=None, answers={"involved": "1"})
    factories.free_text(session, begun, "Words never sent")
    factories.invitation(session, state=InvitationState.CLOSED, closed_at=AT, response_id=begun.id)


def set_aside(session: Session) -> None:
    begun = factories.response(session, submitted_at=None, answers={"involved": "1"})
    factories.free_text(session, begun, "Words never sent")
    invitation = factories.invitation(session, answered_at=AT)
    factories.response(session, invitation)
    session.add(Beginning(invitation_id=invitation.id, response_id=begun.id, begun_at=AT))


def open_answers(session: Session) -> None:
    factories.open_visit(session, settings=make_settings())
    factories.free_text(session, session.scalars(select(OpenVisit)).one().response, "Words never sent")


def expected(session: Session) -> None:
    meeting = factories.facilitated_session(session)
    session.add(ExpectedChild(session_id=meeting.id, child_id=factories.child(session).id))


def drawings(session: Session) -> None:
    factories.drawing(session, factories.child_voice(session, factories.facilitated_session(session)))


def voices(session: Session) -> None:
    meeting = factories.facilitated_session(session, group_observed="Loud")
    said = factories.response(session, survey="child_plan", answers={"help_i_get": "good"})
    theirs = {"child_id": factories.child(session).id, "observed": "Smiled", "permission_note": "Told me why"}
    factories.child_voice(session, meeting, response_id=said.id, finished_at=AT, **theirs)
    begun = factories.child_voice(session, meeting)
    begun.response.answers = {"help_i_get": "ok"}
    factories.free_text(session, begun.response, "Not finished", question="said")


def activities(session: Session) -> None:
    factories.activity(session, notes="Agreed to meet again", run_by="The team")


def equality(session: Session) -> None:
    session.add(
        EqualityAnswers(
            id=7,
            version=1,
            survey="post_issuance",
            local_authority="314",
            cohort_quarter=date(2026, 1, 1),
            answers={"sex": "female"},
        )
    )


def cases(session: Session) -> None:
    case = factories.case(session, state=CaseState.CLOSED, closed_at=AT, outcome="Rang her", theme="plan")
    session.add(CaseEntry(case_id=case.id, kind=CaseEntryKind.NOTE, text="Rang her", at=AT, by="staff:1"))


def grown_up(session: Session) -> None:
    born = [RegisteredChild(forename="Old", surname="Madeup", born_on=date(2000, 3, 3))]
    factories.registration(session, name="Only Parent", phone="020 7946 0999", postcode="KT1 1EU", children=born)
    both = [RegisteredChild(forename=each.forename, surname="Madeup", born_on=each.born_on) for each in born]
    both.append(RegisteredChild(forename="Young", surname="Madeup", born_on=date(2020, 1, 1)))
    factories.registration(session, children=both)


def events(session: Session) -> None:
    audit.record(session, "test.done", "test", 1, by=SYSTEM, now=AT)


def end_of(year: int, month: int, day: int) -> datetime:
    """The last second of a day."""
    return datetime(year, month, day, 23, 59, 59, tzinfo=UTC)


LEFT = {"name", "email", "phone", "postcode", "state", "removed_at"}
CASES: dict[str, tuple[Callable[[Session], None], datetime, set[Change]]] = {
    "sign-ins": (sign_ins, THIRTY_DAYS, {("sign_in_link", GONE), ("staff_session", GONE)}),
    "stray receipts": (receipts, THIRTY_DAYS, {("receipt", GONE)}),
    "import files": (files, THIRTY_DAYS, {("plan_import", "content"), ("plan_import", "state")}),
    "file names": (file_names, AT.replace(year=2027), {("plan_import", "file_name")}),
    "recipients": (messages, AT.replace(year=2027), {("message", "recipient"), ("message", "personalisation")}),
    "call notes": (calls, AT.replace(year=2027), {("call_attempt", "note")}),
    "links to answers": (answers, AT.replace(year=2028), {("invitation", "response_id")}),
    "unsent answers": (unsent, AT.replace(year=2028), {("response", "answers"), ("free_text", GONE)}),
    "answers set aside": (
        set_aside,
        AT + timedelta(days=1),
        {("beginning", GONE), ("response", GONE), ("free_text", GONE)},
    ),
    "open answers never sent": (
        open_answers,
        THIRTY_DAYS,
        {("open_visit", GONE), ("response", GONE), ("free_text", GONE)},
    ),
    "children expected in sessions": (expected, end_of(2026, 4, 1), {("expected_child", GONE)}),
    "drawings": (drawings, AT.replace(year=2027), {("drawing", GONE)}),
    "whose voices": (
        voices,
        end_of(2028, 3, 2),
        {("child_voice", column) for column in ("child_id", "observed", "permission_note")}
        | {("facilitated_session", "group_observed"), ("response", "answers"), ("free_text", GONE)},
    ),
    "notes of activities": (activities, end_of(2032, 2, 16), {("activity", "notes"), ("activity", "run_by")}),
    "equality answers": (
        equality,
        london_moment(date(2028, 4, 1), time.min) - MOMENT,
        {("equality_answers", GONE)},
    ),
    "cases": (
        cases,
        AT.replace(year=2032),
        {("case_entry", "text")}
        | {("dissatisfaction_case", column) for column in ("reasons", "theme", "outcome", "invitation_id")},
    ),
    "grown-up children": (
        grown_up,
        AT.replace(day=2, hour=23, minute=59, second=59),
        {("registered_child", GONE)} | {("registration", column) for column in LEFT},
    ),
    "events": (events, AT.replace(year=2032), {("audit_event", GONE)}),
}


def everything(database: Database) -> dict[tuple[str, Any], dict[str, Any]]:
    """Every row of every table, but for what the job says of itself."""
    rows: dict[tuple[str, Any], dict[str, Any]] = {}
    with database.reading() as reading:
        for table in Base.metadata.sorted_tables:
            for row in reading.execute(select(table)).mappings():
                if row.get("kind") not in {"records.forgotten", "register.removed"}:
                    rows[table.name, tuple(row[key.name] for key in table.primary_key)] = dict(row)
    return rows


def changes(before: dict[tuple[str, Any], dict[str, Any]], after: dict[tuple[str, Any], dict[str, Any]]) -> set[Change]:
    """Which columns of which tables differ, and which tables lost rows; a new row would show as a change of its key."""
    found = {(key[0], GONE) for key in before.keys() - after.keys()} | {
        (key[0], "new") for key in after.keys() - before.keys()
    }
    for key in before.keys() & after.keys():
        found |= {(key[0], column) for column, value in before[key].items() if after[key][column] != value}
    return found


@pytest.mark.parametrize("what", CASES)
def test_a_rule_takes_what_it_names_on_its_day_and_nothing_else(
    house: House, session: Session, database: Database, noise: None, what: str
) -> None:
    make, last_day, expected = CASES[what]
    make(session)
    session.commit()
    before = everything(database)
    assert forget_what_is_due(house, last_day) == "nothing was due to be forgotten"
    assert changes(before, everything(database)) == set()
    assert what in forget_what_is_due(house, last_day + MOMENT)
    assert changes(before, everything(database)) == expected
    assert forget_what_is_due(house, last_day + 2 * MOMENT) == "nothing was due to be forgotten"


def test_every_rule_has_its_test_and_every_keeping_time_its_rule_or_its_reason() -> None:
    assert {rule.what for rule in RULES} == set(CASES)
    elsewhere = {
        Keep.WHILE_ON_RECORD,  # follows the imports
        Keep.SUPPRESSION,  # for as long as it is needed
        Keep.FORUM,  # the forum decides
        Keep.STAFF,  # an administrator decides: who left is still the author of what they did
    }
    assert {rule.keep for rule in RULES} | elsewhere == set(Keep)


def test_an_answer_whose_family_is_forgotten_still_counts(house: House, session: Session) -> None:
    answers(session)
    session.commit()
    forget_what_is_due(house, AT.replace(year=2028) + MOMENT)
    assert len(session.scalars(select(Response).where(Response.submitted_at.is_not(None))).all()) == 2


def test_a_message_that_still_waits_keeps_its_recipient(house: House, session: Session) -> None:
    waiting = factories.message(session)
    session.commit()
    forget_what_is_due(house, AT.replace(year=2030))
    session.refresh(waiting)
    assert waiting.recipient


def test_a_family_with_a_younger_child_stays_on_the_register(house: House, session: Session) -> None:
    grown_up(session)
    session.commit()
    forget_what_is_due(house, AT + timedelta(days=1))
    standing = session.scalars(select(Registration).where(Registration.state == RegistrationState.CONFIRMED)).all()
    assert [child.forename for each in standing for child in each.children] == ["Young"]


def test_what_was_forgotten_is_written_down_in_numbers(house: House, session: Session) -> None:
    sign_ins(session)
    session.commit()
    assert forget_what_is_due(house, THIRTY_DAYS + MOMENT) == "forgotten: 2 sign-ins"
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "records.forgotten")).one()
    assert event.detail == {"sign-ins": 2}


def test_a_leap_day_has_its_day_in_other_years() -> None:
    assert years_before(datetime(2028, 2, 29, tzinfo=AT.tzinfo), 1) == datetime(2027, 2, 28, tzinfo=AT.tzinfo)
