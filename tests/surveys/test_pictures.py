"""The symbols: every one may stand inside a page, and says what it shows."""

from pathlib import Path

import pytest

from engage.surveys.loader import Catalogue, check
from engage.surveys.pictures import MOST_BYTES, faults_of, read_pictures
from tests.surveys.conftest import SURVEYS

SOUND = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" fill="none" stroke="currentColor">'
    '<title>A dot</title><circle cx="32" cy="32" r="8" fill="#ffd24d"/></svg>'
)
FACES = ("face_very_happy", "face_happy", "face_middle", "face_sad", "face_very_sad")


def test_every_shipped_picture_is_sound_and_small() -> None:
    pictures, mistakes = read_pictures(SURVEYS)
    assert mistakes == []
    assert len(pictures) > 40
    for path in (SURVEYS / "pictures").iterdir():
        assert path.stat().st_size < MOST_BYTES


def test_each_picture_says_what_it_shows_and_no_two_say_the_same() -> None:
    pictures, _ = read_pictures(SURVEYS)
    said = [picture.alternative for picture in pictures.values()]
    assert all(said)
    assert len(set(said)) == len(said)


def test_the_faces_differ_in_their_lines_and_not_only_in_colour() -> None:
    pictures, _ = read_pictures(SURVEYS)
    assert len({pictures[name].drawing for name in FACES}) == len(FACES)
    assert len({colour for name in FACES for colour in pictures[name].drawing.split('fill="')[1].split('"')[:1]}) == 1


def test_what_is_put_into_a_page_is_the_shapes_alone() -> None:
    pictures, _ = read_pictures(SURVEYS)
    for picture in pictures.values():
        assert "<title" not in picture.drawing
        assert "<svg" not in picture.drawing


def test_a_sound_drawing_has_no_fault() -> None:
    assert list(faults_of(SOUND)) == []


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("<circle", "<script>alert(1)</script><circle", "script"),
        ("<circle", '<image href="https://example.org/spy.png"/><circle', "image"),
        ("<circle", '<use href="#other"/><circle', "use"),
        ("<circle", "<style>*{}</style><circle", "style"),
        ("<circle", '<foreignObject width="1" height="1"/><circle', "foreignObject"),
        ('r="8"', 'r="8" onclick="alert(1)"', "onclick"),
        ('r="8"', 'r="8" style="fill:red"', "style"),
        ('r="8"', 'r="8" class="red"', "class"),
        ("#ffd24d", "url(https://example.org/a.svg)", "colour"),
        ("#ffd24d", "#123456", "colour"),
        ("0 0 64 64", "0 0 100 100", "size"),
        ('stroke="currentColor"', 'stroke="#fff"', "colour of their own"),
        ("<title>A dot</title>", "", "what it shows"),
        ("<title>A dot</title>", "<title> </title>", "what it shows"),
        ("<svg", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg", "declaration"),
        ("<svg", "<?xml version='1.0'?><svg", "declaration"),
        ("<circle", "<!-- drawn by hand --><circle", "comment"),
        ("</svg>", "", "not sound SVG"),
        ('cx="32"', f'cx="32" d="{"M0 0" * 2000}"', "bytes"),
    ],
)
def test_whatever_could_run_be_fetched_or_not_be_seen_is_named(before: str, after: str, wrong: str) -> None:
    assert before in SOUND
    assert any(wrong in fault for fault, _cure in faults_of(SOUND.replace(before, after, 1)))


def test_a_survey_cannot_name_a_picture_that_nobody_drew(folder: Path) -> None:
    written = folder / "child_plan" / "v1.yaml"
    written.write_text(written.read_text().replace("picture: listening", "picture: unicorn"))
    assert any('no picture "unicorn"' in mistake.wrong for mistake in check(folder))


def test_a_file_that_is_no_picture_is_named(folder: Path) -> None:
    (folder / "pictures" / "photo.png").write_bytes(b"\x89PNG")
    assert [mistake.file for mistake in check(folder)] == ["pictures/photo.png"]


def test_the_catalogue_holds_the_pictures(catalogue: Catalogue) -> None:
    assert "phone" in catalogue.pictures
