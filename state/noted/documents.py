"""Attestations of the past that people hold documents for, kept apart from all that a register ever showed.

Each is a person's word, with the document as evidence: never changed, only taken back. The documents lie with
the pages of looks, each once; no link of the chain seals them, for nobody saw them on a register.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from state.codec import from_row, instant_text, row_of
from state.file import bodies
from state.file.errors import Damaged, StoreError
from state.file.store import Conditions, Store
from state.model import Provider
from state.words.documented import Documented


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Documented):
    """One as it stands in the memory: its number, when it was written there, and when, why and by whom it was
    taken back, if it was."""

    number: int
    at: datetime
    removed_at: datetime | None = None
    removed_by: str = ""
    removed_reason: str = ""


def documents(
    store: Store, *, label: str | None = None, provider: str | None = None, removed: bool = False
) -> tuple[Kept, ...]:
    """Those that stand, of a label or a provider (a slug) if one is named, in the order of their writing;
    with `removed` those that were taken back too."""
    wanted = Conditions(label=label, provider=provider)
    if not removed:
        wanted.add("removed_at is null")
    return tuple(map(_kept, wanted.rows(store, "select * from documented", "id")))


def provider(store: Store, slug: str) -> Provider | None:
    """The provider with a slug that a document names; None where none does."""
    name = store.value(
        """select provider_name as name from documented where provider = :slug and removed_at is null
            order by id limit 1""",
        slug=slug,
    )
    return None if name is None else Provider(slug=slug, name=name)


def there(store: Store, new: Sequence[Documented]) -> Sequence[bool]:
    """Of each whether the memory has it already, or one before it says the same."""
    known = {one.key for one in documents(store)}
    found = []
    for one in new:
        found.append(one.key in known)
        known.add(one.key)
    return found


def write(store: Store, new: Sequence[Documented], body_of: Callable[[str], bytes], now: datetime) -> int:
    """Writes them with their documents, all or none; returns how many were not there yet.

    `body_of` gives the bytes of a document by the hash of them, and is asked for those alone that are not
    kept yet, one after the other: a hundred scans do not lie in memory at once. Raises `StoreError` where
    it gives others.
    """
    with store.transaction():
        known = there(store, new)
        fresh = [one for one, old in zip(new, known, strict=True) if not old]
        for sha256 in dict.fromkeys(one.sha256 for one in fresh):
            if not store.q("select 1 as there from page where sha256 = :sha256", sha256=sha256):
                _keep(store, sha256, body_of(sha256))
        for one in fresh:
            who = {"provider": one.provider.slug, "provider_name": one.provider.name}
            id, at = store.next_id("documented"), instant_text(now)
            scope = json.dumps(one.scope)
            store.insert("documented", id=id, at=at, scope=scope, **who, **row_of(one, "provider", "scope"))
    return len(fresh)


def _keep(store: Store, sha256: str, body: bytes) -> None:
    if hashlib.sha256(body).hexdigest() != sha256:
        raise StoreError.of("document_moved", sha256=sha256)
    bodies.keep(store, sha256, body, ())


def take_back(store: Store, number: int, reason: str, by: str, now: datetime) -> Kept:
    """Takes one back and returns it; it stays on record, with why and by whom. Raises `LookupError` where
    none of that number stands."""
    if not (reason.strip() and by.strip()):
        raise StoreError.of("document_words", number=number)
    with store.transaction():
        found = store.one(
            """update documented set removed_at = :at, removed_by = :by, removed_reason = :reason
                where id = :id and removed_at is null returning *""",
            id=number,
            at=instant_text(now),
            by=by.strip(),
            reason=reason.strip(),
        )
    if not found:
        raise LookupError(f"no document of number {number} stands")
    return _kept(found)


def body(store: Store, sha256: str) -> bytes:
    """The bytes of a document that something rests on, checked; raises `LookupError` where nothing does, and
    `StoreError` where they are damaged."""
    standing = "select 1 as there from documented where sha256 = :sha256 and removed_at is null limit 1"
    if not store.q(standing, sha256=sha256):
        raise LookupError(f"nothing rests on a document {sha256}")
    try:
        return bodies.read(store, sha256)
    except Damaged as error:
        raise StoreError(f"document {sha256}: expected its bytes, found {error}") from error


def damaged(store: Store) -> Iterator[str]:
    """What is wrong with the documents that are kept, in words."""
    for sha256 in store.values("select distinct sha256 from documented order by 1"):
        try:
            bodies.read(store, sha256)
        except Damaged as error:
            yield f"document {sha256}: expected its bytes, found {error}"


def restamp(store: Store, whose: Callable[[str, str], Provider]) -> int:
    """Gives each the provider that `whose(holder, label)` now names: who is who is a judgement of ours, and
    no document's. Returns how many changed."""
    changed = 0
    with store.transaction():
        for row in store.q("select distinct holder, label from documented"):
            who = whose(row["holder"], row["label"])
            changed += len(
                store.q(
                    """update documented set provider = :slug, provider_name = :name
                        where holder = :holder and label = :label
                        and (provider <> :slug or provider_name <> :name) returning id""",
                    slug=who.slug,
                    name=who.name,
                    **row,
                )
            )
    return changed


def _kept(row: dict[str, Any]) -> Kept:
    removed = {name: row[name] or "" for name in ("removed_by", "removed_reason")}
    provider = Provider(slug=row["provider"], name=row["provider_name"])
    return from_row(Kept, row, number=row["id"], provider=provider, **removed)


def stated(one: Documented) -> Documented:
    """What the document says alone, without what the memory adds."""
    return Documented(**{field.name: getattr(one, field.name) for field in fields(Documented)})
