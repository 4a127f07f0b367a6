"""Examines a source: asks, looks, reads and judges as the watch would, and records every step."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scrapers.source import Explains, Get, LayoutChanged, Source, SourceError
from scrapers.wire.fetch import Fetcher, make_client
from state.file.errors import StoreError
from state.model import Listing, Outcome, Page, Reason
from state.seen.looks import runs
from state.seen.who.providers import load_providers
from state.words.kept import SourceState
from watcher.doctor.advice import advise
from watcher.doctor.examination import Examination, Findings, Glance, Judgement, Visit
from watcher.doctor.glance import glance
from watcher.doctor.saved import keep, load, refuse_full
from watcher.doctor.tape import Tape
from watcher.errors import Overtaken
from watcher.look.check import look, outcome_of
from watcher.look.record import Watch
from watcher.look.rehearsal import rehearse
from watcher.look.trust import believed_pages, root_of

if TYPE_CHECKING:
    from state.file.store import Store
    from watcher.call import Call


def examine(call: Call, source: str, save: Path | None = None, files: Sequence[Path] = ()) -> Examination:
    """The examination of one enabled source: live, or of saved pages (files, or a directory that was saved).

    A step that fails does not end it. With `save` the pages are kept in that directory, which must be new or
    empty. Raises a usage error for an unknown source, and `OSError` when files cannot be read or written.
    """
    register = call.source(source)
    if save is not None:
        refuse_full(save)
    at = call.clock()
    if files:
        pages = call.app.beside_root(register, load(files, register.url, at), at)
        visit = Visit(pages=pages, saved=True)
    else:
        visit = _asked(call, register)
    findings = _found(call, register, visit, at)
    kept = str(keep(save, findings)) if save is not None else ""
    return Examination(findings=findings, advice=advise(findings), kept=kept)


def _asked(call: Call, source: Source) -> Visit:
    """What the live register answers: unconditionally, so that an old copy is not taken for an answer."""
    app = call.app
    # A client of its own: the tape hangs on its hooks, and the watch's would tell of other looks as well.
    client = make_client(app.settings.contact, proxy_of=app.proxies.of)
    with client:
        fetcher = Fetcher(
            client, now=call.clock, sleep=time.sleep, monotonic=time.monotonic, walled=app.walled
        )
        tape = Tape(fetcher, client.event_hooks, monotonic=time.monotonic)
        own = app.settings_of(source.name)
        failed: SourceError | None = None
        deadline = fetcher.deadline(own.deadline)
        pages: tuple[Page, ...] = ()
        get = partial(tape.get, expect=source.expect, pace=own.pace, deadline=deadline)
        try:
            pages = source.fetch(_trusting(call, source, get))
        except SourceError as trouble:
            failed = trouble
        return Visit(
            requests=tuple(tape.requests),
            # What came before the trouble is looked at as well: it may say what is wrong.
            pages=pages or tuple(one.page for one in tape.requests if one.page is not None),
            robots=fetcher.robots_pages(),
            trouble=failed,
            outcome=outcome_of(failed) if failed else None,
            deadline=own.deadline,
        )


def _trusting(call: Call, source: Source, get: Get) -> Get:
    """Gets as the watch would: what the source trusts by from the memory, where anything of it is believed;
    else from its site, since a person wants to see how far the trust would reach."""
    kept: Mapping[str, Page] = {}
    if (root := root_of(source)) is not None:
        try:
            with call.app.open_store(create=False) as store:
                kept = believed_pages(store, root)
        except StoreError:
            pass  # the judgement says what is wrong with the memory
    return lambda url: kept[url] if url in kept else get(url)


def _found(call: Call, source: Source, visit: Visit, at: datetime) -> Findings:
    """The pages seen, explained, judged and read; a part of a look is seen and explained, never judged."""
    whole = bool(visit.pages) and visit.trouble is None
    judgement, listing = _judged(call, source, visit.pages, at) if whole else (None, None)
    run = judgement.run if judgement else None
    crashed = run is not None and run.outcome is Outcome.CRASHED
    explains = isinstance(source, Explains) and bool(visit.pages) and not crashed
    return Findings(
        source=source,
        at=at,
        visit=visit,
        glances=tuple(_glance(call, source, page) for page in visit.pages),
        explanation=cast(Explains, source).explain(visit.pages) if explains else None,
        listing=listing,
        judgement=judgement,
    )


def _glance(call: Call, source: Source, page: Page) -> Glance:
    """What a page looks like, looked at apart; what ended that where it did."""
    try:
        return cast(Glance, call.app.room().ask(source.name, Glance, glance, page.body))
    except LayoutChanged as error:
        return Glance(looks=error.reasons)


def _read(source: Source, pages: Sequence[Page]) -> Listing | None:
    try:
        return source.read(pages)
    except SourceError:
        return None  # the judgement says why


def _judged(
    call: Call, source: Source, pages: Sequence[Page], at: datetime
) -> tuple[Judgement, Listing | None]:
    """What the watch would make of the pages, with nobody listening and nothing of it kept; and what was read
    in them, once for both: a catalogue takes seconds."""
    known = SourceState(source=source.name)

    def judge(store: Store, ahead: Source) -> tuple[Judgement, Listing | None]:
        nonlocal known
        known = runs.state_of(store, source.name)
        checked = look(ahead, pages, Watch(store=store, providers=load_providers(store)), at)
        crashed = checked.run.outcome is Outcome.CRASHED
        judgement = Judgement(known=known, run=checked.run, events=checked.events)
        return judgement, None if crashed else _read(ahead, pages)

    try:
        with unheard():
            return rehearse(call.app.settings.state, source, judge)
    except (StoreError, Overtaken) as error:
        why = Reason.of("memory_silent", error=str(error))
        return Judgement(known=known, why=why), _read(source, pages)


@contextmanager
def unheard() -> Iterator[None]:
    """Keeps words to operators out of the log: of a trial the report says them all, of old editions nobody
    wants them."""
    logger = logging.getLogger("watcher.look.record")
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False
