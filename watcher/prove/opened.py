"""What an evidence file holds, layer by layer: each is checked before what lies in it is read. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from notifiers.said.voice import clean
from state.codec import instant, text
from state.kept import audit
from state.model import Attestation, Page
from state.seen.looks import chain
from watcher.errors import BadFile
from watcher.prove.evidence_file import (
    CHAIN,
    LISTING,
    PUBLIC_KEY,
    README,
    SHEET,
    SIGNATURE,
    SNAPSHOT,
    SUMS,
    page_name,
)
from watcher.prove.sheet import form_of, made_here, plain, unmarked, without_mark
from watcher.prove.signature import public_of, signed_by

Json = dict[str, Any]


@contextmanager
def ours() -> Iterator[None]:
    """What a stranger wrote may hold no field, or one of another type, where a record of ours has it."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise BadFile(f"expected the records of a vigilabel look, found other ones ({error!r})") from error


def text_of(files: Mapping[str, bytes], name: str) -> str:
    if name not in files:  # some are read before the list of all is looked at
        raise BadFile(f"expected the file {name}; found {', '.join(files)[:500]}")
    try:
        return files[name].decode()
    except UnicodeDecodeError as error:
        raise BadFile(f"{name}: expected UTF-8 text, found other bytes") from error


def named(files: Mapping[str, bytes], folder: str = "") -> Sequence[str]:
    """The names of the documents of a snapshot, which lies in a folder of its own where there are several."""
    return [name for name in files if name.startswith(f"{folder}pages/")]


def drawn(files: Mapping[str, bytes]) -> Sequence[str]:
    """The names of the pictures."""
    return [name for name in files if name.startswith("pictures/")]


def vouched_for(files: Mapping[str, bytes], made: str, sheet: str, *, mark: str, form: int, of: str) -> bool:
    """Whether leaflet and sheet say what is made again, with or without the mark of their form; `sheet` is ""
    where there is none. `mark` and `form` are those of the leaflet, `of` is what it speaks of.

    Raises `BadFile` where one says that this very program wrote it, and it is another. One that says so of
    another program, or nothing, may be as it was given away or not: who can tell?
    """
    own = form_of(text_of(files, README), mark) == form
    text = _again(files, README, made, unmarked(made), of, own=own)
    if not sheet:
        return text
    return _again(files, SHEET, sheet, without_mark(sheet), of, own=made_here(text_of(files, SHEET))) and text


def _again(files: Mapping[str, bytes], name: str, made: str, bare: str, of: str, *, own: bool) -> bool:
    found = text_of(files, name)
    if plain(found) in (plain(made), plain(bare)):
        return True
    if own:
        raise BadFile(f"{name}: expected the leaflet of this {of}; {_apart(found, made)}")
    return False


def lines_of(files: Mapping[str, bytes], name: str) -> Sequence[str]:
    body = text_of(files, name)
    if body and not body.endswith("\n"):
        raise BadFile(f"{name}: expected a line feed at the end of every line, found none")
    return body.split("\n")[:-1]


def one_line(files: Mapping[str, bytes], name: str) -> str:
    """The one line of a file, which must be JSON as we write it."""
    lines = lines_of(files, name)
    if len(lines) != 1 or not canonical(lines[0]):
        raise BadFile(f"{name}: expected one line of JSON as vigilabel writes it, found another text")
    return lines[0]


def canonical(line: str) -> bool:
    try:
        value = json.loads(line)
        return isinstance(value, dict) and text(value) == line
    except (ValueError, RecursionError):
        return False


def hashes_of(lines: Sequence[str]) -> Sequence[str]:
    """The hash of every link; each must name the one before."""
    if not lines or not canonical(lines[0]):
        raise BadFile(f"{CHAIN}: expected the link of a run first, found none")
    first = json.loads(lines[0])
    # A stranger may have written a text for a number, and the next link is counted from it.
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


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def require_pages(files: Mapping[str, bytes], snapshot: Json, folder: str = "") -> None:
    bodies = [(name, files[name]) for name in named(files, folder)]
    stated = [(page["sha256"], page["size"]) for page in snapshot["pages"]]
    if [(sha256(body), len(body)) for _, body in bodies] != stated:
        raise BadFile(
            f"{folder}pages: expected the documents that {folder}{SNAPSHOT} names, found other ones"
        )
    for number, (name, body) in enumerate(bodies, 1):
        if name != folder + page_name(number, body):
            raise BadFile(f"{name[:80]}: expected the name {folder}{page_name(number, body)}")


def pages_of(files: Mapping[str, bytes], snapshot: Json, folder: str = "") -> Iterator[Page]:
    for page, name in zip(snapshot["pages"], named(files, folder), strict=True):
        yield Page(
            url=str(page["url"]),
            body=files[name],
            fetched_at=instant(page["fetched_at"]),
            requested_url=str(page["requested_url"]),
            status=int(page["status"]),
            content_type=str(page["content_type"]),
            headers=tuple((str(name), str(value)) for name, value in page["headers"]),
        )


def rows_of(files: Mapping[str, bytes], name: str = LISTING) -> Iterator[Json]:
    for line in lines_of(files, name):
        try:
            yield json.loads(line)
        except RecursionError as error:
            raise BadFile(f"{name}: expected rows as JSON, found another text") from error


def plain_row(row: Attestation) -> tuple[Attestation, tuple[tuple[str, str], ...]]:
    """A row without what never enters a comparison; `extra` apart, since it has no hash."""
    bare = replace(row, page=0, place="", url=None, country=None, extra={})
    return bare, tuple(sorted(row.extra.items()))


def noted_at(hashes: Sequence[str], first: int, head: str | None) -> int | None:
    if head is None:
        return None
    if head.strip().lower() not in hashes:
        raise BadFile(
            f"expected a chain that goes through the head {head}, found one from link {first} to "
            f"{hashes[-1]}: the head was noted before this event or after this file was written, or history "
            "was rewritten"
        )
    return first + list(hashes).index(head.strip().lower())


def signer_in(files: Mapping[str, bytes], key: str | None) -> str | None:
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


def _apart(found: str, made: str) -> str:
    """The first line in which two texts differ."""
    pairs = enumerate(zip_longest(found.split("\n"), made.split("\n"), fillvalue=""), 1)
    number, (one, other) = next((number, pair) for number, pair in pairs if plain(pair[0]) != plain(pair[1]))
    return f"in line {number} found {clean(one)[:120]!r} instead of {clean(other)[:120]!r}"
