"""Reading data files that people write: every mistake at once, each with its file, line, place, wrong and cure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Shape = TypeVar("Shape", bound=BaseModel)
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Mistake:
    """One thing wrong in a data file; `line` is None when the file has none to show."""

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
    written: yaml.Node | None = None
    """The same as `tree`, with the line on which each part begins."""
    lines_before: int = 0

    def mistake(self, place: Place, wrong: str, cure: str) -> Mistake:
        """A mistake at this place of the file; a place that is missing is shown at what should hold it."""
        written = ".".join(str(part) for part in place)
        return Mistake(self.name, self._line(place), written, wrong, cure)

    def _line(self, place: Place) -> int | None:
        found = self.written
        if found is None:
            return None
        begins = found.start_mark.line
        for part in place:
            within = _within(found, part)
            if within is None:
                break
            begins, found = within
        return begins + 1 + self.lines_before

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


def _within(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    """The line of this part's name, or of the part in a list, and what it holds."""
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None


def read_yaml(text: str, *, name: str, lines_before: int = 0) -> DataFile | Mistake:
    """Read YAML 1.1. A name given twice in one place is a mistake; no tag in it can run anything."""
    reader = yaml.CSafeLoader(text)
    try:
        written = reader.get_single_node()
        if written is None:
            return DataFile(name, None)
        _refuse_twins(written)
        return DataFile(name, reader.construct_document(written), written, lines_before)
    except (ValueError, yaml.YAMLError) as error:
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


def _refuse_twins(written: yaml.Node) -> None:
    """Raise `yaml.YAMLError` at the first name that stands twice in one place."""
    waiting, met = [written], set[int]()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, yaml.CollectionNode) or id(node) in met:  # a part may stand for another, even around it
            continue
        met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            names = set[object]()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in names:
                    raise yaml.MarkedYAMLError(problem=f'"{key.value}" is given twice', problem_mark=key.start_mark)
                names |= {key.value} if isinstance(key, yaml.ScalarNode) else set()
                waiting += [key, value]
        else:
            waiting += node.value


def read_text(file: Path, *, root: Path) -> str | Mistake:
    """The file's words, or why they cannot be read."""
    name = file.relative_to(root).as_posix()
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Mistake(name, None, "", "The file is not there.", "Add it.")
    except UnicodeDecodeError:
        return Mistake(name, None, "", "The file is not UTF-8 text.", "Save it again as UTF-8.")


def read_data_file(file: Path, *, root: Path) -> DataFile | Mistake:
    """One YAML file under `root`, or the mistake that keeps it from being read."""
    text = read_text(file, root=root)
    if isinstance(text, Mistake):
        return text
    return read_yaml(text, name=file.relative_to(root).as_posix())


def in_words(mistakes: Sequence[Mistake]) -> str:
    """All mistakes, a line each."""
    return "\n".join(str(mistake) for mistake in mistakes)
