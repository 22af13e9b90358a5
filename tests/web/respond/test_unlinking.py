"""Whoever asks not to be linked leaves no way back: not one value anywhere joins the answer to the family."""

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation, InvitationState
from engage.cases.models import DissatisfactionCase
from engage.cases.services import mark_read
from engage.core.audit import AuditEvent, staff_actor
from engage.core.config import Settings
from engage.core.db import Base, Database
from engage.surveys.models import FreeText, Response
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, ask, send

OF_THE_ANSWER = {"response", "free_text", "dissatisfaction_case"}
"""Tables that hold the answer itself, and so may name it."""


def pointers_to_responses() -> set[tuple[str, str]]:
    """Every column that is a foreign key to a response."""
    return {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "response"
    }


@pytest.mark.parametrize("answers", [HAPPY, UNHAPPY])
def test_do_not_link_leaves_no_pointer_anywhere(
    client: StrictClient, session: Session, database: Database, asked: Asked, answers: dict[str, str], noise: None
) -> None:
    answer_all(client, asked, answers | {"contact": "do_not_link", "comment": "Unlinked words"})
    assert send(client, asked).location == f"{asked.url}/thank-you"
    response = session.scalars(select(Response).where(Response.survey == "post_issuance", Response.answers != {})).one()
    invitation = session.get_one(Invitation, asked.invitation.id, populate_existing=True)
    assert invitation.state is InvitationState.ANSWERED
    assert invitation.response_id is None
    session.expunge(response)
    with database.reading() as reading:
        standing = set(inspect(reading.connection()).get_table_names())
        for table in Base.metadata.sorted_tables:
            if table.name in OF_THE_ANSWER or table.name not in standing:
                continue
            for row in reading.execute(table.select()).mappings():
                assert response.reference not in repr(dict(row)), table.name
                for column in table.columns:
                    if (table.name, column.name) in pointers_to_responses():
                        assert row[column.name] != response.id
                if table.name == "audit_event":
                    assert row["subject_kind"] != "response"
                    assert "response" not in row["detail"]
    for case in session.scalars(select(DissatisfactionCase).where(DissatisfactionCase.response_id == response.id)):
        assert (case.invitation_id, case.may_contact, case.appeal_until) == (None, False, None)


def test_do_not_link_blurs_the_moment_to_the_month(client: StrictClient, session: Session, asked: Asked) -> None:
    answer_all(client, asked, UNHAPPY | {"contact": "do_not_link"})
    send(client, asked)
    response = session.scalars(select(Response)).one()
    case = session.scalars(select(DissatisfactionCase)).one()
    moments = {response.started_at, response.saved_at, response.submitted_at, case.opened_at}
    assert {moment.strftime("%d %H:%M") for moment in moments if moment} == {"01 12:00"}


def test_the_thank_you_says_that_the_link_is_cut_and_gives_no_reference(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked, UNHAPPY | {"contact": "do_not_link"})
    send(client, asked)
    page = client.get(f"{asked.url}/thank-you").text
    assert "We have cut the link" in page
    assert "Your reference" not in page
    assert session.scalars(select(Response.reference)).one() not in page
    assert send(client, asked).location == f"{asked.url}/thank-you"


@pytest.mark.parametrize("choice", ["contact", "without_name"])
def test_the_other_choices_keep_the_link(client: StrictClient, session: Session, asked: Asked, choice: str) -> None:
    answer_all(client, asked, HAPPY | {"contact": choice})
    send(client, asked)
    session.refresh(asked.invitation)
    assert asked.invitation.response is not None
    assert asked.invitation.response.contact_choice == choice


CUT = UNHAPPY | {"contact": "do_not_link"}


def rows(database: Database, table: str) -> list[dict[str, object]]:
    """Every row of a table, as somebody who holds a copy of the database reads it."""
    with database.reading() as reading:
        return [dict(row) for row in reading.execute(Base.metadata.tables[table].select()).mappings()]


def test_an_older_copy_of_the_records_names_nothing_that_is_still_there(
    client: StrictClient, database: Database, asked: Asked
) -> None:
    """While the family was answering, the invitation did point to what they had so far: a backup of that hour leads to a
    response, a comment and a reference that are no more."""
    answer_all(client, asked, CUT | {"comment": "Words of an hour ago"})
    before = {table: rows(database, table) for table in ("invitation", "response", "free_text")}
    pointed = next(row["response_id"] for row in before["invitation"] if row["id"] == asked.invitation.id)
    send(client, asked)
    after = {table: rows(database, table) for table in ("response", "free_text")}
    assert pointed in {row["id"] for row in before["response"]}
    assert pointed not in {row["id"] for row in after["response"]} | {row["response_id"] for row in after["free_text"]}
    assert not {row["reference"] for row in before["response"]} & {row["reference"] for row in after["response"]}
    assert not {row["id"] for row in before["free_text"]} & {row["id"] for row in after["free_text"]}
    assert len(after["response"]) == len(before["response"])


def test_nothing_of_the_answer_stands_beside_the_invitation_in_the_audit(
    client: StrictClient, session: Session, asked: Asked, noise: None
) -> None:
    before = set(session.scalars(select(AuditEvent.id)))
    answer_all(client, asked, CUT)
    send(client, asked)
    new = session.scalars(select(AuditEvent).where(AuditEvent.id.not_in(before))).all()
    assert {event.kind for event in new} == {"invitation.answered"}
    assert session.scalars(select(DissatisfactionCase).where(DissatisfactionCase.invitation_id.is_(None))).one()


def test_the_day_a_comment_was_read_tells_nothing_of_the_day_it_came(
    client: StrictClient, session: Session, asked: Asked, clock: SettableClock
) -> None:
    answer_all(client, asked, CUT)
    send(client, asked)
    text = session.scalars(select(FreeText)).one()
    mark_read(session, text, by=staff_actor(1), now=clock.advance(hours=2))
    session.flush()
    assert text.read_at is not None
    assert text.read_at.strftime("%d %H:%M") == "01 12:00"
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "text.read")).one()
    assert event.subject_id == "unlinked"


def test_whoever_holds_every_row_cannot_put_the_answers_of_a_month_in_order(
    client: StrictClient,
    session: Session,
    database: Database,
    settings: Settings,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three families answer one day after another. The keys of their answers are drawn by lot, here so that their order
    is the other way round, and no moment differs: sorted in any way, the rows tell only what the lot said."""
    lot = iter(range(2**63 - 1, 0, -1))
    monkeypatch.setattr("engage.core.db.secrets.randbits", lambda _bits: next(lot))
    for day in range(3):
        asked = ask(session, settings, factories.parent_carer(session, forename=f"Family{day}"))
        answer_all(client, asked, CUT | {"comment": f"Words of family {day}"})
        send(client, asked)
        clock.advance(days=1)
    texts = sorted(rows(database, "free_text"), key=lambda row: str(row["id"]))
    assert [row["text"] for row in texts] == [f"Words of family {day}" for day in (2, 1, 0)]
    for table in OF_THE_ANSWER:
        keys = [row["id"] for row in sorted(rows(database, table), key=lambda row: int(str(row["id"])))]
        assert all(int(str(key)) > 2**62 for key in keys), "a key that nobody drew"
        moments = [
            {name: value for name, value in row.items() if name.endswith(("_at", "_on"))}
            for row in rows(database, table)
        ]
        assert moments == [moments[0]] * 3
