"""A photograph of a drawing becomes new pixels and nothing else, or is refused with words that help."""

import contextlib
import io
import random
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageOps, PngImagePlugin

from engage.activities import pictures
from engage.activities.pictures import BROKEN, LIES, TOO_LARGE, WRONG_TYPE, cleaned
from engage.core.errors import Invalid


def made(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **save: object) -> bytes:
    """A purple picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "purple").save(file, kind, **save)
    return file.getvalue()


def refusal(content: bytes, file_name: str = "drawing.png", media_type: str = "") -> str:
    """Why this file was refused."""
    with pytest.raises(Invalid) as refused:
        cleaned(content, file_name=file_name, media_type=media_type)
    return refused.value.fields["file"]


def bomb() -> bytes:
    """A small file that says it unpacks to a hundred thousand dots a side."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("JPEG", "A.JPEG"), ("PNG", "a.png"), ("WEBP", "a.webp")]
)
def test_what_cameras_and_scanners_make_is_taken(kind: str, name: str) -> None:
    clean = cleaned(made(kind), file_name=name, media_type="")
    assert (clean.width, clean.height) == (60, 40)
    assert Image.open(io.BytesIO(clean.content)).format == "JPEG"


def test_what_a_camera_writes_beside_the_pixels_never_comes_in() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Made by Madeup"
    exif[0x8825] = {1: "N", 2: (51.0, 24.0, 0.0)}
    clean = cleaned(made(exif=exif, comment=b"Madeup Road"), file_name="a.jpg", media_type="image/jpeg")
    assert b"Madeup" not in clean.content
    assert b"Exif" not in clean.content
    assert dict(Image.open(io.BytesIO(clean.content)).getexif()) == {}
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Madeup Child")
    assert b"Madeup" not in cleaned(made("PNG", pnginfo=notes), file_name="a.png", media_type="image/png").content


@pytest.mark.parametrize("held", range(10))
def test_a_picture_taken_sideways_stands_upright(held: int) -> None:
    exif, drawn = Image.Exif(), Image.new("RGB", (60, 40), "purple")
    drawn.paste("white", (0, 0, 20, 20))
    exif[0x0112] = held
    file = io.BytesIO()
    drawn.save(file, "PNG", exif=exif)
    clean = cleaned(file.getvalue(), file_name="a.png", media_type="image/png")
    shown = ImageOps.exif_transpose(Image.open(file))
    assert (clean.width, clean.height) == shown.size
    assert white_corners(Image.open(io.BytesIO(clean.content))) == white_corners(shown)


def white_corners(picture: Image.Image) -> list[bool]:
    places = [(x, y) for x in (5, picture.width - 5) for y in (5, picture.height - 5)]
    return [picture.convert("RGB").getpixel(place) > (200, 200, 200) for place in places]


def test_a_telephones_two_pictures_in_one_file_are_taken_for_the_first() -> None:
    depth = Image.new("RGB", (60, 40), "black")
    clean = cleaned(made("MPO", save_all=True, append_images=[depth]), file_name="a.jpg", media_type="image/jpeg")
    assert (clean.width, clean.height) == (60, 40)
    assert Image.open(io.BytesIO(clean.content)).getpixel((9, 9)) != (0, 0, 0)


@pytest.mark.filterwarnings("ignore::UserWarning")  # the decoder's own, of what it could not make out
def test_no_change_of_a_byte_breaks_it() -> None:
    exif, chance = Image.Exif(), random.Random(1)
    exif[0x0112], exif[0x010E], exif[0x8825] = 6, "Madeup", {1: "N", 2: (51.0, 2.0, 3.0)}
    whole = {"a.jpg": made(exif=exif), "a.png": made("PNG", exif=exif), "a.webp": made("WEBP", exif=exif)}
    for _ in range(3_000):
        name = chance.choice(list(whole))
        broken = bytearray(whole[name])
        for _ in range(chance.choice([1, 2, 8])):
            broken[chance.randrange(min(len(broken), 600))] = chance.choice([0, 1, 255, chance.randrange(256)])
        with contextlib.suppress(Invalid):
            cleaned(bytes(broken), file_name=name, media_type="")


def test_see_through_paper_becomes_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    clean = cleaned(file.getvalue(), file_name="a.png", media_type="image/png")
    assert Image.open(io.BytesIO(clean.content)).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photograph_is_made_smaller() -> None:
    clean = cleaned(made(size=(4000, 3000)), file_name="a.jpg", media_type="image/jpeg")
    assert (clean.width, clean.height) == (2000, 1500)


@pytest.mark.parametrize(
    ("content", "name", "media_type", "why"),
    [
        (lambda: b"<svg onload=alert(1)></svg>", "drawing.svg", "image/svg+xml", WRONG_TYPE),
        (lambda: b"<svg onload=alert(1)></svg>", "drawing.png", "image/png", LIES),
        (lambda: b"MZ" + b"\0" * 400, "drawing.jpg", "image/jpeg", LIES),
        (lambda: made("JPEG"), "drawing.png", "image/png", LIES),
        (lambda: made("PNG"), "drawing.png", "image/jpeg", LIES),
        (lambda: made("GIF"), "drawing.gif", "image/gif", WRONG_TYPE),
        (lambda: made("JPEG")[:300], "drawing.jpg", "image/jpeg", BROKEN),
        (lambda: made("PNG")[:60], "drawing.png", "image/png", BROKEN),
        (bomb, "drawing.png", "image/png", TOO_LARGE),
        (lambda: b"\xff\xd8\xff" + b"0" * (pictures.MOST_BYTES + 1), "drawing.jpg", "image/jpeg", TOO_LARGE),
        (lambda: b"", "drawing.jpg", "image/jpeg", pictures.EMPTY),
    ],
)
def test_a_file_that_lies_is_broken_or_too_large_is_refused_with_words_that_help(
    content: Callable[[], bytes], name: str, media_type: str, why: str
) -> None:
    assert refusal(content(), name, media_type) == why
