"""Commands that look at registers: scrape, import, read, approve, forget, demo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.call import Call, pass_call, refusing, say, show, tell, working
from watcher.commands.typed.values import FilePath, Number, When, format_option
from watcher.errors import Failed, NoReason, UnderWay

if TYPE_CHECKING:
    from scrapers.source import Doubtful, Source
    from state.file.store import Store
    from state.model import Listing, Page
    from state.seen.who.providers import Providers
    from watcher.look.check import Read
    from watcher.look.record import Checked, Watch
    from watcher.said.told import Hearer

FILES = click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=FilePath(exists=True, dir_okay=False, path_type=Path),
)


@click.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Write nothing and tell nobody: show what would be recorded.")
@format_option
@pass_call
def scrape(call: Call, sources: tuple[str, ...], dry_run: bool, form: str) -> None:
    """Look at the registers now, all or those named.

    What changed is recorded and owed to subscribers, unless --dry-run. Exits with 1 when a source could not
    be read or was not fully believed.
    """
    chosen = [call.source(name) for name in sources or call.app.sources]
    look = _rehearse if dry_run else _look_now
    looked = []
    for source in chosen:
        with working(call, "looking", source=source.name):
            checked = look(call, source)
        looked += [checked] if checked is not None else []
    show_looks(call, form, looked)
    if dry_run:
        say(call.to.say("told.dry_run"))
    require_good(call, looked, len(chosen))


def _look_now(call: Call, source: Source) -> Checked | None:
    """One look; None, and why, where another process looks."""
    from watcher.planned.looks import ask

    try:
        return ask(call.app, source).outcome.result()
    except UnderWay as error:
        say(call.to.say("look.under_way", source=error.source))
        return None


def _rehearse(call: Call, source: Source) -> Checked:
    """One look whose outcome is thrown away, with nobody listening."""
    from state.file.copy import or_blank
    from state.seen.who.providers import load_providers
    from watcher.look.check import check
    from watcher.look.rehearsal import rehearse

    state = call.app.settings.state
    with or_blank(state) as known:
        get = call.app.get(source, known)

        def look(store: Store, source: Source) -> Checked:
            # Nobody is told of a rehearsal, operators of what it finds wrong neither.
            watch = replace(call.app.watch(store, load_providers(store)), operators="")
            return check(source, get, watch, call.clock)

        return rehearse(state, source, look, get)


@click.command("import")
@click.argument("source")
@FILES
@click.option("--seen-at", type=When(), metavar="WHEN", help="When the page was saved [now].")
@click.option("--keep", is_flag=True, help="Keep the page as evidence even if it cannot be read.")
@format_option
@pass_call
def import_(
    call: Call, source: str, files: tuple[Path, ...], seen_at: datetime | None, keep: bool, form: str
) -> None:
    """Take a saved page as if it had been fetched then.

    It is judged like any look: recorded, and owed to subscribers. What SOURCE cannot read is no look, and
    leaves no trace unless --keep. Looks go in the order they were made: one older than the last is refused
    (`forget` takes the last one back). A source of several pages takes all of them at once, in order.
    """
    from state.model import Clock

    register, at = call.source(source), seen_at or call.clock()
    if at > call.clock():
        raise click.BadParameter(call.to.say("usage.to_come", at=at), param_hint="--seen-at")
    pages = call.app.beside_root(register, _pages(register, files, at), at)
    with working(call, "reading", source=source):
        read = _readable(call, register, pages, keep)
    with call.app.open_store() as store:
        watch = replace(call.app.watch(store), clock=Clock(stated=call.stated or seen_at is not None))
        with working(call, "comparing", source=source):
            checked = _looked(call, watch, register, pages, at, read)
        show_looks(call, form, [checked])
        _say_owed(call)
    require_good(call, [checked], 1)


def _looked(
    call: Call, watch: Watch, source: Source, pages: Sequence[Page], at: datetime, read: Read
) -> Checked:
    from state.seen.looks import runs
    from watcher.errors import Overtaken
    from watcher.look.check import look

    try:
        return look(source, pages, watch, at, read=read)
    except Overtaken as error:
        [last] = runs.runs(watch.store, source=source.name, newest_first=True, limit=1)
        began, there = error.begun, error.recorded
        told = call.to.say("failed.overtaken", source=source.name, began=began, there=there, run=last.id)
        raise Failed(told) from error


def _pages(source: Source, files: Sequence[Path], at: datetime) -> tuple[Page, ...]:
    from state.model import Page

    return tuple(
        Page(url=f"import:{file.name}", requested_url=source.url, body=file.read_bytes(), fetched_at=at)
        for file in files
    )


def _readable(call: Call, source: Source, pages: Sequence[Page], keep: bool) -> Read:
    """What the source reads in these pages, read once; fails the call, before anything is concluded, when it
    cannot read them at all.

    A page that is read and doubted is another matter: it is recorded, and a person may approve it.
    """
    from notifiers.said.reasons import spoken
    from scrapers.source import Doubtful, SourceError
    from watcher.look.check import uncollected

    try:
        with uncollected():
            seen = source.read(pages)
    except Doubtful as error:
        return partial(_doubt, error)
    except SourceError as error:
        say = call.to.say
        done = _kept(call, source, pages) if keep else say("failed.not_kept")
        why = spoken(error, call.lang)
        raise Failed(say("failed.unreadable", why=why, done=done, source=source.name)) from error
    return lambda _: seen


def _doubt(doubt: Doubtful, _: Sequence[Page]) -> Listing:
    raise doubt


def _kept(call: Call, source: Source, pages: Sequence[Page]) -> str:
    from state.seen.looks import evidence

    with call.app.open_store() as store:
        snapshot = evidence.keep(store, source.name, pages, pages[0].fetched_at)
    return call.to.say("failed.kept", number=snapshot.id)


def _say_owed(call: Call) -> None:
    from state.owed import outbox

    with call.app.open_store() as store:
        owed = len(outbox.owed(store, state="due"))
    if owed:
        say(call.to.say.count("told.owed", owed))


@click.command()
@click.argument("source")
@FILES
@format_option
@pass_call
def read(call: Call, source: str, files: tuple[Path, ...], form: str) -> None:
    """Show what SOURCE reads in saved pages; nothing is stored.

    The edition, what the reading covers, and remarks go to standard error.
    """
    from state.seen.who.providers import load_providers
    from watcher.ask.views.rows import Row, reading_views
    from watcher.look.compare.nameless import read_with_providers
    from watcher.said.drawn.table import Table

    call.app.brief = True
    register, to = call.source(source), call.to
    # Without a word meanwhile: the thread that would draw it keeps the process from forking its child itself.
    pages = _pages(register, files, call.clock())
    seen = register.read(call.app.beside_root(register, pages, call.clock()))
    providers = load_providers()
    show(
        form,
        lambda: reading_views(read_with_providers(seen, providers), seen.source),
        Row,
        lambda: Table(
            columns=tuple(to.say.each("column", name) for name in ROW),
            rows=_rows(seen, providers, to),
            empty=to.say("read.none"),
        ),
    )
    _say_reading(seen, to)


ROW = ("label", "provider", "holder", "subject", "ref", "from", "until", "status", "place")


def _rows(seen: Listing, providers: Providers, to: Hearer) -> list[list[str]]:
    from notifiers.said.named import place_text, status_kept
    from watcher.look.compare.nameless import read_with_providers

    return [
        [
            row.label,
            one.provider.slug,
            row.holder,
            " ".join(filter(None, (row.subject, row.version))),
            row.printed_ref or "",
            to.say.day(row.valid_from) if row.valid_from else "",
            to.say.day(row.valid_until) if row.valid_until else "",
            status_kept(row.status, to.lang),
            place_text(row.place, to.lang),
        ]
        for one in read_with_providers(seen, providers)
        for row in [one.attestation]
    ]


def _say_reading(seen: Listing, to: Hearer) -> None:
    from notifiers.said.named import place_text
    from notifiers.said.reasons import said
    from watcher.said.told import counted

    say(to.say("read.edition", when=seen.edition_at) if seen.edition_at else to.say("read.undated"))
    if seen.covers:
        say(to.say("read.rows", rows=counted(Counter(row.label for row in seen.attestations), to)))
        say(to.say("read.covers", labels=", ".join(sorted(seen.covers))))
    for fact in seen.facts:
        values = to.say("phrase.semicolon").join(fact.values)
        say(to.say.each("fact", fact.topic, of=fact.of, values=values, place=fact.place))
    for remark in seen.remarks:
        say(to.say("read.remark", text=said(remark.reason, to.lang)))
    for odd in seen.unreadable:
        why = said(odd.why, to.lang)
        say(to.say("read.unreadable", label=odd.label, place=place_text(odd.place, to.lang), why=why))


@click.command()
@click.argument("number", metavar="RUN", type=Number())
@click.option("--reason", required=True, help="Why it is believed; kept on record.")
@format_option
@pass_call
def approve(call: Call, number: int, reason: str, form: str) -> None:
    """Believe a doubted or held reading, by its RUN.

    Its own pages are read again and believed as they are. `vigilabel sources` and words to operators name the
    runs that wait.
    """
    from state.seen.looks import runs
    from watcher.look import check

    with call.app.open_store(create=False) as store:
        try:
            waiting = runs.run(store, number)
        except LookupError as error:
            raise Failed(call.to.say("failed.no_run", number=number)) from error
        checked = check.approve(
            call.source(waiting.source), waiting, call.app.watch(store), reason, call.clock()
        )
        show_looks(call, form, [checked])
        _say_owed(call)
    require_good(call, [checked], 1)


@click.command()
@click.argument("number", metavar="RUN", type=Number())
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays on record.")
@pass_call
def forget(call: Call, number: int, reason: str) -> None:
    """Take back the newest look of a source, by its RUN.

    What followed from it goes with it. Listing, health and history stand as before it; nobody is told. The
    log keeps the look, and the chain says that it was forgotten, and why. Older pages can then be imported.
    """
    from state.seen.looks import runs
    from watcher.look.forget import forget as take_back
    from watcher.said.news.look import forgotten_told

    with call.app.open_store(create=False) as store, refusing(call, "--reason", NoReason):
        try:
            run = runs.run(store, number)
            gone = take_back(store, call.app.sources.get(run.source), run, reason, call.clock())
        except LookupError as error:
            raise Failed(call.to.say("failed.no_run", number=number)) from error
    tell(forgotten_told(gone, call.to))


@click.command()
@pass_call
def demo(call: Call) -> None:
    """Replay two real editions of ANSSI's catalogue.

    The whole program runs. Nothing leaves this machine; a small server on the loopback plays the register,
    and the console the channel.
    """
    from watcher.demo.show import show_demo

    show_demo(call.state, lang=call.lang)


def show_looks(call: Call, form: str, looked: Sequence[Checked]) -> None:
    from watcher.ask.views.events import Look, look_view
    from watcher.said.news.look import looks_told

    show(
        form,
        lambda: [look_view(checked) for checked in looked],
        Look,
        lambda: looks_told(looked, call.to),
    )


def require_good(call: Call, looked: Sequence[Checked], asked: int) -> None:
    """Fails the call, after its output, when a look is missing, failed, or not fully believed."""
    bad = [one.run.source for one in looked if not one.run.believed or one.run.held]
    if bad:
        raise Failed(call.to.say("failed.not_read", sources=", ".join(bad)))
    if len(looked) < asked:
        raise Failed(call.to.say("failed.void"))


COMMANDS = (scrape, import_, read, approve, forget, demo)
