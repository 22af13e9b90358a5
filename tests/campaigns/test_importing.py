"""Files from the case system, and what the asking makes of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import importing
from engage.campaigns.models import CloseReason, InvitationState, Step
from engage.core.audit import SYSTEM, staff_actor
from engage.core.clock import london_date
from engage.core.db import Base
from engage.core.errors import Conflict
from engage.notify.models import Message
from engage.people.models import (
    Child,
    ContactPoint,
    ContactState,
    Hold,
    HoldReason,
    MailboxKind,
    Relationship,
)
from engage.plans.models import EhcPlan, ImportState, PlanEvent
from engage.surveys.definition import Audience
from tests import factories
from tests.campaigns.world import Row, World, reading_of, row

TODAY = date(2026, 3, 2)
FATHER: Row = {
    "contactref": "P2",
    "contactrelationship": "father",
    "contactforename": "Father",
    "email": "father@example.org",
    "mobile": "07700 900102",
}


def dump(world: World) -> dict[str, list[str]]:
    """Every row of every table."""
    with world.house.database.reading() as session:
        return {name: sorted(map(repr, session.execute(select(table)))) for name, table in Base.metadata.tables.items()}


def look(world: World, what: Callable[[Session], Any]) -> Any:
    with world.house.database.reading() as session:
        return what(session)


def asked(world: World) -> list[tuple[InvitationState, CloseReason | None, date | None]]:
    """Every invitation: its state, why it ended, and the day it comes up next."""
    with world.house.database.reading() as session:
        return [
            (each.state, each.close_reason, london_date(each.next_due_at) if each.next_due_at else None)
            for each in world.invitations(session)
        ]


PLANNED = (InvitationState.PLANNED, None, TODAY)
WITHDRAWN = (InvitationState.WITHDRAWN, CloseReason.PLAN_WITHDRAWN, None)


def test_a_file_makes_everybody_and_plans_one_invitation_for_each_parent_carer(world: World) -> None:
    summary = world.take(row(), row(**FATHER))
    assert summary["added"] == {"children": 1, "parent carers": 2, "plans": 1, "plan_issued": 1}
    assert (summary["changed"], summary["withdrawn"], summary["asked_on"]) == ({}, {}, {"2026-03-02": 2})
    assert asked(world) == [PLANNED, PLANNED]


def test_the_same_file_three_times_changes_nothing(world: World) -> None:
    rows = [
        row(),
        row(**FATHER, reviewmeeting="20/02/2026", reviewoutcome="maintain", reviewoutcomedate="25/02/2026"),
        row(personref="C2", planref="E2", ceasedate="01/03/2026", ceasereason="8"),
        row(personref="C3", planref="E3", planstatus="cancelled"),
        row(personref="C4", planref="E4", transferredin="Y"),
        row(personref="C5", planref="E5", contactref="P5", contactallowed="N", contactrelationship="grandparent"),
        row(personref="C6", planref="E6", contactref="C6", contactrelationship="self", preferredlanguage="Tamil"),
    ]
    world.take(*rows)
    before = dump(world)
    for _ in range(2):
        world.clock.advance(hours=1)
        summary = world.take(*rows)
        assert (summary["added"], summary["changed"], summary["withdrawn"], summary["events"]) == ({}, {}, {}, 0)
        assert dump(world) == before


def test_trying_a_file_out_says_the_same_and_changes_nothing(world: World) -> None:
    reading = reading_of([row(), row(**FATHER)], today=TODAY)
    before = dump(world)
    with world.house.database.writing() as session:
        summary = importing.try_out(session, reading, by=SYSTEM, now=world.now)
        session.commit()
    assert dump(world) == before
    assert world.take(row(), row(**FATHER)) == summary


@pytest.mark.parametrize(("start", "due"), [("23/02/2026", date(2026, 3, 9)), ("02/02/2026", TODAY)])
def test_a_corrected_start_date_plans_anew(world: World, start: str, due: date) -> None:
    world.take(row())
    summary = world.take(row(startdate=start))
    assert summary["changed"] == {"plans": 1, "plan_issued": 1}
    assert asked(world) == [(InvitationState.PLANNED, None, due)]


def test_a_start_date_corrected_to_before_the_campaign_asks_nobody_until_it_is_corrected_back(world: World) -> None:
    world.take(row())
    world.take(row(startdate="16/12/2025"))
    assert asked(world) == [WITHDRAWN]
    world.take(row())
    assert asked(world) == [PLANNED]


def test_a_start_date_corrected_after_the_asking_began_asks_nobody_again(world: World) -> None:
    world.take(row())
    world.step()
    world.take(row(startdate="20/02/2026"))
    world.clock.advance(days=3)
    assert world.step() == []
    assert len(world.sent) == 1


@pytest.mark.parametrize(
    "ended", [{"planstatus": "cancelled"}, {"ceasedate": "01/03/2026", "ceasereason": "2"}, {"transferredin": "Y"}]
)
def test_what_ended_withdraws_what_was_not_sent_and_what_comes_back_is_asked(world: World, ended: Row) -> None:
    world.take(row())
    world.climb()
    world.take(row(**ended))
    assert asked(world) == [WITHDRAWN]
    assert look(world, lambda session: session.scalars(select(Message)).all()) == []
    world.take(row())
    assert asked(world) == [PLANNED]
    assert [sent.step for sent in world.step()] == [Step.INVITATION]


def test_what_ends_and_comes_back_after_the_first_message_goes_on_where_it_stopped(world: World) -> None:
    world.take(row())
    world.step()
    world.take(row(planstatus="cancelled"))
    assert asked(world) == [WITHDRAWN]
    world.clock.advance(days=7)
    assert world.step() == []
    world.take(row())
    assert [sent.step for sent in world.step()] == [Step.REMINDER]


def test_a_child_who_has_died_is_held_and_nobody_gets_another_message(world: World) -> None:
    second = row(planref="E9", startdate="17/02/2026")
    world.take(row(), second)
    world.climb()
    world.take(row(ceasedate="01/03/2026", ceasereason="8"), second)
    assert look(world, lambda session: session.scalars(select(Hold.reason)).all()) == [HoldReason.BEREAVEMENT]
    assert look(world, lambda session: session.scalars(select(Message)).all()) == []
    world.clock.advance(days=10)
    assert world.step() == []


def test_contact_no_longer_allowed_withdraws_at_once_for_that_parent_alone(world: World) -> None:
    world.take(row(), row(**FATHER))
    world.climb()
    summary = world.take(row(), row(**FATHER, contactallowed="N"))
    assert summary["changed"] == {"relationships": 1}
    assert asked(world)[1][:2] == (InvitationState.CLOSED, CloseReason.HELD)
    assert [sent.recipient for sent in world.dispatch()] == ["mother@example.org"]


def test_about_a_child_who_comes_into_care_nobody_is_asked_until_a_worker_has_checked(world: World) -> None:
    world.take(row())
    world.take(row(lookedafter="Y"))
    assert world.step() == []
    with world.house.database.reading() as session:
        (waiting,) = world.invitations(session)
        assert (waiting.state, waiting.waits_because) == (InvitationState.PLANNED, "looked_after_needs_check")


def test_a_plan_moved_in_from_elsewhere_is_no_issue_of_ours(world: World) -> None:
    summary = world.take(row(transferredin="Y"))
    assert (summary["events"], asked(world)) == (0, [])


@pytest.mark.parametrize("relationship", ["social worker", "grandparent", "other"])
def test_whoever_may_be_only_a_number_to_ring_is_asked_when_said_to_be_a_parent_in_law(
    world: World, relationship: str
) -> None:
    summary = world.take(row(contactrelationship=relationship))
    assert (asked(world), summary["not_asked"]) == ([], {"no_responsibility_or_care": 1})
    world.take(row(contactrelationship=relationship, hascare="Y"))
    assert asked(world) == [PLANNED]


def test_a_column_that_is_not_there_changes_nothing(world: World) -> None:
    told = row(contactallowed="N", parentalresponsibility="N", hascare="Y", sex="F", ethnicity="APKN", lookedafter="Y")
    told |= {"ceasedate": "01/03/2026", "ceasereason": "2", "preferredlanguage": "Urdu", "localauthority": "318"}
    told |= {"telephone": "020 7946 0123", "transferredin": "N"}
    world.take(told)
    before = dump(world)
    needed = ("personref", "surname", "forename", "personbirthdate", "startdate", "planref", "contactref")
    world.take(told, columns=(*needed, "contactrelationship", "contactforename", "contactsurname"))
    assert dump(world) == before


def test_nothing_is_taken_from_a_child_with_a_faulty_row(world: World) -> None:
    full = row(
        contactallowed="N",
        sex="F",
        ethnicity="APKN",
        lookedafter="Y",
        planstatus="cancelled",
        interpreter="Y",
        preferredlanguage="Urdu",
        parentalresponsibility="N",
    )
    world.take(full)
    before = dump(world)
    sparse = {name: value for name, value in full.items() if name not in full.keys() - row().keys()}
    world.take(sparse | {"email": "", "mobile": ""}, full | {"personbirthdate": "31/02/2016"})
    assert dump(world) == before
    world.take(row())
    assert look(world, lambda s: s.scalars(select(Relationship.contact_allowed)).one()) is True


def test_a_corrected_meeting_date_is_the_same_review(world: World) -> None:
    with world.house.database.writing() as session:
        factories.campaign(session, survey="annual_review", event_kind="annual_review")
        session.commit()
    told = {"startdate": "16/02/2024", "reviewoutcome": "maintain", "reviewoutcomedate": "16/02/2026"}
    world.take(row(**told, reviewmeeting="20/01/2026"))
    world.step()
    world.take(row(**told, reviewmeeting="21/01/2026"))
    world.take(row(**told, reviewmeeting="21/01/2026"))
    assert look(world, lambda s: s.scalars(select(PlanEvent.source_ref).order_by(PlanEvent.id)).all()) == [
        "issue",
        "2026-01-21",
    ]
    assert (world.step(), len(world.sent)) == ([], 1)


def test_a_plan_that_gets_a_name_is_not_issued_again(world: World) -> None:
    world.take(row(planref=""))
    world.take(row(planref="E77"))
    assert look(world, lambda s: s.scalars(select(EhcPlan.source_ref)).all()) == ["E77"]
    assert len(asked(world)) == 1


def test_addresses_follow_the_file_but_a_dead_one_stays_dead(world: World) -> None:
    world.take(row())
    world.hear(world.step()[0], "permanent-failure")
    world.step()
    world.take(row(mobile="07700 900199"))
    world.take(row(mobile=""))
    world.take(row())
    states = look(world, lambda s: {each.value: each.state for each in s.scalars(select(ContactPoint))})
    assert states == {
        "mother@example.org": ContactState.BOUNCED,
        "+447700900101": ContactState.USABLE,
        "+447700900199": ContactState.REPLACED,
    }


def test_a_young_person_s_own_language_is_a_change_and_they_are_not_asked_as_a_parent(world: World) -> None:
    told = row(contactref="C1", contactrelationship="self")
    world.take(told)
    assert world.take(told | {"preferredlanguage": "Tamil"})["changed"] == {"children": 1}
    assert asked(world) == []


def test_a_file_is_decided_once(world: World) -> None:
    reading, officer = reading_of([row()], today=TODAY), staff_actor(1)
    with world.house.database.writing() as session:
        kept = importing.upload(session, b"the file", reading, mapping_id=None, by=officer, now=world.now)
        assert (kept.state, session.scalars(select(Child)).all()) == (ImportState.PREVIEWED, [])
        importing.commit(session, kept, reading, by=officer, now=world.now)
        assert (kept.state, kept.content) == (ImportState.COMMITTED, None)
        with pytest.raises(Conflict):
            importing.commit(session, kept, reading, by=officer, now=world.now)
        with pytest.raises(Conflict):
            importing.discard(session, kept, by=officer, now=world.now)
        with pytest.raises(Conflict):
            importing.preview(session, kept, reading, mapping_id=None, by=officer, now=world.now)


def test_a_discarded_file_is_forgotten_and_never_committed(world: World) -> None:
    reading, officer = reading_of([row()], today=TODAY), staff_actor(1)
    with world.house.database.writing() as session:
        kept = importing.upload(session, b"the file", reading, mapping_id=None, by=officer, now=world.now)
        importing.discard(session, kept, by=officer, now=world.now)
        assert (kept.state, kept.content) == (ImportState.DISCARDED, None)
        with pytest.raises(Conflict):
            importing.commit(session, kept, reading, by=officer, now=world.now)


def test_mailboxes_are_counted_apart_from_families(world: World) -> None:
    with world.house.database.writing() as session:
        for audience, kind in (
            (Audience.SETTING, MailboxKind.SETTING),
            (Audience.HEALTH_PROFESSIONAL, MailboxKind.HEALTH),
        ):
            factories.role_mailbox(session, serves=kind, urn="100001", is_default=kind is MailboxKind.HEALTH)
            factories.campaign(session, survey=audience.value, audience=audience)
        session.commit()
    at_school = {"urn": "100001", "settingname": "Greenfield School"}
    summary = world.take(row(**at_school), row(**at_school, personref="C2", planref="E2", contactref="P3"))
    assert summary["mailboxes"] == {"health_professional": 1, "setting": 1}
    assert sum(summary["asked_on"].values()) == 2, "two parents, and no mailbox among them"  # type: ignore[attr-defined]
    assert summary["no_message_possible"] == 0
