"""The lists of cases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engage.cases import queries, services
from engage.cases.models import CaseState, DissatisfactionCase
from engage.cases.queries import CaseView
from engage.cases.sharing import share_week
from engage.core.audit import staff_actor
from engage.core.clock import london_date
from engage.core.errors import NotFound
from engage.core.themes import Theme
from engage.surveys.models import ContactChoice
from tests.cases.conftest import WEDNESDAY

CALLUM, SOMEONE = staff_actor(3), staff_actor(9)
Opened = Callable[..., DissatisfactionCase]


def listed(session: Session, view: CaseView, now: datetime = WEDNESDAY) -> list[DissatisfactionCase]:
    found = queries.cases(session, view, who=CALLUM, now=now)
    assert queries.count(session, view, who=CALLUM, now=now) == len(found)
    return found


def test_each_list_holds_its_own(session: Session, opened: Opened) -> None:
    mine, others, closed = opened(), opened(), opened()
    old = opened(at=WEDNESDAY - timedelta(days=7))
    for case, owner in ((mine, CALLUM), (others, SOMEONE), (closed, CALLUM)):
        services.take(session, case, owner=owner, by=owner, now=WEDNESDAY)
    closed.state = CaseState.CLOSED
    session.flush()

    assert listed(session, CaseView.MINE) == [mine]
    assert listed(session, CaseView.OVERDUE) == [old]
    assert set(listed(session, CaseView.NEW_THIS_WEEK)) == {mine, others, closed}
    assert listed(session, CaseView.OPEN)[0] is old
    assert set(listed(session, CaseView.OPEN)) == {old, mine, others}
    assert listed(session, CaseView.CLOSED) == [closed]


def test_urgent_cases_come_first(session: Session, opened: Opened) -> None:
    calm = opened(at=WEDNESDAY - timedelta(days=1))
    urgent = opened(text="He was hit at school.")
    assert listed(session, CaseView.OPEN) == [urgent, calm]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.sampled_from(CaseState),
    days=st.integers(0, 40),
    contact=st.sampled_from(ContactChoice),
    urgent=st.booleans(),
)
def test_the_database_and_the_rule_agree_on_what_is_overdue(
    session: Session, opened: Opened, state: CaseState, days: int, contact: ContactChoice, urgent: bool
) -> None:
    with session.begin_nested() as trial:
        case = opened(contact, text="He was hit." if urgent else "")
        case.state = state
        session.flush()
        now = WEDNESDAY + timedelta(days=days)
        assert (listed(session, CaseView.OVERDUE, now) == [case]) is queries.is_overdue(case, today=london_date(now))
        trial.rollback()


def test_counts_name_every_state_and_the_themes_that_are_known(session: Session, opened: Opened) -> None:
    first, second, _ = opened(), opened(), opened()
    first.theme, second.theme = Theme.HEALTH, Theme.HEALTH
    session.flush()

    counts = queries.counts_by_state(session)
    assert list(counts) == list(CaseState)
    assert (counts[CaseState.NEW], counts[CaseState.CLOSED]) == (3, 0)
    assert queries.counts_by_theme(session) == [(Theme.HEALTH, 2)]
    of_health = queries.cases(session, CaseView.OPEN, who=CALLUM, now=WEDNESDAY, theme=Theme.HEALTH)
    assert set(of_health) == {first, second}


def test_a_case_is_found_by_its_reference_with_its_story(session: Session, opened: Opened) -> None:
    case = opened(text="We waited for months.")
    services.note(session, case, "Read.", by=CALLUM, now=WEDNESDAY)
    session.flush()
    reference = case.reference
    session.expunge_all()

    found = queries.case_with_story(session, reference)

    assert [entry.text for entry in found.entries] == ["Read."]
    assert [text.text for text in found.response.texts] == ["We waited for months."]
    with pytest.raises(NotFound):
        queries.case_with_story(session, "C0000000")


def test_what_waits_is_what_the_next_share_gathers(session: Session, opened: Opened) -> None:
    opened()
    assert queries.waiting_for_share(session) == 1
    share = share_week(session, now=datetime(2026, 3, 9, 7, tzinfo=UTC))
    assert queries.waiting_for_share(session) == 0
    assert queries.shares(session) == [share]
    assert queries.share(session, share.id) is share
    with pytest.raises(NotFound):
        queries.share(session, 99)
