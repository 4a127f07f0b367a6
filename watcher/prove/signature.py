"""The optional signature of evidence: Ed25519, by a key that only the operator of this watch has."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from watcher.prove.seed import KEY_SIZE, seed_of


class Signer:
    """Signs with one secret key; shows its public key only."""

    def __init__(self, secret: str) -> None:
        """Takes the secret as 64 hex digits; raises `ValueError` for anything else, without repeating it."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed_of(secret))

    @property
    def public(self) -> str:
        """The public key on one line: the middle line of `pem`, which readers can compare by eye."""
        return _line(self._key.public_key())

    @property
    def fingerprint(self) -> str:
        """The hex SHA-256 of the key: `openssl pkey -pubin -in public-key.pem -outform DER | sha256sum`."""
        return hashlib.sha256(b64decode(self.public)).hexdigest()

    @property
    def pem(self) -> bytes:
        """The public key in the form that `openssl` reads."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(data)


def signer_of(secret: str | None) -> Signer | None:
    """Who signs with the key of the settings; None where none is set."""
    return None if secret is None else Signer(secret)


def _line(key: Ed25519PublicKey) -> str:
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def public_of(pem: bytes) -> str:
    """The public key of a PEM text on one line; raises `ValueError` when it holds no Ed25519 key."""
    try:
        key: object = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey):
        return _line(key)
    raise ValueError("expected an Ed25519 public key in PEM form, found something else")


def signed_by(public: str, data: bytes, signature: bytes) -> bool:
    """Whether the key made this signature of these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(public)[-KEY_SIZE:]).verify(signature, data)
    except InvalidSignature:
        return False
    return True
