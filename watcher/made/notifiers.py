"""The notifiers of a process: one for each channel that the settings name and each workspace, else one of a
kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from notifiers.channels import kind_of, looks_named, named_kind
from notifiers.notifier import Unset
from state.model import Reason
from state.words.post import workspace_of

if TYPE_CHECKING:
    from notifiers.given import Secret
    from notifiers.notifier import Installed, Means, Notifier
    from watcher.settings import Settings


class Notifiers:
    """What reaches channels, made when it is first asked for; safe between threads.

    `means` is what notifiers are made of, `installed` what a workspace is reached with now.
    """

    def __init__(
        self, settings: Settings, means: Callable[[], Means], installed: Callable[[str], Installed | None]
    ) -> None:
        self._settings, self._means, self._installed = settings, means, installed
        self.known: dict[str, Notifier] = {}
        self._elsewhere: dict[str, tuple[Secret | None, Notifier]] = {}
        self._making = Lock()

    def singly(self, channel: str) -> bool:
        """Whether a channel is a program's, which takes one event at a time, in order."""
        named = self._settings.channels.get(channel)
        return named is not None and named_kind(named.kind).singly

    def of(self, channel: str) -> Notifier:
        """The notifier that reaches a channel."""
        if workspace := workspace_of(channel):
            return self._in_workspace(workspace)
        settings = self._settings
        named = settings.channels.get(channel)
        if named is None and looks_named(channel) and channel not in (settings.operators, settings.canary):
            return Unset(Reason.of("channel_unset", channel=channel))
        kind = named_kind(named.kind) if named else kind_of(channel)
        # No channel is named as a kind of those that need no name.
        own = channel if named else kind.name
        if own not in self.known:
            self.known.setdefault(own, kind.load().make(replace(self._means(), named=named)))
        return self.known[own]

    def _in_workspace(self, workspace: str) -> Notifier:
        """The notifier of the places of a workspace, with the token that it has now."""
        from notifiers.slack.notifier import make

        installed = self._installed(workspace)
        if installed is None:
            return Unset(Reason.of("workspace_unknown", workspace=workspace))
        # Kept as long as its token is the same: it has in mind which parts of messages it posted.
        with self._making:
            known = self._elsewhere.get(workspace)
            if known is None or known[0] != installed.token:
                known = (installed.token, make(replace(self._means(), installed=installed)))
                self._elsewhere[workspace] = known
        return known[1]
