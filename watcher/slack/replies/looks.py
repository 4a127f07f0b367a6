"""What a look at a register brought, in lines."""

from __future__ import annotations

from notifiers.said.account import Line
from notifiers.said.doubts import held_said, message_said
from notifiers.said.printed import clean, clip
from notifiers.said.row import missing_lines
from state.model import Cause
from watcher.look.health import unnamed
from watcher.look.record import Checked
from watcher.slack.replies.asked import Asked, event_items
from watcher.slack.replies.reply import plain

MOST = 20


def look_items(asked: Asked, checked: Checked) -> tuple[tuple[Line, ...], ...]:
    """What a look brought: its events, or that nothing changed, and what it holds back."""
    run = checked.run
    held = tuple(
        (plain(asked.say("source_held", what=clip(clean(what), 200))),)
        for what in held_said(run, asked.lang)[:MOST]
    )
    if not run.believed:
        message = clip(clean(unnamed(message_said(run, asked.lang), run.source)), 300)
        return ((plain(asked.say("scrape_bad", message=message)),), *held)
    first = [event for event in checked.events if event.cause is Cause.BASELINE]
    brought = [event for event in checked.events if event.cause is not Cause.BASELINE]
    items: list[tuple[Line, ...]] = []
    if first:
        items.append((plain(asked.count("recorded", len(first))),))
    brought.sort(key=lambda event: -event.weight.rank)
    items += event_items(brought[:MOST], asked)
    items += [(plain(f"⚠️ {line}"),) for line in missing_lines(checked.missing, asked.lang)]
    if not items and not held:
        items.append((plain(asked.say("scrape_nothing")),))
    return (*items, *held)
