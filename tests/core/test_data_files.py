"""A mistake in a data file is shown where somebody can find it."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from engage.core.data_files import DataFile, Mistake, read_data_file, read_yaml


class Shelf(BaseModel):
    model_config = ConfigDict(extra="forbid")

    books: list[dict[str, int]]


TEXT = "# a shelf\nbooks:\n  - {pages: 3}\n  - pages: many\n"


def _read(text: str, *, lines_before: int = 0, with_lines: bool = True) -> DataFile:
    read = read_yaml(text, name="shelf.yaml", lines_before=lines_before, with_lines=with_lines)
    assert isinstance(read, DataFile)
    return read


def test_a_mistake_names_its_line_place_wrong_and_cure() -> None:
    shelf, [mistake] = _read(TEXT).shaped(Shelf)
    assert shelf is None
    assert str(mistake) == (
        "shelf.yaml:4: books.1.pages: Input should be a valid integer, unable to parse string as an integer. "
        "Mend this value."
    )


def test_lines_before_the_data_are_counted() -> None:
    [mistake] = _read(TEXT, lines_before=10).shaped(Shelf)[1]
    assert mistake.line == 14


def test_what_is_missing_is_shown_at_what_should_hold_it() -> None:
    [mistake] = _read("# first\n\nshelves: []\n").shaped(Shelf)[1][:1]
    assert (mistake.line, mistake.wrong) == (3, '"books" is missing.')


def test_without_lines_a_mistake_still_has_its_place() -> None:
    [mistake] = _read(TEXT, with_lines=False).shaped(Shelf)[1]
    assert str(mistake).startswith("shelf.yaml: books.1.pages: ")


@pytest.mark.parametrize("text", ["", "just words", "- a list"])
def test_content_of_another_kind_is_a_mistake(text: str) -> None:
    [mistake] = _read(text).shaped(Shelf)[1]
    assert mistake.wrong == "This is not a set of named values."


@pytest.mark.parametrize("with_lines", [True, False])
@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\t- x", "a: !!python/object:os.system x", "a: \x07"])
def test_unsound_yaml_is_a_mistake_and_never_runs(text: str, with_lines: bool) -> None:
    assert isinstance(read_yaml(text, name="x.yaml", with_lines=with_lines), Mistake)


def test_a_sign_that_no_yaml_may_hold_is_shown_on_its_line() -> None:
    mistake = read_yaml("a: 1\nb: \x07\n", name="x.yaml", with_lines=True)
    assert isinstance(mistake, Mistake)
    assert mistake.line == 2


def test_a_day_that_cannot_be_is_a_mistake() -> None:
    mistake = read_yaml("on: 2022-13-45\n", name="x.yaml", with_lines=True)
    assert isinstance(mistake, Mistake)
    assert "month must be in 1..12" in mistake.wrong


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    missing = read_data_file(tmp_path / "none.yaml", root=tmp_path, with_lines=True)
    assert missing == Mistake("none.yaml", None, "", "The file is not there.", "Add it.")
