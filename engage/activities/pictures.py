"""A photograph of a drawing, as new pixels: what a camera writes beside them, such as the place, never comes in.

A file is believed only when its content, its name and what the browser calls it say the same.
"""

import io
import struct
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import Base as Note

from engage.core.errors import Invalid

MOST_BYTES = 12_000_000
MOST_PIXELS = 50_000_000
"""What the largest telephones make; more is refused before it is unpacked, for it would fill the memory."""
LONGEST_SIDE = 2_000
QUALITY = 85
TYPES = {
    "JPEG": (frozenset({".jpg", ".jpeg"}), "image/jpeg"),
    "PNG": (frozenset({".png"}), "image/png"),
    "WEBP": (frozenset({".webp"}), "image/webp"),
}
"""The formats that are read: the endings that go with each, and its media type."""
SEVERAL_IN_ONE = {"MPO": "JPEG"}
"""Telephones lay a second picture, of depth or of light, behind the first: it is JPEG all the same, and only the first is kept."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by what the camera notes of how it was held (Exif 2.32, 4.6.4)."""
SAVED_AS = "image/jpeg"
WRONG_TYPE = "Choose a photograph or scan as JPEG, PNG or WebP"
LIES = "This file is not what its name says. Save it again as a JPEG or PNG picture, and choose that"
BROKEN = "This picture cannot be read. Take the photograph again, and choose that"
TOO_LARGE = "This picture is too large. Choose one of at most 12 megabytes and 50 million dots"
EMPTY = "Choose a file"
BREAKS = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, ArithmeticError, struct.error,
)  # fmt: skip
"""What decoders raise on files made to break them."""


@dataclass(frozen=True)
class CleanPicture:
    """A picture without anything but its pixels, upright, as JPEG."""

    content: bytes
    width: int
    height: int


def cleaned(content: bytes, *, file_name: str, media_type: str) -> CleanPicture:
    """The same picture made anew, no side longer than `LONGEST_SIDE`. `Invalid`, under the field `file`, for one that is
    too large, broken, of another format, or of another format than its name or its media type says."""
    if not content:
        raise _refused(EMPTY)
    if len(content) > MOST_BYTES:
        raise _refused(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(content), formats=tuple(TYPES)) as opened:
            _check_says_the_same(opened.format or "", file_name, media_type)
            if opened.width * opened.height > MOST_PIXELS:
                raise _refused(TOO_LARGE)
            return _made_anew(opened)
    except UnidentifiedImageError:
        named = PurePath(file_name).suffix.lower() in {ending for endings, _ in TYPES.values() for ending in endings}
        raise _refused(LIES if named else WRONG_TYPE) from None
    except Image.DecompressionBombError:
        raise _refused(TOO_LARGE) from None
    except BREAKS:
        raise _refused(BROKEN) from None


def _check_says_the_same(found: str, file_name: str, media_type: str) -> None:
    endings, its_type = TYPES[SEVERAL_IN_ONE.get(found, found)]
    if PurePath(file_name).suffix.lower() not in endings:
        raise _refused(LIES)
    if media_type not in ("", its_type, "application/octet-stream"):
        raise _refused(LIES)


def _made_anew(opened: Image.Image) -> CleanPicture:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than it is needed
    turn = TURNS.get(opened.getexif().get(Note.Orientation, 1))
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = opened if turn is None else opened.transpose(turn)
    seen = upright.convert("RGBA")
    page = Image.new("RGB", seen.size, "white")
    page.paste(seen, mask=seen.getchannel("A"))
    made = io.BytesIO()
    page.save(made, "JPEG", quality=QUALITY)
    return CleanPicture(made.getvalue(), page.width, page.height)


def _refused(message: str) -> Invalid:
    return Invalid(f"{message}.", {"file": message})
