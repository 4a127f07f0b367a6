"""Where two registers speak of one label: what each says, and whether they contradict each other."""

from __future__ import annotations

from collections import defaultdict

from notifiers.said.account import Line
from notifiers.said.printed import clip
from notifiers.said.wording import printed, source_title
from watcher.ask.answers import Holders, Past
from watcher.ask.past.was import contradict
from watcher.slack.replies.asked import NAMES, Asked
from watcher.slack.replies.reply import plain


def other_registers(asked: Asked, past: Past) -> list[Line]:
    """What every other register of the label answers about the day, a contradiction marked."""
    return [plain(_other(asked, past, source)) for source in past.sources if source != past.source]


def _other(asked: Asked, past: Past, source: str) -> str:
    answer = past.sources[source].answer
    said = asked.say(f"also_{answer}")
    key = "also_contrary" if contradict(answer, past.finding.answer) else "also"
    return asked.say(key, source=source_title(source, asked.lang), answer=said)


def differences(asked: Asked, found: Holders) -> tuple[str, ...]:
    """Who stands in one register only, where several speak of a label; one note a register."""
    by_label: defaultdict[str, defaultdict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in found.rows:
        provider = row.known.provider
        by_label[row.known.attestation.label][row.source][provider.slug] = printed(provider.name)
    alone: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for sources in by_label.values():
        everywhere = set.intersection(*(set(names) for names in sources.values()))
        for source, names in sources.items():
            alone[source] |= {slug: name for slug, name in names.items() if slug not in everywhere}
    return tuple(_alone(asked, source, list(names.values())) for source, names in alone.items() if names)


def _alone(asked: Asked, source: str, names: list[str]) -> str:
    listed = ", ".join(clip(name, 60) for name in names[:NAMES])
    if len(names) > NAMES:
        listed += asked.say("and_more", count=len(names) - NAMES)
    return asked.say("only_in", source=source_title(source, asked.lang), names=listed)
