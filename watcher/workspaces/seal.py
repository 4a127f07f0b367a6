"""Secrets that are kept in the memory, unreadable but to who has a key of the settings.

The first key seals, all open: a new one is put before the old one, everything is sealed anew (`seal_anew`),
and the old one is taken away. A copy of the memory without the settings opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from notifiers.given import Secret


class Seal:
    """What seals, and opens again what one of its keys sealed."""

    def __init__(self, keys: Sequence[Secret]) -> None:
        made = [Fernet(key.reveal()) for key in keys]
        self._first, self._keys = made[0], MultiFernet(made)

    def close(self, workspace: str, token: Secret) -> str:
        """The token of a workspace, sealed."""
        # With the name of its workspace: moved to another row of the memory it opens nothing there.
        return self._keys.encrypt(f"{workspace} {token.reveal()}".encode()).decode()

    def open(self, workspace: str, sealed: str) -> Secret | None:
        """The token of a workspace; None where no key opens it, or it was changed, or is another's."""
        try:
            owner, _, token = self._keys.decrypt(sealed.encode()).decode().partition(" ")
        except InvalidToken:
            return None
        return Secret(token) if owner == workspace else None

    def close_anew(self, sealed: str) -> str | None:
        """The same under the first key, as it was where that sealed it; None where no key opens it."""
        try:
            self._first.decrypt(sealed.encode())
        except InvalidToken:
            pass
        else:
            return sealed
        try:
            return self._keys.rotate(sealed.encode()).decode()
        except InvalidToken:
            return None
