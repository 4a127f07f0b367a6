"""Commands that ask what was seen: find, history, compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

import click

from watcher.call import Call, as_typed, pass_call, say, say_unlisted, show, sources_of
from watcher.commands.typed.values import Day, Labels, OneOf, country_option, format_option

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from state.model import Event
    from state.seen.editions import Edition
    from state.words.post import Retraction
    from watcher.ask.archive import Archive
    from watcher.ask.news.joined import Joined
    from watcher.said.told import Hearer, Item

LINES, ENDS = 20, 6
"""Lines of a look, or of a label, in a terminal, and those about ends; JSON and CSV hold the rest as well."""


@click.command()
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option(
    "--in",
    "only",
    type=OneOf(["providers", "services", "decisions", "labels", "events"]),
    metavar="GROUP",
    help="All of providers, services, decisions, labels or events [a few of each].",
)
@format_option
@pass_call
def find(call: Call, words: tuple[str, ...], only: str | None, form: str) -> None:
    """Find providers, services, decisions, labels and events.

    What is found has every WORD, whole, whatever its case, accents and legal form: a name, a product, the
    number of a decision (2057, 2025_2057) or certificate (36741-6). Providers come first, with where they
    stand. Names like it are offered where nothing is found.
    """
    from state import search
    from state.seen.taken_back.retractions import retractions
    from watcher.ask.find.found import Group, Window
    from watcher.ask.find.found import find as found_in
    from watcher.ask.views.hits import Hit, hit_views
    from watcher.said.found import found_told, hints

    window = Window(only=Group(only), most=search.MOST) if only else Window()
    with call.archive() as archive:
        found = found_in(archive, " ".join(words), window)
        retracted = retractions(archive.store, [event.id for event in found.events])
    told = found_told(found, call.to, retracted)
    show(form, lambda: list(hit_views(found)), Hit, lambda: told)
    say(*(told.foot if form == "table" else hints(found, call.to)))


@click.command()
@click.option(
    "--provider", "names", multiple=True, metavar="P", help="A name, as in `subscribe`; repeatable."
)
@click.option("--label", "labels", type=Labels(together=True), metavar="L", help="A label, or `eidas`.")
@click.option(
    "--kind", "kinds", multiple=True, metavar="K", help="A kind of event, such as lost; repeatable."
)
@click.option("--source", "sources", multiple=True, metavar="S", help="A source; repeatable.")
@country_option
@click.option("--since", type=Day(), metavar="D", help="Seen on this day (Paris) or later.")
@click.option("--until", type=Day(), metavar="D", help="Seen on this day (Paris) or earlier.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The newest N events; N lines.")
@format_option
@pass_call
def history(
    call: Call,
    names: tuple[str, ...],
    labels: tuple[str, ...] | None,
    kinds: tuple[str, ...],
    sources: tuple[str, ...],
    countries: tuple[str, ...],
    since: date | None,
    until: date | None,
    limit: int | None,
    form: str,
) -> None:
    """Show what happened, newest first in every format.

    The table tells each look as a whole, its weightiest events first, and counts the rest; event by event
    where a provider, a label or a kind is asked for. JSON and CSV hold every event, or the newest N.
    """
    from state.seen.taken_back.retractions import retractions
    from watcher.ask.history import history as happened
    from watcher.ask.views import events as views
    from watcher.said.news.looks import history_told

    kinds = tuple(_kind(kind, call.to.say) for kind in kinds)  # mistyped, it needs no memory to be told
    named = [call.source(name).name for name in sources]
    whole = form == "table" and not (names or labels or kinds)
    with call.archive() as archive:
        among = sources_of(archive, countries, named, call.to)
        span: Span = {"sources": among, "since": since, "until": until}
        gone = retractions(archive.store)
        found: tuple[Event, ...] = ()
        if whole:  # told by what the memory counts: no event is opened but the few that are shown
            items = _looks(archive, span, limit, gone, call.to)
        else:
            found = happened(archive, names=names, labels=labels, kinds=kinds or None, limit=limit, **span)
            items = _one_by_one(archive, found, labels or (), gone, call.to) if form == "table" else ()
        unknown = [name for name in names if not archive.names.meant(name)]
        say_unlisted(archive, unknown, call.to)
    told = history_told(items, call.to, unknown=unknown)
    show(form, lambda: views.event_views(found, gone), views.Event, lambda: told)


class Span(TypedDict):
    """Which looks a history is of."""

    sources: Sequence[str] | None
    since: date | None
    until: date | None


def _one_by_one(
    archive: Archive,
    events: Sequence[Event],
    labels: Sequence[str],
    retracted: Mapping[int, Retraction],
    to: Hearer,
) -> tuple[Item, ...]:
    """The events look by look, with what they were for labels together where those are asked for."""
    from state.words.labels import TOGETHER
    from watcher.ask.news.looks import by_look
    from watcher.said.news.event import event_items

    besides: Mapping[int, Sequence[Joined]] = {}
    if TOGETHER.keys() & labels:  # few ask for both: what knows how they come together is loaded for them
        from watcher.ask.news.joined import joined

        besides = joined(archive.store, labels, events)
    return event_items((event for own in by_look(events) for event in own), to, retracted, besides)


def _looks(
    archive: Archive, span: Span, limit: int | None, retracted: Mapping[int, Retraction], to: Hearer
) -> tuple[Item, ...]:
    from watcher.ask.news.looks import Size, every_look
    from watcher.said.news.looks import look_item

    size = Size(lines=LINES, ends=ENDS)
    looks = every_look(archive.store, size, apart=retracted, lines=limit, **span)
    return tuple(look_item(one, to, retracted) for one in looks)


def _kind(text: str, say: Voice) -> str:
    from state.model import Kind
    from state.words.meant import kind_meant

    kind = kind_meant(text)
    if kind is None:
        known = say("usage.kind", found=as_typed(text, say), known=", ".join(Kind))
        raise click.BadParameter(known, param_hint="--kind")
    return kind.value


class Which(click.ParamType[int | date]):
    """An edition: the number of a look at it, or a day."""

    name = "edition"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | date:
        """The number or the day, or a usage error."""
        if isinstance(value, int | date):
            return value
        number = value.lstrip("#")
        return int(number) if number.isascii() and number.isdecimal() else Day().convert(value, param, ctx)


@click.command()
@click.argument("one", metavar="A", type=Which())
@click.argument("other", metavar="B", type=Which())
@click.option("--source", metavar="S", help="The source, where several have editions of these days.")
@format_option
@pass_call
def compare(call: Call, one: int | date, other: int | date, source: str | None, form: str) -> None:
    """Show what differs between two editions of a source.

    A and B are numbers of looks (as `scrape` and `evidence` print them), or days: the edition of that day,
    else the last one before. The earlier edition comes first, however they are named. What came and went in
    between is no difference; the numbers beside a line are those of the events that brought it about.
    """
    from watcher.ask.news import editions
    from watcher.ask.news.looks import Size
    from watcher.ask.views.compared import Difference, difference_views
    from watcher.said.news.looks import compared_told

    with call.archive() as archive:
        stating = editions.stating(archive)
        sources = [call.source(source).name] if source else list(stating)
        if not set(sources) <= set(stating):
            raise click.BadParameter(call.to.say("usage.no_rows", source=source), param_hint="--source")
        found = editions.pairs(archive, sources, one, other)
        if len(found) != 1:
            raise click.BadParameter(_which(found, call.to.say), param_hint="A B")
        compared = editions.compared(archive, *found[0])
        parts = editions.as_looks(archive, compared, Size(lines=LINES))
    show(
        form,
        lambda: list(difference_views(compared)),
        Difference,
        lambda: compared_told(compared, parts, call.to),
    )


def _which(found: Sequence[tuple[Edition, Edition]], say: Voice) -> str:
    if not found:
        return say("usage.no_edition")
    return say("usage.editions_of", sources=", ".join(first.source for first, _ in found))


COMMANDS = (find, history, compare)
