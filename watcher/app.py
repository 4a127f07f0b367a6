"""Puts the program together from its settings: which sources, which notifiers, one fetcher, one memory.

The composition root: nothing else builds these, and they are passed on as arguments from here.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, cast

from state import model
from state.seen.who.providers import load_providers
from watcher.errors import BadSettings, Stopped
from watcher.look.apart.source import kept_apart, own
from watcher.look.ongoing import Ongoing
from watcher.settings import (
    Settings,
    SourceSettings,
    bare_environment,
    forget_environment,
    load_proxies,
)

# What looks, judges and sends takes 90 ms to load, httpx as much: questions need none of it. What is read and
# not stored needs no memory either, and sends nothing.
if TYPE_CHECKING:
    from notifiers.notifier import Means, Notifier
    from scrapers.source import Get, Source, SourceError
    from scrapers.wire.fetch import Fetcher
    from scrapers.wire.proxies import Proxies
    from state.file.store import Store
    from state.model import Page, Reason
    from state.seen.who.providers import Providers
    from state.words.post import Retraction
    from watcher.look.apart.room import Room
    from watcher.look.record import Watch
    from watcher.made.notifiers import Notifiers
    from watcher.made.sources import Choice
    from watcher.parts.holding import Holding
    from watcher.parts.replica import Reading
    from watcher.tell.deliver import Post
    from watcher.workspaces.directory import Directory

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
NEAR = timedelta(seconds=30)
"""Clocks that are so near to each other are right, both; leases last longer."""


class App:
    """The program of one process. Everything heavy is built when it is first asked for."""

    def __init__(
        self, settings: Settings, clock: Clock, *, stated: bool = False, wall: Clock | None = None
    ) -> None:
        """`stated`: the clock gives a time that a person chose, for replays and tests; `wall` gives the
        machine's all the same, for what others judge by theirs."""
        self.settings = settings
        self.clock = clock
        self.wall, self._walled = wall or clock, wall is not None
        self.stated = stated
        self.stopping = Event()
        self.stirred = Event()
        """Set whenever something may be owed that was not before: what delivers need not wait to notice."""
        self.brief = False
        """Whether this process reads one document and ends."""
        self.off = timedelta(0)
        """By how much our clock differs from the memory's own."""
        self.looks = Ongoing()
        self._making = Lock()
        self._origin = ""

    def open_store(self, *, create: bool = True) -> Store:
        """A connection of its own for the calling thread; raises `StoreError`."""
        from state.file.opening import open_store

        return open_store(self.settings.state, create=create)

    def shared(self) -> datetime:
        """The time by which all processes agree on what is claimed, due and leased: ours, or the memory's
        where the two are apart. A machine whose clock is wrong takes nothing from the others, then."""
        return self.clock() + self.off

    def compare(self, store: Store) -> None:
        """Holds our clock against the memory's, which all who share it have in common."""
        if self.stated or not self._walled:  # no time of the machine's
            return
        off = datetime.fromtimestamp(store.time() / 1000, UTC) - self.wall()
        off = off if abs(off) > NEAR else timedelta(0)
        if off and not self.off:
            logger.error("the clock of this machine is %s off the memory's: claims go by that one", off)
        self.off = off

    @cached_property
    def parts(self) -> Collection[str]:
        """The parts of the watch that this process runs: all, until it is told otherwise."""
        from watcher.parts.named import PARTS

        return PARTS

    @cached_property
    def bundle(self) -> Path | None:
        """Where the bundle of the night lies: beside a memory that is a file; else in a folder of this
        process alone, for machines share a server and no disk. None where the memory lies nowhere."""
        from shutil import rmtree
        from tempfile import mkdtemp
        from weakref import finalize

        from state.file.opening import in_server
        from watcher.said.drawn.bundle import bundle_of

        if not in_server(self.settings.state):
            return bundle_of(self.settings.state)
        # Nobody else's: what lies under a name that others know in a common folder may be anybody's.
        room = Path(mkdtemp(prefix="vigilabel-"))
        finalize(self, rmtree, room, ignore_errors=True)
        return room / "latest.zip"

    @cached_property
    def owner(self) -> str:
        """The name under which this process holds what others then leave to it."""
        from watcher.parts.owner import owner_of

        return owner_of(os.getpid())

    @cached_property
    def holding(self) -> Holding:
        """What keeps the leases of this process alive while it works."""
        from watcher.parts.holding import BEAT, SHORT, Holding

        # Who reads a replica is told by the beats how old it is.
        beat = SHORT if self.settings.database_read_url else BEAT
        return Holding(self.open_store, self.owner, self.shared, beat, self.compare)

    @cached_property
    def read(self) -> Reading:
        """The memory as questions of pages and programs are asked: a replica's, where there is one."""
        from watcher.parts.replica import Reading

        replica = self.open_replica if self.settings.database_read_url else None
        return Reading(lambda: self.open_store(create=False), replica, self.shared)

    def open_replica(self) -> Store:
        """A connection to the replica for the calling thread, which writes nothing; raises `StoreError`."""
        from state.file.opening import open_store

        assert self.settings.database_read_url is not None  # noqa: S101 -- asked only where it is set
        store = open_store(self.settings.database_read_url.reveal(), create=False)
        store.read_only()
        return store

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The enabled sources by name, with their settings applied; raises `BadSettings`."""
        return {name: kept_apart(source, self.room) for name, source in self._choice.enabled.items()}

    def settings_of(self, source: str) -> SourceSettings:
        """What is set for one source, or the defaults."""
        return self._choice.settings_of(source)

    @cached_property
    def _choice(self) -> Choice:
        from watcher.made.sources import Choice

        return Choice(self.settings.sources)

    def room(self) -> Room:
        """Where documents are read: one of a process, whichever thread asks first."""
        with self._making:
            return self._room

    @cached_property
    def _room(self) -> Room:
        from watcher.look.apart.limits import Limits
        from watcher.look.apart.room import Room

        limits = Limits(**asdict(self.settings.reading))
        return Room(
            environment=bare_environment(),
            limits=limits,
            monotonic=time.monotonic,
            stopping=self.stopping,
            brief=self.brief,
            forget=forget_environment,
        )

    @cached_property
    def fetcher(self) -> Fetcher:
        """The one polite client of this process; raises `BadSettings`."""
        from scrapers.source import Misset
        from scrapers.wire.fetch import Fetcher, make_client

        try:
            client = make_client(self.settings.contact, proxy_of=self.proxies.of)
        except Misset as error:
            raise BadSettings(error.reason) from None
        return Fetcher(client, now=self.clock, sleep=self.pause, monotonic=time.monotonic, walled=self.walled)

    def walled(self, body: bytes) -> Reason | None:
        """What stands in place of a document, looked at apart; None where that ended: a reading says why."""
        from scrapers.source import LayoutChanged
        from scrapers.wire.challenge import looks_blocked, may_be_wall

        if not may_be_wall(body):
            return None
        try:
            return cast("Reason | None", self.room().ask("", model.Reason | None, looks_blocked, body))
        except LayoutChanged:
            return None

    def require_way_out(self) -> None:
        """Raises `BadSettings` at once, and not in some thread, for a proxy or contact nobody can use."""
        _ = self.fetcher

    @cached_property
    def proxies(self) -> Proxies:
        """The proxies that lead out of this machine; raises `BadSettings`."""
        return load_proxies()

    def pause(self, seconds: float) -> None:
        """Waits between two requests; raises `Stopped` as soon as the program is asked to end."""
        if self.stopping.wait(seconds):
            raise Stopped("asked to end")

    def get(self, source: Source, store: Store) -> Get:
        """Fetches for one look: at its pace, until its deadline, and conditionally on what was read."""
        from state.seen.looks import evidence

        own, fetcher = self.settings_of(source.name), self.fetcher
        deadline = fetcher.deadline(own.deadline)

        def get(url: str) -> Page:
            kept = evidence.kept_page(store, source.name, url, validated=True)
            believed = evidence.accepted_hash(store, source.name, url)
            return fetcher.get(
                url,
                expect=source.expect,
                kept=kept,
                pace=own.pace,
                deadline=deadline,
                believed=believed,
                retried=partial(_retried, source.name),
            )

        from watcher.look.trust import trusting

        return trusting(source, get, store)

    def beside_root(self, source: Source, pages: Sequence[Page], at: datetime) -> tuple[Page, ...]:
        """Saved pages of a source, and what the memory believed at `at` that they are to be believed by.

        Alone where there is no memory yet, or none that opens: whoever reads them says what is missing.
        """
        # Before anything is loaded that opens a memory: most sources trust by themselves.
        told = own(source)
        if not hasattr(told, "alone"):
            return tuple(pages)
        # As in a live look: the first page is what is shown for that a look does not show a row.
        pages = sorted(pages, key=lambda page: not told.alone([page]))
        from state.file.errors import StoreError
        from watcher.look.trust import beside_root

        try:
            with self.open_store(create=False) as store:
                return beside_root(source, pages, store, at)
        except StoreError:
            return tuple(pages)

    def watch(self, store: Store, providers: Providers | None = None) -> Watch:
        """What a check works with, on this connection."""
        from watcher.look.record import Watch

        return Watch(
            store=store,
            providers=providers or load_providers(store),
            operators=self.settings.operators,
            clock=model.Clock(stated=self.stated),
        )

    def post(self) -> Post:
        """What delivering works with."""
        from watcher.tell.deliver import Post

        return Post(
            open_store=self.open_store,
            notifier_of=self.notifier_of,
            owner=self.owner,
            lang=self.settings.lang,
            operators=self.settings.operators,
            singly=self.singly,
        )

    def name_on_slack(self, place: str) -> str:
        """The name that the settings have for a channel of the bot's own workspace, else its id.

        What is typed and clicked there is about the named channel, which is told there.
        """
        return next((name for name, one in self._on_slack() if one == place), place)

    def place_on_slack(self, channel: str) -> str:
        """The id of a channel of the bot's own workspace, by its name or its id; "" for one elsewhere."""
        from notifiers.channels import kind_of, known

        named = dict(self._on_slack())
        if channel in self.settings.channels or not known(channel):
            return named.get(channel, "")
        return channel if kind_of(channel).name == "slack" else ""

    def _on_slack(self) -> Iterator[tuple[str, str]]:
        for name, one in self.settings.channels.items():
            if one.kind == "slack" and "secret" not in one.options:  # else in a workspace of its own
                yield name, str(one.options.get("to") or one.url)

    def singly(self, channel: str) -> bool:
        """Whether a channel is a program's, which takes one event at a time, in order."""
        return self._reaching().singly(channel)

    def notifier_of(self, channel: str) -> Notifier:
        """The notifier that reaches a channel."""
        return self._reaching().of(channel)

    def _reaching(self) -> Notifiers:
        """One of a process, whichever thread asks first: notifiers have in mind what they posted."""
        with self._making:
            return self.notifiers

    @cached_property
    def notifiers(self) -> Notifiers:
        """What reaches channels."""
        from watcher.made.notifiers import Notifiers

        return Notifiers(self.settings, lambda: self.means, lambda id: self.workspaces.of(id))

    @cached_property
    def workspaces(self) -> Directory:
        """The workspaces that installed the app by themselves."""
        from watcher.workspaces.directory import Directory

        return Directory(self.open_store, self.settings.slack_token_keys)

    @cached_property
    def means(self) -> Means:
        """What notifiers are made of."""
        from notifiers.notifier import Means, Programs

        settings = self.settings
        programs = Programs(view=_shown, source=self.name)
        return Means(
            setting=settings.named,
            proxy_of=self.proxies.of,
            operators=settings.operators,
            programs=programs,
            clock=self.wall,
        )

    def name(self) -> str:
        """The name under which the events of this memory are known wherever events of many are gathered."""
        from state.seen.looks.chain import origin, tag_under

        if not self._origin:  # before the first look there is none yet
            with self.open_store() as store:
                self._origin = origin(store)
        return tag_under(self._origin, "event")


def _shown(event: model.Event, gone: Retraction | None) -> Mapping[str, Any]:
    """The JSON of an event, as every door gives it."""
    from watcher.ask.views.events import event_view
    from watcher.ask.views.form import json_of

    return json_of(event_view(event, gone))


def _retried(source: str, address: str, error: SourceError, wait: float) -> None:
    """Says in the log what went wrong, and when it is tried again: a pause of a minute explains itself."""
    from notifiers.said.reasons import said

    status = error.reason.values.get("status", 429 if error.reason.code == "too_many_requests" else None)
    why = f"status {status}" if status else said(error.reason, "en").removeprefix(f"{address}: ")
    logger.warning("%s: %s: %s; asked again in %.0f s", source, address, why, wait)
