"""The kinds of channels: one entry each, which commands, delivery and `doctor` read.

A new kind is a module (`notifiers.notifier.Maker`) and its entry here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands read this table to say what they take, and load nothing else of a channel
    from notifiers.notifier import Maker


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelKind:
    """One kind of channel: `doctor NAME` examines it.

    A channel of this kind is written as `pattern` says; `form` and `hint` tell a person how. `load` gives
    the module of its notifier, which is loaded only where something is sent or examined.
    """

    name: str
    pattern: str
    form: str
    load: Callable[[], Maker]
    hint: str = ""

    def takes(self, channel: str) -> bool:
        """Whether a channel is written as one of this kind."""
        return re.fullmatch(self.pattern, channel) is not None


def _console() -> Maker:
    from notifiers import console

    return console


def _webhook() -> Maker:
    from notifiers.slack import webhook

    return webhook


def _slack() -> Maker:
    from notifiers.slack import setup

    return setup


KINDS = (
    ChannelKind(name="console", pattern="console", form="`console`", load=_console),
    ChannelKind(name="webhook", pattern="webhook", form="`webhook`", load=_webhook),
    ChannelKind(
        name="slack",
        pattern="[CGD][A-Z0-9]+",
        form="a Slack channel id",
        hint="such as C0123ABCD, which stays when a channel is renamed (in Slack: at the bottom of the "
        "channel's details)",
        load=_slack,
    ),
)
"""Every kind; the last one takes what is written like none of them, since settings may name any channel."""


def kind_of(channel: str) -> ChannelKind:
    return next((kind for kind in KINDS if kind.takes(channel)), KINDS[-1])


def known(channel: str) -> bool:
    """Whether a channel is written as one of some kind."""
    return any(kind.takes(channel) for kind in KINDS)
