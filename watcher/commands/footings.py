"""Notes of operators on what runs on what: never observed, and shown apart from all that was."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

import click

from watcher.call import Call, as_typed, pass_call, print_line, provider_named, show
from watcher.commands.typed.values import format_option
from watcher.errors import Failed

if TYPE_CHECKING:
    from state.noted.footings import Footing
    from watcher.ask.archive import Archive

NEEDED = ("provider", "host", "reason")
COLUMNS = (*NEEDED, "provider_name", "service", "by")
"""The columns of a file of notes; the last three may be left out."""
SERVICE = click.option(
    "--service", default="", metavar="S", help="The one service that is meant, as its provider calls it."
)
REASON = click.option("--reason", required=True, metavar="TEXT", help="How you know; shown with the note.")
BY = click.option("--by", default="cli", show_default=True, metavar="WHO", help="Who says so.")


@click.group("runs-on")
def runs_on() -> None:
    """Note what runs on what.

    Such a note is your word: no register says it. Pages show it apart, with who wrote it and when.
    """


@runs_on.command()
@click.argument("provider")
@click.argument("host")
@SERVICE
@REASON
@BY
@pass_call
def add(call: Call, provider: str, host: str, service: str, reason: str, by: str) -> None:
    """Note that PROVIDER, or one service of it, runs on HOST."""
    from state.noted.footings import note
    from watcher.said.standing.race import footing_text

    with call.archive() as archive:
        one = _footing(call, archive, {"provider": provider, "host": host, "service": service}, reason, by)
        note(archive.store, [one], call.clock())
    print_line(call.to.say("footing.added", what=footing_text(one, call.to.say)))


@runs_on.command()
@click.argument("provider")
@click.argument("host")
@SERVICE
@REASON
@BY
@pass_call
def remove(call: Call, provider: str, host: str, service: str, reason: str, by: str) -> None:
    """Take back that PROVIDER runs on HOST.

    Both the note and its end stay on record.
    """
    from state.noted.footings import take_back
    from watcher.said.standing.race import footing_text

    with call.archive() as archive:
        one = _footing(call, archive, {"provider": provider, "host": host, "service": service}, reason, by)
        try:
            take_back(archive.store, one, call.clock())
        except LookupError as error:
            what = footing_text(one, call.to.say)
            raise Failed(call.to.say("failed.no_footing", what=what)) from error
    print_line(call.to.say("footing.removed", what=footing_text(one, call.to.say)))


@runs_on.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option(
    "--by", default="cli", show_default=True, metavar="WHO", help="Who says so, unless the file does."
)
@pass_call
def import_(call: Call, file: TextIO, by: str) -> None:
    """Note all that a CSV FILE holds, or nothing of it.

    `-` is standard input. Its columns, in any order, between commas or semicolons: provider, host, reason,
    and where there is more to say service, by, provider_name. What was noted before is left as it is.
    `runs-on list --format csv` writes such a file.
    """
    from state.noted.footings import note

    rows = list(_rows(call, file))
    with call.archive() as archive:
        new = [_footing(call, archive, row, row["reason"], row.get("by") or by) for row in rows]
        fresh = note(archive.store, new, call.clock())
    print_line(call.to.say("footing.imported", rows=len(new), fresh=fresh))


@runs_on.command("list")
@format_option
@pass_call
def list_(call: Call, form: str) -> None:
    """List the notes that stand."""
    from state.model import day_of
    from state.noted.footings import footings
    from watcher.ask.views.noted import Footing, footing_view
    from watcher.said.drawn.table import Table

    with call.app.open_store(create=False) as store:
        found = footings(store)
    say = call.to.say
    shown = ("provider_name", "service", "host_name", "reason", "by", "at")
    rows = [
        (one.provider.name, one.service, one.host.name, one.reason, one.by, say.day(day_of(one.at)))
        for one in found
    ]
    heads = tuple(say.each("footing_column", name) for name in shown)
    show(
        form,
        lambda: [footing_view(one) for one in found],
        Footing,
        lambda: Table(columns=heads, rows=rows, empty=say("footing.none")),
    )


def _rows(call: Call, file: TextIO) -> Iterator[Mapping[str, str]]:
    """The lines of a file of notes; raises `Failed` where one lacks what it needs, naming the line."""
    text = file.read()
    head = text.partition("\n")[0]
    lines = csv.DictReader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ",")
    given = [name.strip().lower() for name in lines.fieldnames or ()]
    if not set(NEEDED) <= set(given):
        known, found = ", ".join(NEEDED), ", ".join(given) or "–"
        raise Failed(call.to.say("failed.footing_columns", known=known, found=found))
    lines.fieldnames = given
    for line in lines:
        row = {name: (line.get(name) or "").strip() for name in COLUMNS}
        if not all(row[name] for name in NEEDED):
            raise Failed(call.to.say("failed.footing_line", line=lines.line_num))
        yield row


def _footing(call: Call, archive: Archive, named: Mapping[str, str], reason: str, by: str) -> Footing:
    """The note about what is named; whoever runs on something may be on no list, but not what it runs on."""
    from state.noted.footings import Footing

    host, provider = (provider_named(archive, named[name], call.to) for name in ("host", "provider"))
    if archive.names.listed(host.slug) is None:
        raise Failed(call.to.say("failed.no_host", found=as_typed(named["host"], call.to.say)))
    if archive.names.known(provider.slug) is None and named.get("provider_name"):
        provider = replace(provider, name=named["provider_name"])
    return Footing(
        provider=provider,
        service=named["service"].strip(),
        host=host,
        reason=reason.strip(),
        by=by.strip(),
    )


COMMANDS = (runs_on,)
