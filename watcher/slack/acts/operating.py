"""What operators may do from Slack: approve a held reading, keep it held, retract an event."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from state.seen.events import log
from state.seen.looks import runs
from watcher.errors import Mistyped, NothingToApprove, Overtaken
from watcher.look import check
from watcher.look.record import Watch
from watcher.said.news import look as told_of
from watcher.slack.command import Command, number_of_word
from watcher.tell import recall

if TYPE_CHECKING:
    from state.model import Run
    from watcher.slack.desk import Asked
    from watcher.slack.reply import Reply


def approve_reply(asked: Asked, command: Command) -> Reply:
    """Believes a held or doubted reading, by the number of its run, with a reason."""
    number, reason = number_of_word(command.words, "no_run"), " ".join(command.words[1:]).strip()
    if not reason:
        raise Mistyped("no_reason", command=asked.to.typed("approve", number, reason=True))
    try:
        run = runs.run(asked.archive.store, number)
    except LookupError:
        raise Mistyped("unknown_run", number=str(number)) from None
    return approved(asked, run, reason)


def approved(asked: Asked, run: Run, reason: str) -> Reply:
    """What believing a reading brought; raises `Mistyped` when nothing waits there."""
    if run.source not in asked.archive.sources:
        raise Mistyped("no_source", known=", ".join(asked.archive.sources))
    source = asked.archive.sources[run.source]
    watch = Watch(store=asked.archive.store, providers=asked.archive.providers, operators=asked.operators)
    try:
        checked = check.approve(source, run, watch, reason, asked.archive.now)
    except NothingToApprove as error:
        raise Mistyped("nothing_to_approve", why=error.reason) from None
    except Overtaken:
        raise Mistyped("overtaken") from None
    return asked.reply(told_of.approved_told(run, checked, reason, asked.to), "history")


def waiting(asked: Asked, source: str, at: datetime) -> Run:
    """The reading that waits now, where it is still the one that a button spoke of.

    Later looks that wait for the same stand for it. Raises `Mistyped` when something else waits, or nothing.
    """
    found = runs.runs(asked.archive.store, source=source, since=at)
    # By its time: numbers of runs are this memory's, and a button may outlive a restore.
    first = next((run for run in found if run.at == at), None)
    if first is None:
        raise Mistyped("stale_button")
    try:
        return check.approvable(asked.archive.store, first)
    except NothingToApprove as error:
        raise Mistyped("nothing_to_approve", why=error.reason) from None


def retract_reply(asked: Asked, command: Command) -> Reply:
    """Takes back an event, by its number, with a reason; what that owes is sent by the same loop as all."""
    number, reason = number_of_word(command.words, "no_event"), " ".join(command.words[1:]).strip()
    if not reason:
        raise Mistyped("no_reason", command=asked.to.typed("retract", number, reason=True))
    try:
        event = log.event(asked.archive.store, number)
        kept = recall.retract(asked.archive.store, number, reason, asked.user, asked.archive.now)
    except LookupError:
        raise Mistyped("unknown_event", number=str(number)) from None
    told = len(recall.told(asked.archive.store, number))
    return asked.reply(told_of.retracted_told(event, kept, told, asked.to), f"why {number}")
