"""`vigilabel doctor slack`, and any other kind of channel: whether it can be reached, and what to fix."""

from __future__ import annotations

from collections.abc import Sequence

import click

from notifiers.channels import ChannelKind, kind_of
from watcher.call import Call, data
from watcher.errors import Failed

MARKS = {True: "ok", False: "WRONG", None: "-"}


def examine_channels(call: Call, kind: ChannelKind, form: str) -> None:
    """Prints what was found; fails when something must be fixed."""
    from notifiers.said.printed import clean
    from watcher.ask.views.form import each_json
    from watcher.said.table import json_text

    probes = tuple(kind.load().probe(call.app.means, _in_use(call, kind)))
    if form == "json":
        data(json_text(each_json(probes)) + "\n")
    else:
        for probe in probes:
            click.echo(f"{MARKS[probe.good]:5}  {probe.what}: {clean(probe.found)}")
            if probe.fix:
                click.echo(f"       -> {probe.fix}")
    if wrong := [probe.what for probe in probes if probe.good is False]:
        raise Failed(f"{kind.name}: to be fixed: {', '.join(wrong)}")


def _in_use(call: Call, kind: ChannelKind) -> Sequence[str]:
    """The channels of a kind that operators or somebody who subscribed listen to."""
    from state.file.errors import StoreError
    from state.owed import subscriptions

    used = {call.app.settings.operators}
    try:
        with call.app.open_store(create=False) as store:
            used |= {one.channel for one in subscriptions.subscriptions(store)}
    except StoreError:
        pass  # no memory yet: only the channels of subscriptions are unknown
    return [channel for channel in sorted(used - {""}) if kind_of(channel) is kind]
