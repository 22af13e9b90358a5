"""A photograph of a drawing, as new pixels: what a camera writes beside them, such as the place, never comes in.

A file is believed only when its content, its name and what the browser calls it say the same.
"""

import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, ImageOps, UnidentifiedImageError

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
SAVED_AS = "image/jpeg"
WRONG_TYPE = "Choose a photograph or scan as JPEG, PNG or WebP"
LIES = "This file is not what its name says. Save it again as a JPEG or PNG picture, and choose that"
BROKEN = "This picture cannot be read. Take the photograph again, and choose that"
TOO_LARGE = "This picture is too large. Choose one of at most 12 megabytes and 50 million dots"
EMPTY = "Choose a file"


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
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(TYPES)) as opened:
                _check_says_the_same(opened.format or "", file_name, media_type)
                if opened.width * opened.height > MOST_PIXELS:
                    raise _refused(TOO_LARGE)
                return _made_anew(opened)
    except UnidentifiedImageError:
        named = PurePath(file_name).suffix.lower() in {ending for endings, _ in TYPES.values() for ending in endings}
        raise _refused(LIES if named else WRONG_TYPE) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refused(TOO_LARGE) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, ArithmeticError):
        raise _refused(BROKEN) from None  # what decoders raise on files made to break them


def _check_says_the_same(found: str, file_name: str, media_type: str) -> None:
    endings, its_type = TYPES[found]
    if PurePath(file_name).suffix.lower() not in endings:
        raise _refused(LIES)
    if media_type not in ("", its_type, "application/octet-stream"):
        raise _refused(LIES)


def _made_anew(opened: Image.Image) -> CleanPicture:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than it is needed
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    seen = upright.convert("RGBA")
    page = Image.new("RGB", seen.size, "white")
    page.paste(seen, mask=seen.getchannel("A"))
    made = io.BytesIO()
    page.save(made, "JPEG", quality=QUALITY)
    return CleanPicture(made.getvalue(), page.width, page.height)


def _refused(message: str) -> Invalid:
    return Invalid(f"{message}.", {"file": message})
