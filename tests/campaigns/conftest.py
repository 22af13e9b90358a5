"""The small world of these tests."""

import pytest

from engage.campaigns.models import Campaign
from engage.jobs.wiring import House
from tests import factories
from tests.campaigns.world import World
from tests.conftest import SettableClock


@pytest.fixture
def world(house: House, clock: SettableClock) -> World:
    """A world with one running campaign about new plans, at half past nine on Monday 2 March 2026."""
    with house.database.writing() as session:
        factories.campaign(session)
        session.commit()
    return World(house, clock)


@pytest.fixture
def campaign(world: World) -> Campaign:
    """The campaign, detached: for its number."""
    with world.house.database.reading() as session:
        found = session.get_one(Campaign, 1)
        session.expunge(found)
        return found
