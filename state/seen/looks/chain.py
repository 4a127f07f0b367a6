"""The chain: every run sealed with the one before it, so that history cannot be rewritten unseen.

A link is one line of JSON text that names the hash of the line before it and the SHA-256 of everything its
run brought. Its own hash is the SHA-256 of that line with its line feed: what `sha256sum` says of a file that
holds nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from state.codec import maybe_instant_text, reasons_json, text
from state.file.errors import StoreError
from state.model import Clock, Run
from state.seen.looks import runs
from state.seen.who.providers import SHIPPED

if TYPE_CHECKING:
    from state.file.store import Store

START = "0" * 64
"""What stands for the hash before the first link."""
RUN = "run"
MINTED = "2026"
"""The year in our tag URIs: it dates the name, not the thing, and never changes."""

LISTED = """select line, facts from (
        select id, line, facts, source, since_run, until_run from attestation
        union all select id, line, facts, source, since_run, until_run from forgotten_version) v
    where source = :source and since_run <= :run and (until_run is null or until_run > :run)
    and not exists (select 1 from forgotten f where f.run = v.since_run and f.last_run < :run)
    and not exists (select 1 from forgotten_ending e join forgotten f on f.run = e.run
        where e.version = v.id and e.run <= :run and f.last_run >= :run) order by line"""

# As bytes, which are hashed as they are: read as text and encoded again they took twice as long.
STANDING = """select line, cast(facts as blob) from attestation
    where source = :source and until_at is null order by line"""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link: the record it seals (`kind` "run" and its number, say), and its line without line feed."""

    number: int
    kind: str
    record: int
    previous: str
    hash: str
    body: str

    @property
    def facts(self) -> Json:
        """What the line says."""
        facts: Json = json.loads(self.body)
        return facts


def sealed(line: str) -> str:
    """The hex SHA-256 of a line with its line feed."""
    return hashlib.sha256(f"{line}\n".encode()).hexdigest()


def extend(store: Store, run: int) -> Link:
    """Seals a run with all it brought; the last thing written in the run's own transaction."""
    recorded = runs.run(store, run)
    return _sealing(store, recorded, _standing_digest(store, recorded.source))


def extend_unchanged(store: Store, run: int, before: int) -> Link:
    """Seals a run that left the listing of its source as the run before did: it is not gone through again."""
    recorded = runs.run(store, run)
    sealed_before = store.value(
        "select body from link where kind = :kind and record = :run", kind=RUN, run=before
    )
    if not sealed_before:  # recorded before there was a chain
        return extend(store, run)
    return _sealing(store, recorded, json.loads(sealed_before)["listing"])


def _sealing(store: Store, recorded: Run, listing: str) -> Link:
    run = recorded.id
    events = [{"id": each["id"], "sha256": sealed(each["body"])} for each in event_lines(store, run)]
    facts = {
        "run": run_facts(recorded),
        "approval": _approval(store, run),
        "events": events,
        "listing": listing,
        "missing": _missing(store, recorded.source),
        "accepted": _accepted(store, recorded.source),
        "snapshots": [
            {"id": id, "sha256": sealed(snapshot_line(store, id))} for id in snapshots_of(store, run)
        ],
        # Who is who decides which rows pair: `replay` makes no run again that knew other names.
        "names": hashlib.sha256(SHIPPED.read_bytes()).hexdigest(),
    }
    return add(store, RUN, run, facts)


def add(store: Store, kind: str, record: int, facts: Mapping[str, object]) -> Link:
    """Adds a link that seals any record; inside the transaction that writes the record.

    `facts` are JSON values; number, kind, record and the hash of the link before are added to them.
    """
    with store.transaction():
        last = _last(store)
        number, previous = (last.number + 1, last.hash) if last else (1, START)
        body = text({**facts, "number": number, "kind": kind, "record": record, "previous": previous})
        link = Link(number=number, kind=kind, record=record, previous=previous, hash=sealed(body), body=body)
        store.insert("link", **_columns(link))
    return link


def carry(store: Store, link: Link) -> None:
    """Adds a link as another memory has it; raises `StoreError` when it does not follow the last one here."""
    with store.transaction():
        found = head(store)
        if link.previous != found:
            raise StoreError(f"link {link.number}: expected to follow {link.previous}, found head {found}")
        store.insert("link", **_columns(link))


def _columns(link: Link) -> dict[str, Any]:
    # `previous` is made of the line.
    return {name: getattr(link, name) for name in ("number", "kind", "record", "hash", "body")}


def head(store: Store) -> str:
    """The hash of the last link, which stands for all history so far; 64 zeros when there is none."""
    last = _last(store)
    return last.hash if last else START


def origin(store: Store) -> str:
    """A name of this memory that nothing changes: the hash of its first link; "" before the first look."""
    return store.value("select hash from link order by number limit 1") or ""


def authority(origin: str) -> str:
    """The name that what is cited of a memory is minted under, whatever its public address becomes."""
    return ".".join(filter(None, (origin[:16], "vigilabel.invalid")))


def tag_under(origin: str, thing: str) -> str:
    """The stable name of a thing of the memory with that origin (RFC 4151)."""
    return f"tag:{authority(origin)},{MINTED}:{thing}"


def _last(store: Store) -> Link | None:
    found = store.one("select * from link order by number desc limit 1")
    return Link(**found) if found else None


def link_of(store: Store, run: int) -> Link:
    """The link that seals a run; raises `LookupError` when none does."""
    found = store.one("select * from link where kind = :kind and record = :run", kind=RUN, run=run)
    if not found:
        raise LookupError(f"run {run} is not in the chain: it was recorded before there was one")
    return Link(**found)


def links(store: Store, since: int = 1, until: int | None = None) -> Iterator[Link]:
    """The links from one number to another, both included, a batch at a time."""
    while until is None or since <= until:
        batch = store.q(
            "select * from link where number between :since and :until order by number limit 500",
            since=since,
            until=until if until is not None else 2**62,
        )
        yield from (Link(**row) for row in batch)
        if not batch:
            return
        since = batch[-1]["number"] + 1


def numbered(store: Store, hash: str) -> int | None:
    """The number of the link with this hash; None when the chain does not have it."""
    sql = "select number from link where substr(hash, 1, 8) = substr(:hash, 1, 8) and hash = :hash"
    number: int | None = store.value(sql, hash=hash)
    return number


def run_facts(run: Run) -> Json:
    """A run as JSON values; reasons, and what is known of its clock, only where there is something."""
    facts: Json = {
        "id": run.id,
        "source": run.source,
        "at": maybe_instant_text(run.at),
        "outcome": run.outcome.value,
        "message": run.message,
        "snapshot": run.snapshot,
        "revision": run.revision,
        "edition_at": maybe_instant_text(run.edition_at),
        "rows": dict(run.rows),
        "held": list(run.held),
        "believed": run.believed,
    }
    # Links from before clocks were judged, or reasons kept, lack these fields and must hash as they did.
    if run.clock != Clock():
        facts["clock"] = _clock_facts(run.clock)
    return {**facts, "reasons": reasons_json(run.reasons)} if run.reasons else facts


def _clock_facts(clock: Clock) -> Json:
    return {
        "stated": clock.stated,
        "served_at": maybe_instant_text(clock.served_at),
        "doubt": clock.doubt.value if clock.doubt else None,
        "confirmed": clock.confirmed,
    }


def event_lines(store: Store, run: int) -> Sequence[Json]:
    """The events of a run in order: `id`, and `body`, the line as the log has it."""
    return store.q("select id, body from event where run = :run order by id", run=run)


def event_line(store: Store, event: int) -> str:
    """The line of one event as the log has it; raises `LookupError` when there is no such event."""
    return str(store.row("event", event)["body"])


# In a line as the log writes it: nothing else that is named so is a number, and no text has a quote but
# escaped. A first look has tens of thousands of lines, and to read them whole took as long as to seal them.
_EVIDENCED = re.compile(r'"snapshot":(\d+)')


def _evidenced(line: str) -> int:
    """The snapshot that the event of a line points to."""
    found = _EVIDENCED.search(line)
    number: int = int(found[1]) if found else json.loads(line)["evidence"]["snapshot"]
    return number


def snapshots_of(store: Store, run: int) -> tuple[int, ...]:
    """The numbers of the snapshots that a run rests on: its own, and those that its events point to."""
    evidenced = {_evidenced(each["body"]) for each in event_lines(store, run)}
    own = runs.run(store, run).snapshot
    return tuple(sorted(evidenced if own is None else evidenced | {own}))


def snapshot_line(store: Store, id: int) -> str:
    """A snapshot as one line of JSON: where, when, with which headers and hash each page came."""
    found = store.one("select id, source, digest, fetched_at from snapshot where id = :id", id=id)
    if not found:
        raise LookupError(f"there is no snapshot {id}")
    pages = store.q(
        """select p.url, p.requested_url, p.status, p.content_type, p.headers, p.fetched_at, p.sha256, b.size
            from snapshot_page p join page b on b.sha256 = p.sha256
            where p.snapshot = :id order by p.position""",
        id=id,
    )
    stated = [{**page, "headers": json.loads(page["headers"])} for page in pages]
    return text({**found, "pages": stated})


def listing_lines(store: Store, source: str, run: int) -> Iterator[str]:
    """The listing of a source as it stood after a run, a line a row: its number, and what was read in it.

    Places are those of the look that first showed the row so. Providers are left out: who is who is our
    judgement, and may be reviewed. What a look did counts until it was forgotten.
    """
    batches = store.batches(LISTED, source=source, run=run)
    return (f'{{"row":{line},"stated":{facts}}}' for rows in batches for line, facts in rows)


def listing_digest(store: Store, source: str, run: int) -> str:
    """The hex SHA-256 of those lines, each with its line feed."""
    digest = hashlib.sha256()
    for line in listing_lines(store, source, run):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def _standing_digest(store: Store, source: str) -> str:
    """The same after the last run recorded: the rows that stand, without a question about every other run."""
    digest = hashlib.sha256()
    for rows in store.batches(STANDING, source=source):
        digest.update(b"".join([b'{"row":%d,"stated":%b}\n' % row for row in rows]))
    return digest.hexdigest()


def _approval(store: Store, run: int) -> Json | None:
    """The operator's word that this run was made on: the run approved, and why."""
    return store.one(
        """select a.run, a.reason from approval a join run waiting on waiting.id = a.run, run made
            where made.id = :run and waiting.id < made.id and waiting.source = made.source
            and waiting.snapshot = made.snapshot and a.at = made.at order by a.run desc limit 1""",
        run=run,
    )


def _missing(store: Store, source: str) -> list[Json]:
    # Every time is above the empty text: so it is told to the index that holds nothing but these rows.
    return store.q(
        """select line as row, missing_since as since, missing_looks as looks from attestation
            where source = :source and until_at is null and missing_since > '' order by line""",
        source=source,
    )


def _accepted(store: Store, source: str) -> Json:
    state = runs.state_of(store, source)
    return {
        "snapshot": state.snapshot,
        "revision": state.revision,
        "edition_at": maybe_instant_text(state.edition_at),
        "covers": sorted(state.covers),
    }
