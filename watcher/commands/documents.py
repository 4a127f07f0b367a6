"""Attestations of the past that a person holds a document for: taken from a CSV, listed, taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.call import Call, pass_call, print_line, provider_named, say, show
from watcher.commands.typed.values import FilePath, Labels, Number, format_option
from watcher.errors import Failed

if TYPE_CHECKING:
    from scrapers.source import Source
    from state.model import Provider
    from state.noted.documents import Kept
    from state.seen.who.providers import Providers
    from state.words.documented import Documented
    from watcher.ask.archive import Archive
    from watcher.commands.typed.document_lines import Mistake
    from watcher.said.drawn.table import Table

MOST_CSV, MOST_DOCUMENT = 4 << 20, 32 << 20
"""Bytes of the table, and of one document: the longest catalogue that a register ever issued has 3.3 MB, a
scanned decision some ten."""
MOST_TOLD = 200
"""Mistakes that are told one by one."""
BY = click.option("--by", default="cli", show_default=True, metavar="WHO", help="Who says so.")


@click.group("documents")
def documents() -> None:
    """Take in documents of the time before the watch.

    What such a document says is your word, with the document as evidence: answers, pages and lists show it
    apart, and never in place of what was read on a register.
    """


@documents.command("import")
@click.argument("file", type=FilePath(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing: show what would be taken.")
@BY
@pass_call
def import_(call: Call, file: Path, dry_run: bool, by: str) -> None:
    """Take all attestations of a CSV FILE, or none.

    The documents that it names lie beside it. Columns: label, provider, issuer, document; and where there is
    more to say service, reference, activities, valid_from, valid_until, withdrawn_on, document_date, page,
    note. Commas or semicolons, days as 2012-05-31 or 31/05/2012. Every mistake is told at once. What the
    memory has already is left as it is.
    """
    from state.noted.documents import there, write

    with call.archive(create=not dry_run, blank=dry_run) as archive:
        new = _lines(call, archive, file, by.strip() or "cli")
        known = there(archive.store, new)
        if dry_run:
            fresh = [one for one, old in zip(new, known, strict=True) if not old]
            show("table", list, object, lambda: _preview(call, archive, fresh))
        else:
            write(archive.store, new, _bytes_of(file.parent, new), call.clock())
    counted = {"lines": len(new), "fresh": known.count(False), "files": len({one.sha256 for one in new})}
    print_line(call.to.say("document.imported", **counted))
    if dry_run:
        say(call.to.say("told.dry_run"))


def _lines(call: Call, archive: Archive, file: Path, by: str) -> Sequence[Documented]:
    """What the lines of the file say; fails where something in it is wrong, and tells all that is."""
    from state.model import day_of
    from watcher.commands.typed.document_lines import Mistake, read_lines

    if (size := file.stat().st_size) > MOST_CSV:
        raise Failed(call.to.say("failed.document_table", file=str(file), size=size, most=MOST_CSV))
    read = read_lines(
        file.read_bytes(), by, day_of(archive.now), whose(archive.providers, archive.sources.values())
    )
    found = {name: _hash(file.parent / name) for name in dict.fromkeys(read.files.values())}
    wrong = list(read.mistakes)
    for line, name in read.files.items():
        if isinstance(mistake := found[name], Mistake):
            wrong.append(replace(mistake, line=line))
    _require_none(call, file, wrong)
    if not read.says:
        raise Failed(call.to.say("failed.document_none", file=str(file)))
    return [replace(one, sha256=str(found[one.file])) for one in read.says]


def whose(providers: Providers, sources: Iterable[Source]) -> Callable[[str, str], Provider]:
    """Whom a name on a document means, by exact keys: whom a register of that label would mean by it, else
    whom any register does, where that is one alone."""
    registers = {one.name: one.labels for one in sources}

    @cache
    def found(holder: str, label: str) -> Provider:
        plain = providers.resolve(holder, "", label)
        said = [providers.resolve(holder, name, label) for name, own in registers.items() if label in own]
        known = [one for one in said if one != plain] or providers.anywhere(holder, label)
        return known[0] if len(set(known)) == 1 else plain

    return found


def _hash(path: Path) -> str | Mistake:
    """The hash of a document, or why it cannot be taken; in which line it is named is told later."""
    from watcher.commands.typed.document_lines import Mistake

    def wrong(code: str, **said: object) -> Mistake:
        return Mistake(line=0, column="document", code=code, said={"found": path.name, **said})

    if not path.is_file():  # a pipe or a device would be waited for, for ever
        return wrong("file_missing", folder=str(path.parent))
    size = path.stat().st_size
    if not size or size > MOST_DOCUMENT:
        return wrong("file_large" if size else "file_empty", size=size, most=MOST_DOCUMENT)
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        return wrong("file_closed", why=error.strerror or str(error))


def _bytes_of(folder: Path, new: Sequence[Documented]) -> Callable[[str], bytes]:
    """The bytes of the document with a hash, read again: none is held longer than it takes to keep it."""
    files = {one.sha256: folder / one.file for one in new}

    def read(sha256: str) -> bytes:
        with files[sha256].open("rb") as opened:
            return opened.read(MOST_DOCUMENT + 1)

    return read


def _require_none(call: Call, file: Path, wrong: Sequence[Mistake]) -> None:
    """Fails where there are mistakes: each is a line of its own, and nothing was taken."""
    if not wrong:
        return
    for one in sorted(wrong, key=lambda mistake: mistake.line)[:MOST_TOLD]:
        what = call.to.say.each("document_mistake", one.code, **one.said)
        place = "in_column" if one.column else "in_line"
        say(call.to.say.each("document", place, line=str(one.line), column=one.column, what=what))
    raise Failed(call.to.say("failed.document_lines", file=file.name, mistakes=len(wrong)))


@documents.command("list")
@click.option("--provider", "name", metavar="P", help="Those of one provider.")
@click.option("--label", "labels", type=Labels(), metavar="L", help="A label, or `eidas`.")
@click.option("--all", "removed", is_flag=True, help="Also those that were taken back, and why.")
@format_option
@pass_call
def list_(call: Call, name: str | None, labels: tuple[str, ...] | None, removed: bool, form: str) -> None:
    """List what documents say, with their numbers."""
    from state.noted.documents import documents as kept
    from watcher.ask.views.noted import Document, document_view

    with call.archive() as archive:
        who = provider_named(archive, name, call.to).slug if name else None
        found = kept(archive.store, provider=who, removed=removed)
    found = tuple(one for one in found if not labels or one.label in labels)
    rows = ((str(one.number), *_cells(call, one), _written(call, one)) for one in found)
    columns = ("number", *SHOWN, "written")
    show(form, lambda: [document_view(one) for one in found], Document, lambda: _drawn(call, columns, rows))


def _preview(call: Call, archive: Archive, fresh: Sequence[Documented]) -> Table:
    rows = []
    for one in fresh:
        known = archive.names.known(one.provider.slug)
        page = call.to.say("document.known_page" if known else "document.new_page", slug=one.provider.slug)
        rows.append((*_cells(call, one), page))
    return _drawn(call, (*SHOWN, "provider_page"), rows)


SHOWN = ("label", "provider", "says", "days", "document")


def _drawn(call: Call, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    from watcher.said.drawn.table import Table

    heads = tuple(call.to.say.each("document_column", name) for name in columns)
    return Table(columns=heads, rows=list(rows), empty=call.to.say("document.none"))


def _cells(call: Call, one: Documented) -> Sequence[str]:
    from notifiers.said.named import label_name
    from watcher.said.standing.documents import days_text, file_text, what_text

    to = call.to
    return (
        label_name(one.label, to.lang),
        one.holder,
        what_text(one, to),
        days_text(one, to),
        file_text(one, to),
    )


def _written(call: Call, one: Kept) -> str:
    from watcher.said.standing.documents import removed_text, written_text

    return removed_text(one, call.to) if one.removed_at else written_text(one, call.to)


@documents.command()
@click.argument("number", metavar="NUMBER", type=Number())
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with it.")
@BY
@pass_call
def remove(call: Call, number: int, reason: str, by: str) -> None:
    """Take back what a document says, by its NUMBER.

    It stays on record with the reason, and no answer counts it any more.
    """
    from state.noted.documents import take_back
    from watcher.said.standing.documents import days_text

    with call.app.open_store(create=False) as store:
        try:
            gone = take_back(store, number, reason, by, call.clock())
        except LookupError as error:
            raise Failed(call.to.say("failed.no_document", number=str(number))) from error
    told: Mapping[str, object] = {"number": str(number), "file": gone.file, "holder": gone.holder}
    print_line(call.to.say("document.removed", days=days_text(gone, call.to), **told))


COMMANDS = (documents,)
