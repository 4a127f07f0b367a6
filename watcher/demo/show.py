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
from datetime import date, datetime
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, TextIO

from notifiers.console.notifier import Console
from notifiers.said.named import date_text, kind_name
from notifiers.said.reasons import message_said
from state.file.opening import in_server, is_begun, shown
from state.model import Cause, Kind
from state.owed import outbox, subscriptions
from state.seen.rows import listings
from watcher.app import App
from watcher.ask.archive import Archive
from watcher.ask.standing.race import USUAL, race
from watcher.demo.editions import DECEMBER, MARCH, SOURCE, body_of
from watcher.demo.register import Replay, replaying
from watcher.errors import Failed
from watcher.look.dates.expiry import STEPS, ending_within
from watcher.planned.looks import check_source
from watcher.said.drawn.flow import busy, flowed
from watcher.said.drawn.table import Table, table_text
from watcher.said.standing.race import cell
from watcher.said.told import Hearer, terminal
from watcher.said.wish import wish_text
from watcher.settings import Settings, SourceSettings
from watcher.tell.deliver import deliver
from watcher.tell.want import understand

if TYPE_CHECKING:
    from notifiers.said.voice import Voice
    from state.file.store import Store
    from state.model import Known
    from watcher.look.record import Checked

FIRST, SECOND = DECEMBER, MARCH
WISHES = (
    ("numspot", "bleu", "s3ns"),
    ("secnumcloud",),
    ("lost", "scope_reduced", "pris", "pvid"),
)
"""What the channel of the demo follows: three names, one label, and two kinds of change under two labels."""


@dataclass(slots=True)
class Pretence:
    """A clock that the story sets."""

    now: datetime

    def __call__(self) -> datetime:
        """The time it is in the story."""
        return self.now


def show_demo(state: str | None, stream: TextIO | None = None, *, lang: str = "en") -> None:
    """Plays the demo to `stream` (standard output), in a memory of its own; raises `Failed`."""
    out, to = stream or sys.stdout, terminal(lang=lang)
    path = _fresh(state, to.say)
    bodies = [body_of(edition, to.say) for edition in (FIRST, SECOND)]
    clock = Pretence(FIRST.seen_at)
    with _quiet(), replaying("/catalogue.pdf") as register:
        app = App(_settings(path, register.url), clock)
        _tell(out, to.say("demo.intro"))
        _subscribe(app)
        first = _look(app, register, bodies[0], out, to.say)
        _tell(out, to.say("demo.first", rows=sum(first.run.rows.values()), labels=len(first.run.rows)))
        _tell_wishes(app, out, to)
        clock.now = SECOND.seen_at
        second = _look(app, register, bodies[1], out, to.say)
        _tell_second(out, second, to.say)
        _deliver(app, out, to.say)
        _tell_standings(app, out, to)
        command = f"{_command()} --state {shlex.quote(shown(path))}"
        out.write(to.say("demo.next", command=command, event=_gain(second)) + "\n")  # to be copied


def _command() -> str:
    """How to call the program from here: by its path in a checkout, whose tools the shell does not find."""
    found = shutil.which("vigilabel")
    inside = found is not None and Path(found).is_relative_to(Path.cwd())
    return str(Path(found).relative_to(Path.cwd())) if found and inside else "vigilabel"


def _fresh(state: str | None, say: Voice) -> str:
    """Where the demo remembers: a new place, never a memory that somebody uses."""
    if state is None:
        return str(Path(tempfile.mkdtemp(prefix="vigilabel-demo-")) / "demo.db")
    if is_begun(state) if in_server(state) else Path(state.removeprefix("sqlite:///")).exists():
        raise Failed(say("failed.demo_memory", state=shown(state)))
    return state


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


def _say(out: TextIO, text: str, edge: str = "") -> None:
    """Lines of the story; on a terminal broken between words, each behind `edge`."""
    shown = flowed(text, len(edge)) if out.isatty() else text
    out.write("".join(f"{edge}{line}".rstrip() + "\n" for line in shown.split("\n")))
    out.flush()


def _tell(out: TextIO, text: str) -> None:
    """A paragraph: a terminal has its own width, and the lines of the text are for where there is none."""
    prose = text.rstrip("\n")
    _say(out, (" ".join(prose.split("\n   ")).replace("\n", " ") if out.isatty() else prose) + "\n")


def _subscribe(app: App) -> None:
    with app.open_store() as store:
        for words in WISHES:
            wish = understand(words)
            subscriptions.subscribe(store, wish.subscription("console", words, "demo", app.clock()))


def _look(app: App, register: Replay, body: bytes, out: TextIO, say: Voice) -> Checked:
    register.show(body, "application/pdf")
    with busy(say("demo.reading", day=date_text(app.clock().date(), say.lang)), out):
        checked = check_source(app, app.sources[SOURCE])
    if checked is None or not checked.run.believed:
        why = message_said(checked.run, say.lang) if checked else say("demo.newer")
        raise Failed(say("failed.demo_unread", why=why))
    return checked


def _tell_wishes(app: App, out: TextIO, to: Hearer) -> None:
    with app.open_store() as store:
        named = _archive(app, store).reviewed
        wishes = [(one.words, wish_text(one, named, to)) for one in subscriptions.subscriptions(store)]
    lines = "\n".join(f"   {' '.join(words):32} {said}" for words, said in wishes)
    _say(out, f"{to.say('demo.wishes')}\n{lines}\n")


def _tell_second(out: TextIO, checked: Checked, say: Voice) -> None:
    told = [event for event in checked.events if event.cause is Cause.REGISTER]
    kinds = Counter(event.kind for event in told)
    lines = "\n".join(f"   {count:4} {_kind(kind, say.lang)}" for kind, count in kinds.most_common(6))
    _say(out, f"{say('demo.second', changes=len(told))}\n{lines}\n")


def _kind(kind: Kind, lang: str) -> str:
    """A kind of event: in English as commands take it."""
    return kind.value.replace("_", " ") if lang == "en" else kind_name(kind, lang)


def _deliver(app: App, out: TextIO, say: Voice) -> None:
    with app.open_store() as store:
        owed = len(outbox.owed(store, state="due"))
    letterbox = io.StringIO()
    post = replace(app.post(), notifier_of=lambda _: Console(stream=letterbox))
    deliver(post, app.clock)
    _say(out, say("demo.received", owed=owed))
    for line in letterbox.getvalue().strip().splitlines():
        _say(out, line, "   │ ")
    _say(out, "")


def _archive(app: App, store: Store) -> Archive:
    return Archive(store=store, providers=app.watch(store).providers, sources=app.sources, now=app.clock())


def _tell_standings(app: App, out: TextIO, to: Hearer) -> None:
    with app.open_store() as store:
        archive = _archive(app, store)
        providers = [one for name in USUAL for one in archive.names.meant(name)]
        standings = [one for one in race(archive, providers) if one.label == "secnumcloud"]
        known = [row for row in listings.listing(store, SOURCE) if row.attestation.label == "secnumcloud"]
    rows = [(one.provider.name, cell(one, to)) for one in standings]
    _say(out, f"{to.say('demo.standings')}\n" + indent(table_text(Table(rows=rows)), "   "))
    ends = [
        (_end(row, to.lang), row.provider.name, row.attestation.subject or "")
        for row in ending_within(known, 365, date(2026, 3, 4))
    ]
    _say(out, to.say("demo.ends", days=to.say.both([str(step) for step in STEPS])))
    _say(out, indent(table_text(Table(rows=ends)), "   "))


def _end(row: Known, lang: str) -> str:
    end = row.attestation.valid_until
    return str(end) if lang == "en" or end is None else date_text(end, lang)


def _gain(checked: Checked) -> int:
    gains = [event for event in checked.events if event.provider.slug == "s3ns"]
    return (gains or list(checked.events))[0].id
