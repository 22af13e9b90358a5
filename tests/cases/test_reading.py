"""The reading queue: every comment once, the pressing ones first."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation
from engage.cases import services
from engage.cases.models import DissatisfactionCase, TriageKind
from engage.cases.reading import SOMEBODY_READ_IT, comment, follow_up, unread, unread_count
from engage.core.audit import AuditEvent, staff_actor
from engage.core.errors import NotFound
from engage.surveys.loader import Catalogue
from engage.surveys.models import ContactChoice, Response
from tests.cases.conftest import WEDNESDAY

CALLUM, SOMEONE = staff_actor(3), staff_actor(9)
Answered = Callable[..., tuple[Response, Invitation]]


def test_flagged_words_come_first_then_the_oldest(session: Session, catalogue: Catalogue, answered: Answered) -> None:
    answered(text="Second.", at=WEDNESDAY)
    answered(text="First.", at=WEDNESDAY - timedelta(days=1))
    answered(text="He was hit.", at=WEDNESDAY + timedelta(days=1))
    answered(text="")

    waiting = unread(session, catalogue)

    assert [each.text for each in waiting] == ["He was hit.", "First.", "Second."]
    assert [bool(each.flags) for each in waiting] == [True, False, False]
    assert [each.read_by for each in waiting] == [date(2026, 3, 6), date(2026, 3, 4), date(2026, 3, 5)]
    assert unread_count(session) == 3


def test_what_was_not_sent_is_nobodys_to_read(session: Session, catalogue: Catalogue, answered: Answered) -> None:
    response, _ = answered(text="Not finished")
    response.submitted_at = None
    session.flush()
    assert unread(session, catalogue) == []
    assert unread_count(session) == 0


def test_a_comment_is_read_once_and_the_first_reader_stands(
    session: Session, catalogue: Catalogue, answered: Answered
) -> None:
    response, _ = answered(text="Thank you all.")
    (text,) = response.texts
    services.mark_read(session, text, by=CALLUM, now=WEDNESDAY)
    services.mark_read(session, text, by=SOMEONE, now=WEDNESDAY + timedelta(hours=1))

    assert (text.read_by, text.read_at) == ("staff:3", WEDNESDAY)
    assert unread(session, catalogue) == []
    assert session.scalars(select(AuditEvent.kind)).all() == ["text.read"]


def test_sorting_a_case_reads_its_comment(
    session: Session, catalogue: Catalogue, opened: Callable[..., DissatisfactionCase]
) -> None:
    case = opened(text="We waited for months.")
    assert [each.case for each in unread(session, catalogue)] == [case.reference]
    services.triage(session, case, TriageKind.FEEDBACK_ONLY, by=CALLUM, now=WEDNESDAY)
    assert unread(session, catalogue) == []


@pytest.mark.parametrize("choice", ContactChoice)
def test_a_reader_may_open_an_urgent_case_that_knows_no_more_than_it_may(
    session: Session, answered: Answered, choice: ContactChoice
) -> None:
    response, _ = answered(choice, low=False, text="I cannot cope.")
    (text,) = response.texts

    case = follow_up(session, text, by=CALLUM, now=WEDNESDAY)

    assert case.urgent
    assert case.reasons == [SOMEBODY_READ_IT]
    assert (case.invitation is not None) is case.may_contact is (choice is ContactChoice.CONTACT)
    assert text.read_by == "staff:3"
    assert follow_up(session, text, by=SOMEONE, now=WEDNESDAY) is case


def test_an_unknown_comment_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        comment(session, 99)
