"""The demo: two real editions of the ANSSI catalogue, through the code of `vigilabel run`, told as a story.

Nothing leaves the machine: a server on the loopback plays the register, and the console the Slack channel.
"""

from __future__ import annotations

import io
import logging
import shlex
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, TextIO

from notifiers.console import Console
from state.model import Cause
from state.owed import outbox, subscriptions
from state.seen import listings
from watcher.app import App
from watcher.ask.answers import Archive
from watcher.ask.race import USUAL, race
from watcher.demo.register import Replay, replaying
from watcher.errors import Failed
from watcher.look.dates.expiry import ending_within
from watcher.said.standing import cell
from watcher.said.table import Table, table_text
from watcher.said.told import terminal
from watcher.said.wish import wish_text
from watcher.schedule import check_source
from watcher.settings import Settings, SourceSettings
from watcher.tell.deliver import deliver
from watcher.tell.want import understand

if TYPE_CHECKING:
    from state.file.store import Store
    from watcher.look.record import Checked

SOURCE = "anssi-catalogue"
EDITIONS = Path(__file__).parents[2] / "tests" / "fixtures" / "anssi_catalogue"
WISHES = (
    ("numspot", "bleu", "s3ns"),
    ("secnumcloud",),
    ("lost", "scope_reduced", "pris", "pvid"),
)
"""What the channel of the demo follows: three names, one label, and two kinds of change under two labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One saved edition, and the evening on which the demo pretends to look at it."""

    file: str
    seen_at: datetime


FIRST = Edition(file="catalogue-2025-12-05.pdf", seen_at=datetime(2025, 12, 5, 18, 30, tzinfo=UTC))
SECOND = Edition(file="catalogue-2026-03-04.pdf", seen_at=datetime(2026, 3, 4, 18, 30, tzinfo=UTC))


@dataclass(slots=True)
class Pretence:
    """A clock that the story sets."""

    now: datetime

    def __call__(self) -> datetime:
        """The time it is in the story."""
        return self.now


def show_demo(state: str | None, stream: TextIO | None = None) -> None:
    """Plays the demo to `stream` (standard output), in a memory of its own; raises `Failed`."""
    out = stream or sys.stdout
    path = _fresh(state)
    bodies = [_body(edition) for edition in (FIRST, SECOND)]
    clock = Pretence(FIRST.seen_at)
    with _quiet(), replaying("/catalogue.pdf") as register:
        app = App(_settings(path, register.url), clock)
        _say(out, INTRODUCTION)
        _subscribe(app)
        first = _look(app, register, bodies[0], out)
        _tell_first(out, first)
        _tell_wishes(app, out)
        clock.now = SECOND.seen_at
        second = _look(app, register, bodies[1], out)
        _tell_second(out, second)
        _deliver(app, out)
        _tell_standings(app, out)
        _say(out, NEXT.format(command=_command(), state=shlex.quote(path), event=_gain(second)))


INTRODUCTION = """\
vigilabel watches the public registers of French cloud trust labels, and tells you when a provider
gains or loses one. This demo replays two real editions of the ANSSI catalogue through the code that
`vigilabel run` uses. Nothing leaves this machine.
"""
NEXT = """\
Try next:
  {command} --state {state} was s3ns secnumcloud 2026-01-15
  {command} --state {state} history --label passi --kind lost
  {command} --state {state} why {event}
"""


def _command() -> str:
    """How to call the program from here: by its path in a checkout, whose tools the shell does not find."""
    found = shutil.which("vigilabel")
    inside = found is not None and Path(found).is_relative_to(Path.cwd())
    return str(Path(found).relative_to(Path.cwd())) if found and inside else "vigilabel"


def _fresh(state: str | None) -> str:
    """Where the demo remembers: a new place, never a memory that somebody uses."""
    if state is None:
        return str(Path(tempfile.mkdtemp(prefix="vigilabel-demo-")) / "demo.db")
    if Path(state.removeprefix("sqlite:///")).exists():
        raise Failed(f"{state}: the demo begins with an empty memory: name a file that is not there yet")
    return state


def _body(edition: Edition) -> bytes:
    try:
        return (EDITIONS / edition.file).read_bytes()
    except OSError as error:
        raise Failed(
            f"the demo needs {edition.file}, which comes with the source code and not with the package "
            f"({error.strerror}): run it from a checkout"
        ) from error


def _settings(path: str, url: str) -> Settings:
    """Settings of the story alone: whatever the environment says, nobody outside is told."""
    return Settings(state=path, sources={SOURCE: SourceSettings(url=url, pace=0)})


@contextmanager
def _quiet() -> Iterator[None]:
    """No words to operators in between: they would interrupt the story."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _say(out: TextIO, text: str) -> None:
    out.write(text + "\n")
    out.flush()


def _subscribe(app: App) -> None:
    with app.open_store() as store:
        for words in WISHES:
            wish = understand(words)
            subscriptions.subscribe(store, wish.subscription("console", words, "demo", app.clock()))


def _look(app: App, register: Replay, body: bytes, out: TextIO) -> Checked:
    register.show(body, "application/pdf")
    with _waiting(f"Reading the edition seen on {app.clock():%Y-%m-%d}…", out):
        checked = check_source(app, app.sources[SOURCE])
    if checked is None or not checked.run.believed:
        why = checked.run.message if checked else "a newer look is recorded"
        raise Failed(f"the demo could not read its edition: {why}")
    return checked


@contextmanager
def _waiting(text: str, out: TextIO) -> Iterator[None]:
    """Shows on a terminal that something is being done: reading an edition takes seconds."""
    if not out.isatty():
        yield
        return
    from rich.console import Console as Screen

    with Screen(file=out).status(text):
        yield


def _tell_first(out: TextIO, checked: Checked) -> None:
    rows = checked.run.rows
    _say(
        out,
        f"1. 5 December 2025, the first look: {sum(rows.values())} rows under {len(rows)} labels, remembered "
        "with the PDF\n   as evidence. Nothing has changed yet, so nobody is told.\n",
    )


def _tell_wishes(app: App, out: TextIO) -> None:
    with app.open_store() as store:
        named = _archive(app, store).reviewed
        wishes = [
            (one.words, wish_text(one, named, terminal())) for one in subscriptions.subscriptions(store)
        ]
    lines = "\n".join(f"   {' '.join(words):32} {said}" for words, said in wishes)
    _say(out, f"2. Three subscriptions, here to the console; on Slack, to a channel:\n{lines}\n")


def _tell_second(out: TextIO, checked: Checked) -> None:
    told = [event for event in checked.events if event.cause is Cause.REGISTER]
    kinds = Counter(event.kind for event in told)
    lines = "\n".join(f"   {count:4} {kind.value.replace('_', ' ')}" for kind, count in kinds.most_common(6))
    _say(
        out,
        f"3. 4 March 2026, a new edition: {len(told)} changes, each with its page and the hash of the PDF.\n"
        f"{lines}\n",
    )


def _deliver(app: App, out: TextIO) -> None:
    with app.open_store() as store:
        owed = len(outbox.owed(store, state="due"))
    letterbox = io.StringIO()
    post = replace(app.post(), notifier_of=lambda _: Console(stream=letterbox))
    deliver(post, app.clock)
    _say(out, f"4. What the channel received, in French by default: {owed} of the changes were asked for.\n")
    for line in letterbox.getvalue().strip().splitlines():
        _say(out, f"   │ {line}".rstrip())
    _say(out, "")


def _archive(app: App, store: Store) -> Archive:
    return Archive(store=store, providers=app.watch(store).providers, sources=app.sources, now=app.clock())


def _tell_standings(app: App, out: TextIO) -> None:
    with app.open_store() as store:
        archive = _archive(app, store)
        providers = [one for name in USUAL for one in archive.names.meant(name)]
        standings = [one for one in race(archive, providers) if one.label == "secnumcloud"]
        known = [row for row in listings.listing(store, SOURCE) if row.attestation.label == "secnumcloud"]
    rows = [(one.provider.name, cell(one, terminal())) for one in standings]
    _say(out, "5. Where SecNumCloud stands after it:\n" + indent(table_text(Table(rows=rows)), "   "))
    ends = [
        (str(row.attestation.valid_until), row.provider.name, row.attestation.subject or "")
        for row in ending_within(known, 365, date(2026, 3, 4))
    ]
    _say(out, "6. What ends within a year, and will be announced 180, 90, 30 and 7 days before:")
    _say(out, indent(table_text(Table(rows=ends)), "   "))


def _gain(checked: Checked) -> int:
    """The event to ask `why` about: the gain that everybody waited for."""
    gains = [event for event in checked.events if event.provider.slug == "s3ns"]
    return (gains or list(checked.events))[0].id
