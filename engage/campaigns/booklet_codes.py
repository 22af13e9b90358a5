"""The code on a booklet's cover: short enough to type, long enough not to be guessed, and it knows when it is mistyped.

Nine letters drawn at random (44 bits) and one that checks them. The alphabet has no letter or digit that is read as
another (no I, L, O, 0 or 1); it has 31, a prime number, so the check finds every single wrong letter and every two that
changed places. Only a keyed hash of the code is stored, so a stolen copy of the records opens nothing.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
DRAWN = 9
LENGTH = DRAWN + 1
GROUPS = re.compile(r"(...)(...)(....)")


@dataclass(frozen=True)
class MintedCode:
    """A new code as it is printed, and the two values to store."""

    text: str
    nonce: str
    digest: str


def mint_code(secrets_: Sequence[bytes]) -> MintedCode:
    """A fresh code, made with the newest secret."""
    nonce = secrets.token_hex(16)
    code = _derive(secrets_[0], nonce)
    return MintedCode(printed(code), nonce, _digest(secrets_[0], code))


def remake_code(secrets_: Sequence[bytes], nonce: str, digest: str) -> str | None:
    """A code minted before, as it was printed, or None when the secret that made it is gone."""
    for secret in secrets_:
        code = _derive(secret, nonce)
        if hmac.compare_digest(_digest(secret, code), digest):
            return printed(code)
    return None


def printed(code: str) -> str:
    """The code in groups, as it stands on the cover: "ABC-DEF-GHJK"."""
    return GROUPS.sub(r"\1-\2-\3", code)


def typed_code(text: str) -> str:
    """What somebody typed, without spaces and hyphens and in capitals."""
    return re.sub(r"[\s\-‐-―.]+", "", text).upper()


def is_whole(code: str) -> bool:
    """Whether a code has its length and its letters fit together: nearly every slip of a finger does not."""
    return len(code) == LENGTH and set(code) <= set(ALPHABET) and code[-1] == _check(code[:-1])


def digests(secrets_: Sequence[bytes], code: str) -> list[str]:
    """What could be stored for this code: one for each secret that may have made it."""
    return [_digest(secret, code) for secret in secrets_]


def _check(drawn: str) -> str:
    """The letter that makes the sum of place times letter a multiple of 31, itself in the tenth place."""
    total = sum(place * ALPHABET.index(letter) for place, letter in enumerate(drawn, start=1))
    return ALPHABET[-total * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]


def _derive(secret: bytes, nonce: str) -> str:
    number = int.from_bytes(hmac.digest(secret, f"booklet:{nonce}".encode(), "sha256"), "big")
    drawn = ""
    for _ in range(DRAWN):
        number, place = divmod(number, len(ALPHABET))
        drawn += ALPHABET[place]
    return drawn + _check(drawn)


def _digest(secret: bytes, code: str) -> str:
    return hmac.new(secret, f"booklet code:{code}".encode(), hashlib.sha256).hexdigest()
