"""A demonstration area behind a port of its own, for whoever wants to look at many of its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Flask
from playwright.sync_api import BrowserContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.app import create_app
from engage.core.db import Database
from engage.demonstration.run import STAFF, SetClock, load_demonstration
from engage.jobs.asking import climb_ladders
from engage.jobs.wiring import House, open_house
from tests import factories
from tests.conftest import make_settings
from tests.serving import serving

MONDAY = datetime(2026, 3, 2, 9, 40, tzinfo=UTC)


@dataclass(frozen=True)
class Area:
    """The web service that shows the area, and where to reach it."""

    url: str
    app: Flask
    house: House

    def sign_in(self, browser: BrowserContext, role: Role) -> None:
        """Let a browser be the demonstration's own person of a role, or a new one where it has none."""
        emails = [email for _, email, roles in STAFF if role in roles]
        with Session(self.house.database.engine) as session:
            known = session.scalars(select(Staff).where(Staff.email.in_(emails))).first()
            person = known or factories.staff(session, "Zadie Example", role)
            token = factories.session_token(session, person, settings=self.house.settings, now=self.house.clock.now())
            session.commit()
        browser.add_cookies([{"name": "engage", "value": token, "url": self.url}])


@contextmanager
def opened(database: Database, *, families: int, months: int, at: datetime = MONDAY) -> Iterator[Area]:
    """Fill an empty database with an area whose last months really happened, and serve its pages as they are `at`."""
    house = replace(open_house(make_settings(database_url=database.url)), clock=SetClock(at))
    load_demonstration(house, families=families, seed=1, months=months)
    climb_ladders(house, at)  # as the worker has, by now
    app = create_app(house=house)
    try:
        with serving(app) as url:
            yield Area(url, app, house)
    finally:
        house.database.dispose()
