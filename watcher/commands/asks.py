"""Commands that ask the memory: find, history, listing, was, provider, race, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TextIO, TypedDict

import click

from watcher.call import (
    Call,
    Day,
    Labels,
    OneOf,
    as_typed,
    country_option,
    format_option,
    pass_call,
    print_line,
    provider_named,
    say,
    say_unlisted,
    show,
)

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from state.model import Event
    from state.words.post import Retraction
    from watcher.ask.archive import Archive
    from watcher.ask.news.joined import Joined
    from watcher.said.told import Hearer, Item

LINES, ENDS = 20, 6
"""Lines of a look in a terminal, and of them about ends; the rest is counted, and JSON and CSV hold it."""


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
    from watcher.ask.find.found import Group, Window
    from watcher.ask.find.found import find as found_in
    from watcher.ask.views.hits import Hit, hit_views
    from watcher.said.found import found_told, hints
    from watcher.tell.recall import retractions

    window = Window(only=Group(only), most=search.MOST) if only else Window()
    with call.archive() as archive:
        found = found_in(archive, " ".join(words), window)
        retracted = retractions(archive.store, [event.id for event in found.events])
    told = found_told(found, call.to, retracted)
    show(form, lambda: list(hit_views(found)), Hit, lambda: told)
    _say_each(told.foot if form == "table" else hints(found, call.to))


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
    from watcher.ask.views import events as views
    from watcher.said.news.looks import history_told
    from watcher.tell.recall import retractions

    kinds = tuple(_kind(kind, call.to.say) for kind in kinds)  # mistyped, it needs no memory to be told
    named = [call.source(name).name for name in sources]
    whole = form == "table" and not (names or labels or kinds)
    with call.archive() as archive:
        known = _sources_of(archive, countries, named, call.to)
        span: Span = {"sources": known, "since": since, "until": until}
        retracted = retractions(archive.store)
        found = () if whole else _events(archive, names, labels, kinds or None, span, limit)
        besides = _joined(archive, labels or (), found)
        items = _looks(archive, span, limit, retracted, call.to) if whole else ()
        unknown = [name for name in names if not archive.names.meant(name)]
        say_unlisted(archive, unknown, call.to)
    show(
        form,
        lambda: views.event_views(found, retracted),
        views.Event,
        lambda: history_told(
            items or _one_by_one(found, retracted, besides, call.to), call.to, unknown=unknown
        ),
    )


def _sources_of(
    archive: Archive, countries: Sequence[str], among: Sequence[str], to: Hearer
) -> Sequence[str] | None:
    """The sources that read the lists of some states; says of which states no list was read."""
    if not countries:
        return among or None
    from notifiers.said.named import country_name
    from state.names import HOME
    from state.seen.who import providers
    from state.seen.who.registered import sources_of

    read = {HOME, *providers.listed_states(archive.store).values()}
    for country in dict.fromkeys(countries):
        if country not in read:
            say(to.say("told.no_list_of", country=country_name(country, to.lang)))
    return sources_of(archive.store, countries, among)


class Span(TypedDict):
    """Which looks a history is of."""

    sources: Sequence[str] | None
    since: date | None
    until: date | None


def _events(
    archive: Archive,
    names: Sequence[str],
    labels: Sequence[str] | None,
    kinds: Sequence[str] | None,
    span: Span,
    limit: int | None,
) -> tuple[Event, ...]:
    from watcher.ask.history import history

    return history(archive, names=names, labels=labels, kinds=kinds, limit=limit, **span)


def _joined(
    archive: Archive, labels: Sequence[str], events: Sequence[Event]
) -> Mapping[int, Sequence[Joined]]:
    """What events were for labels together, where those are asked for."""
    from state.words.labels import TOGETHER

    if not TOGETHER.keys() >= set(labels) or not labels:
        return {}
    from watcher.ask.news.joined import joined

    return joined(archive.store, labels, events)


def _one_by_one(
    events: Sequence[Event],
    retracted: Mapping[int, Retraction],
    besides: Mapping[int, Sequence[Joined]],
    to: Hearer,
) -> tuple[Item, ...]:
    from watcher.ask.news.looks import by_look
    from watcher.said.news.event import event_items

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


@click.command()
@click.argument("label", type=Labels(together=True))
@click.option("--on", type=Day(), metavar="DATE", help="As it was on this day [now].")
@country_option
@format_option
@pass_call
def listing(
    call: Call, label: tuple[str, ...], on: date | None, countries: tuple[str, ...], form: str
) -> None:
    """Show who holds LABEL, now or on a day.

    By the last look at each source; standard error names it, and says so when it is too old to speak for the
    day. With a day: everybody to whom `was` does not say no, and what it says: yes, by decision, unknown; for
    a day to come, what is printed to be valid then; of a day that nobody saw, what documents say (basis
    `document`), apart. Candidates and archived rows are left out. With
    `secnumcloud+hds`: who holds both, since when, and which ends first.
    """
    from notifiers.said.voice import line_text
    from state.words.labels import TOGETHER
    from watcher.ask.holders import holders_of
    from watcher.ask.views.listed.held import Holding, documented_view, row_view
    from watcher.ask.views.listed.rows import Row
    from watcher.ask.watch.label_state import troubles
    from watcher.said.standing.listing import listing_told

    if label[0] in TOGETHER:
        if countries:
            raise click.BadParameter(call.to.say("usage.no_state"), param_hint="--country")
        _listing_together(call, label[0], on, form)
        return
    with call.archive() as archive:
        sources = _sources_of(archive, countries, (), call.to)
        held = holders_of(archive, label, on, sources)
        if on is not None and not countries:  # a document is of no state's list
            from watcher.ask.standing.papers import with_papers

            held = with_papers(archive, held, label, on)
        wrong = troubles(archive, label) if on is None else ()
        wrong = tuple(one for one in wrong if sources is None or one.source in sources)
    told = listing_told(held, label, on, call.to, wrong)
    show(
        form,
        lambda: [
            *(row_view(row, told) for row, told in held.listed),
            *(documented_view(one) for one in held.documented),
        ],
        Holding if on else Row,
        lambda: told,
    )
    unread = not held.editions and not held.rows and form != "table"
    _say_each((*map(line_text, told.intro if unread else ()), *told.foot))


def _listing_together(call: Call, label: str, on: date | None, form: str) -> None:
    from state.words.labels import single
    from watcher.ask.standing import together
    from watcher.ask.views.standings import Together, together_view
    from watcher.ask.watch.label_state import troubles
    from watcher.said.standing.listing import together_told

    with call.archive() as archive:
        held = together.holders(archive, label, on)
        wrong = troubles(archive, single([label])) if on is None else ()
    told = together_told(held, on, call.to, wrong)
    show(form, lambda: [together_view(one) for one in held.held], Together, lambda: told)
    _say_each(told.foot)


def _say_each(notes: Iterable[str]) -> None:
    for note in notes:
        say(note)


@click.command()
@click.argument("provider", metavar="PROVIDER")
@click.argument("label", type=Labels(together=True))
@click.argument("day", metavar="DATE", type=Day())
@format_option
@pass_call
def was(call: Call, provider: str, label: tuple[str, ...], day: date, form: str) -> None:
    """Answer whether PROVIDER had LABEL on DATE.

    Yes, no or unknown. It rests on what was seen (`observed`, `absent`), on dates that decisions print
    (`decision`, `printed_end`), or on the history that the register prints (`history`). Time that nobody
    watched is never a no; of a day to come it says what is printed for it. The bounds name the sightings
    between which the provider came and went. `secnumcloud+hds` asks for both at once.
    """
    from state.words.labels import TOGETHER
    from watcher.ask.views.past import Was, past_view
    from watcher.said.past import answer_told, sentence

    if label[0] in TOGETHER:
        from watcher.ask.standing.together import past
    else:
        from watcher.ask.day import past
    with call.archive() as archive:
        who = provider_named(archive, provider, call.to)
        found = [past(archive, who, one, day) for one in label]
    show(
        form,
        lambda: [past_view(one, sentence(one)) for one in found],
        Was,
        lambda: answer_told(found, call.to),
        addresses=True,
    )


@click.command()
@click.argument("name")
@format_option
@pass_call
def provider(call: Call, name: str, form: str) -> None:
    """Show all that is known of a provider.

    Where it stands today with SecNumCloud and HDS, and on what that rests; then its rows, then what happened,
    newest first. NAME is a slug, a name, a spelling that a register prints, or a whole word of it. CSV holds
    the rows of today.
    """
    from state.model import day_of
    from watcher.ask.profile import profile_of
    from watcher.ask.standing.verdict import together, verdicts
    from watcher.ask.views.events import Profile, profile_view
    from watcher.ask.views.listed.held import row_view
    from watcher.ask.views.listed.rows import Row
    from watcher.ask.watch.label_state import unread_labels
    from watcher.said.standing.listing import profile
    from watcher.said.told import unlisted

    with call.archive() as archive:
        known = profile_of(archive, provider_named(archive, name, call.to))
        unread, listed = unread_labels(archive), archive.names.known(known.provider.slug)
        answered = verdicts(archive, known.provider) if listed and form == "table" else ()
        answered += together(archive, answered)
        today = day_of(archive.now)
    if not listed and form == "table":
        print_line(unlisted(name, (), call.to))
        return
    show(
        form,
        lambda: [row_view(row) for row in known.rows] if form == "csv" else [profile_view(known, unread)],
        Row if form == "csv" else Profile,
        lambda: profile(known, answered, unread, today, call.to),
    )


@click.command()
@click.argument("names", metavar="[PROVIDER]...", nargs=-1)
@click.option(
    "--from",
    "file",
    type=click.File(encoding="utf-8-sig"),
    metavar="FILE",
    help="A list of names, one a line or between commas or semicolons; `-` is standard input.",
)
@format_option
@pass_call
def race(call: Call, names: tuple[str, ...], file: TextIO | None, form: str) -> None:
    """Compare providers, label by label.

    A cell says holds, candidate, not listed or unknown. Without names: NumSpot, Bleu, S3NS and those they are
    compared with. SecNumCloud and HDS come first, then every label that one of them has. Unknown: no register
    that says who holds the label was ever read.

    With --from: a line for each name of a list and its state for SecNumCloud and HDS, whether a register has
    the name or not.
    """
    if file is not None:
        _race_of_list(call, [*names, *file.read().splitlines()], form)
        return
    from state.words.labels import ALWAYS, single
    from watcher.ask.holders import editions_of
    from watcher.ask.standing import race as racing
    from watcher.ask.views.standings import Standing, standing_view
    from watcher.ask.watch.label_state import troubles
    from watcher.said.standing.listing import editions, trouble_notes
    from watcher.said.standing.race import race_table

    with call.archive() as archive:
        found = [provider_named(archive, name, call.to) for name in names or racing.USUAL]
        standings = racing.race(archive, list(dict.fromkeys(found)))
        read = editions_of(archive, single(one.label for one in standings))
        wrong = troubles(archive, ALWAYS)
    show(
        form,
        lambda: [standing_view(one) for one in standings],
        Standing,
        lambda: race_table(standings, call.to),
    )
    _say_each((*editions(read, None, call.to), *trouble_notes(wrong, call.to)))


def _race_of_list(call: Call, lines: Sequence[str], form: str) -> None:
    from state.model import day_of
    from watcher.ask.standing.mine import mine, names_in, read_for
    from watcher.ask.views.mine import Mine, mine_view
    from watcher.said.standing.mine import mine_items
    from watcher.said.standing.verdict import edition_basis
    from watcher.said.told import Told, plain

    names = names_in("\n".join(lines))
    with call.archive() as archive:
        found, read, now = mine(archive, names), read_for(archive), archive.now
    empty = call.to.say("mine.empty")
    show(
        form,
        lambda: [mine_view(one) for one in found],
        Mine,
        lambda: Told(items=mine_items(found, day_of(now), call.to), intro=() if found else (plain(empty),)),
    )
    _say_each(edition_basis(one, call.to) for one in read)


@click.command()
@format_option
@pass_call
def sources(call: Call, form: str) -> None:
    """Show how well each register is watched, and what is held.

    Coverage is the share of time since the first look that good looks cover, in per cent: from a failed
    look to the next good one the watch is blind. Before the first look every source is `never`.
    """
    from watcher.ask.views.standings import Source, source_view
    from watcher.ask.watch import watched
    from watcher.said.condition import sources_told, stored_text

    with call.archive(blank=True) as archive:
        found = watched.health(archive)
    show(
        form,
        lambda: [source_view(one, stored_text(one)) for one in found],
        Source,
        lambda: sources_told(found, call.to),
    )


COMMANDS = (find, history, listing, was, provider, race, sources)
