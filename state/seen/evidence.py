"""Evidence: the documents of every look, kept once as received and checked whenever they are read."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from state.codec import instant, instant_text, text
from state.file.errors import StoreError
from state.model import Page
from state.words.kept import Snapshot

if TYPE_CHECKING:
    from state.file.store import Store

PAGE = """select p.*, b.size, b.body from snapshot_page p join page b on b.sha256 = p.sha256"""

VALIDATED = """and (p.headers like '%["etag",%' or p.headers like '%["last-modified",%')"""


def keep(store: Store, source: str, pages: Sequence[Page], now: datetime) -> Snapshot:
    """The snapshot of these pages, written before anything is concluded from them.

    Bodies are stored once however often they are seen, and a snapshot of the same source with the same
    addresses and bytes in the same order is used again: a look that saw nothing new costs nothing here. What
    varies without meaning (headers, times) is that of the first look.
    """
    # Without times and headers, which differ at every look: the same bytes are the same snapshot.
    digest = digest_of(pages)
    with store.transaction():
        same = store.q(
            "select id from snapshot where source = :source and digest = :digest",
            source=source,
            digest=digest,
        )
        if same:
            return snapshot(store, same[0]["id"])
        id = store.q("select coalesce(max(id), 0) + 1 as id from snapshot")[0]["id"]
        store.q(
            "insert into snapshot (id, source, digest, fetched_at) values (:id, :source, :digest, :at)",
            id=id,
            source=source,
            digest=digest,
            at=instant_text(now),
        )
        for position, page in enumerate(pages):
            _keep_page(store, id, position, page)
        return snapshot(store, id)


def digest_of(pages: Sequence[Page]) -> str:
    """The hex SHA-256 over addresses and bytes, in order."""
    parts = [[page.requested_url, page.url, page.sha256] for page in pages]
    return hashlib.sha256(text(parts).encode()).hexdigest()


def _keep_page(store: Store, snapshot: int, position: int, page: Page) -> None:
    sha256 = page.sha256
    if not store.q("select sha256 from page where sha256 = :sha256", sha256=sha256):
        store.q(
            "insert into page (sha256, size, body) values (:sha256, :size, :body)",
            sha256=sha256,
            size=len(page.body),
            body=zlib.compress(page.body),
        )
    store.q(
        """insert into snapshot_page
            (snapshot, position, sha256, url, requested_url, status, content_type, headers, fetched_at)
            values (:snapshot, :position, :sha256, :url, :requested, :status, :type, :headers, :at)""",
        snapshot=snapshot,
        position=position,
        sha256=sha256,
        url=page.url,
        requested=page.requested_url,
        status=page.status,
        type=page.content_type,
        headers=text(page.headers),
        at=instant_text(page.fetched_at),
    )


def snapshot(store: Store, id: int) -> Snapshot:
    """The snapshot with this number; raises `LookupError` when there is none."""
    found = store.q("select * from snapshot where id = :id", id=id)
    if not found:
        raise LookupError(f"there is no snapshot {id}")
    documents = store.q("select url, sha256 from snapshot_page where snapshot = :id order by position", id=id)
    return Snapshot(
        id=id,
        source=found[0]["source"],
        digest=found[0]["digest"],
        urls=tuple(document["url"] for document in documents),
        sha256s=tuple(document["sha256"] for document in documents),
        fetched_at=instant(found[0]["fetched_at"]),
    )


def pages(store: Store, snapshot: int) -> tuple[Page, ...]:
    """The documents of a snapshot, bytes as received and checked against their SHA-256.

    Raises `StoreError` when the evidence is damaged, `LookupError` when there is no such snapshot.
    """
    rows = store.q(f"{PAGE} where p.snapshot = :snapshot order by p.position", snapshot=snapshot)
    if not rows and not store.q("select id from snapshot where id = :id", id=snapshot):
        raise LookupError(f"there is no snapshot {snapshot}")
    return tuple(_page(row) for row in rows)


def kept_page(store: Store, source: str, url: str, *, validated: bool = False) -> Page | None:
    """The page that was asked for at `url` in the accepted listing's snapshot; None when there is none.

    Only that one may answer a conditional request: a page that was fetched and never read and committed must
    be fetched again. `validated`: only one that came with a validator, for a server can be asked about no
    other, and to open its bytes for nothing costs more than the rest of such a look.
    """
    condition = VALIDATED if validated else ""
    rows = store.q(
        f"""{PAGE} join source s on s.snapshot = p.snapshot
            where s.name = :source and coalesce(nullif(p.requested_url, ''), p.url) = :url {condition}
            order by p.position limit 1""",
        source=source,
        url=url,
    )
    return _page(rows[0]) if rows else None


def _page(row: dict[str, Any]) -> Page:
    return Page(
        url=row["url"],
        body=_body(row),
        fetched_at=instant(row["fetched_at"]),
        requested_url=row["requested_url"],
        status=row["status"],
        content_type=row["content_type"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"])),
    )


def _body(row: dict[str, Any]) -> bytes:
    """The bytes of a page; never more than were kept, whatever the compressed form claims."""
    try:
        body = zlib.decompressobj().decompress(row["body"], row["size"] + 1)
    except zlib.error as error:
        raise _damaged(row, str(error)) from error
    found = hashlib.sha256(body).hexdigest()
    if found != row["sha256"]:
        raise _damaged(row, f"bytes with SHA-256 {found}")
    return body


def _damaged(row: dict[str, Any], found: str) -> StoreError:
    return StoreError(
        f"evidence damaged: {row['url']} in snapshot {row['snapshot']}: expected bytes with SHA-256 "
        f"{row['sha256']}, found {found}; restore the database from a backup"
    )
