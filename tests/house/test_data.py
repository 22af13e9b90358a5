"""The data of the project itself, and the words that must never be committed."""

import re
import subprocess
from pathlib import Path

import pytest

from engage.cli.documents import documents
from engage.core.config import PROJECT, Settings
from engage.notify import template_files
from engage.surveys import loader

FORBIDDEN = {
    "a place on one machine": r"(?<![\w.])/(work|root|tmp/brief)/|C:\\Users",
    "the host of a package registry": r"pythonhosted\.org|pypi\.org|registry\.npmjs|registry\.yarnpkg",
}
BINARY = frozenset({".png", ".ico", ".woff2", ".xlsx", ".pdf"})


def test_the_surveys_are_sound() -> None:
    assert [str(mistake) for mistake in loader.check(PROJECT / "surveys")] == []


def test_the_wording_of_messages_is_sound() -> None:
    assert [str(mistake) for mistake in template_files.check(PROJECT / "notify_templates")] == []


def test_every_setting_says_what_it_decides() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


@pytest.mark.parametrize(("path", "text"), documents().items(), ids=lambda given: getattr(given, "name", ""))
def test_a_document_that_the_code_knows_best_says_what_the_code_says(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "run: make documents"


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("not a clone of the project")
    return [name for name in done.stdout.split("\0") if name and (PROJECT / name).is_file()]


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_no_committed_file_names(what: str, pattern: str) -> None:
    found = []
    for name in tracked():
        path = PROJECT / name
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if re.search(pattern, line) and name != "tests/house/test_data.py":
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == [], what
