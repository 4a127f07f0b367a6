"""Commands that ask where providers stand: listing, was, provider, race, sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TextIO

import click

from watcher.call import Call, pass_call, print_line, provider_named, say, show, sources_of
from watcher.commands.typed.values import Day, Labels, country_option, format_option


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
    from state.words.labels import TOGETHER

    if label[0] not in TOGETHER:
        _list(call, label, on, countries, form)
    elif countries:
        raise click.BadParameter(call.to.say("usage.no_state"), param_hint="--country")
    else:
        _list_together(call, label[0], on, form)


def _list(call: Call, label: Sequence[str], on: date | None, countries: Sequence[str], form: str) -> None:
    from notifiers.said.voice import line_text
    from watcher.ask.holders import holders_of
    from watcher.ask.views.held import Holding, documented_view, row_view
    from watcher.ask.views.rows import Row
    from watcher.ask.watch.label_state import troubles
    from watcher.said.standing.listing import listing_told

    with call.archive() as archive:
        sources = sources_of(archive, countries, (), call.to)
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
    say(*map(line_text, told.intro if unread else ()), *told.foot)


def _list_together(call: Call, label: str, on: date | None, form: str) -> None:
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
    say(*told.foot)


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
    from watcher.ask.day import past
    from watcher.ask.views.past import Was, past_view
    from watcher.said.past import answer_told, sentence

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
    from watcher.ask.standing.race import verdicts, verdicts_together
    from watcher.ask.views.events import Profile, profile_view
    from watcher.ask.views.held import row_view
    from watcher.ask.views.rows import Row
    from watcher.ask.watch.label_state import unread_labels
    from watcher.said.standing.listing import profile
    from watcher.said.told import unlisted

    with call.archive() as archive:
        known = profile_of(archive, provider_named(archive, name, call.to))
        unread, listed = unread_labels(archive), archive.names.known(known.provider.slug)
        # The table alone begins with verdicts: programs get rows, and need not wait for them.
        answered = verdicts(archive, known.provider) if listed and form == "table" else ()
        answered += verdicts_together(archive, answered)
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
    say(*editions(read, None, call.to), *trouble_notes(wrong, call.to))


def _race_of_list(call: Call, lines: Sequence[str], form: str) -> None:
    from state.model import day_of
    from watcher.ask.standing.mine import mine, names_in, read_for
    from watcher.ask.views.mine import Mine, mine_view
    from watcher.said.standing.mine import mine_items
    from watcher.said.standing.race import edition_basis
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
    say(*(edition_basis(one, call.to) for one in read))


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


COMMANDS = (listing, was, provider, race, sources)
