"""A mistake in a data file is shown where somebody can find it."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from engage.core.data_files import DataFile, Mistake, read_data_file, read_yaml


class Shelf(BaseModel):
    model_config = ConfigDict(extra="forbid")

    books: list[dict[str, int]]


TEXT = "# a shelf\nbooks:\n  - {pages: 3}\n  - pages: many\n"


def _read(text: str, *, lines_before: int = 0) -> DataFile:
    read = read_yaml(text, name="shelf.yaml", lines_before=lines_before)
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


def test_a_name_given_twice_is_shown_at_the_second() -> None:
    mistake = read_yaml("a: 1\nb:\n  - {c: 1, d: 2}\n  - c: 1\n    c: 2\n", name="x.yaml")
    assert isinstance(mistake, Mistake)
    assert (mistake.line, mistake.wrong) == (5, 'This is not sound YAML: "c" is given twice.')


def test_parts_that_stand_for_each_other_are_read_once() -> None:
    tree = _read("a: &a {b: 1}\nc: [*a, *a]\n").tree
    assert tree == {"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}]}


@pytest.mark.parametrize("text", ["", "just words", "- a list"])
def test_content_of_another_kind_is_a_mistake(text: str) -> None:
    [mistake] = _read(text).shaped(Shelf)[1]
    assert mistake.wrong == "This is not a set of named values."


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\t- x", "a: !!python/object:os.system x", "a: \x07"])
def test_unsound_yaml_is_a_mistake_and_never_runs(text: str) -> None:
    assert isinstance(read_yaml(text, name="x.yaml"), Mistake)


def test_a_sign_that_no_yaml_may_hold_is_shown_on_its_line() -> None:
    mistake = read_yaml("a: 1\nb: \x07\n", name="x.yaml")
    assert isinstance(mistake, Mistake)
    assert mistake.line == 2


def test_a_day_that_cannot_be_is_a_mistake() -> None:
    mistake = read_yaml("on: 2022-13-45\n", name="x.yaml")
    assert isinstance(mistake, Mistake)
    assert "month must be in 1..12" in mistake.wrong


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    missing = read_data_file(tmp_path / "none.yaml", root=tmp_path)
    assert missing == Mistake("none.yaml", None, "", "The file is not there.", "Add it.")
