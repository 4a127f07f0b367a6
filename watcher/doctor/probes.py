"""Probes as people and programs read them; and `vigilabel doctor state`: what keeps the memory, who is at it,
what is wrong with it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from notifiers.notifier import Probe
from notifiers.said.reasons import worded
from notifiers.said.voice import clean, voice
from state.file.errors import StoreError
from state.file.opening import examined
from state.model import Reason
from watcher.call import Call, data, print_line
from watcher.errors import Failed

if TYPE_CHECKING:
    from notifiers.said.voice import Voice


def show(call: Call, form: str, found: Sequence[tuple[str, Probe]]) -> None:
    """Prints probes, each with the name of the channel that it is of, "" where it is of none."""
    if form == "json":
        from watcher.said.drawn.table import json_text

        data(json_text([_json(name, probe) for name, probe in found]) + "\n")
        return
    width = max((len(name) for name, _ in found), default=0)
    for name, probe in found:
        print_line(_text(f"{name:{width}}  " if name else "", probe, call.to.say))


def _json(name: str, probe: Probe) -> dict[str, str | bool | None]:
    what, found, fix = (worded(one, "en") for one in (probe.what, probe.found, probe.fix))
    named = {"channel": name} if name else {}
    return {**named, "what": what, "good": probe.good, "found": found, "fix": fix}


def _text(of: str, probe: Probe, say: Voice) -> str:
    """A probe as people read it, on a line of its own, and what to do on the next."""
    what, found, fix = (worded(one, say.lang) for one in (probe.what, probe.found, probe.fix))
    mark = "-" if probe.good is None else say("probe.good") if probe.good else say("probe.wrong")
    line = f"{mark:5}  {of}{what}{say('phrase.colon')}{clean(found)}"
    return line + (f"\n       -> {fix}" if fix else "")


def show_all(call: Call, form: str, name: str, probes: Sequence[Probe]) -> None:
    """Prints what was found of one thing; fails when something of it must be fixed."""
    show(call, form, [("", probe) for probe in probes])
    fail_of(call, name, [worded(one.what, call.lang) for one in probes if one.good is False])


def fail_of(call: Call, name: str, wrong: Sequence[str]) -> None:
    """Fails, saying what is to be fixed, where anything is."""
    if wrong:
        raise Failed(call.to.say("failed.to_fix", name=name, what=", ".join(wrong)))


def examine_memory(call: Call, form: str) -> None:
    """Prints what was found of the memory; fails when something must be mended."""
    show_all(call, form, "state", tuple(_of_memory(call, "en" if form == "json" else call.lang)))


def _of_memory(call: Call, lang: str) -> Iterator[Probe]:
    try:
        # One by one: what was found before it failed is told.
        for one in examined(call.app.settings.state, call.app.wall):
            yield Probe(what=one.what, good=one.good, found=one.found, fix=one.fix or "")
    except StoreError as error:
        said = voice(lang).each("store", error.code, **error.values) if error.code else str(error)
        yield Probe(what=Reason.of("memory_opened"), good=False, found=said)
