"""The bytes of pages: each kept once, and of a page like one before it little more than what is new in it.

A page is packed alone, or against a base: a page that came before it. It is the hash of its own bytes that
proves it, however it is packed, and that hash is checked whenever it is read.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from state.file.errors import Damaged

if TYPE_CHECKING:
    from zstandard import ZstdCompressionDict

    from state.file.store import Store

LEVEL = 9
"""Below 5, zstd does not find again what stands elsewhere in the page before (46 trusted lists: 4,474 KiB at
level 3, 338 KiB at 9); above 9 it takes ten times as long for a hundredth."""
FULL_EVERY = 256
"""After so many pages one is packed alone again: a damaged page takes no more than these with it."""
LITTLE = 20
"""A page packed to so small a part of its bytes is not packed alone too, to see which is smaller."""
TOO_LARGE = 64 << 20
"""What two pages may measure together to be packed against each other: zstd holds both, and its tables."""

# `nth` falls from each page to its base, so that no damage makes this run in a circle. Bodies come last: what
# is carried along is copied at each step, and those of a catalogue are two megabytes.
LEANING = """with recursive leaning (sha256, base, nth) as (
        select sha256, base, nth from page where sha256 = :sha256
        union all select p.sha256, p.base, p.nth
            from page p join leaning l on p.sha256 = l.base and p.nth < l.nth)
    select p.sha256, p.size, p.form, p.base, p.nth, p.body
        from leaning l join page p on p.sha256 = l.sha256 order by l.nth"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """A page to pack the next one against, and which that one is (`nth`) since a page packed alone."""

    sha256: str
    body: bytes
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """The bytes of a page as they are kept."""

    body: bytes
    base: str | None = None
    nth: int = 0


def keep(store: Store, sha256: str, body: bytes, like: Sequence[str]) -> None:
    """Keeps the bytes of a page, once; `like` are hashes of pages kept that much of it may stand in."""
    if store.q("select sha256 from page where sha256 = :sha256", sha256=sha256):
        return
    kept = _smallest(store, body, like)
    page = {"sha256": sha256, "size": len(body), "form": "zstd"}
    store.insert("page", **page, base=kept.base, nth=kept.nth, body=kept.body)


def _smallest(store: Store, body: bytes, like: Sequence[str]) -> _Packed:
    ways: list[_Packed] = []
    for base in (_base_after(store, known) for known in like):
        if base is None or len(body) + len(base.body) > TOO_LARGE:
            continue
        against = _Packed(body=pack(body, base.body), base=base.sha256, nth=base.nth)
        if len(against.body) * LITTLE < len(body):
            return against
        ways.append(against)
    # A page of another kind, or a PDF made anew, may be no smaller against what came before it.
    return min((_Packed(body=pack(body)), *ways), key=lambda way: len(way.body))


def _base_after(store: Store, sha256: str) -> _Base | None:
    """What the page after this one is packed against; None where that one is to be packed alone.

    Not simply the page before, but the one that `_leans_on` names: the page before leans on that, or is it.
    """
    leaning = store.q(LEANING, sha256=sha256)
    nth = leaning[-1]["nth"] + 1 if leaning else FULL_EVERY
    if nth >= FULL_EVERY:
        return None
    below = [row for row in leaning if row["nth"] <= _leans_on(nth)]
    try:
        return _Base(sha256=below[-1]["sha256"], body=_unpacked(below), nth=nth)
    except Damaged:
        return None  # nothing new is to lean on a page that is lost


def _leans_on(nth: int) -> int:
    """The number less one in the last digit, to the base of four, that is not 0: 7 on 6, 8 on 4, 16 on 0.

    So none leans on more than twelve others, one on another. Of 46 trusted lists: 466 KiB if each leaned on
    the one before, 615 so, 714 to the base of two, with which none leans on more than eight.
    """
    step = 1
    while nth % (4 * step) == 0:
        step *= 4
    return nth - step


def read(store: Store, sha256: str) -> bytes:
    """The bytes of a page, checked against its hash; raises `Damaged`."""
    return _unpacked(store.q(LEANING, sha256=sha256))


def _unpacked(leaning: Sequence[dict[str, Any]]) -> bytes:
    """The bytes of the last page, which leans on those before it; each is checked, so that the lost one is
    named and not all that lean on it."""
    body: bytes | None = None
    for row in leaning:
        try:
            body = _checked(row, body)
        except ValueError as error:
            where = "" if row is leaning[-1] else f" in page {row['sha256']}, which it is packed against"
            raise Damaged(f"{error}{where}") from error
    if body is None:
        raise Damaged("nothing")
    return body


def _checked(row: dict[str, Any], base: bytes | None) -> bytes:
    if (base is None) != (row["base"] is None):
        raise ValueError(f"no page {row['base']}")
    body = unpack(row["form"], row["body"], row["size"], base or b"")
    if (found := hashlib.sha256(body).hexdigest()) != row["sha256"]:
        raise ValueError(f"bytes with SHA-256 {found}")
    return body


def carry(old: Store, new: Store, sha256: str) -> None:
    """Takes a page over as another memory has it, and before it what it leans on."""
    for row in old.q(LEANING, sha256=sha256):
        if not new.q("select sha256 from page where sha256 = :sha256", sha256=row["sha256"]):
            new.insert("page", **row)


def pack(body: bytes, base: bytes = b"") -> bytes:
    """The bytes as zstd packs them, alone or against others."""
    import zstandard  # most commands read no page, and start without it

    settings = zstandard.ZstdCompressionParameters.from_level(
        LEVEL,
        source_size=len(body),
        dict_size=len(base),
        # The base is within reach for the length of one window: of a longer page the rest would not find it.
        window_log=max(len(body).bit_length(), zstandard.WINDOWLOG_MIN),
    )
    packer = zstandard.ZstdCompressor(compression_params=settings, dict_data=_dictionary(base))
    return packer.compress(body)


def unpack(form: str, packed: bytes, size: int, base: bytes = b"") -> bytes:
    """The bytes that were packed, never more than `size`, whatever the packed form claims.

    Raises `ValueError` for what was never packed so.
    """
    if form == "zlib":  # as all pages were until 2026-11
        try:
            return zlib.decompressobj().decompress(packed, size + 1)
        except zlib.error as error:
            raise ValueError(str(error)) from error
    import zstandard

    try:
        # Room is made for what the frame claims, before a byte of it is read.
        if (claimed := zstandard.frame_content_size(packed)) != size:
            raise ValueError(f"{claimed} bytes in place of {size}")
        return zstandard.ZstdDecompressor(dict_data=_dictionary(base)).decompress(packed)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def _dictionary(base: bytes) -> ZstdCompressionDict | None:
    import zstandard

    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if base else None
