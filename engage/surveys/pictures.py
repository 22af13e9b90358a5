"""The symbols that stand beside words: simple drawings of our own, read from `surveys/pictures/` and checked.

A drawing is put into the page itself, so it may hold nothing but lines and flat colours: nothing that runs, nothing
that is fetched. Its lines take the colour of the words beside it, so that it stays visible whatever colours a reader
has chosen.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from engage.core.data_files import Mistake, Place, read_text
from engage.surveys.definition import Survey

FOLDER = "pictures"
MOST_BYTES = 4 * 1024
VIEW_BOX = "0 0 64 64"
FLAT_COLOURS = frozenset({"none", "currentColor", "#fff", "#ffd24d", "#a9d3f5", "#b9e0b0", "#f7b9b0"})
"""One set for all, light enough that the lines stand out on each of them."""
NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset({"svg", "title", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"})
_GEOMETRY = "d x y x1 y1 x2 y2 cx cy r rx ry width height points transform viewBox"
_STROKES = "fill stroke stroke-width stroke-linecap stroke-linejoin"
_ATTRIBUTES = frozenset(f"{_GEOMETRY} {_STROKES}".split())


@dataclass(frozen=True)
class Picture:
    """One symbol."""

    name: str
    alternative: str
    """What it shows, in words, for whoever does not see it where no words stand beside it."""
    drawing: str
    """Its shapes, to stand inside an `svg` element of the page."""


def read_pictures(root: Path) -> tuple[Mapping[str, Picture], list[Mistake]]:
    """Every sound picture under the surveys' folder `root`, by name, and every mistake in the rest."""
    pictures: dict[str, Picture] = {}
    mistakes: list[Mistake] = []
    folder = root / FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        read = _read(path, root)
        if isinstance(read, Picture):
            pictures[read.name] = read
        else:
            mistakes += read
    return pictures, mistakes


def _read(path: Path, root: Path) -> Picture | list[Mistake]:
    name = path.relative_to(root).as_posix()
    if path.suffix != ".svg" or not NAME.match(path.stem):
        return [Mistake(name, None, "", "This is not a picture.", 'Name it "people_talking.svg", or take it away.')]
    text = read_text(path, root=root)
    if isinstance(text, Mistake):
        return [text]
    faults = [Mistake(name, None, "", wrong, cure) for wrong, cure in faults_of(text)]
    if faults:
        return faults
    title, drawing = _parts(text)
    return Picture(path.stem, title, drawing)


def faults_of(text: str) -> Iterator[tuple[str, str]]:
    """All that keeps a drawing from standing inside a page, each with its cure."""
    if len(text.encode()) > MOST_BYTES:
        yield f"It has more than {MOST_BYTES:,} bytes.", "Draw it more simply: it is sent with every page."
    if "<!" in text or "<?" in text:
        yield "It holds a declaration or a comment.", "Keep only the svg element."
        return
    try:
        tree = ElementTree.fromstring(text)  # noqa: S314  # entities need a declaration, refused above
    except ElementTree.ParseError as error:
        yield f"It is not sound SVG: {error}.", "Save it again as plain SVG."
        return
    if tree.tag != f"{_SVG}svg" or tree.get("viewBox") != VIEW_BOX:
        yield "It has another size than the rest.", f'Draw it in one svg element with viewBox="{VIEW_BOX}".'
    if tree.get("stroke") != "currentColor":
        yield "Its lines have a colour of their own.", 'Write stroke="currentColor", so that they are always seen.'
    first = tree[0] if len(tree) else None
    if first is None or first.tag != f"{_SVG}title" or not (first.text or "").strip():
        yield "It does not say what it shows.", "Let a title come first, in a few plain words."
    for element in tree.iter():
        yield from _element_faults(element)


def _element_faults(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    shape = element.tag.removeprefix(_SVG)
    if shape not in _SHAPES:
        yield f'It holds "{shape}".', "Draw with lines and flat shapes only."
    for attribute, value in element.items():
        if attribute not in _ATTRIBUTES:
            yield f'It holds the attribute "{attribute}".', "Take it out."
        elif attribute in ("fill", "stroke") and value not in FLAT_COLOURS:
            yield f'It uses the colour "{value}".', f"Use {', '.join(sorted(FLAT_COLOURS))}."


def missing_pictures(survey: Survey, pictures: Mapping[str, Picture]) -> Iterator[tuple[Place, str, str]]:
    """Every picture that a survey names and nobody has drawn."""
    for at, question in enumerate(survey.questions):
        named: list[tuple[Place, str | None]] = [((), question.picture)]
        named += [(("options", place), option.picture) for place, option in enumerate(question.options)]
        for place, name in named:
            if name is not None and name not in pictures:
                cure = f"Draw it in {FOLDER}/{name}.svg, or name one that is there."
                yield ("questions", at, *place, "picture"), f'There is no picture "{name}".', cure


def _parts(text: str) -> tuple[str, str]:
    whole = re.fullmatch(r"\s*<svg[^>]*>\s*<title>([^<]*)</title>\s*(.*?)\s*</svg>\s*", text, re.DOTALL)
    assert whole is not None, "a drawing without faults has a title and then its shapes"
    return whole[1].strip(), whole[2]
