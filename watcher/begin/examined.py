"""Every register and way to tell people, examined on the first day: a line each, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.channels import ChannelKind, kind_of, named_kind
from notifiers.said.reasons import all_said, worded
from watcher.doctor.report import in_short
from watcher.doctor.visit import examine

if TYPE_CHECKING:
    from notifiers.notifier import Probe
    from watcher.call import Call
    from watcher.said.told import Hearer


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of one source or kind of channel: how it is, and what to do where it must be mended."""

    name: str
    good: bool
    short: str
    advice: str = ""
    commands: tuple[str, ...] = ()


def sources_found(call: Call, to: Hearer) -> Iterator[Found]:
    """The enabled sources, asked all at once, in the order in which they are done.

    A register that does not answer takes a minute of patience: four one after the other would be four.
    """
    names = tuple(call.app.sources)
    with ThreadPoolExecutor(max(len(names), 1), thread_name_prefix="doctor") as threads:
        for done in as_completed([threads.submit(_source, call, name, to) for name in names]):
            yield done.result()


def _source(call: Call, name: str, to: Hearer) -> Found:
    examination = examine(call, name)
    findings, advice = examination.findings, examination.advice
    if findings.good:
        return Found(name=name, good=True, short=in_short(findings, to.say))
    return Found(
        name=name,
        good=False,
        short=in_short(findings, to.say),
        advice=all_said(advice.said, to.lang, " "),
        commands=tuple(worded(command, to.lang) for command in advice.commands),
    )


def channels_found(call: Call, channels: Sequence[str], to: Hearer) -> Iterator[Found]:
    """The kinds of these channels, and those that the settings name, each with the probe that went wrong
    first."""
    named = call.app.settings.channels
    for channel in sorted(named.keys() & set(channels)):
        means = replace(call.app.means, named=named[channel])
        probes = named_kind(named[channel].kind).load().probe(means, [channel])
        yield _kind(channel, [one for one in probes if one.good is False], to)
    of_kind: dict[str, tuple[ChannelKind, list[str]]] = {}
    for channel in filter(None, set(channels) - named.keys()):
        kind = kind_of(channel)
        of_kind.setdefault(kind.name, (kind, []))[1].append(channel)
    for kind, used in of_kind.values():
        probes = kind.load().probe(call.app.means, sorted(set(used)))
        yield _kind(kind.name, [one for one in probes if one.good is False], to)


def _kind(name: str, wrong: Sequence[Probe], to: Hearer) -> Found:
    if not wrong:
        return Found(name=name, good=True, short=to.say("begin.channel_good"))
    what, found, fix = (worded(one, to.lang) for one in (wrong[0].what, wrong[0].found, wrong[0].fix))
    return Found(name=name, good=False, short=f"{what}{to.say('phrase.colon')}{found}", advice=fix)
