"""Commands about proof and memory: evidence, verify, replay, backup, restore, copy."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.call import Call, pass_call, provider_named, say, show, working
from watcher.commands.typed.values import Day, FilePath, Labels, Number, format_option
from watcher.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifiers.said.voice import Voice
    from watcher.prove.answer.opened import Opened
    from watcher.prove.event.verify import Claim

NEW_FILE = FilePath(dir_okay=False, path_type=Path)
Asked = tuple[str, tuple[str, ...], date]
"""A provider as named, the labels meant, and a day."""
FILE = FilePath(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("event", type=Number(), required=False)
@click.option(
    "--was",
    type=(str, Labels(together=True), Day()),
    metavar="PROVIDER LABEL DATE",
    help="Prove this answer, whatever it is, and no event.",
)
@click.option("--out", required=True, type=NEW_FILE, metavar="FILE", help="The file to write; a new one.")
@click.option("--head", metavar="HASH", help="End the chain at this head [the present one].")
@pass_call
def evidence(call: Call, event: int | None, was: Asked | None, out: Path, head: str | None) -> None:
    """Write the proof of EVENT, or of an answer, as one file.

    `vigilabel verify` checks it offline. It holds the pages as received, the listing read in them, and the
    chain from the event to the head; and a leaflet that tells a stranger how to check all of it with
    sha256sum and a text editor. With --was: of yes, no or unknown, with the looks on both sides of the day.
    """
    if out.exists():
        raise Failed(call.to.say("failed.exists", file=str(out)))
    if event is not None and was is None:
        data, first, last, top = _of_event(call, event, head)
    elif was is not None and event is None:
        data, first, last, top = _of_day(call, was, head)
    else:
        raise click.BadParameter(call.to.say("usage.event_or_was"), param_hint="EVENT")
    # Never over a file that came there meanwhile: it may be the only proof of something.
    with out.open("xb") as file:
        file.write(data)
    say(call.to.say("evidence.written", file=str(out), bytes=len(data), first=first, last=last, head=top))


def _of_event(call: Call, event: int, head: str | None) -> tuple[bytes, int, int, str]:
    """The proof of an event, checked; its first and last link, and the head."""
    from state.seen.events import log
    from watcher.errors import BadFile
    from watcher.prove.event.proof import prove
    from watcher.prove.event.verify import verify
    from watcher.prove.signature import signer_of

    signer = signer_of(call.app.settings.signing_secret)
    with call.app.open_store(create=False) as store:
        if not log.some(store, [event]):
            raise Failed(call.to.say("failed.no_event", number=event))
        try:
            data = prove(store, event, head=head, signer=signer, sources=call.app.sources)
            claim = verify(data)
        except LookupError as error:
            raise Failed(call.to.say("failed.no_proof", event=event, why=str(error))) from error
        except BadFile as error:
            raise Failed(call.to.say("failed.disagree", why=str(error))) from error
    return data, *claim.links, claim.head


def _of_day(call: Call, was: Asked, head: str | None) -> tuple[bytes, int, int, str]:
    from watcher.ask.day import past as answer_about
    from watcher.errors import BadFile
    from watcher.prove.answer.proof import prove_answer
    from watcher.prove.answer.verify import verify_answer
    from watcher.prove.evidence_file import unpack
    from watcher.prove.signature import signer_of

    name, labels, day = was
    if len(labels) != 1:
        raise click.BadParameter(", ".join(labels), param_hint="--was")
    signer = signer_of(call.app.settings.signing_secret)
    with call.archive() as archive:
        past = answer_about(archive, provider_named(archive, name, call.to), labels[0], day)
        try:
            data = prove_answer(archive, past, head=head, signer=signer)
            found = verify_answer(unpack(data), head=None, key=None)
        except (LookupError, BadFile) as error:
            raise Failed(call.to.say("failed.disagree", why=str(error))) from error
    return data, *found.opened.links, found.head


@click.command()
@click.argument("file", type=FILE)
@click.option("--head", metavar="HASH", help="A head of the chain that you noted elsewhere.")
@click.option("--key", metavar="KEY", help="The public key that must have signed it.")
@click.option("--reread", is_flag=True, help="Also read the pages with today's reader.")
@format_option
@pass_call
def verify(call: Call, file: Path, head: str | None, key: str | None, reread: bool, form: str) -> None:
    """Check an evidence FILE offline, and say what it proves.

    Exits with 1 when a single byte is not as it was written. Without --head or --key it proves only that it
    agrees with itself: whoever made it could have made all of it up.
    """
    from watcher.errors import BadFile
    from watcher.prove.event.testimony import Verified, claim_lines, verified_view
    from watcher.prove.event.verify import verify as checked
    from watcher.prove.evidence_file import ANSWER, MOST_BYTES, unpack
    from watcher.said.drawn.table import Table

    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    try:
        files = unpack(data)
        if ANSWER in files:
            _verify_answer(call, files, head, key, form, reread=reread)
            return
        claim = checked(data, head=head, key=key)
    except BadFile as error:
        raise Failed(call.to.say("failed.nothing", file=str(file), why=str(error))) from error
    show(form, lambda: [verified_view(claim)], Verified, lambda: Table(rows=claim_lines(claim, call.to.say)))
    if reread:
        _reread(call, claim)


def _verify_answer(
    call: Call, files: Mapping[str, bytes], head: str | None, key: str | None, form: str, *, reread: bool
) -> None:
    from watcher.prove.answer.opened import part_files
    from watcher.prove.answer.testimony import VerifiedAnswer, answer_lines, answer_view
    from watcher.prove.answer.verify import verify_answer
    from watcher.said.drawn.table import Table

    found = verify_answer(files, head=head, key=key)
    lines = answer_lines(found, call.to.say)
    show(form, lambda: [answer_view(found)], VerifiedAnswer, lambda: Table(rows=lines))
    if reread:
        for one, own in zip(found.opened.each, part_files(files, found.opened), strict=True):
            _reread_answer(call, one, own)


def _reread_answer(call: Call, found: Opened, files: Mapping[str, bytes]) -> None:
    from notifiers.said.reasons import spoken
    from scrapers.source import SourceError
    from watcher.prove.answer.testimony import other_pictures, read_again

    try:
        read = list(read_again(found, call.source, call.to.say))
    except SourceError as error:
        raise Failed(call.to.say("failed.reader", why=spoken(error, call.lang))) from error
    say(*(text for text, _ in read))
    if not all(agrees for _, agrees in read):
        raise Failed(call.to.say("failed.not_found_again"))
    if others := other_pictures(found, files, call.source):
        raise Failed(call.to.say("failed.other_picture", rows=", ".join(map(str, others))))


def _reread(call: Call, claim: Claim) -> None:
    """Says whether today's reader finds the rows in the pages again; fails when it finds otherwise."""
    from notifiers.said.reasons import spoken
    from scrapers.source import SourceError
    from watcher.prove.event.testimony import found_again, pictures_again

    source = call.source(claim.event.source)
    try:
        found = found_again(claim, source.read(claim.pages), call.to.say)
    except SourceError as error:
        raise Failed(call.to.say("failed.reader", why=spoken(error, call.lang))) from error
    say(call.to.say("verify.reread", revision=source.revision, found=found.text))
    if not found.agrees and source.revision == claim.run["revision"]:
        raise Failed(call.to.say("failed.not_found_again"))
    if others := pictures_again(claim, source):
        raise Failed(call.to.say("failed.other_picture", rows=", ".join(map(str, others))))


@click.command()
@format_option
@pass_call
def replay(call: Call, form: str) -> None:
    """Rebuild all from the kept pages, and compare.

    Every listing and event is compared with the log, byte for byte. Nothing is written. Runs that today's
    program cannot make again (another revision of the reader, say) are taken over as recorded, and counted.
    Exits with 1 at the first difference.
    """
    from watcher.prove.replay import rebuilt
    from watcher.prove.told import Replayed, rebuilt_lines, replayed_view
    from watcher.said.drawn.table import Table

    with call.app.open_store(create=False) as store, working(call, "rebuilding"):
        found = rebuilt(store, call.app.sources)
    show(
        form, lambda: [replayed_view(found)], Replayed, lambda: Table(rows=rebuilt_lines(found, call.to.say))
    )
    if found.difference:
        raise Failed(call.to.say("failed.differs", why=found.difference))


@click.command()
@click.argument("file", type=NEW_FILE)
@pass_call
def backup(call: Call, file: Path) -> None:
    """Copy the memory to a new FILE while the watch goes on."""
    from state.kept.backup import back_up

    with working(call, "copying"):
        copied = back_up(call.app.settings.state, file)
    told, size = call.to.say, file.stat().st_size
    say(told("backup.written", file=str(file), bytes=size, links=copied.links, head=copied.head))
    if copied.faults:
        raise Failed(told("failed.copied_faults", file=str(file), why=copied.faults[0]))


@click.command()
@click.argument("file", type=FILE)
@pass_call
def restore(call: Call, file: Path) -> None:
    """Put the backup FILE where no memory is (--state).

    All of it must agree with its chain. A memory is never overwritten: move it away first. Compare the head
    with one noted since the backup.
    """
    from state.file.opening import shown
    from state.kept.backup import restore as put_back

    with working(call, "copying"):
        copied = put_back(file, call.app.settings.state)
    told, state = call.to.say, shown(call.app.settings.state)
    say(told("restore.done", state=state, file=str(file), links=copied.links, head=copied.head))


@click.command()
@click.argument("origin", metavar="FROM")
@click.argument("there", metavar="TO")
@click.option("--anew", is_flag=True, help="Throw away what an interrupted copy left at TO, and begin anew.")
@format_option
@pass_call
def copy(call: Call, origin: str, there: str, anew: bool, form: str) -> None:
    """Copy the memory at FROM to TO, where nothing is.

    Each is a path or the address of a PostgreSQL: it moves a memory from one to the other, while the watch
    goes on with FROM, of which all is copied as it is at one moment. A copy that was interrupted is gone on
    with by the same command. Every row is read again before anybody can open the copy.
    """
    from state.file.opening import shown
    from state.kept.carried import carry
    from watcher.prove.told import CopiedMemory, copied_lines, copied_view
    from watcher.said.drawn.table import Table

    told, said = call.to.say, partial(_how_far, call.to.say)
    with working(call, "copying") as word:
        found = carry(origin, there, anew=anew, tell=lambda *far: word(said(*far)))
    names = (shown(origin), shown(there))
    show(
        form,
        lambda: [copied_view(found, *names)],
        CopiedMemory,
        lambda: Table(rows=copied_lines(found, told)),
    )
    if form == "table":
        say(told("copy.next", origin=names[0], state=names[1]))
    if found.faults:
        raise Failed(told("failed.copied_faults", file=names[1], why=found.faults[0]))


def _how_far(say: Voice, what: str, done: int, of: int) -> str:
    if say.knows("copying", what):
        return say.each("copying", what, done=done, of=of)
    return say("copying.table", table=what, done=done, of=of)


@click.command()
@click.option("--out", required=True, type=NEW_FILE, metavar="FILE", help="The file to write; a new one.")
@pass_call
def bundle(call: Call, out: Path) -> None:
    """Write all public data as one ZIP file.

    Each view of docs/analysts.md as CSV and JSON, all of them as SQLite, with a dictionary of the columns.
    Nothing private is in it: no subscription, no channel. A running watch serves one at `/data/latest.zip`.
    """
    from watcher.said.drawn.bundle import write_bundle

    if out.exists():
        raise Failed(call.to.say("failed.exists", file=str(out)))
    with call.app.open_store(create=False) as store, working(call, "bundling"):
        write_bundle(store, out, call.app.clock())
    say(call.to.say("bundle.written", file=str(out), bytes=out.stat().st_size))


COMMANDS = (evidence, verify, replay, backup, bundle, restore, copy)
