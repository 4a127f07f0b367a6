"""The Home tab of the app: a member's subscriptions by channel, the race, the sources. Pure."""

from __future__ import annotations

from typing import Any

from notifiers.said.account import Line
from notifiers.said.doubts import told_or_kept
from notifiers.said.printed import clean, clip, mrkdwn
from notifiers.slack.kit import Block, context, header, rich, section
from state.owed import subscriptions
from state.words.post import Subscription
from watcher.ask import answers
from watcher.ask import race as racing
from watcher.slack.replies.asked import Asked, provider_named, time_text
from watcher.slack.replies.questions import race_items, source_item
from watcher.slack.replies.reply import plain, spaced
from watcher.slack.replies.wishes import wish_text

MOST = 20
"""Subscriptions shown; a Home tab takes a hundred blocks (https://docs.slack.dev/surfaces/app-home)."""


def home_view(asked: Asked) -> dict[str, Any]:
    """What a member sees in the Home tab of the app."""
    blocks = [header(asked.say("home_head")), *_subscriptions(asked), {"type": "divider"}]
    blocks += [header(asked.say("home_race")), *rich(spaced(_race(asked)))]
    health = [source_item(asked, one) for one in answers.health(asked.archive)]
    blocks += [{"type": "divider"}, header(asked.say("home_sources")), *rich(spaced(health))]
    blocks.append(context(asked.say("home_at", when=time_text(asked.archive.now, asked.lang))))
    return {"type": "home", "blocks": blocks}


def _subscriptions(asked: Asked) -> list[Block]:
    everyone = subscriptions.subscriptions(asked.archive.store)
    own = [one for one in everyone if one.created_by == asked.user]
    if not own:
        return rich([plain(asked.say("home_none"))])
    blocks = [_subscription(asked, one) for one in own[:MOST]]
    if len(own) > MOST:
        blocks.append(context(asked.count("others", len(own) - MOST)))
    return blocks


def _subscription(asked: Asked, one: Subscription) -> Block:
    """A subscription, with its channel as a link; printed words stay words."""
    facts = [asked.say("list_line", number=one.id, words=clip(clean(" ".join(one.words)), 120))]
    facts.append(clip(wish_text(asked, one), 600))
    if one.paused_until and one.paused_until > asked.archive.now:
        facts.append(asked.say("paused_until", when=time_text(one.paused_until, asked.lang)))
    known = subscriptions.channel(asked.archive.store, one.channel)
    if known.state == "suspended":
        reason = clip(clean(told_or_kept(known.reasons, known.reason, asked.lang)), 200)
        facts.append(asked.say("suspended_note", reason=reason))
    where = asked.say("home_channel", channel=one.channel)
    text = "\n".join((where, *(mrkdwn(fact) for fact in facts)))
    return section(clip(text, 2_900))


def _race(asked: Asked) -> list[tuple[Line, ...]]:
    found = [provider_named(asked, name)[0] for name in racing.USUAL]
    return list(race_items(asked, racing.race(asked.archive, list(dict.fromkeys(found)))))
