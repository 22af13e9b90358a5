"""The characters of a text: which ones go through, how many parts they make, and what those cost.

Rules: GSM-7 holds 160 characters in one part and 153 in each of several, UCS-2 70 and 67 (UTF-16 units); the rate is
that from 1 April 2026, before VAT.
"""

import math
import re
import unicodedata
from itertools import product

from engage.notify.standin.config import SmsFlavour

MOST_CHARACTERS = 918
RATE_POUNDS = 0.024

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")
_ACCENTS = ("\u0302", "\u0301", "\u0300", "\u0308")
_WELSH = frozenset(
    unicodedata.normalize("NFC", letter + accent) for letter, accent in product("aeiouwyAEIOUWY", _ACCENTS)
)
_PLAINER = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("–—‐‑‒―−", "-"),
        **dict.fromkeys("\u00a0\u2009\u202f\t", " "),
        "…": "...",
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", None),
    }
)


def plain_characters(text: str, *, flavour: SmsFlavour) -> str:
    """The text as it will be sent: typographic signs made plain; with `downgrade`, unsupported letters become `?`."""
    plainer = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_PLAINER))
    plainer = re.sub(r" +\n", "\n", re.sub(r"[^\S\n]", " ", plainer))
    plainer = re.sub(r"\n{3,}", "\n\n", plainer).strip()
    if flavour is SmsFlavour.UNICODE:
        return plainer
    return "".join(_downgraded(character) for character in plainer)


def parts(text: str) -> int:
    """The number of parts that are sent and charged; `text` is the whole with its prefix."""
    if _is_gsm(text):
        units, single, several = sum(2 if c in _GSM_DOUBLE else 1 for c in text), 160, 153
    else:
        units, single, several = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= single else math.ceil(units / several)


def _is_gsm(text: str) -> bool:
    return set(text) <= _GSM | _GSM_DOUBLE


def _downgraded(character: str) -> str:
    if character in _GSM or character in _GSM_DOUBLE or character in _WELSH:
        return character
    simpler = unicodedata.normalize("NFKD", character)[0]
    return simpler if simpler in _GSM and not simpler.isspace() else "?"
