"""Commands that ask the memory: history, listing, was, provider, race, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from watcher.call import Call, Day, Labels, format_option, pass_call, provider_named, say, say_unread, show

if TYPE_CHECKING:
    from state.model import Event, Provider, Version
    from state.words.post import Retraction
    from watcher.ask.answers import Archive, Edition, Health, Holders, Past, Profile
    from watcher.ask.race import Standing
    from watcher.said.table import Table

HISTORY = ("event", "seen", "edition", "what happened", "source")
HOLDER = ("label", "provider", "printed as", "subject", "status", "scope", "ref", "from", "until", "source")


@click.command()
@click.option(
    "--provider", "names", multiple=True, metavar="P", help="A name, as in `subscribe`; repeatable."
)
@click.option("--label", "labels", type=Labels(), metavar="L", help="A label, or `eidas`.")
@click.option(
    "--kind", "kinds", multiple=True, metavar="K", help="A kind of event, such as lost; repeatable."
)
@click.option("--source", "sources", multiple=True, metavar="S", help="A source; repeatable.")
@click.option("--since", type=Day(), metavar="D", help="Seen on this day (Paris) or later.")
@click.option("--until", type=Day(), metavar="D", help="Seen on this day (Paris) or earlier.")
@format_option
@pass_call
def history(
    call: Call,
    names: tuple[str, ...],
    labels: tuple[str, ...] | None,
    kinds: tuple[str, ...],
    sources: tuple[str, ...],
    since: date | None,
    until: date | None,
    form: str,
) -> None:
    """Show what happened, newest first in every format.

    The table tells a first look in one line, unless a provider, a label or a kind is asked for; JSON and CSV
    always hold every event.
    """
    from notifiers.said.printed import clean
    from watcher.ask import answers
    from watcher.ask.views.events import Event, event_views
    from watcher.said.table import Table
    from watcher.tell.recall import retractions

    kinds = tuple(_kind(kind) for kind in kinds)
    with call.archive() as archive:
        found = answers.history(
            archive,
            names=names,
            labels=labels,
            kinds=kinds or None,
            sources=[call.source(name).name for name in sources] or None,
            since=since,
            until=until,
        )
        retracted = retractions(archive.store)
        unknown = _say_unknown(archive, names)
    empty = (
        f"On no list that was read: {', '.join(clean(name) for name in unknown)}." if unknown else "No event."
    )
    fold = not (names or labels or kinds)
    show(
        form,
        lambda: event_views(found, retracted),
        Event,
        lambda: Table(columns=HISTORY, rows=_history_rows(found, retracted, fold=fold), empty=empty),
    )


def _kind(text: str) -> str:
    from state.model import Kind

    plain = text.casefold().replace("-", "_")
    if plain not in list(Kind):
        known = ", ".join(Kind)
        raise click.BadParameter(f"{text!r} is no kind of event; known are {known}", param_hint="--kind")
    return plain


def _say_unknown(archive: Archive, names: Iterable[str]) -> list[str]:
    """Says which names are on no list: silence would look like "nothing happened"."""
    from watcher.said.phrases import did_you_mean

    unknown = [name for name in names if not archive.names.meant(name)]
    for name in unknown:
        say(did_you_mean(name, archive.names.close(name)))
    if unknown:
        say_unread(archive)
    return unknown


def _history_rows(
    events: Sequence[Event], retracted: Mapping[int, Retraction], *, fold: bool
) -> list[tuple[str, ...]]:
    from state.model import Cause
    from watcher.ask.days import news_first
    from watcher.said.phrases import event_line, first_look_line

    rows: list[tuple[str, ...]] = []
    folded: set[tuple[str, str]] = set()
    for event in news_first(events):
        seen = f"{event.seen_at:%Y-%m-%d %H:%M}"
        edition = f"{event.edition_at:%Y-%m-%d}" if event.edition_at else ""
        if not (fold and event.cause is Cause.BASELINE):
            rows.append(
                (str(event.id), seen, edition, event_line(event, retracted.get(event.id)), event.source)
            )
        elif (event.source, seen) not in folded:
            folded.add((event.source, seen))
            rows.append(("", seen, edition, first_look_line(events, event), event.source))
    return rows


@click.command()
@click.argument("label", type=Labels())
@click.option("--on", type=Day(), metavar="DATE", help="As it was on this day [now].")
@format_option
@pass_call
def listing(call: Call, label: tuple[str, ...], on: date | None, form: str) -> None:
    """Show who holds LABEL, now or on a day.

    By the last look at each source; standard error names it, and says so when it is too old to speak for the
    day. With a day: everybody to whom `was` does not say no, and what it says: yes, by decision, unknown; for
    a day to come, what is printed to be valid then. Candidates and archived rows are left out.
    """
    from watcher.ask import answers
    from watcher.ask.views.rows import Holding, Row, row_view

    with call.archive() as archive:
        held = answers.holders(archive, label, on)
        troubles = _troubles(archive, label) if on is None else []
    show(
        form,
        lambda: [row_view(row, told) for row, told in held.listed],
        Holding if on else Row,
        lambda: _holders_table(held, on),
    )
    _say_editions(held.editions, on, told_later=bool(held.rows))
    for trouble in troubles:
        say(trouble)


def _troubles(archive: Archive, labels: Iterable[str]) -> list[str]:
    """What is wrong today with the sources that say who holds these labels, each said once."""
    from watcher.ask.label_state import conditions, sighted, troubled
    from watcher.said.condition import trouble_text

    known = conditions(archive)
    said = [
        trouble_text(one, one.source, "en")
        for label in labels
        for one in troubled(sighted(archive, label, known))
    ]
    return list(dict.fromkeys(said))


def _holders_table(held: Holders, on: date | None) -> Table:
    """With a day, what is known of each row on it comes first."""
    from watcher.said.past import told_text
    from watcher.said.table import Table

    nobody = "Nobody is listed." if held.editions else "Unknown: no register that says who holds it was read."
    table = _rows_table(held.rows, nobody)
    if on is None:
        return table
    rows = [(told_text(one, "en"), *row) for one, row in zip(held.told, table.rows, strict=True)]
    return Table(columns=(f"on {on}", *table.columns), rows=rows, empty=table.empty)


def _rows_table(rows: Sequence[Version], empty: str) -> Table:
    from watcher.said.table import Table

    return Table(columns=HOLDER, rows=[_row(version) for version in rows], empty=empty)


def _row(version: Version) -> tuple[str, ...]:
    from notifiers.said.row import notes

    row, provider = version.known.attestation, version.known.provider
    return (
        row.label,
        provider.slug,
        row.holder,
        " ".join(filter(None, (row.subject, row.version))),
        ", ".join(notes(version, "en").values()),
        ", ".join(row.scope),
        row.printed_ref or "",
        str(row.valid_from or ""),
        str(row.valid_until or ""),
        version.source,
    )


def _say_editions(editions: Sequence[Edition], on: date | None, *, told_later: bool = False) -> None:
    from watcher.said.phrases import edition_text

    if not editions and told_later:
        say("Unknown by any reading of that time: these rows are told by what was read later.")
    elif not editions:
        say("Unknown: no register that states who holds it was read by then.")
    for edition in editions:
        say(edition_text(edition, on))


@click.command()
@click.argument("provider", metavar="PROVIDER")
@click.argument("label", type=Labels())
@click.argument("day", metavar="DATE", type=Day())
@format_option
@pass_call
def was(call: Call, provider: str, label: tuple[str, ...], day: date, form: str) -> None:
    """Answer whether PROVIDER had LABEL on DATE.

    Yes, no or unknown. It rests on what was seen (`observed`, `absent`), on dates that decisions print
    (`decision`, `printed_end`), or on the history that the register prints (`history`). Time that nobody
    watched is never a no; of a day to come it says what is printed for it. The bounds name the sightings
    between which the provider came and went.
    """
    from watcher.ask import answers
    from watcher.ask.views.past import Was, past_view
    from watcher.said.past import sentence

    with call.archive() as archive:
        who = provider_named(archive, provider)
        found = [answers.past(archive, who, one, day) for one in label]
    show(
        form,
        lambda: [past_view(past, sentence(past)) for past in found],
        Was,
        lambda: _past_table(found),
    )


def _past_table(found: Sequence[Past]) -> Table:
    from watcher.said.phrases import past_lines
    from watcher.said.table import Table

    rows = [line for past in found for line in past_lines(past)]
    return Table(rows=rows)


@click.command()
@click.argument("name")
@format_option
@pass_call
def provider(call: Call, name: str, form: str) -> None:
    """Show all that is known of a provider, newest first.

    NAME is a slug, a name, a spelling that a register prints, or a whole word of it. CSV holds the rows of
    today.
    """
    from notifiers.said.printed import clean
    from watcher.ask import answers
    from watcher.ask.label_state import unread_labels
    from watcher.ask.views.events import Profile, profile_view
    from watcher.ask.views.rows import Row, row_view
    from watcher.said.condition import unread_text
    from watcher.said.table import Table

    with call.archive() as archive:
        known = answers.profile(archive, provider_named(archive, name))
        unread, listed = unread_labels(archive), known.provider.slug in archive.names.known
    if form == "csv":
        show(form, lambda: [row_view(row) for row in known.rows], Row, Table)
    elif form == "json":
        show(form, lambda: [profile_view(known, unread)], Profile, Table)
    elif listed:
        _draw_profile(known, unread_text(unread, "en"))
    else:
        click.echo(f"“{clean(name)}” is on no list that was read.")


def _draw_profile(known: Profile, unread: str) -> None:
    import sys

    from notifiers.said.printed import clean
    from watcher.said.table import Table, draw

    names = "; ".join(clean(name) for name in known.aliases)
    click.echo(f"{clean(known.provider.name)} ({known.provider.slug})")
    click.echo(f"Known or printed as: {names}\n" if names else "")
    draw(_rows_table(known.rows, "No row today in the registers that were read."), sys.stdout)
    if unread:
        click.echo(unread)
    click.echo("")
    rows = _history_rows(known.events, known.retracted, fold=False)
    draw(Table(columns=HISTORY, rows=rows, empty="No event."), sys.stdout)


@click.command()
@click.argument("names", metavar="[PROVIDER]...", nargs=-1)
@format_option
@pass_call
def race(call: Call, names: tuple[str, ...], form: str) -> None:
    """Compare providers, label by label.

    A cell says holds, candidate, not listed or unknown. Without names: NumSpot, Bleu, S3NS and those they are
    compared with. SecNumCloud and HDS come first, then every label that one of them has. Unknown: no register
    that says who holds the label was ever read.
    """
    from state.words.labels import ALWAYS
    from watcher.ask import answers
    from watcher.ask import race as racing
    from watcher.ask.views.standings import Standing, standing_view

    with call.archive() as archive:
        found = [provider_named(archive, name) for name in names or racing.USUAL]
        standings = racing.race(archive, list(dict.fromkeys(found)))
        read = answers.editions(archive, {one.label: None for one in standings})
        troubles = _troubles(archive, ALWAYS)
    show(
        form,
        lambda: [standing_view(one) for one in standings],
        Standing,
        lambda: race_table(standings),
    )
    _say_editions(read, None)
    for trouble in troubles:
        say(trouble)


def race_table(standings: Sequence[Standing]) -> Table:
    """A row for each provider, a column for each label."""
    from watcher.said.phrases import english, standing_text
    from watcher.said.table import Table

    labels = list(dict.fromkeys(one.label for one in standings))
    cells: dict[Provider, list[str]] = {}
    for one in standings:
        cells.setdefault(one.provider, []).append(standing_text(one))
    return Table(
        columns=("provider", *(english(label) for label in labels)),
        rows=[(who.name, *texts) for who, texts in cells.items()],
        empty="Nobody to compare.",
    )


@click.command()
@format_option
@pass_call
def sources(call: Call, form: str) -> None:
    """Show how well each register is watched, and what is held.

    Coverage is the share of time since the first look that good looks cover, in per cent: from a failed
    look to the next good one the watch is blind. Before the first look every source is `never`.
    """
    from watcher.ask import answers
    from watcher.ask.views.standings import Source, source_view
    from watcher.said.condition import stored_text
    from watcher.said.table import Table

    with call.archive(blank=True) as archive:
        found = answers.health(archive)
    show(
        form,
        lambda: [source_view(one, stored_text(one)) for one in found],
        Source,
        lambda: Table(columns=SOURCES, rows=[_source_row(one) for one in found]),
    )


SOURCES = ("source", "state", "last good look", "edition", "rows", "coverage", "failed since", "message")


def _source_row(health: Health) -> tuple[str, ...]:
    from watcher.said.condition import reasons

    state = health.state
    return (
        health.source.name,
        str(health.condition.state),
        f"{state.last_good:%Y-%m-%d %H:%M}" if state.last_good else "",
        f"{state.edition_at:%Y-%m-%d %H:%M}" if state.edition_at else "",
        str(sum(health.rows.values())),
        "" if health.coverage is None else f"{health.coverage} %",
        str(state.failures),
        "; ".join(filter(None, (state.message, *reasons(health.condition, "en")))),
    )


COMMANDS = (history, listing, was, provider, race, sources)
