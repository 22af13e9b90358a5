"""Random histories through the real dispatcher: time-outs, dead workers, receipts twice and in any order, and all the rest."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from structlog.testing import capture_logs

from engage.jobs.wiring import House
from engage.notify.models import Message, MessageState
from engage.notify.templates import Templates
from engage.surveys.loader import Catalogue
from tests import factories
from tests.campaigns.test_histories import HAPPENINGS, History
from tests.campaigns.wires import Mishap, WiredWorld, number_in
from tests.conftest import MONDAY, SettableClock, make_settings
from tests.databases import Servers

Opened = Callable[[int], AbstractContextManager[WiredWorld]]
SENT = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.UNDELIVERED)


@dataclass
class WiredHistory(History):
    """A history in which messages meet mishaps on their way."""

    world: WiredWorld

    def mishap(self, n: int) -> None:
        """Something goes wrong with the next message, and later ones if more than one is told of."""
        self.world.notify.mishaps.append(list(Mishap)[n % len(Mishap)])

    def deaf(self, n: int) -> None:
        """Notify cannot be asked for a while what it has."""
        self.world.notify.deaf = n % 4

    def minutes(self, n: int) -> None:
        """The worker goes on a little later the same day: leases run out and tries are made again."""
        self.world.clock.advance(minutes=1 + n)
        self.send()

    def receipts(self, n: int) -> None:
        self.lost_ways |= {"receipts"}
        self.world.old_receipts(Random(n))

    def sweep(self, _n: int) -> None:
        self.world.sweep()

    def come_to_rest(self) -> None:
        """As ever; and what counts as sent is what Notify took, each message once."""
        self.world.notify.mishaps, self.world.notify.deaf = [], 0
        with self.world.house.database.reading() as session:
            if session.scalar(select(Message.id).where(Message.attempts_made > 1)):
                self.lost_ways |= {"tries"}
        super().come_to_rest()
        taken = Counter(number_in(reference) for reference in self.world.notify.taken)
        assert set(taken.values()) <= {1}
        with self.world.house.database.reading() as session:
            states = {one.id: one.state for one in session.scalars(select(Message))}
        assert {number for number, state in states.items() if state in SENT} == set(taken)
        assert not set(states.values()) & {MessageState.CLAIMED, MessageState.UNKNOWN}


@pytest.fixture
def opened(servers: Servers, catalogue: Catalogue, templates: Templates) -> Opened:
    """`with opened(limit) as world`: a new world with a running campaign and this household cap."""

    @contextmanager
    def world(limit: int) -> Iterator[WiredWorld]:
        with servers.fresh() as database:
            chosen = make_settings(database_url=database.url, household_contacts_limit=limit)
            clock = SettableClock(MONDAY)
            with database.writing() as session:
                factories.campaign(session)
                session.commit()
            yield WiredWorld(House(chosen, database, clock, catalogue, templates), clock)

    return world


ON_THE_WIRE = ("mishap",) * 10 + ("minutes",) * 6 + ("receipts",) * 3 + ("deaf", "sweep")
histories = st.lists(st.tuples(st.sampled_from(HAPPENINGS + ON_THE_WIRE), st.integers(0, 30)), min_size=3, max_size=20)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings=histories, limit=st.sampled_from([1, 2, 4, 6]))
@example(happenings=[("mishap", 1), ("send", 0), ("answer", 0), ("minutes", 6), ("days", 9)], limit=6)
@example(happenings=[("mishap", 3), ("send", 0), ("hold", 0), ("minutes", 6), ("lift", 0), ("days", 9)], limit=6)
@example(happenings=[("mishap", 0), ("send", 0), ("hold", 0), ("minutes", 6), ("lift", 0), ("days", 9)], limit=6)
@example(happenings=[("mishap", 1), ("send", 0), ("deaf", 3), ("days", 3), ("receipts", 5), ("days", 9)], limit=2)
def test_whatever_happens_on_the_wire_no_step_comes_twice_and_none_is_lost(
    opened: Opened, happenings: list[tuple[str, int]], limit: int
) -> None:
    with opened(limit) as world:
        _live_through(world, happenings)


@pytest.mark.parametrize("mishap", list(Mishap))
@pytest.mark.parametrize("then", ["answer", "hold", "receipts", "ring"])
def test_each_mishap_with_each_thing_that_may_follow_it(opened: Opened, mishap: Mishap, then: str) -> None:
    n = list(Mishap).index(mishap)
    happenings = [("climb", 0), ("mishap", n), ("send", 0), (then, 1), ("minutes", 6)]
    with opened(6) as world:
        _live_through(world, happenings)


def _live_through(world: WiredWorld, happenings: list[tuple[str, int]]) -> None:
    history = WiredHistory(world)
    with capture_logs() as said:
        history.bring_file(0)
        for what, n in happenings:
            getattr(history, what)(n)
        history.come_to_rest()
    assert [line for line in said if line["log_level"] == "error"] == []
