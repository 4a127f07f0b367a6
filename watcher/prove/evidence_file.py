"""The evidence file: a ZIP archive with exactly one way to be written, so that any other byte shows.

Files are stored as they are, without compression, owners or times. Reading parses no more than that, writes
nothing to disk, and compares the whole with what `pack` makes of the content.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from watcher.errors import BadFile

MOST_BYTES = 256 * 2**20
"""The largest file that is read or written: the largest register has five megabytes, the chain one a year."""
MOST_FILES = 1_000
ANSWER = "answer.json"
"""The file that only the proof of an answer about a day has."""
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


def is_answer(files: Mapping[str, bytes]) -> bool:
    """Whether a file proves an answer about a day, and no event."""
    return ANSWER in files


def _require_same(files: Mapping[str, bytes], data: bytes) -> None:
    """Refuses what is beside the files: other headers, a comment, bytes before, between or after."""
    if not all(name.isascii() and name.isprintable() for name in files) or pack(files) != data:
        raise BadFile(
            "expected an archive laid out as vigilabel writes it, found another: "
            "a byte was changed, added or lost"
        )
