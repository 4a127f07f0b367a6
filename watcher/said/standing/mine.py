"""A list of providers that somebody pasted, each with its state: a line for each name. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from notifiers.said.named import label_name, printed
from watcher.ask.standing.race import Place
from watcher.said.standing.race import dates_text, reading_text, sign_name, together_text
from watcher.said.told import NAMES, Hearer, Item, bold, entries, lines, plain, some

if TYPE_CHECKING:
    from watcher.ask.standing.mine import Mine, Stand


def mine_items(found: Sequence[Mine], today: date, to: Hearer) -> tuple[Item, ...]:
    """A few lines for each name."""
    return tuple(
        (
            bold(printed(one.provider.name if one.provider else one.asked)),
            *lines(not_one(one, to), *_stands(one, today, to)),
        )
        for one in found
    )


def _stands(one: Mine, today: date, to: Hearer) -> Iterator[str]:
    each = [(stand.standing.label, stand_text(stand, today, to)) for stand in one.stands]
    held = [both.together for both in one.together if both.together]
    for label, text in (*each, *((both.label, together_text(both, to)) for both in held)):
        if text:
            yield to.say("mine.line", label=label_name(label, to.lang), text=text)


def stand_text(one: Stand, today: date, to: Hearer) -> str:
    """Where a provider stands with a label: "Holds: since 1 Mar 2024, until 28 Feb 2027; all activities"."""
    told = [sign_name(one.sign, to)]
    if one.standing.place is Place.HOLDS:
        told.append(dates_text(one.standing, today, to))
    if one.standing.scope:
        told.append(entries(one.standing.label, one.standing.scope, to))
    if one.also:
        told.append(to.say("mine.also_candidate"))
    told.append(reading_text(one.standing, to))
    return to.say("phrase.semicolon").join(filter(None, told))


def not_one(one: Mine, to: Hearer) -> str:
    """Why a name is not one provider, or not surely, and which ones are near; "" where it is."""
    if one.several:
        names = some([other.slug if to.terminal else other.name for other in one.several], to, NAMES)
        return to.say("mine.several_of", names=names)
    if one.provider:
        akin = some([other.slug if to.terminal else other.name for other in one.akin], to, NAMES)
        return to.say("mine.akin", names=akin) if akin else ""
    return _absent(one.close, to)


def absent_item(name: str, close: Sequence[str], to: Hearer) -> Item:
    """A name that is on no list, and names like it."""
    return (bold(printed(name)), plain(_absent(close, to)))


def _absent(close: Sequence[str], to: Hearer) -> str:
    near = to.say("name.close", names=some(close, to, NAMES)) if close else ""
    return to.say("mine.unlisted") + near
