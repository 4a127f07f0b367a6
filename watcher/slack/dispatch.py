"""The one answer to a command, whatever door it came through; it never fails for what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.said.reasons import said
from notifiers.said.voice import capital
from watcher.errors import Mistyped
from watcher.slack.acts import wishes
from watcher.slack.acts.operating import approve_reply, operators_reply, permit, retract_reply
from watcher.slack.acts.scraping import scrape
from watcher.slack.command import CHANGING, OPERATING, Command, parse
from watcher.slack.replies.help import help_reply
from watcher.slack.replies.history import history_reply, proof_reply, why_reply
from watcher.slack.replies.mistakes import mistaken
from watcher.slack.replies.standing import (
    find_reply,
    listing_reply,
    provider_reply,
    race_reply,
    sources_reply,
    was_reply,
)
from watcher.slack.replies.unsaid import Unsaid, unsaid
from watcher.slack.reply import Answer, Reply, private

if TYPE_CHECKING:
    from watcher.slack.desk import Answering, Asked, Desk

ANSWERS: Mapping[str, Answering] = {
    "help": help_reply,
    "find": find_reply,
    "history": history_reply,
    "provider": provider_reply,
    "listing": listing_reply,
    "was": was_reply,
    "race": race_reply,
    "sources": sources_reply,
    "why": why_reply,
    "proof": proof_reply,
    "list": wishes.list_reply,
    "subscribe": wishes.subscribe_reply,
    "unsubscribe": wishes.unsubscribe_reply,
    "pause": wishes.pause_reply,
    "resume": wishes.resume_reply,
    "digest": wishes.digest_reply,
    "quiet": wishes.quiet_reply,
    "lang": wishes.lang_reply,
    "operators": operators_reply,
    "approve": approve_reply,
    "retract": retract_reply,
}
"""What answers each verb; `scrape` alone answers in two steps (`run`)."""


def answer(asked: Asked, command: Command) -> Reply:
    """The answer to a command, or what is wrong with it."""
    try:
        return ANSWERS[command.verb](asked, command)
    except Mistyped as mistake:
        return mistaken(asked, mistake, command)


def run(desk: Desk, form: Mapping[str, str], key: str) -> Answer:
    """What is sent in answer to a slash command; None where another process answers it."""
    channel, user, said = form["channel_id"], form["user_id"], form.get("text") or ""
    try:
        command, mistake = parse(said), None
    except Mistyped as mistyped:
        command, mistake = Command(verb="help"), mistyped
    with desk.asked(channel, user, create=command.verb in CHANGING) as asked:
        if mistake is not None:
            meant = unsaid(asked, said) if mistake.key == "unknown_verb" else None
            return private(answer_unsaid(asked, meant) if meant else mistaken(asked, mistake))
        if command.verb == "scrape":
            return scrape(desk, asked, command, form.get("response_url"))
        # Slack repeats a request that it believes lost, to another process even: what changes something is
        # claimed.
        if command.verb in (*CHANGING, *OPERATING) and not desk.claim(asked, key):
            return None
        return private(answered(desk, asked, command))


def answer_unsaid(asked: Asked, meant: Unsaid) -> Reply:
    """The answer to a question without a command, and how the same is followed."""
    reply = answer(asked, meant.command)
    follow = asked.say("slack.to_follow", command=asked.to.typed("subscribe", *meant.followed))
    return replace(reply, foot=(*reply.foot, follow)) if reply.command and meant.followed else reply


def answered(desk: Desk, asked: Asked, command: Command) -> Reply:
    """The answer to a command, where the member may ask for it."""
    if command.verb in OPERATING:
        try:
            permit(desk, asked.user)
        except Mistyped as refused:
            return mistaken(asked, refused)
    reply = answer(asked, command)
    if command.verb != "subscribe" or not reply.command:
        return reply
    # Asked only where something is followed from now on: to ask may join the channel.
    place = asked.places(asked.channel) or asked.channel
    why = desk.workspace.obstacle(place)
    if why is None:
        return reply
    note = asked.say("slack.out_of_reach", why=capital(said(why, asked.lang)))
    return replace(reply, foot=(note, *reply.foot), place=place)
