"""What a text message costs in parts, by the alphabet its characters need (GSM 03.38, and UCS-2 for all else)."""

import math

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
"""These take the room of two."""


def not_gsm(text: str) -> list[str]:
    """The characters outside the GSM-7 alphabet, each once: one of them makes a part hold 70 instead of 160."""
    return sorted(set(text) - BASIC - EXTENDED)


def parts(text: str) -> int:
    """How many parts a text is sent and charged as; `text` is the whole of it, with the service's name before it.

    GSM-7: 160 in one part, 153 in each of more. UCS-2: 70 and 67, counted in UTF-16 units, so an emoji is two.
    Source: GOV.UK Notify, "Text message pricing".
    """
    if not_gsm(text):
        length, one, more = len(text.encode("utf-16-le", errors="surrogatepass")) // 2, 70, 67
    else:
        length, one, more = len(text) + sum(character in EXTENDED for character in text), 160, 153
    return 1 if length <= one else math.ceil(length / more)
