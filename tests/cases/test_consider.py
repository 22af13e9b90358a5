"""When an answer becomes a case, and what the case may know."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation
from engage.cases.models import CaseState, DissatisfactionCase
from engage.core.audit import AuditEvent
from engage.surveys.models import ContactChoice, Response

Answered = Callable[..., tuple[Response, Invitation]]
Considered = Callable[[tuple[Response, Invitation]], DissatisfactionCase | None]


def test_an_unhappy_answer_opens_a_case_that_says_why_and_by_when(answered: Answered, considered: Considered) -> None:
    case = considered(answered())

    assert case is not None
    assert case.state is CaseState.NEW
    assert any("Confidence in the quality of the final EHC plan" in reason for reason in case.reasons)
    assert (case.triage_due_on, case.contact_due_on, case.close_due_on) == (
        date(2026, 3, 6),
        date(2026, 3, 11),
        date(2026, 4, 1),
    )
    assert case.appeal_until == date(2026, 4, 16)


def test_a_content_answer_opens_nothing(answered: Answered, considered: Considered) -> None:
    assert considered(answered(ContactChoice.WITHOUT_NAME, low=False)) is None


def test_a_content_family_that_wants_to_be_contacted_gets_a_case(answered: Answered, considered: Considered) -> None:
    case = considered(answered(ContactChoice.CONTACT, low=False))

    assert case is not None
    assert case.may_contact


def test_an_answer_has_one_case_however_often_it_is_considered(
    session: Session, answered: Answered, considered: Considered
) -> None:
    answer = answered()

    assert considered(answer) is considered(answer)
    assert session.scalar(select(func.count()).select_from(DissatisfactionCase)) == 1
    assert session.scalar(select(func.count()).where(AuditEvent.kind == "case.opened")) == 1


@pytest.mark.parametrize(
    ("choice", "linked"),
    [(ContactChoice.CONTACT, True), (ContactChoice.WITHOUT_NAME, False), (ContactChoice.DO_NOT_LINK, False)],
)
def test_only_a_family_that_said_contact_me_is_linked(
    answered: Answered, considered: Considered, choice: ContactChoice, linked: bool
) -> None:
    case = considered(answered(choice))

    assert case is not None
    assert case.may_contact is linked
    assert (case.invitation is not None) is linked
    assert (case.appeal_until is not None) is linked  # it would tell the day of the plan


def test_flagged_words_make_a_case_urgent(answered: Answered, considered: Considered) -> None:
    case = considered(answered(text="He was hit at school."))

    assert case is not None
    assert case.urgent
    assert case.triage_due_on == date(2026, 3, 5)
    assert any("hit" in reason for reason in case.reasons)


def test_flagged_words_alone_open_an_urgent_case(answered: Answered, considered: Considered) -> None:
    case = considered(answered(ContactChoice.WITHOUT_NAME, low=False, text="He was hit at school."))

    assert case is not None
    assert case.urgent


def test_the_audit_of_an_opened_case_names_nobody(session: Session, answered: Answered, considered: Considered) -> None:
    considered(answered(ContactChoice.WITHOUT_NAME))

    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "case.opened")).one()
    assert event.by == "system"
    assert event.detail == {"rules": ["core_low"], "urgent": False}
