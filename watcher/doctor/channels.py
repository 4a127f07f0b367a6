"""`vigilabel doctor slack`, and any other kind of channel: whether it can be reached, and what to fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.channels import ChannelKind, kind_of
from watcher.call import Call, data, print_line
from watcher.errors import Failed

if TYPE_CHECKING:
    from notifiers.notifier import Probe
    from notifiers.said.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """A probe in words."""

    what: str
    good: bool | None
    found: str
    fix: str


def examine_channels(call: Call, kind: ChannelKind, form: str) -> None:
    """Prints what was found; fails when something must be fixed."""
    from watcher.ask.views.form import each_json
    from watcher.said.drawn.table import json_text

    probes = tuple(kind.load().probe(call.app.means, _in_use(call, kind)))
    english = [_worded(probe, "en") for probe in probes]
    if form == "json":
        data(json_text(each_json(english)) + "\n")
    else:
        for probe in probes:
            print_line(_text(_worded(probe, call.lang), call.to.say))
    if wrong := [_worded(one, call.lang).what for one in probes if one.good is False]:
        raise Failed(call.to.say("failed.to_fix", name=kind.name, what=", ".join(wrong)))


def _worded(probe: Probe, lang: str) -> Probed:
    from watcher.doctor.examination import worded

    what, found, fix = (worded(one, lang) for one in (probe.what, probe.found, probe.fix))
    return Probed(what=what, good=probe.good, found=found, fix=fix)


def _text(told: Probed, say: Voice) -> str:
    from notifiers.said.printed import clean

    mark = "-" if told.good is None else say("probe.good") if told.good else say("probe.wrong")
    line = f"{mark:5}  {told.what}{say('phrase.colon')}{clean(told.found)}"
    return line + (f"\n       -> {told.fix}" if told.fix else "")


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
