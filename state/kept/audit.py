"""Holds the memory against its chain: what was altered, added or taken away since it was written."""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Iterator
from typing import TYPE_CHECKING

from state.codec import instant_text, text
from state.file.errors import NoFiles, StoreError
from state.noted import documents
from state.seen.looks import chain, evidence, runs
from state.seen.taken_back import forgotten, retractions

if TYPE_CHECKING:
    from state.file.store import Store
    from state.seen.looks.chain import Link

MOST = 20
"""How many faults are told: whoever reads the first ones knows enough."""


def faults(store: Store) -> tuple[str, ...]:
    """What does not agree with the chain, in words, at most `MOST`; empty when the memory is whole.

    Every link, run, event, listing and page is read. What the chain does not cover (messages, subscriptions,
    names that were reviewed) is not looked at.
    """
    found: list[str] = []
    try:
        for fault in _all(store):
            found.append(fault)
            if len(found) == MOST:
                break
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # Whoever alters a record need not leave one that makes sense.
        found.append(f"a record cannot be read: {error!r}")
    return tuple(found)


def _all(store: Store) -> Iterator[str]:
    previous, listings = chain.START, _Listings(store)
    for number, link in enumerate(chain.links(store), 1):
        if trouble := broken(link.body, number, previous, link.hash) or _mislabelled(link):
            yield f"link {link.number}: {trouble}"
            return
        previous = link.hash
        if link.kind == chain.RUN:
            yield from _run_faults(store, link)
            yield from listings.faults(link)
        if link.kind == retractions.KIND:
            yield from _retraction_faults(store, link)
        if link.kind == forgotten.KIND:
            listings.work_anew()
            yield from _forgotten_faults(store, link)
    yield from _unsealed(store)
    yield from _page_faults(store)
    yield from documents.damaged(store)  # no link seals them, but their bytes must be those that were kept


def broken(line: str, number: int, previous: str, hash: str | None = None) -> str:
    """Why a line cannot be link `number`, after the link with hash `previous`; "" when it can."""
    found = chain.sealed(line)
    if hash is not None and found != hash:
        return f"expected a line with SHA-256 {hash}, found {found}"
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return "expected a line of JSON, found something else"
    if not isinstance(facts, dict) or text(facts) != line:
        return "expected a JSON object with sorted keys and no white space, found another text"
    for name, expected in (("number", number), ("previous", previous)):
        if facts.get(name) != expected:
            return f"expected {name} {expected}, found {facts.get(name)!r}"
    return ""


def _mislabelled(link: Link) -> str:
    facts = link.facts
    stated = (facts.get("number"), facts.get("kind"), facts.get("record"), facts.get("previous"))
    if stated != (link.number, link.kind, link.record, link.previous):
        return "its columns do not say what its line says"
    return ""


def _run_faults(store: Store, link: Link) -> Iterator[str]:
    facts = link.facts
    try:
        recorded = chain.run_facts(runs.run(store, link.record))
    except LookupError:
        yield f"run {link.record}: is in the chain, and not in the memory any more"
        return
    if recorded != (sealed := facts["run"]):
        names = ", ".join(name for name in {**recorded, **sealed} if recorded.get(name) != sealed.get(name))
        yield f"run {link.record}: its {names} is not what the chain has"
    stated = {each["id"]: each["sha256"] for each in facts["events"]}
    kept = {each["id"]: chain.sealed(each["body"]) for each in chain.event_lines(store, link.record)}
    for event in sorted(stated.keys() | kept.keys()):
        if stated.get(event) != kept.get(event):
            yield f"event {event}: {_how(stated.get(event), kept.get(event))} since run {link.record}"
    for snapshot in facts["snapshots"]:
        if _snapshot_sha(store, snapshot["id"]) != snapshot["sha256"]:
            yield f"snapshot {snapshot['id']}: its addresses, times or hashes are not what the chain has"


def _retraction_faults(store: Store, link: Link) -> Iterator[str]:
    kept = retractions.retractions(store, [link.record]).get(link.record)
    if kept is None:
        yield f"retraction of event {link.record}: was taken away"
    elif {"reason": kept.reason, "by": kept.by, "at": instant_text(kept.at)} != {
        name: link.facts.get(name) for name in ("reason", "by", "at")
    }:
        yield f"retraction of event {link.record}: was altered"


def _forgotten_faults(store: Store, link: Link) -> Iterator[str]:
    kept = forgotten.facts_of(store, link.record)
    if kept is None:
        yield f"run {link.record}: was forgotten by the chain, and stands in the memory"
    elif any(kept[name] != link.facts.get(name) for name in kept):
        yield f"run {link.record}: why or when it was forgotten is not what the chain has"


def _how(stated: str | None, kept: str | None) -> str:
    if kept is None:
        return "was taken away"
    return "was added" if stated is None else "was altered"


def _snapshot_sha(store: Store, id: int) -> str:
    try:
        return chain.sealed(chain.snapshot_line(store, id))
    except LookupError:
        return ""


class _Listings:
    """Works the listings out again as the chain goes by, where something in them began or ended."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._moves: dict[str, list[int]] = {}
        self._known: dict[str, tuple[int, str]] = {}
        for row in store.q(
            """select source, since_run as run from attestation union
                select source, until_run from attestation where until_run is not null union
                select source, since_run from forgotten_version union
                select r.source, e.run from forgotten_ending e join run r on r.id = e.run order by 1, 2"""
        ):
            self._moves.setdefault(row["source"], []).append(row["run"])

    def work_anew(self) -> None:
        """Works the next listings out anew: one of them goes back to what it was."""
        self._known.clear()

    def faults(self, link: Link) -> Iterator[str]:
        """Whether the listing after a run is the one that its link states."""
        source, stated = link.facts["run"]["source"], link.facts["listing"]
        last, found = self._known.get(source, (0, ""))
        moves = self._moves.get(source, [])
        if not found or bisect(moves, last) < bisect(moves, link.record):
            found = chain.listing_digest(self._store, source, link.record)
        self._known[source] = (link.record, found)
        if found != stated:
            yield f"listing of {source} after run {link.record}: is not what the chain has"


def _unsealed(store: Store) -> Iterator[str]:
    """Runs, retractions and forgotten looks that were written beside the chain."""
    strange = store.q(
        """select r.id, r.source from run r where r.id > (select min(record) from link where kind = 'run')
            and not exists (select 1 from link l where l.kind = 'run' and l.record = r.id) order by r.id"""
    )
    yield from (f"run {row['id']} of {row['source']}: is not in the chain" for row in strange)
    beside = store.q(
        """select r.event from retraction r where not exists (
            select 1 from link l where l.kind = :kind and l.record = r.event) order by r.event""",
        kind=retractions.KIND,
    )
    yield from (f"retraction of event {row['event']}: is not in the chain" for row in beside)
    hidden = store.q(
        """select f.run from forgotten f where not exists (
            select 1 from link l where l.kind = :kind and l.record = f.run) order by f.run""",
        kind=forgotten.KIND,
    )
    yield from (f"run {row['run']}: that it was forgotten is not in the chain" for row in hidden)


def _page_faults(store: Store) -> Iterator[str]:
    for row in store.q("select id from snapshot order by id"):
        try:
            pages = evidence.pages(store, row["id"])
        except NoFiles:  # says nothing of these pages
            raise
        except StoreError as error:
            yield str(error)
            continue
        kept = evidence.snapshot(store, row["id"])
        if kept.digest != evidence.digest_of(pages):
            yield f"snapshot {kept.id}: its digest is not that of its pages"
