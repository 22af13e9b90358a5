"""Every step of a case, and the steps that are refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.cases import services
from engage.cases.models import (
    CASE_TRANSITIONS,
    CaseEntryKind,
    CaseState,
    ContactMeans,
    DissatisfactionCase,
    TriageKind,
)
from engage.cases.queries import case_with_story
from engage.core.audit import AuditEvent, staff_actor
from engage.core.errors import Conflict, Invalid, NotAllowed
from engage.core.themes import Theme
from engage.surveys.models import ContactChoice
from tests.cases.conftest import WEDNESDAY

CALLUM = staff_actor(3)
Opened = Callable[..., DissatisfactionCase]
Move = Callable[[Session, DissatisfactionCase], None]


def log_call(session: Session, case: DissatisfactionCase, *, reached: bool = True) -> None:
    services.log_contact(
        session, case, how=ContactMeans.PHONE, what="We spoke.", reached=reached, by=CALLUM, now=WEDNESDAY
    )


MOVES: dict[CaseState, Move] = {
    CaseState.TRIAGED: lambda session, case: services.triage(
        session, case, TriageKind.SERVICE_REQUEST, by=CALLUM, now=WEDNESDAY
    ),
    CaseState.ACTION_AGREED: lambda session, case: services.agree_action(
        session, case, "Send the plan again.", by=CALLUM, now=WEDNESDAY
    ),
    CaseState.RESOLVED: lambda session, case: services.resolve(session, case, "It was sent.", by=CALLUM, now=WEDNESDAY),
    CaseState.ESCALATED: lambda session, case: services.escalate(
        session, case, "To the head of SEND.", by=CALLUM, now=WEDNESDAY
    ),
    CaseState.DECLINED: lambda session, case: services.decline(session, case, "", by=CALLUM, now=WEDNESDAY),
    CaseState.CLOSED: lambda session, case: services.close(
        session, case, outcome="Put right.", theme=Theme.PLAN, by=CALLUM, now=WEDNESDAY
    ),
}


@pytest.mark.parametrize("before", CaseState)
@pytest.mark.parametrize("after", MOVES)
def test_a_move_is_made_when_the_table_allows_it_and_refused_otherwise(
    session: Session, opened: Opened, before: CaseState, after: CaseState
) -> None:
    case = opened()
    case.state = before
    session.flush()

    if CASE_TRANSITIONS.allows(before, after):
        MOVES[after](session, case)
        assert case.state is after
        assert case.entries[-1].state is after
    else:
        with pytest.raises(Conflict):
            MOVES[after](session, case)
        assert case.state is before
        assert case.entries == []


def test_the_whole_way_from_new_to_closed_is_in_the_log_and_the_audit(session: Session, opened: Opened) -> None:
    case = opened()
    MOVES[CaseState.TRIAGED](session, case)
    services.take(session, case, owner=CALLUM, by=CALLUM, now=WEDNESDAY)
    log_call(session, case, reached=False)
    log_call(session, case)
    for state in (CaseState.ACTION_AGREED, CaseState.RESOLVED, CaseState.CLOSED):
        MOVES[state](session, case)
    session.flush()

    assert case.owner == "staff:3"
    assert case.closed_at == WEDNESDAY
    assert case.theme == Theme.PLAN
    assert [entry.kind for entry in case.entries] == ["moved", "owner", "contact", "contact", "moved", "moved", "moved"]
    kinds = session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)).all()
    assert kinds == [
        "case.opened",
        "case.triaged",
        "case.taken",
        "case.contact_logged",
        "case.contact_logged",
        "case.action_agreed",
        "case.resolved",
        "case.closed",
    ]


def test_a_try_that_reached_nobody_is_logged_and_moves_nothing(session: Session, opened: Opened) -> None:
    case = opened()
    MOVES[CaseState.TRIAGED](session, case)

    log_call(session, case, reached=False)

    assert case.state is CaseState.TRIAGED
    assert (case.entries[-1].how, case.entries[-1].reached) == (ContactMeans.PHONE, False)


def test_nobody_is_unable_to_be_contacted_before_somebody_tried(session: Session, opened: Opened) -> None:
    case = opened()
    MOVES[CaseState.TRIAGED](session, case)
    with pytest.raises(Conflict):
        services.unable_to_contact(session, case, "", by=CALLUM, now=WEDNESDAY)

    log_call(session, case, reached=False)
    services.unable_to_contact(session, case, "Three tries.", by=CALLUM, now=WEDNESDAY)

    assert case.state is CaseState.UNABLE_TO_CONTACT


def test_a_family_that_rings_back_moves_the_case_on(session: Session, opened: Opened) -> None:
    case = opened()
    case.state = CaseState.UNABLE_TO_CONTACT
    log_call(session, case)
    assert case.state is CaseState.CONTACTED


@pytest.mark.parametrize("choice", [ContactChoice.WITHOUT_NAME, ContactChoice.DO_NOT_LINK])
def test_nobody_is_contacted_who_did_not_ask_for_it(session: Session, opened: Opened, choice: ContactChoice) -> None:
    case = opened(choice)
    MOVES[CaseState.TRIAGED](session, case)

    with pytest.raises(NotAllowed):
        log_call(session, case)
    with pytest.raises(NotAllowed):
        MOVES[CaseState.DECLINED](session, case)
    MOVES[CaseState.CLOSED](session, case)


def test_contact_waits_for_the_case_to_be_sorted(session: Session, opened: Opened) -> None:
    with pytest.raises(Conflict):
        log_call(session, opened())


def test_a_safeguarding_case_is_urgent(session: Session, opened: Opened) -> None:
    case = opened()
    services.triage(session, case, TriageKind.SAFEGUARDING, by=CALLUM, now=WEDNESDAY, theme=Theme.SETTING)
    assert case.urgent
    assert case.theme == Theme.SETTING


@pytest.mark.parametrize("move", [services.agree_action, services.resolve, services.escalate, services.note])
def test_a_step_without_its_words_is_refused(session: Session, opened: Opened, move: Callable[..., None]) -> None:
    with pytest.raises(Invalid) as refused:
        move(session, opened(), "  ", by=CALLUM, now=WEDNESDAY)
    assert list(refused.value.fields) == ["text"]


def test_taking_a_case_twice_leaves_one_line(session: Session, opened: Opened) -> None:
    case = opened()
    for _ in range(2):
        services.take(session, case, owner=CALLUM, by=CALLUM, now=WEDNESDAY)
    assert [entry.kind for entry in case.entries] == [CaseEntryKind.OWNER]


def test_a_closed_case_is_not_taken_but_may_be_remarked_on(session: Session, opened: Opened) -> None:
    case = opened()
    case.state = CaseState.CLOSED
    with pytest.raises(Conflict):
        services.take(session, case, owner=CALLUM, by=CALLUM, now=WEDNESDAY)
    services.note(session, case, "They wrote to say thank you.", by=CALLUM, now=WEDNESDAY + timedelta(days=1))
    assert case.entries[-1].text == "They wrote to say thank you."


def test_a_case_that_was_opened_with_its_whole_story_can_be_moved(session: Session, opened: Opened) -> None:
    """PostgreSQL refuses to lock the rows that a row may or may not be joined to: only the case itself is locked."""
    reference = opened().reference
    session.expunge_all()
    case = case_with_story(session, reference)
    services.triage(session, case, TriageKind.COMPLAINT, by=CALLUM, now=WEDNESDAY)
    assert case.state is CaseState.TRIAGED
