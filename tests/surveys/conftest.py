"""The shipped surveys, and a copy of them that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engage.core.config import PROJECT
from engage.surveys.definition import Survey
from engage.surveys.loader import Catalogue, load

SURVEYS = PROJECT / "surveys"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load(SURVEYS)


@pytest.fixture
def survey(catalogue: Catalogue) -> Survey:
    return catalogue.get("post_issuance", 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the surveys in which no version is published, so that a test may change their words."""
    shutil.copytree(SURVEYS, tmp_path / "surveys")
    (tmp_path / "surveys" / "published.yaml").write_text("published: []\n")
    return tmp_path / "surveys"


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], int]:
    """Change some words of a file in the copy, once; gives the line on which they stand."""

    def edit(name: str, before: str, after: str) -> int:
        text = (folder / name).read_text()
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1))
        return text[: text.index(before)].count("\n") + 1

    return edit
