"""Where a workspace that installed the app hears of its own trouble."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.notifier import DeliveryError
from notifiers.said.voice import Line, Span
from state.names import print_key
from state.words.post import bare, is_member, workspace_of
from state.workspaces import installations
from watcher.errors import Mistyped
from watcher.said.told import plain
from watcher.slack.reply import Reply

if TYPE_CHECKING:
    from state.workspaces.installations import Installation
    from watcher.slack.command import Command
    from watcher.slack.desk import Asked

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
