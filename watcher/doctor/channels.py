"""`vigilabel doctor slack`, and any other kind of channel: whether it can be reached, and what to fix; and
`vigilabel doctor channels`, which sends a test message to each channel that the settings name."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

from notifiers.channels import ChannelKind, kind_of, named_kind
from notifiers.notifier import DeliveryError, Probe
from state.file.errors import StoreError
from state.model import Reason, day_of
from state.owed import subscriptions
from state.words.post import Message, Notice, workspace_of
from state.workspaces import installations
from watcher.call import Call, print_line, working
from watcher.doctor.probes import fail_of, show, show_all

if TYPE_CHECKING:
    from notifiers.notifier import NamedChannel
    from state.file.store import Store
    from state.workspaces.installations import Installation
    from watcher.app import App

logger = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds in which a named channel has to show what becomes of a test message."""
TEST = Reason.of("probe_test")


def examine_channels(call: Call, kind: ChannelKind, form: str) -> None:
    """Prints what was found; fails when something must be fixed."""
    probes = list(kind.load().probe(call.app.means, _in_use(call, kind)))
    if kind.name == "slack":
        probes += workspaces(call.app)
    show_all(call, form, kind.name, probes)


def examine_named(call: Call, form: str, names: Sequence[str]) -> None:
    """Sends a test message to each of these channels, all at once, and prints what became of it; fails when
    one did not take it."""
    with working(call, "testing", channels=", ".join(names)):
        found = examined(call, names, PATIENCE)
    show(call, form, [(name, probe) for name in names for probe in found[name]])
    if not names and form != "json":
        print_line(call.to.say("told.no_named_channel"))
    fail_of(call, "channels", [name for name in names if any(one.good is False for one in found[name])])


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


def _in_use(call: Call, kind: ChannelKind) -> Sequence[str]:
    """The channels of a kind that operators or somebody who subscribed listen to; of Slack, those that the
    token of the settings reaches."""
    used = {call.app.settings.operators}
    try:
        with call.app.open_store(create=False) as store:
            used |= {one.channel for one in subscriptions.subscriptions(store)}
    except StoreError:
        pass  # no memory yet: only the channels of subscriptions are unknown
    # Those of workspaces that installed the app have tokens of their own: they are told one by one.
    own = (channel for channel in sorted(used - {""}) if not workspace_of(channel))
    return [channel for channel in own if kind_of(channel) is kind]


def workspaces(app: App) -> Iterator[Probe]:
    """Each workspace that installed the app: what it follows and where it hears of trouble, or why it cannot
    be reached; from the memory, asking nobody."""
    if not app.settings.many_workspaces:
        return
    where = Reason.of("workspaces_at", address=f"{app.settings.address}/slack/install")
    yield Probe(what=Reason.of("probe_workspaces"), good=True, found=where)
    try:
        with app.open_store(create=False) as store:
            yield from [_workspace(app, store, one) for one in installations.everyone(store)]
    except StoreError:
        return  # no memory yet: nobody installed anything


def _workspace(app: App, store: Store, one: Installation) -> Probe:
    what = Reason.of("probe_workspace", name=one.name, workspace=one.id)
    if one.state != "active":
        why = one.reasons[0] if one.reasons else Reason.of("workspace_shut", workspace=one.name)
        fix = Reason.of("fix_workspace", address=f"{app.settings.address}/slack/install")
        return Probe(what=what, good=None, found=why, fix=fix)
    if app.workspaces.seal.open(one.id, one.sealed) is None:
        return Probe(what=what, good=False, found=Reason.of("workspace_sealed"), fix=Reason.of("fix_seal"))
    channels = subscriptions.channels_of(store, one.id)
    followed = sum(len(subscriptions.subscriptions(store, channel=each.id)) for each in channels)
    since = day_of(one.installed_at).isoformat()
    found = Reason.of("workspace_open", since=since, followed=followed, hears=one.hears)
    return Probe(what=what, good=True, found=found)
