"""`vigilabel doctor state`: what keeps the memory, who is at it, what is wrong with it, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.notifier import Probe
from notifiers.said.voice import voice
from state.file.errors import StoreError
from state.file.opening import examined
from state.model import Reason
from watcher.call import Call, data, print_line
from watcher.doctor.channels import text_of, worded_probe
from watcher.errors import Failed

if TYPE_CHECKING:
    from state.file.found import Finding


def examine_memory(call: Call, form: str) -> None:
    """Prints what was found; fails when something must be mended."""
    from watcher.ask.views.form import each_json
    from watcher.said.drawn.table import json_text

    probes = _probes(call, "en" if form == "json" else call.lang)
    if form == "json":
        data(json_text(each_json([worded_probe(one, "en") for one in probes])) + "\n")
    else:
        for probe in probes:
            print_line(text_of(worded_probe(probe, call.lang), call.to.say))
    if wrong := [worded_probe(one, call.lang).what for one in probes if one.good is False]:
        raise Failed(call.to.say("failed.to_fix", name="state", what=", ".join(wrong)))


def _probes(call: Call, lang: str) -> list[Probe]:
    found: list[Probe] = []
    try:
        # One by one: what was found before it failed is told.
        for one in examined(call.app.settings.state, call.app.wall):
            found.append(_probe(one))
    except StoreError as error:
        said = voice(lang).each("store", error.code, **error.values) if error.code else str(error)
        found.append(Probe(what=Reason.of("memory_opened"), good=False, found=said))
    return found


def _probe(one: Finding) -> Probe:
    return Probe(what=one.what, good=one.good, found=one.found, fix=one.fix or "")
