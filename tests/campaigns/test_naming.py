"""A carer whom a newer file no longer names hears nothing more about that child, until a file names them again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from engage.campaigns import answering, calls, gate, importing
from engage.campaigns.models import CloseReason, InvitationState, Step
from engage.core.audit import SYSTEM, AuditEvent
from engage.core.clock import london_date
from engage.notify.models import Message, MessageState
from engage.people.models import Relationship
from engage.plans.reading import Reading, ReadingSettings, read
from engage.plans.services import apply
from tests.campaigns.world import Row, World, reading_of, row

FATHER: Row = {
    "contactref": "P2",
    "contactrelationship": "father",
    "contactforename": "Father",
    "email": "father@example.org",
    "mobile": "07700 900102",
}
BOTH = (row(), row(**FATHER))
SARA: Row = {"personref": "C2", "planref": "E2", "forename": "Sara"}
NO_CONTACT = {"contactref": "", "contactrelationship": "", "contactforename": "", "contactsurname": ""} | {
    "email": "",
    "mobile": "",
}
WRONG = "077009001234"
NAMELESS = (InvitationState.WITHDRAWN, CloseReason.NO_LONGER_NAMED)


def look(world: World, what: Callable[[Session], Any]) -> Any:
    with world.house.database.reading() as session:
        return what(session)


def became(world: World) -> list[tuple[InvitationState, CloseReason | None]]:
    """Every invitation: its state and why it ended."""
    return look(world, lambda s: [(each.state, each.close_reason) for each in world.invitations(s)])  # type: ignore[no-any-return]


def named(world: World) -> list[bool]:
    """Whether each relationship is still named, the oldest first."""
    since = select(Relationship.no_longer_named_on).order_by(Relationship.id)
    return look(world, lambda s: [on is None for on in s.scalars(since)])  # type: ignore[no-any-return]


def waiting(world: World) -> list[str]:
    """Where messages wait to go."""
    queued = select(Message.recipient).where(Message.state == MessageState.QUEUED).order_by(Message.id)
    return look(world, lambda s: list(s.scalars(queued)))  # type: ignore[no-any-return]


def take(world: World, reading: Reading) -> dict[str, Any]:
    with world.house.database.writing() as session:
        summary = importing.import_reading(session, reading, by=SYSTEM, now=world.now)
        session.commit()
    return summary


def test_what_is_queued_is_purged_at_once_and_the_other_parent_is_asked_on(world: World) -> None:
    world.take(*BOTH)
    world.climb()
    assert waiting(world) == ["mother@example.org", "father@example.org"]
    summary = world.take(row())
    assert (summary["no_longer_named"], summary["named_again"]) == ([2], [])
    assert summary["changed"] == {"relationships": 1}
    assert waiting(world) == ["mother@example.org"]
    assert became(world) == [(InvitationState.ASKING, None), NAMELESS]
    for _ in range(40):
        world.step()
        if not world.leap():
            break
    assert {sent.recipient for sent in world.sent} == {"mother@example.org", "+447700900101"}


def test_who_was_named_no_longer_and_again_is_in_the_audit(world: World) -> None:
    world.take(*BOTH)
    world.take(row())
    world.take(*BOTH)
    told = select(AuditEvent).where(AuditEvent.subject_kind == "relationship").order_by(AuditEvent.id)
    assert look(world, lambda s: [(each.kind, each.subject_id, each.detail) for each in s.scalars(told)]) == [
        ("relationship.no_longer_named", "2", {"child": 1, "parent_carer": 3}),
        ("relationship.named_again", "2", {"child": 1, "parent_carer": 3}),
    ]


def test_what_is_tried_out_is_said_and_not_done(world: World) -> None:
    world.take(*BOTH)
    with world.house.database.writing() as session:
        tried = importing.try_out(session, reading_of([row()], today=date(2026, 3, 2)), by=SYSTEM, now=world.now)
        session.commit()
    assert named(world) == [True, True]
    assert world.take(row()) == tried


def test_named_again_before_anything_left_they_get_their_first_message_once(world: World) -> None:
    world.take(*BOTH)
    world.climb()
    world.take(row())
    world.step()
    assert world.take(*BOTH)["named_again"] == [2]
    assert became(world)[1] == (InvitationState.PLANNED, None)
    world.step()
    world.step()
    assert [(sent.recipient, sent.step) for sent in world.sent] == [
        ("mother@example.org", Step.INVITATION),
        ("father@example.org", Step.INVITATION),
    ]


def test_named_again_after_the_first_message_they_go_on_where_they_stopped(world: World) -> None:
    world.take(*BOTH)
    world.step()
    world.take(row())
    world.clock.advance(days=7)
    assert [sent.recipient for sent in world.step()] == ["mother@example.org"]
    world.take(*BOTH)
    for _ in range(40):
        world.step()
        if not world.leap():
            break
    his = [sent.step for sent in world.sent if sent.person_id == 3]
    assert his == [Step.INVITATION, Step.REMINDER, Step.OTHER_CHANNEL]
    assert became(world)[1] == (InvitationState.CLOSED, CloseReason.NO_ANSWER)


def test_a_message_that_was_tried_does_not_leave_later(world: World) -> None:
    world.take(*BOTH)
    world.climb()
    world.dispatch(taken=False)
    world.take(row())
    assert [sent.recipient for sent in world.dispatch()] == ["mother@example.org"]


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param([row(**SARA, contactref="P3")], id="the child is not in the file"),
        pytest.param([row(**NO_CONTACT)], id="the child's rows name no contact"),
        pytest.param([row(), row(**FATHER | {"mobile": WRONG})], id="his row is faulty"),
        pytest.param([row(), row(**FATHER | {"contactref": "", "mobile": WRONG})], id="nobody knows whose the row is"),
        pytest.param([row(), row(**FATHER, personref="")], id="nobody knows which child the row is about"),
        pytest.param([row(), row(**FATHER | {"email": "other@example.org"}), row(**FATHER)], id="his rows differ"),
    ],
)
def test_nobody_is_let_go_by_what_says_nothing_of_them(world: World, newer: list[Row]) -> None:
    world.take(*BOTH)
    assert world.take(*newer)["no_longer_named"] == []
    assert named(world)[:2] == [True, True]


def test_nobody_is_let_go_by_a_file_without_contacts(world: World) -> None:
    world.take(*BOTH)
    without = ("personref", "surname", "forename", "personbirthdate", "planref", "startdate")
    assert world.take(row(), columns=without)["no_longer_named"] == []


def test_nobody_is_let_go_by_faulty_rows_that_come_back_mended(world: World) -> None:
    world.take(*BOTH)
    today = london_date(world.now)
    faulty = reading_of([row(), row(**FATHER | {"mobile": WRONG})], today=today)
    take(world, faulty)
    mended = faulty.faults_file().decode("utf-8-sig").replace(WRONG, "07700900102")
    settings = ReadingSettings(today=today, local_authority="314", demonstration=True)
    summary = take(world, read(mended.encode(), "mended.csv", settings=settings))
    assert (summary["rows_sound"], summary["no_longer_named"]) == (1, [])
    assert named(world) == [True, True]


def test_a_fault_on_another_s_row_keeps_nobody_else(world: World) -> None:
    grandmother = {"contactref": "P3", "contactrelationship": "grandparent", "contactforename": "Gran", "hascare": "Y"}
    world.take(*BOTH, row(**grandmother))
    assert world.take(row(), row(**grandmother, telephone="12"))["no_longer_named"] == [2]
    assert named(world) == [True, False, True]


def test_a_carer_whom_no_file_ever_named_stays(world: World) -> None:
    world.take(*BOTH)
    with world.house.database.writing() as session:
        session.execute(update(Relationship).where(Relationship.id == 2).values(is_from_file=False))
        session.commit()
    world.take(row())
    assert named(world) == [True, True]


def test_a_young_person_s_own_row_is_no_carer_and_names_none(world: World) -> None:
    world.take(*BOTH)
    themselves = row(contactref="C1", contactrelationship="self", email="young@example.org", mobile="")
    assert world.take(themselves)["no_longer_named"] == [1, 2]
    assert world.take(themselves, *BOTH)["named_again"] == [1, 2]


def test_let_go_about_one_child_a_father_is_asked_about_the_other(world: World) -> None:
    world.take(row(), row(**FATHER), row(**SARA), row(**FATHER | SARA))
    world.climb()
    world.take(row(), row(**SARA), row(**FATHER | SARA))
    carried = {sent.recipient: sent.carried for sent in world.dispatch()}
    assert carried == {"mother@example.org": {1, 3}, "father@example.org": {4}}


def test_their_link_is_closed_and_nothing_that_they_ask_for_is_sent(world: World) -> None:
    world.take(*BOTH)
    world.step()
    world.take(row())
    with world.house.database.reading() as session:
        mothers, fathers = world.invitations(session)
        assert (answering.door(mothers), answering.door(fathers)) == (answering.Door.OPEN, answering.Door.CLOSED)
        assert not gate.is_forbidden(session, mothers)
        assert gate.is_forbidden(session, fathers)


def test_nobody_rings_them(world: World) -> None:
    world.take(row(**FATHER | {"email": "", "mobile": "", "telephone": "020 7946 0102"}), row())
    world.step()

    def on_the_list(session: Session) -> list[int]:
        return [item.invitation.person_id for item in calls.call_list(session, now=world.now)]

    fathers = look(world, on_the_list)
    assert len(fathers) == 1
    world.take(row())
    assert look(world, on_the_list) == []
    world.take(row(**FATHER | {"email": "", "mobile": "", "telephone": "020 7946 0102"}), row())
    assert look(world, on_the_list) == fathers


CANCELLED = {"planstatus": "cancelled"}


def test_a_plan_that_comes_back_does_not_bring_back_a_carer_who_is_not_named(world: World) -> None:
    world.take(*BOTH)
    world.take(row(**CANCELLED), row(**FATHER | CANCELLED))
    world.take(row(**CANCELLED))
    world.take(row())
    assert became(world) == [(InvitationState.PLANNED, None), NAMELESS]
    world.take(*BOTH)
    assert became(world) == [(InvitationState.PLANNED, None)] * 2


def test_a_carer_who_is_named_again_does_not_bring_back_a_plan_that_is_cancelled(world: World) -> None:
    world.take(*BOTH)
    world.take(row(**CANCELLED))
    world.take(row(**CANCELLED), row(**FATHER | CANCELLED))
    assert {state for state, _ in became(world)} == {InvitationState.WITHDRAWN}
    world.take(*BOTH)
    assert became(world) == [(InvitationState.PLANNED, None)] * 2


def test_a_carer_who_comes_back_too_late_is_not_asked_any_more(world: World) -> None:
    world.take(*BOTH)
    world.take(row())
    world.clock.advance(days=200)
    world.take(*BOTH)
    assert became(world)[1] == NAMELESS


def test_the_worker_stops_what_an_import_could_not_reach(world: World) -> None:
    """Somebody held the invitation while the file came in: the gate sees it when the message is claimed, and when the next
    rung is due."""
    world.take(*BOTH)
    world.climb()
    with world.house.database.writing() as session:
        session.execute(
            update(Relationship).where(Relationship.id == 2).values(no_longer_named_on=london_date(world.now))
        )
        session.commit()
    assert [sent.recipient for sent in world.dispatch()] == ["mother@example.org"]
    world.clock.advance(days=7)
    world.step()
    assert became(world)[1] == NAMELESS


@pytest.mark.parametrize("families", [3, 30])
def test_letting_go_takes_no_query_for_each_row(world: World, families: int) -> None:
    def rows(*parents: Row) -> list[Row]:
        return [
            row(**parent | {"personref": f"C{n}", "planref": f"E{n}", "contactref": f"{parent.get('contactref')}-{n}"})
            for n in range(families)
            for parent in parents
        ]

    world.take(*rows({}, FATHER))
    said: list[str] = []
    with world.house.database.writing() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *about: said.append(about[2]))
        changes = apply(session, reading_of(rows({}), today=london_date(world.now)), by=SYSTEM, now=world.now)
    assert len(changes.no_longer_named) == families
    assert len(said) < 20, said
    assert sum(said_of.startswith("UPDATE relationship") for said_of in said) == 1


def test_whoever_says_no_while_not_named_is_not_asked_when_named_again(world: World) -> None:
    world.take(*BOTH)
    world.step()
    world.take(row())
    with world.house.database.writing() as session:
        answering.not_this_time(session, world.invitations(session)[1], now=world.now)
        session.commit()
    world.take(*BOTH)
    assert became(world)[1] == (InvitationState.CLOSED, CloseReason.NOT_FOR_ME)
