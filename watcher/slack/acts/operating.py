"""What operators may do from Slack, and who is one: approve a held reading, keep it held, retract an event;
and where those of a workspace that installed the app hear of its own trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError
from notifiers.said.voice import Line, Span
from state.names import print_key
from state.seen.events import log
from state.seen.looks import runs
from state.words.post import bare, is_member, workspace_of
from state.workspaces import installations
from watcher.errors import Mistyped, NothingToApprove, Overtaken
from watcher.look import check
from watcher.look.record import Watch
from watcher.said.news import look as told_of
from watcher.said.told import plain
from watcher.slack.command import Command, number_of_word
from watcher.slack.reply import Reply
from watcher.tell import recall

if TYPE_CHECKING:
    from state.model import Run
    from state.workspaces.installations import Installation
    from watcher.slack.desk import Asked, Desk


def permit(desk: Desk, user: str) -> None:
    """Nothing, when a user is a member of the operators' channel now; raises `Mistyped` otherwise."""
    # What is believed is believed for all workspaces: whoever runs the watch decides, in theirs.
    if desk.workspace.id:
        raise Mistyped("not_owner")
    channel = desk.app.place_on_slack(desk.app.settings.operators)
    if not channel:
        raise Mistyped("no_operators")
    try:
        member = desk.workspace.has_member(channel, bare(user))
    except DeliveryError as error:
        raise Mistyped("members_unread", why=error.reason) from None
    if not member:
        raise Mistyped("not_operator")


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


HERE, NOWHERE = frozenset({"ici", "here"}), frozenset({"aucun", "none", "off"})


def operators_reply(asked: Asked, command: Command) -> Reply:
    """Names this channel as the one of the workspace's operators, or says which it is; who installed the app
    may, and whoever is in that channel."""
    said = print_key(" ".join(command.words))
    known = installations.find(asked.archive.store, workspace_of(asked.channel))
    if known is None:
        return _of_the_settings(asked)
    if not said:
        return _shown(asked, known)
    if said not in HERE | NOWHERE:
        raise Mistyped("bad_operators")
    if bare(asked.user) != known.installer and not _among(asked, known):
        raise Mistyped("not_installer")
    chosen = bare(asked.channel) if said in HERE else ""
    store = asked.archive.store
    with store.transaction():  # read again: somebody may have installed it anew meanwhile
        known = installations.find(store, known.id) or known
        kept = installations.save(store, replace(known, operators=chosen))
    before = asked.undo("operators none") if said in HERE and not known.operators else None
    return replace(_shown(asked, kept), buttons=(before,) if before else ())


def _among(asked: Asked, known: Installation) -> bool:
    """Whether who asks is in the channel that there is now; raises `Mistyped` where nobody can tell."""
    if not known.operators or is_member(known.operators):
        return False
    try:
        return asked.has_member(known.operators, bare(asked.user))
    except DeliveryError as error:
        raise Mistyped("members_unread", why=error.reason) from None


def _shown(asked: Asked, known: Installation) -> Reply:
    key = "slack.operators_channel" if known.operators else "slack.operators_installer"
    return _said(asked, asked.say("slack.operators_here"), _mention(asked.say(key), known.hears))


def _of_the_settings(asked: Asked) -> Reply:
    place = asked.places(asked.operators)
    told = asked.say("slack.operators_channel" if place else "slack.operators_unset")
    line = _mention(told, place) if place else plain(told)
    return _said(asked, asked.say("slack.operators_settings"), line)


def _said(asked: Asked, foot: str, line: Line) -> Reply:
    return Reply(head=asked.say("slack.operators_head"), lang=asked.lang, intro=(line,), foot=(foot,))


def _mention(text: str, place: str) -> Line:
    return (Span(text=text + " "), Span(text=place, mention="user" if is_member(place) else "channel"))
