"""Reading data files that people write: every mistake at once, each with its file, line, place, wrong and cure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Shape = TypeVar("Shape", bound=BaseModel)
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Mistake:
    """One thing wrong in a data file; `line` is None when the file was read without line numbers."""

    file: str
    line: int | None
    place: str
    wrong: str
    cure: str

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return " ".join(
            part for part in (f"{where}:", f"{self.place}:" if self.place else "", self.wrong, self.cure) if part
        )


@dataclass(frozen=True)
class DataFile:
    """One file's content as plain mappings and lists, knowing where each part was written."""

    name: str
    tree: Any
    lines_before: int = 0

    def mistake(self, place: Place, wrong: str, cure: str) -> Mistake:
        """A mistake at this place of the file; a place that is missing is shown at what should hold it."""
        written = ".".join(str(part) for part in place)
        return Mistake(self.name, self._line(place), written, wrong, cure)

    def _line(self, place: Place) -> int | None:
        node, line = self.tree, getattr(getattr(self.tree, "lc", None), "line", None)
        for part in place:
            lines = getattr(node, "lc", None)
            if lines is None or lines.data is None or part not in lines.data:
                break
            line = lines.data[part][0]
            node = node[part]
        return None if line is None else line + 1 + self.lines_before

    def shaped(self, model: type[Shape]) -> tuple[Shape | None, list[Mistake]]:
        """The content as this model, or every way in which it does not fit."""
        try:
            return model.model_validate(self.tree), []
        except ValidationError as error:
            return None, [self._mistake_of(detail) for detail in error.errors(include_url=False)]

    def _mistake_of(self, detail: ErrorDetails) -> Mistake:
        place, name = tuple(detail["loc"]), detail["loc"][-1] if detail["loc"] else ""
        match detail["type"]:
            case "missing":
                return self.mistake(place, f'"{name}" is missing.', "Add it.")
            case "extra_forbidden":
                return self.mistake(place, f'"{name}" is not known here.', "Mend its spelling or take it out.")
            case "enum" | "literal_error":
                expected = detail.get("ctx", {}).get("expected", "")
                return self.mistake(place, f'"{detail["input"]}" is not one that is known.', f"Use {expected}.")
            case "model_type" | "dict_type":
                return self.mistake(place, "This is not a set of named values.", 'Write "name: value" lines.')
            case "value_error":
                wrong, _, cure = str(detail["ctx"]["error"]).partition(". ")
                return self.mistake(place, wrong.rstrip(".") + ".", cure)
        return self.mistake(place, f"{detail['msg']}.", "Mend this value.")


def read_yaml(text: str, *, name: str, lines_before: int = 0, with_lines: bool) -> DataFile | Mistake:
    """Read YAML 1.1; `with_lines` is slower and also refuses a name given twice. No tag in it can run anything."""
    try:
        tree = yaml.load(text, yaml.CSafeLoader)
        return DataFile(name, _with_lines(text) if with_lines else tree, lines_before)
    except (ValueError, yaml.YAMLError, YAMLError) as error:
        problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error).partition("\n")[0]
        line = _line_of_error(error, text)
        cure = "Look at this line and the one before." if line else "Look for a date or number that cannot be."
        wrong = f"This is not sound YAML: {problem}."
        return Mistake(name, line and line + lines_before, "", wrong, cure)


def _line_of_error(error: Exception, text: str) -> int | None:
    mark, position = getattr(error, "problem_mark", None), getattr(error, "position", None)
    if mark is not None:
        return int(mark.line) + 1
    return None if position is None else text[:position].count("\n") + 1


def _with_lines(text: str) -> Any:
    reader = YAML()
    reader.version = (1, 1)
    return reader.load(text)


def read_text(file: Path, *, root: Path) -> str | Mistake:
    """The file's words, or why they cannot be read."""
    name = file.relative_to(root).as_posix()
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Mistake(name, None, "", "The file is not there.", "Add it.")
    except UnicodeDecodeError:
        return Mistake(name, None, "", "The file is not UTF-8 text.", "Save it again as UTF-8.")


def read_data_file(file: Path, *, root: Path, with_lines: bool) -> DataFile | Mistake:
    """One YAML file under `root`, or the mistake that keeps it from being read."""
    text = read_text(file, root=root)
    if isinstance(text, Mistake):
        return text
    return read_yaml(text, name=file.relative_to(root).as_posix(), with_lines=with_lines)


def in_words(mistakes: Sequence[Mistake]) -> str:
    """All mistakes, a line each."""
    return "\n".join(str(mistake) for mistake in mistakes)
