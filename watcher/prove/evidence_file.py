"""The evidence file: a ZIP archive with exactly one way to be written, so that any other byte shows.

Files are stored as they are, without compression, owners or times. Reading parses no more than that, writes
nothing to disk, and compares the whole with what `pack` makes of the content.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from watcher.errors import BadFile

if TYPE_CHECKING:
    from watcher.prove.signature import Signer

MOST_BYTES = 256 * 2**20
"""The largest file that is read or written: the largest register has five megabytes, the chain one a year."""
MOST_FILES = 1_000
README = "README.txt"
SHEET = "leaflet.html"
EVENT = "event.json"
ANSWER = "answer.json"
"""The file that only the proof of an answer about a day has."""
SNAPSHOT = "snapshot.json"
LISTING = "listing.jsonl"
CHAIN = "chain.jsonl"
SUMS = "SHA256SUMS"
PUBLIC_KEY = "public-key.pem"
SIGNATURE = "SHA256SUMS.sig"
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_MARK = b"PK\x03\x04"


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files, in this order: the same bytes for the same files, always."""
    if sum(map(len, files.values())) > MOST_BYTES:
        raise BadFile(f"expected at most {MOST_BYTES} bytes of evidence, found more")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, body in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            # Fixed, or the same evidence packed on Windows would be other bytes.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, body)
    return out.getvalue()


def unpack(data: bytes) -> Mapping[str, bytes]:
    """The files of an archive in order; raises `BadFile` unless `pack` would write the same bytes."""
    if len(data) > MOST_BYTES:
        raise BadFile(f"expected at most {MOST_BYTES} bytes, found more")
    if not data.startswith(_MARK):
        raise BadFile("expected an evidence file, found a file of another kind")
    files: dict[str, bytes] = {}
    at = 0
    while data.startswith(_MARK, at) and len(data) >= at + _LOCAL.size:
        _, _, _, _, _, _, crc, size, _, name_size, extra = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + name_size + extra
        # Any byte is a letter of it: which names are allowed is asked of the whole, below.
        name = data[at + _LOCAL.size : at + _LOCAL.size + name_size].decode("latin-1")
        body = data[start : start + size]
        at = start + size
        # Only to name the file that was touched; what proves is the comparison of the whole, below.
        if zlib.crc32(body) != crc:
            raise BadFile(f"{name[:80]!r}: expected the bytes that were written, found other ones")
        files[name] = body
        if len(files) > MOST_FILES:
            raise BadFile(f"expected at most {MOST_FILES} files in it, found more")
    _require_same(files, data)
    return files


def _require_same(files: Mapping[str, bytes], data: bytes) -> None:
    """Refuses what is beside the files: other headers, a comment, bytes before, between or after."""
    if not all(name.isascii() and name.isprintable() for name in files) or pack(files) != data:
        raise BadFile(
            "expected an archive laid out as vigilabel writes it, found another: "
            "a byte was changed, added or lost"
        )


def as_bytes(lines: Iterable[str]) -> bytes:
    """Lines as a file holds them."""
    return "".join(f"{line}\n" for line in lines).encode()


def page_name(number: int, body: bytes) -> str:
    """The name of a page in the file: its number in the snapshot, and the start of its SHA-256."""
    return f"pages/{number:03}-{hashlib.sha256(body).hexdigest()[:16]}.{_suffix(body)}"


def _suffix(body: bytes) -> str:
    """By the bytes alone: what a server calls them is not evidence."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"<?xml"):
        return "xml"
    if start.startswith((b"{", b"[")):
        return "json"
    return "html" if start.startswith(b"<") else "txt"


def sums(files: Mapping[str, bytes]) -> bytes:
    """The list that `sha256sum -c` checks: a line for every file."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items())
    return "".join(lines).encode()


def written(files: Mapping[str, bytes], signer: Signer | None) -> bytes:
    """The evidence file: the list of their hashes comes last, and its signature where there is a key."""
    if signer is None:
        return pack({**files, SUMS: sums(files)})
    files = {**files, PUBLIC_KEY: signer.pem}
    listed = sums(files)
    return pack({**files, SUMS: listed, SIGNATURE: signer.sign(listed)})


def require_sums(files: Mapping[str, bytes], expected: Sequence[str]) -> None:
    """Every file must be there, in order, and nothing else; and the list of hashes must be theirs."""
    expected = [*expected, *([PUBLIC_KEY, SUMS, SIGNATURE] if SIGNATURE in files else [SUMS])]
    if list(files) != expected:
        raise BadFile(f"expected the files {', '.join(expected)[:500]}; found {', '.join(files)[:500]}")
    if files[SUMS] != sums({name: body for name, body in files.items() if name not in (SUMS, SIGNATURE)}):
        raise BadFile(f"{SUMS}: expected the hashes of the files beside it, found other ones")
