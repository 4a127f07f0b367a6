"""`vigilabel doctor parts`: which processes run which part, who holds what, and what nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from watcher.call import Call, data, print_line
from watcher.doctor.probes import fail_of
from watcher.parts.named import DELIVER, PARTS, SLACK, WATCH

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from watcher.ask.watch.running import Process, Running

LATE = timedelta(hours=1)


def examine_parts(call: Call, form: str) -> None:
    """Prints who runs what; fails where nobody looks or delivers although something is due."""
    from watcher.ask.views.form import json_of
    from watcher.ask.watch.running import running
    from watcher.said.drawn.table import json_text

    with call.app.open_store(create=False) as store:
        found = running(store, call.app.sources, PARTS, call.clock())
    late = found.oldest is not None and call.clock() - found.oldest > LATE
    if form == "json":
        data(json_text([json_of(found)]) + "\n")
    else:
        for line in _lines(found, call.to.say, late=late):
            print_line(line)
    fail_of(call, "parts", [part for part, wrong in ((WATCH, found.overdue), (DELIVER, late)) if wrong])


def _lines(found: Running, say: Voice, *, late: bool) -> Iterator[str]:
    for part, each in found.parts.items():
        who = _all(each, say) if each else say("parts.nobody")
        yield say("parts.runs", part=part, what=say.each("part", part), who=who)
    for name, one in found.held.items():
        # A socket that nobody holds is told where somebody should: without it no click on Slack arrives.
        if one is not None or (name == "socket" and found.parts[SLACK]):
            yield say("parts.holds", what=say.each("held", name), who=_all([one] if one else [], say))
    if found.overdue:
        yield say("parts.overdue", sources=", ".join(found.overdue))
    if late and found.oldest is not None:
        yield say("parts.oldest", since=found.oldest)


def _all(each: Sequence[Process], say: Voice) -> str:
    told = [say("parts.process", machine=one.machine, process=str(one.process)) for one in each]
    return say("phrase.semicolon").join(told) or say("parts.nobody")
