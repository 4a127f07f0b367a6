"""Evidence: the documents of every look, kept once as received and checked whenever they are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from state.codec import from_row, instant, instant_text, row_of, text
from state.file import bodies
from state.file.errors import Damaged, StoreError
from state.model import Page
from state.words.kept import Snapshot

if TYPE_CHECKING:
    from state.file.store import Store

ASKED = "coalesce(nullif(requested_url, ''), url)"
"""The address that a page was asked for at."""

VALIDATED = """and (headers like '%["etag",%' or headers like '%["last-modified",%')"""


def keep(store: Store, source: str, pages: Sequence[Page], now: datetime) -> Snapshot:
    """The snapshot of these pages, written before anything is concluded from them.

    Bodies are stored once however often they are seen, and a snapshot of the same source with the same
    addresses and bytes in the same order is used again: a look that saw nothing new costs nothing here. What
    varies without meaning (headers, times) is that of the first look.
    """
    # Without times and headers, which differ at every look: the same bytes are the same snapshot.
    digest = digest_of(pages)
    with store.transaction():
        known = "select id from snapshot where source = :source and digest = :digest"
        if same := store.value(known, source=source, digest=digest):
            return snapshot(store, same)
        before, id = _before(store, source), store.next_id("snapshot")
        store.insert("snapshot", id=id, source=source, digest=digest, fetched_at=instant_text(now))
        for position, page in enumerate(pages):
            bodies.keep(store, page.sha256, page.body, _like(before, position, page))
            _keep_page(store, id, position, page)
        return snapshot(store, id)


def digest_of(pages: Sequence[Page]) -> str:
    """The hex SHA-256 over addresses and bytes, in order."""
    parts = [[page.requested_url, page.url, page.sha256] for page in pages]
    return hashlib.sha256(text(parts).encode()).hexdigest()


def _before(store: Store, source: str) -> list[dict[str, Any]]:
    """The pages of the snapshot before of a source, and of the one that its accepted listing was read in.

    Not of the newest alone: that may be a wall, or a notice of works, in place of the register.
    """
    return store.q(
        f"""select position, sha256, {ASKED} as asked from snapshot_page
            where snapshot in (select max(id) from snapshot where source = :source)
            or snapshot in (select snapshot from source where name = :source)
            order by snapshot desc, position""",  # noqa: S608 -- a constant
        source=source,
    )


def _like(before: Sequence[dict[str, Any]], position: int, page: Page) -> tuple[str, ...]:
    """The pages that this one may be much the same as: of the same address, or else in the same position."""
    asked = page.requested_url or page.url
    same = [one for one in before if one["asked"] == asked]
    near = same or [one for one in before if one["position"] == position]
    return tuple(dict.fromkeys(one["sha256"] for one in near))


def _keep_page(store: Store, snapshot: int, position: int, page: Page) -> None:
    store.insert(
        "snapshot_page",
        snapshot=snapshot,
        position=position,
        sha256=page.sha256,
        headers=text(page.headers),
        **row_of(page, "body", "headers", "_sha256"),
    )


def snapshot(store: Store, id: int) -> Snapshot:
    """The snapshot with this number; raises `LookupError` when there is none."""
    found = store.row("snapshot", id)
    documents = store.q("select url, sha256 from snapshot_page where snapshot = :id order by position", id=id)
    return Snapshot(
        id=id,
        source=found["source"],
        digest=found["digest"],
        urls=tuple(document["url"] for document in documents),
        sha256s=tuple(document["sha256"] for document in documents),
        fetched_at=instant(found["fetched_at"]),
    )


def pages(store: Store, snapshot: int) -> tuple[Page, ...]:
    """The documents of a snapshot, bytes as received and checked against their SHA-256.

    Raises `StoreError` when the evidence is damaged, `LookupError` when there is no such snapshot.
    """
    rows = store.q("select * from snapshot_page where snapshot = :id order by position", id=snapshot)
    if not rows and not store.q("select id from snapshot where id = :id", id=snapshot):
        raise LookupError(f"there is no snapshot {snapshot}")
    return tuple(_page(store, row) for row in rows)


def kept_page(store: Store, source: str, url: str, *, validated: bool = False) -> Page | None:
    """The page that was asked for at `url` in the accepted listing's snapshot; None when there is none.

    Only that one may answer a conditional request: a page that was fetched and never read and committed must
    be fetched again. `validated`: only one that came with a validator, for a server can be asked about no
    other, and to open its bytes for nothing costs more than the rest of such a look.
    """
    condition = VALIDATED if validated else ""
    row = store.one(
        f"""select * from snapshot_page
            where snapshot in (select snapshot from source where name = :source) and {ASKED} = :url
            {condition} order by position limit 1""",  # noqa: S608 -- a constant
        source=source,
        url=url,
    )
    return _page(store, row) if row else None


def accepted_hash(store: Store, source: str, url: str) -> str:
    """The SHA-256 of the page that was asked for at `url` in the accepted listing's snapshot, "" for none."""
    found = store.value(
        f"""select sha256 from snapshot_page
            where snapshot in (select snapshot from source where name = :source) and {ASKED} = :url
            order by position limit 1""",  # noqa: S608 -- a constant
        source=source,
        url=url,
    )
    return found or ""


def _page(store: Store, row: dict[str, Any]) -> Page:
    try:
        body = bodies.read(store, row["sha256"])
    except Damaged as error:
        raise StoreError(
            f"evidence damaged: {row['url']} in snapshot {row['snapshot']}: expected bytes with SHA-256 "
            f"{row['sha256']}, found {error}; restore the database from a backup"
        ) from error
    headers = tuple((name, value) for name, value in json.loads(row["headers"]))
    return from_row(Page, row, body=body, headers=headers).hashed(row["sha256"])
