"""Opening the house for a command, and progress bars for long work."""

import sys
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from engage import migrations
from engage.core.config import load_settings
from engage.core.errors import Misconfigured
from engage.core.log import configure_logging
from engage.jobs.wiring import House, open_house


class SetClock:
    """A clock that stands at the moment a command was told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def open_for_command(*, at: datetime | None = None, log_level: str | None = None) -> House:
    """The house by the settings of the environment; `Misconfigured` when the database is not up to date."""
    settings = load_settings()
    configure_logging(log_level or settings.log_level)
    house = open_house(settings)
    if context := click.get_current_context(silent=True):
        context.call_on_close(house.database.dispose)
    if not migrations.is_current(house.database):
        raise Misconfigured("The database is not up to date. Run: engage migrate")
    house.follow_surveys()
    return replace(house, clock=SetClock(at)) if at else house


class Bar:
    """A progress bar on standard error. Long work calls it with how much is done and of how much."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None  # click gives its progress bar no public name
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
        self._bar.update(done - self._done)
        self._done = done
        if done >= total:
            self._bar.render_finish()
