"""The database's history, one idea a file, and the means to bring a database up to date."""

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engage.core.db import Database

MODEL_MODULES = (
    "engage.core.audit",
    "engage.core.demonstration_clock",
    "engage.core.translation_changes",
    "engage.people.models",
    "engage.plans.models",
    "engage.surveys.models",
    "engage.surveys.equality_models",
    "engage.surveys.video_models",
    "engage.notify.models",
    "engage.notify.signing_models",
    "engage.campaigns.models",
    "engage.campaigns.booklet_models",
    "engage.register.models",
    "engage.forum.models",
    "engage.accounts.models",
    "engage.cases.models",
    "engage.activities.models",
    "engage.activities.activity_models",
    "engage.activities.session_models",
    "engage.you_said_we_did.models",
    "engage.jobs.models",
    "engage.insight.models",
)


def all_models() -> None:
    """Import every room's models, so that the metadata is whole."""
    for name in MODEL_MODULES:
        importlib.import_module(name)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(database: Database) -> None:
    """Bring the database to the newest revision, in one transaction."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision. It waits for nobody who writes."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with database.reading() as reading:
        return MigrationContext.configure(reading.connection()).get_current_revision() == newest
