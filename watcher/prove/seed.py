"""The secret key of proofs as operators write it.

Apart from the signature: every command reads settings, and few have a use for a library of cryptography.
"""

from __future__ import annotations

KEY_SIZE = 32


def seed_of(secret: str) -> bytes:
    """The bytes of a secret of 64 hex digits; raises `ValueError` for anything else, without repeating it."""
    try:
        seed = bytes.fromhex(secret.strip())
    except ValueError:
        seed = b""
    if len(seed) != KEY_SIZE:
        raise ValueError("expected 64 hex digits, such as `openssl rand -hex 32` makes")
    return seed
