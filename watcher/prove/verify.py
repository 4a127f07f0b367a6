"""Checks an evidence file with nothing but itself: no memory, no network, nothing written. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from pydantic import TypeAdapter

from notifiers.said import wording
from notifiers.said.printed import clean
from notifiers.said.texts import LANGUAGES
from state.codec import instant, instant_text, pack_event, text
from state.kept import audit
from state.model import Event, Page
from state.seen import chain
from watcher.errors import BadFile
from watcher.prove.evidence_file import unpack
from watcher.prove.leaflet import FORM, form_of, leaflet, plain, unmarked
from watcher.prove.proof import (
    CHAIN,
    EVENT,
    LISTING,
    PUBLIC_KEY,
    README,
    SIGNATURE,
    SNAPSHOT,
    SUMS,
    page_name,
    sums,
    taken_back,
)
from watcher.prove.signature import public_of, signed_by

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a whole evidence file says: the event, the look that saw it, and the chain that seals both.

    `said` tells the event in a sentence, by language. `listed` tells for each row concerned how the listing
    after the look has it: its status, None when it is not there. `retracted` is the reason when the chain
    takes the event back, else None. `links` are the numbers of the first and the
    last link. `noted` is the number of the link whose hash the reader gave, None when none was given. `key`
    signed it, None when it is not signed. `vouched`: its leaflet was made again from all this, letter by
    letter; else nobody vouches for what the leaflet says.
    """

    event: Event
    run: Mapping[str, Any]
    pages: tuple[Page, ...]
    rows: int
    listed: Mapping[int, str | None]
    said: Mapping[str, str]
    retracted: str | None
    links: tuple[int, int]
    head: str
    noted: int | None
    key: str | None
    vouched: bool

    @property
    def shown(self) -> Page:
        """The document that the event points to."""
        proof = self.event.evidence
        return next(page for page in self.pages if (page.url, page.sha256) == (proof.url, proof.sha256))


def verify(data: bytes, *, head: str | None = None, key: str | None = None) -> Claim:
    """What the file proves; raises `BadFile`, naming the first thing that is not as it was written.

    With `head`, a hash that the reader noted elsewhere must be among its links. With `key` (as
    `Signer.public`), the file must be signed by that key.
    """
    # From outside inwards: only what the layer around it vouches for is parsed.
    files = unpack(data)
    _require_sums(files)
    lines = _lines(files, CHAIN)
    hashes = _chain_hashes(lines)
    first: Json = json.loads(lines[0])
    looked = _looked(files, first)
    back = taken_back(map(json.loads, lines), looked.event.id, first["record"])
    noted, signer = _noted(hashes, first["number"], head), _signer(files, key)
    return Claim(
        event=looked.event,
        run=first["run"],
        pages=looked.pages,
        rows=len(_lines(files, LISTING)),
        listed=looked.listed,
        said=looked.said,
        retracted=f"{back[0]} ({back[1]})" if back else None,
        links=(first["number"], first["number"] + len(lines) - 1),
        head=hashes[-1],
        noted=noted,
        key=signer,
        vouched=_vouched(files, looked, first["run"], back[0] if back else None, hashes[-1], signer),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """The event of a file, the documents it was read in, the listing after the look, and it in a sentence."""

    event: Event
    pages: tuple[Page, ...]
    listed: Mapping[int, str | None]
    said: Mapping[str, str]


@contextmanager
def _ours() -> Iterator[None]:
    """What a stranger wrote may hold no field, or one of another type, where a record of ours has it."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise BadFile(f"expected the records of a vigilabel look, found other ones ({error!r})") from error


def _looked(files: Mapping[str, bytes], first: Json) -> _Looked:
    """What a look left in a file, each part checked against the others and the first link."""
    event_text, snapshot = _one(files, EVENT), json.loads(_one(files, SNAPSHOT))
    with _ours():
        _require_sealed(files, first)
        _require_pages(files, snapshot)
        pages = tuple(_pages(files, snapshot))
        event = _event(event_text)
        _require_agreement(event, first, snapshot)
        said = {lang: wording.sentence(event, lang) for lang in LANGUAGES}
        return _Looked(event=event, pages=pages, listed=_listed(files, event), said=said)


def _require_sums(files: Mapping[str, bytes]) -> None:
    """Every file must be there, in order, and nothing else; and the list of hashes must be theirs."""
    names = list(files)
    pages = _named(files)
    signed = SIGNATURE in files
    expected = [README, EVENT, SNAPSHOT, *pages, LISTING, CHAIN]
    expected += [PUBLIC_KEY, SUMS, SIGNATURE] if signed else [SUMS]
    if names != expected:
        raise BadFile(f"expected the files {', '.join(expected)}; found {', '.join(names)[:500]}")
    listed = {name: body for name, body in files.items() if name not in (SUMS, SIGNATURE)}
    if files[SUMS] != sums(listed):
        raise BadFile(f"{SUMS}: expected the hashes of the files beside it, found other ones")


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode()
    except UnicodeDecodeError as error:
        raise BadFile(f"{name}: expected UTF-8 text, found other bytes") from error


def _named(files: Mapping[str, bytes]) -> Sequence[str]:
    """The names of the documents."""
    return [name for name in files if name.startswith("pages/")]


def _lines(files: Mapping[str, bytes], name: str) -> Sequence[str]:
    body = _text(files, name)
    if body and not body.endswith("\n"):
        raise BadFile(f"{name}: expected a line feed at the end of every line, found none")
    return body.split("\n")[:-1]


def _one(files: Mapping[str, bytes], name: str) -> str:
    """The one line of a file, which must be JSON as we write it."""
    lines = _lines(files, name)
    if len(lines) != 1 or not _canonical(lines[0]):
        raise BadFile(f"{name}: expected one line of JSON as vigilabel writes it, found another text")
    return lines[0]


def _canonical(line: str) -> bool:
    try:
        value = json.loads(line)
        return isinstance(value, dict) and text(value) == line
    except (ValueError, RecursionError):
        return False


def _chain_hashes(lines: Sequence[str]) -> Sequence[str]:
    """The hash of every link; each must name the one before."""
    if not lines or not _canonical(lines[0]):
        raise BadFile(f"{CHAIN}: expected the link of the event's run first, found none")
    first = json.loads(lines[0])
    number, previous = first.get("number"), first.get("previous")
    if not isinstance(number, int) or not isinstance(previous, str):
        raise BadFile(f"{CHAIN}: expected a link with a number and the hash before it, found another line")
    hashes: list[str] = []
    for line in lines:
        if trouble := audit.broken(line, number, previous):
            raise BadFile(f"{CHAIN}: line {len(hashes) + 1}: {trouble}")
        previous, number = chain.sealed(line), number + 1
        hashes.append(previous)
    return hashes


def _require_sealed(files: Mapping[str, bytes], first: Json) -> None:
    """The first link must name the hashes of event, snapshot and listing."""
    event, snapshot = json.loads(files[EVENT]), json.loads(files[SNAPSHOT])
    if first["kind"] != chain.RUN or first["record"] != first["run"]["id"]:
        raise BadFile(f"{CHAIN}: expected the link of a run first, found that of another record")
    sealed = (
        (EVENT, {"id": event["id"], "sha256": _sha256(files[EVENT])}, first["events"]),
        (SNAPSHOT, {"id": snapshot["id"], "sha256": _sha256(files[SNAPSHOT])}, first["snapshots"]),
        (LISTING, _sha256(files[LISTING]), [first["listing"]]),
    )
    for name, found, stated in sealed:
        if found not in stated:
            raise BadFile(f"{name}: expected the one that the first link seals, found another: {found}")


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _require_pages(files: Mapping[str, bytes], snapshot: Json) -> None:
    bodies = [(name, files[name]) for name in _named(files)]
    stated = [(page["sha256"], page["size"]) for page in snapshot["pages"]]
    if [(_sha256(body), len(body)) for _, body in bodies] != stated:
        raise BadFile(f"pages: expected the documents that {SNAPSHOT} names, found other ones")
    for number, (name, body) in enumerate(bodies, 1):
        if name != page_name(number, body):
            raise BadFile(f"{name[:80]}: expected the name {page_name(number, body)}")


_STRANGERS: TypeAdapter[Event] = TypeAdapter(Event)


def _event(line: str) -> Event:
    """The event of a line, each field of its type: a stranger wrote it."""
    event: Event = _STRANGERS.validate_json(line)
    # Written again and compared: a field of another type, or one too many, would be read without a word.
    if text(pack_event(event)) != line or len(event.rows) != len(event.attestations) or not event.rows:
        raise BadFile(f"{EVENT}: expected an event as vigilabel writes it, found another record")
    return event


def _pages(files: Mapping[str, bytes], snapshot: Json) -> Iterator[Page]:
    for page, name in zip(snapshot["pages"], _named(files), strict=True):
        yield Page(
            url=str(page["url"]),
            body=files[name],
            fetched_at=instant(page["fetched_at"]),
            requested_url=str(page["requested_url"]),
            status=int(page["status"]),
            content_type=str(page["content_type"]),
            headers=tuple((str(name), str(value)) for name, value in page["headers"]),
        )


def _require_agreement(event: Event, first: Json, snapshot: Json) -> None:
    """Event, look and snapshot must speak of one another."""
    proof, run = event.evidence, first["run"]
    agreed = (
        (proof.snapshot, snapshot["id"]),
        (event.source, run["source"]),
        (event.source, snapshot["source"]),
        (instant_text(event.seen_at), run["at"]),
    )
    if any(ours != theirs for ours, theirs in agreed):
        raise BadFile("expected an event, a look and documents that belong together, found others")
    if (proof.url, proof.sha256) not in [(page["url"], page["sha256"]) for page in snapshot["pages"]]:
        raise BadFile(f"{EVENT}: expected one of the documents as its proof, found {proof.url}")


def _listed(files: Mapping[str, bytes], event: Event) -> Mapping[int, str | None]:
    """How the listing after the look has each row of the event."""
    rows = {row["row"]: row["stated"]["status"] for row in _rows(files)}
    return {row: rows.get(row) for row in event.rows}


def _rows(files: Mapping[str, bytes]) -> Iterator[Json]:
    for line in _lines(files, LISTING):
        try:
            yield json.loads(line)
        except RecursionError as error:
            raise BadFile(f"{LISTING}: expected rows as JSON, found another text") from error


def _noted(hashes: Sequence[str], first: int, head: str | None) -> int | None:
    if head is None:
        return None
    if head.strip().lower() not in hashes:
        raise BadFile(
            f"expected a chain that goes through the head {head}, found one from link {first} to "
            f"{hashes[-1]}: the head was noted before this event or after this file was written, or history "
            "was rewritten"
        )
    return first + list(hashes).index(head.strip().lower())


def _signer(files: Mapping[str, bytes], key: str | None) -> str | None:
    """The key that signed the file, which must be `key` when that is given."""
    if SIGNATURE not in files:
        if key is not None:
            raise BadFile(f"expected a file signed by {key}, found one without a signature")
        return None
    try:
        public = public_of(files[PUBLIC_KEY])
    except ValueError as error:
        raise BadFile(f"{PUBLIC_KEY}: {error}") from error
    if not signed_by(public, files[SUMS], files[SIGNATURE]):
        raise BadFile(f"{SIGNATURE}: expected the signature of {SUMS} by {public}, found another")
    if key is not None and key.strip() != public:
        raise BadFile(f"expected a file signed by {key}, found one signed by {public}")
    return public


def _vouched(
    files: Mapping[str, bytes], looked: _Looked, run: Json, retracted: str | None, head: str, key: str | None
) -> bool:
    """Whether the leaflet is the one that is made of all that was checked; raises `BadFile` where it says
    that this very program wrote it, and it is another.

    One that says so of another program, or nothing, may be as it was given away or not: who can tell?
    """
    pages, absent = dict(zip(_named(files), looked.pages, strict=True)), not any(looked.listed.values())
    with _ours():
        made = leaflet(looked.event, run, pages, absent=absent, retracted=retracted, head=head, key=key)
    found = _text(files, README)
    if plain(found) in (plain(made), plain(unmarked(made))):
        return True
    if form_of(found) == FORM:
        raise BadFile(f"{README}: expected the leaflet of this event, look and chain; {_apart(found, made)}")
    return False


def _apart(found: str, made: str) -> str:
    """The first line in which two texts differ."""
    pairs = enumerate(zip_longest(found.split("\n"), made.split("\n"), fillvalue=""), 1)
    number, (one, other) = next((number, pair) for number, pair in pairs if plain(pair[0]) != plain(pair[1]))
    return f"in line {number} found {clean(one)[:120]!r} instead of {clean(other)[:120]!r}"
