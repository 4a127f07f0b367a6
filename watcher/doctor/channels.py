"""`vigilabel doctor slack`, and any other kind of channel: whether it can be reached, and what to fix; and
`vigilabel doctor channels`, which sends a test message to each channel that the settings name."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Thread
from typing import TYPE_CHECKING

from notifiers.channels import ChannelKind, kind_of, named_kind
from notifiers.notifier import DeliveryError, Probe
from state.model import Reason
from state.words.post import Message, Notice, workspace_of
from watcher.call import Call, data, print_line, working
from watcher.doctor.workspaces import workspaces
from watcher.errors import Failed

if TYPE_CHECKING:
    from notifiers.notifier import NamedChannel
    from notifiers.said.voice import Voice

logger = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds in which a named channel has to show what becomes of a test message."""
TEST = Reason.of("probe_test")


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
    if kind.name == "slack":
        probes = (*probes, *workspaces(call.app))
    english = [worded_probe(probe, "en") for probe in probes]
    if form == "json":
        data(json_text(each_json(english)) + "\n")
    else:
        for probe in probes:
            print_line(text_of(worded_probe(probe, call.lang), call.to.say))
    if wrong := [worded_probe(one, call.lang).what for one in probes if one.good is False]:
        raise Failed(call.to.say("failed.to_fix", name=kind.name, what=", ".join(wrong)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedChannel:
    """A probe of one named channel in words."""

    channel: str
    what: str
    good: bool | None
    found: str
    fix: str


def examine_named(call: Call, form: str, names: Sequence[str]) -> None:
    """Sends a test message to each of these channels, all at once, and prints what became of it; fails when
    one did not take it."""
    from watcher.ask.views.form import each_json
    from watcher.said.drawn.table import json_text

    with working(call, "testing", channels=", ".join(names)):
        found = examined(call, names, PATIENCE)
    if form == "json":
        told = [
            ProbedChannel(channel=name, what=one.what, good=one.good, found=one.found, fix=one.fix)
            for name in names
            for one in (worded_probe(probe, "en") for probe in found[name])
        ]
        data(json_text(each_json(told)) + "\n")
    else:
        for name in names:
            for probe in found[name]:
                print_line(
                    text_of(worded_probe(probe, call.lang), call.to.say, f"{name:{max(map(len, names))}}  ")
                )
        if not names:
            print_line(call.to.say("told.no_named_channel"))
    if wrong := [name for name in names if any(one.good is False for one in found[name])]:
        raise Failed(call.to.say("failed.to_fix", name="channels", what=", ".join(wrong)))


def examined(call: Call, names: Sequence[str], patience: float) -> Mapping[str, list[Probe]]:
    """What was found of each channel within this time; whoever was silent for so long is said to be.

    In threads that nobody waits for when the program ends: one silent server must not keep what others said.
    """
    done: queue.Queue[tuple[str, Probe | None]] = queue.Queue()
    for name in names:
        named = call.app.settings.channels[name]
        Thread(target=_examine, args=(call, named, done), name=f"doctor {name}", daemon=True).start()
    found: dict[str, list[Probe]] = {name: [] for name in names}
    left, end = set(names), time.monotonic() + patience
    while left and (rest := end - time.monotonic()) > 0:
        try:
            name, probe = done.get(timeout=rest)
        except queue.Empty:
            break
        if probe is None:
            left.discard(name)
        else:
            found[name].append(probe)
    for name in left:
        silent = Reason.of("test_silent", seconds=int(patience))
        found[name].append(Probe(what=TEST, good=False, found=silent, fix=Reason.of("fix_again")))
    return found


def _examine(call: Call, named: NamedChannel, done: queue.Queue[tuple[str, Probe | None]]) -> None:
    try:
        for probe in _probes(call, named):
            done.put((named.name, probe))
    except Exception as error:
        # The boundary of one channel: a bug in its notifier must not hide what was found of the others.
        logger.exception("the notifier of %s failed", named.name)
        fault = Reason.of("notifier_fault", fault=type(error).__name__)
        done.put((named.name, Probe(what=TEST, good=False, found=fault)))
    finally:
        done.put((named.name, None))


def _probes(call: Call, named: NamedChannel) -> Iterator[Probe]:
    """What a kind finds of its channel; then a test message, where it sent none and found nothing wrong."""
    told = []
    for probe in named_kind(named.kind).load().probe(replace(call.app.means, named=named), [named.name]):
        told.append(probe)
        yield probe
    if not any(one.what == TEST or one.good is False for one in told):
        yield _tried(call, named)


def _tried(call: Call, named: NamedChannel) -> Probe:
    """What became of a test message that went the way of all messages."""
    at, lang = call.clock(), call.app.settings.lang
    notice = Notice(id=0, kind="test", subject=named.name, text="", at=at)
    message = Message(key=f"test {at.isoformat()}", channel=named.name, lang=lang, notices=(notice,))
    notifier = call.app.notifier_of(named.name)
    try:
        missed = notifier.send(message).missed
        shown = notifier.find(message)
    except DeliveryError as error:
        return Probe(what=TEST, good=False, found=error.reason, fix=Reason.of("fix_channel_setting"))
    if missed:
        return Probe(what=TEST, good=False, found=missed[0], fix=Reason.of("fix_channel_setting"))
    return Probe(what=TEST, good=True, found=Reason.of("test_shown" if shown else "test_taken"))


def worded_probe(probe: Probe, lang: str) -> Probed:
    """A probe in the words of a language."""
    from watcher.doctor.examination import worded

    what, found, fix = (worded(one, lang) for one in (probe.what, probe.found, probe.fix))
    return Probed(what=what, good=probe.good, found=found, fix=fix)


def text_of(told: Probed, say: Voice, of: str = "") -> str:
    """A probe as people read it, on a line of its own, and what to do on the next."""
    from notifiers.said.voice import clean

    mark = "-" if told.good is None else say("probe.good") if told.good else say("probe.wrong")
    line = f"{mark:5}  {of}{told.what}{say('phrase.colon')}{clean(told.found)}"
    return line + (f"\n       -> {told.fix}" if told.fix else "")


def _in_use(call: Call, kind: ChannelKind) -> Sequence[str]:
    """The channels of a kind that operators or somebody who subscribed listen to; of Slack, those that the
    token of the settings reaches."""
    from state.file.errors import StoreError
    from state.owed import subscriptions

    used = {call.app.settings.operators}
    try:
        with call.app.open_store(create=False) as store:
            used |= {one.channel for one in subscriptions.subscriptions(store)}
    except StoreError:
        pass  # no memory yet: only the channels of subscriptions are unknown
    own = (channel for channel in sorted(used - {""}) if not workspace_of(channel))
    return [channel for channel in own if kind_of(channel) is kind]
