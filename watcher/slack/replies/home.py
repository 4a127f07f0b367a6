"""The Home tab of the app: a member's subscriptions by channel, the race, the sources. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.said.voice import clean, clip
from notifiers.slack.kit import Block, context, header, mrkdwn, rich, section
from state.owed import subscriptions
from watcher.ask.standing import race as racing
from watcher.ask.watch import watched
from watcher.said.condition import source_item
from watcher.said.standing.race import race_items
from watcher.said.told import plain
from watcher.said.wish import WORDS, suspended_note, wish_text
from watcher.slack.reply import spaced

if TYPE_CHECKING:
    from state.words.post import Subscription
    from watcher.slack.desk import Asked

MOST = 20
"""Subscriptions shown; a Home tab takes a hundred blocks (https://docs.slack.dev/surfaces/app-home)."""


def home_view(asked: Asked) -> dict[str, Any]:
    """What a member sees in the Home tab of the app."""
    found = [asked.provider(name)[0] for name in racing.USUAL]
    race = race_items(racing.race(asked.archive, list(dict.fromkeys(found))), asked.to)
    health = [source_item(one, asked.to) for one in watched.health(asked.archive)]
    blocks = [header(asked.say("slack.home_head")), *_subscriptions(asked), {"type": "divider"}]
    blocks += [header(asked.say("race.head")), *rich(spaced(race)), {"type": "divider"}]
    blocks += [header(asked.say("slack.home_sources")), *rich(spaced(health))]
    blocks.append(context(asked.say("slack.home_at", when=asked.archive.now)))
    return {"type": "home", "blocks": blocks}


def _subscriptions(asked: Asked) -> list[Block]:
    own = subscriptions.subscriptions(asked.archive.store, by=asked.user)
    if not own:
        return rich([plain(asked.say("slack.home_none"))])
    blocks = [_subscription(asked, one) for one in own[:MOST]]
    if len(own) > MOST:
        blocks.append(context(asked.say.count("slack.others", len(own) - MOST)))
    return blocks


def _subscription(asked: Asked, one: Subscription) -> Block:
    """A subscription, with its channel as a link; printed words stay words."""
    words = clip(clean(" ".join(one.words)), WORDS)
    facts = [asked.say("wish.line", number=one.id, words=words)]
    facts.append(clip(wish_text(one, asked.archive.reviewed, asked.to), 600))
    if one.paused_until and one.paused_until > asked.archive.now:
        facts.append(asked.say("wish.paused_until", when=one.paused_until))
    known = subscriptions.channel(asked.archive.store, one.channel)
    if known.state == "suspended":
        facts.append(suspended_note(known, asked.to))
    place = asked.places(one.channel)
    where = asked.say("slack.home_channel", channel=place) if place else mrkdwn(one.channel)
    text = "\n".join((where, *(mrkdwn(fact) for fact in facts)))
    # A section takes 3,000 characters (https://docs.slack.dev/reference/block-kit/blocks/section-block).
    return section(clip(text, 2_900))
