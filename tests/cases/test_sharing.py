"""The Monday share: each case once, whenever and however often it runs."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.cases.models import DissatisfactionCase, WeeklyShare
from engage.cases.sharing import accept, share_week
from engage.core.audit import staff_actor
from engage.core.clock import london_date

Opened = Callable[..., DissatisfactionCase]
MONDAY = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
START = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_share_gathers_what_came_in_before_monday_in_england(session: Session, opened: Opened) -> None:
    before = opened(at=datetime(2026, 3, 29, 22, 59, tzinfo=UTC))  # Sunday 23:59, the day summer time began
    after = opened(at=datetime(2026, 3, 29, 23, 0, tzinfo=UTC))  # Monday 00:00

    share = share_week(session, now=datetime(2026, 3, 30, 6, 0, tzinfo=UTC))

    assert share.week_starting == date(2026, 3, 30)
    assert share.cases == [before]
    assert after.share_id is None


def test_the_same_week_is_shared_once(session: Session, opened: Opened) -> None:
    opened()
    first = share_week(session, now=MONDAY)
    opened(at=MONDAY - timedelta(days=1))

    assert share_week(session, now=MONDAY + timedelta(days=6)) is first
    assert len(first.cases) == 1


def test_a_week_without_cases_has_its_empty_share(session: Session) -> None:
    assert share_week(session, now=MONDAY).cases == []


def test_the_week_after_a_missed_one_gathers_both(session: Session, opened: Opened) -> None:
    early, late = opened(at=START), opened(at=START + timedelta(days=8))
    assert share_week(session, now=MONDAY + timedelta(days=9)).cases == [early, late]


def test_two_shares_for_one_week_fail_at_the_database(session: Session) -> None:
    share_week(session, now=MONDAY)
    session.add(WeeklyShare(week_starting=date(2026, 3, 9), made_at=MONDAY))
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_first_acceptance_stands(session: Session) -> None:
    share = share_week(session, now=MONDAY)
    accept(session, share, by=staff_actor(3), now=MONDAY)
    accept(session, share, by=staff_actor(4), now=MONDAY + timedelta(hours=1))
    assert (share.accepted_by, share.accepted_at) == ("staff:3", MONDAY)


HOURS = st.integers(0, 24 * 60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(HOURS, st.sampled_from(["case", "share"])), max_size=14))
def test_nothing_is_lost_and_nothing_is_shared_twice(
    session: Session, opened: Opened, steps: list[tuple[int, str]]
) -> None:
    with session.begin_nested() as trial:
        last_run = None
        for hours, what in sorted(steps):
            at = START + timedelta(hours=hours)
            if what == "case":
                opened(at=at)
            else:
                share_week(session, now=at)
                last_run = at
        session.expire_all()

        shared = [case.id for share in session.scalars(select(WeeklyShare)) for case in share.cases]
        assert len(shared) == len(set(shared))
        for case in session.scalars(select(DissatisfactionCase)):
            if case.share is not None:
                assert london_date(case.opened_at) < case.share.week_starting
            elif last_run is not None:
                run_on = london_date(last_run)
                assert london_date(case.opened_at) >= run_on - timedelta(days=run_on.weekday())
        trial.rollback()
