"""What the samples of deploy/ and docs/running.md name is there."""

import re

from engage.cli import main
from engage.core.config import PROJECT, Settings

DEPLOY = PROJECT / "deploy"
RUNNING = PROJECT / "docs" / "running.md"


def test_every_command_that_is_named_exists() -> None:
    text = "\n".join(file.read_text() for file in [RUNNING, *DEPLOY.rglob("*")] if file.is_file())
    named = set(re.findall(r"(?:`|-m |^)engage ([a-z]+)", text, re.MULTILINE))
    assert {"serve", "worker", "migrate", "notify", "jobs", "staff"} <= named <= set(main.commands)


def test_the_sample_of_settings_names_only_settings_and_every_needed_one_and_holds_no_secret() -> None:
    lines = re.findall(r"^#?ENGAGE_([A-Z_]+)=(.*)$", (DEPLOY / "engage.env.example").read_text(), re.MULTILINE)
    given = {name.lower(): value for name, value in lines}
    assert given.keys() <= Settings.model_fields.keys()
    assert given.keys() >= {name for name, field in Settings.model_fields.items() if field.is_required()}
    assert not any(given[name] for name in given if "key" in name or "token" in name)


def test_what_the_image_copies_is_in_the_project() -> None:
    copied = re.findall(r"^COPY ([^-].*) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert copied
    assert all((PROJECT / each).exists() for line in copied for each in line.split())
