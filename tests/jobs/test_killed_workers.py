"""Workers that are killed at any moment: every family gets each step at most once, and none is lost."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engage.campaigns.household import TOO_OFTEN, cap_of, heard_until
from engage.campaigns.ladder import LadderSettings
from engage.campaigns.models import Invitation, LadderContact, Step
from engage.campaigns.planning import plan_invitations
from engage.campaigns.services import create_campaign, launch
from engage.cli import main
from engage.core.audit import SYSTEM
from engage.core.clock import Clock, london_date, london_moment
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.demonstration_clock import clock_for
from engage.demonstration.area import generate
from engage.demonstration.run import rows_as_csv
from engage.notify.models import Message, MessageState
from engage.notify.standin import RunningStandin
from engage.plans.models import PlanEventKind
from tests.jobs.processes import Workers, environment, is_quiet, let_leases_run_out, pass_time, workers
from tests.notify.conftest import settings_for

FAMILIES = 120
"""More than two workers can hand over at once, so that there is something left for those who come after."""
LADDER = LadderSettings()


@pytest.fixture
def notify() -> Iterator[RunningStandin]:
    """Slow enough that a worker is always killed in the middle of something."""
    with RunningStandin(rate=None, delivery_seconds=None, latency_seconds=0.1) as running:
        yield running


@pytest.fixture
def settings(notify: RunningStandin, database: Database) -> Settings:
    return settings_for(
        notify,
        database,
        notify_timeout_seconds=30,
        worker_poll_seconds=0.1,
        log_level="ERROR",
        notify_callback_token=None,
    )


@pytest.fixture
def moving_clock(database: Database) -> Clock:
    """The demonstration's own clock, put to ten on a Wednesday morning."""
    clock = clock_for(database, demonstration=True)
    today = london_date(clock.now())
    wednesday = today + timedelta(days=(2 - today.weekday()) % 7 + 7)
    pass_time(database, clock, london_moment(wednesday, LADDER.opens) + timedelta(hours=1) - clock.now())
    return clock


def file_of_plans(folder: Path, today: date) -> Path:
    rows = generate(FAMILIES, seed=7, first_on=today - timedelta(days=60), last_on=today - timedelta(days=15))
    file = folder / "plans.csv"
    file.write_bytes(rows_as_csv(list(rows)))
    return file


def import_file(file: Path, settings: Settings) -> None:
    result = CliRunner().invoke(main, ["import", str(file), "--commit"], env=environment(settings))
    assert result.exit_code == 0, result.output


def begin_campaign(database: Database, clock: Clock) -> None:
    now = clock.now()
    with database.writing() as session:
        campaign = create_campaign(
            session,
            name="After a new plan",
            survey="post_issuance",
            event_kind=PlanEventKind.PLAN_ISSUED,
            asks_from=london_date(now) - timedelta(days=80),
            ladder=LADDER,
            by=SYSTEM,
            now=now,
        )
        launch(session, campaign, by=SYSTEM, now=now)
        session.commit()


def test_a_file_imported_three_times_and_workers_killed_in_between(
    database: Database, settings: Settings, notify: RunningStandin, moving_clock: Clock, tmp_path: Path
) -> None:
    chance = random.Random(11)
    file = file_of_plans(tmp_path, london_date(moving_clock.now()))
    begin_campaign(database, moving_clock)
    with workers(settings) as running:
        for started in (2, 1):
            import_file(file, settings)
            kill_in_the_middle(running, notify, lambda: is_quiet(database, moving_clock), chance, started=started)
            let_leases_run_out(database, moving_clock)
        import_file(file, settings)
        last = running.start()
        running.wait_until(lambda: is_quiet(database, moving_clock), "everybody was invited")
        invited = len(notify.messages())
        pass_time(database, moving_clock, timedelta(days=LADDER.reminder_after_days))
        running.wait_until(lambda: len(notify.messages()) > invited, "a reminder went")
        running.wait_until(lambda: is_quiet(database, moving_clock), "everybody who was due was reminded")
        pass_time(database, moving_clock, NEVER_TWO_OF_A_KIND_A_DAY)
        running.wait_until(lambda: is_quiet(database, moving_clock), "and whose turn came some days later")
        last.send_signal(signal.SIGTERM)
        assert last.wait(10) == 0
    nobody_got_anything_twice(database, notify)
    nobody_was_forgotten(database, moving_clock, settings)


NEVER_TWO_OF_A_KIND_A_DAY = timedelta(days=3)
"""Two workers that ask about two children of one person at the same instant leave the second for another day."""


def kill_in_the_middle(
    running: Workers, notify: RunningStandin, quiet: Callable[[], bool], chance: random.Random, *, started: int
) -> None:
    """Start so many workers, and kill them shortly after they have sent something more, or when a quick first two have left
    them nothing to send."""
    before = len(notify.messages())
    for _ in range(started):
        running.start()
    running.wait_until(lambda: len(notify.messages()) > before or quiet(), "a worker sent something")
    time.sleep(chance.uniform(0, 0.3))
    running.kill_all()


def nobody_got_anything_twice(database: Database, notify: RunningStandin) -> None:
    """What Notify took, told by its own log: each message once, each family each step once."""
    with database.reading() as session:
        message_of = {
            attempt.reference: message.id
            for message in session.scalars(select(Message))
            for attempt in message.attempts
        }
        taken = Counter(message_of[one.reference] for one in notify.messages() if one.reference)
        assert sum(taken.values()) == len(notify.messages())
        assert max(taken.values()) == 1
        steps = Counter(
            (contact.invitation_id, contact.step)
            for contact in session.scalars(select(LadderContact))
            if contact.message_id in taken
        )
        assert max(steps.values()) == 1
        for message in session.scalars(select(Message)):
            if message.state is MessageState.QUEUED and message.state_because == TOO_OFTEN:
                assert message.id not in taken
                continue
            assert message.state is MessageState.ACCEPTED
            assert taken[message.id] == 1, "what counts as sent was sent"


def nobody_was_forgotten(database: Database, clock: Clock, settings: Settings) -> None:
    """Everybody who is to be asked was invited and reminded, or stands on the call list for want of an address; save
    whose household has truly heard from us as often as it may, in one message for each of several children."""
    with database.writing() as session:
        invitations = session.scalars(select(Invitation)).all()
        assert len(invitations) >= FAMILIES / 2
        for invitation in invitations:
            steps = {contact.step for contact in invitation.contacts}
            if invitation.waits_because == TOO_OFTEN and Step.INVITATION in steps:
                assert heard_until(session, invitation.person_id, cap_of(settings), now=clock.now()) is not None
                continue
            if came_later(invitation, clock):
                continue
            assert steps >= {Step.INVITATION, Step.REMINDER} or Step.CALL in steps, how_it_stands(invitation, clock)
        campaign = invitations[0].campaign
        assert plan_invitations(session, campaign, now=clock.now()) == 0
        session.rollback()


def came_later(invitation: Invitation, clock: Clock) -> bool:
    """Whether their invitation had to wait for another day, for two workers asked one person about two children at the
    same instant: then it is too soon for the reminder."""
    asked_at, reminded_after = invitation.first_asked_at, timedelta(days=LADDER.reminder_after_days)
    return invitation.next_step is Step.REMINDER and asked_at is not None and clock.now() < asked_at + reminded_after


def how_it_stands(invitation: Invitation, clock: Clock) -> str:
    """What a failure must tell: it may not come again."""
    taken = [
        f"{contact.step} {contact.channel} {contact.message.state if contact.message else ''} {contact.taken_at}"
        for contact in invitation.contacts
    ]
    waits = f"{invitation.next_step} {invitation.next_due_at} {invitation.waits_because}"
    return f"{invitation.state} {taken} next {waits}, now {clock.now()}"
