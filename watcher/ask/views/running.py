"""Who runs what, as JSON: for whoever watches the watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from state.codec import instant_text, maybe_instant_text

if TYPE_CHECKING:
    from watcher.ask.watch.running import Process, Running


def running_json(found: Running) -> dict[str, Any]:
    """Parts and what is held, each with its processes; sources that nobody looks at, and the oldest debt."""
    return {
        "parts": {part: [_process(one) for one in each] for part, each in found.parts.items()},
        "held": {name: _process(one) if one else None for name, one in found.held.items()},
        "overdue": list(found.overdue),
        "oldest": maybe_instant_text(found.oldest),
    }


def _process(one: Process) -> dict[str, Any]:
    return {"machine": one.machine, "process": one.process, "until": instant_text(one.until)}
