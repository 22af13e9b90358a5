"""What every door needs, opened once: settings, database, clock, surveys and the wording of messages."""

import threading
from dataclasses import dataclass, field

from engage.core import translation_changes
from engage.core.clock import Clock
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.demonstration_clock import clock_for
from engage.core.working_days import keep_school_holidays
from engage.notify import template_files
from engage.notify.templates import Templates
from engage.surveys.loader import Catalogue, load
from engage.surveys.publishing import Shelf


@dataclass(frozen=True)
class House:
    """The open house; doors hand its parts to the rooms."""

    settings: Settings
    database: Database
    clock: Clock
    catalogue: Catalogue
    templates: Templates
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when this process has been asked to stop: long work ends at its next safe place."""

    shelf: Shelf = field(init=False, compare=False)

    def __post_init__(self) -> None:
        keep_school_holidays(self.settings.school_holiday_days)
        object.__setattr__(self, "shelf", Shelf(self.catalogue))

    def follow_translations(self, *, at_once: bool = False) -> None:
        """Take in what staff corrected or reviewed, in whatever process."""
        translation_changes.follow(self.database, at_once=at_once, drafts=self.settings.offer_draft_languages)

    def follow_surveys(self) -> None:
        """Take in versions that staff brought in, published or retired, in whatever process: `catalogue` is then new."""
        object.__setattr__(self, "catalogue", self.shelf.follow(self.database))


def open_house(settings: Settings) -> House:
    """Open everything; raise `Misconfigured` when surveys or templates are unsound."""
    database = Database(settings.database_url)
    return House(
        settings=settings,
        database=database,
        clock=clock_for(database, demonstration=settings.demonstration),
        catalogue=load(settings.surveys_folder),
        templates=template_files.load(settings.templates_folder, drafts=settings.offer_draft_languages),
    )
