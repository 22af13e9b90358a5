"""Unguessable links: minted from a secret and a nonce, so that only a hash of the link is ever stored.

A link's text can be made again by whoever holds the secret and the row's nonce (to put it into a message at the
moment of sending), and a stolen copy of the database opens nothing.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

TOKEN_LENGTH = 26  # 26 base-32 characters carry 130 bits
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")


@dataclass(frozen=True)
class MintedToken:
    """A new token: the text for the link, and the two values to store."""

    text: str
    nonce: str
    digest: str


def mint(secrets_: Sequence[bytes], purpose: str) -> MintedToken:
    """A fresh token of 130 bits for one purpose, made with the newest secret."""
    nonce = secrets.token_hex(16)
    text = _derive(secrets_[0], purpose, nonce)
    return MintedToken(text, nonce, digest(text))


def remake(secrets_: Sequence[bytes], purpose: str, nonce: str, expected_digest: str) -> str | None:
    """The text of a token minted before, with whichever secret made it; None when no held secret did."""
    for secret in secrets_:
        text = _derive(secret, purpose, nonce)
        if hmac.compare_digest(digest(text), expected_digest):
            return text
    return None


def digest(text: str) -> str:
    """What is stored and looked up: SHA-256 of the token's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def looks_like_token(text: str) -> bool:
    """Whether text could be a token at all; saves a query for what never was one."""
    return len(text) == TOKEN_LENGTH and set(text) <= _ALPHABET


def _derive(secret: bytes, purpose: str, nonce: str) -> str:
    mac = hmac.new(secret, f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac).decode().lower()[:TOKEN_LENGTH]


def random_secret() -> str:
    """A secret fit for a setting or a session."""
    return secrets.token_urlsafe(32)
