from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refuses

from scrapers.source import Unfit
from scrapers.wire.reply import MAGIC, whole

LIMIT = 100_000


def read(chunks: Iterable[bytes], encoding: str = "gzip", announced: str = "", limit: int = LIMIT) -> bytes:
    return whole(chunks, encoding=encoding, announced=announced, limit=limit, in_time=lambda: True)


def pieces(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


@given(st.binary(max_size=5000), st.integers(1, 700))
def test_a_body_is_the_same_however_it_is_cut_on_the_wire(body: bytes, size: int) -> None:
    assert read(pieces(gzip.compress(body), size)) == body
    assert read(pieces(body, size), encoding="", announced=str(len(body))) == body


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_a_gzip_body_without_its_end_is_never_whole(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(0, len(packed) - 1))

    with pytest.raises(Unfit):
        read([packed[:cut]])


def test_several_gzip_members_are_one_body() -> None:
    assert read([gzip.compress(b"one "), gzip.compress(b"two")]) == b"one two"
    assert read(pieces(gzip.compress(b"one ") + gzip.compress(b"two"), 7)) == b"one two"


@pytest.mark.parametrize("behind", [b"rest", bytes(700), b"\r\n", b"\x1f", b"\x1f\x8c"], ids=repr)
@pytest.mark.parametrize("size", [1, 7, 5000])
def test_padding_behind_a_gzip_body_is_passed_over(behind: bytes, size: int) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    if behind == MAGIC[:1]:
        with refuses(Unfit, match="ends early"):  # a further member may just have begun
            read(pieces(packed + behind, size))
        return
    assert read(pieces(packed + behind, size)) == b"one two"


def test_a_further_member_that_is_damaged_is_refused() -> None:
    with refuses(Unfit, match="damaged bytes"):
        read([gzip.compress(b"one") + MAGIC + b"rest"])


@pytest.mark.parametrize("encoding", ["utf-8", "none", "iso-8859-1", "identity", "binary", "8bit"])
def test_an_encoding_that_is_none_is_a_slip_and_the_bytes_are_taken(encoding: str) -> None:
    assert read([b"as they are"], encoding=encoding) == b"as they are"


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, br"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with refuses(Unfit, match="expected gzip or no encoding"):
        read([b"packed"], encoding=encoding)


def test_a_flipped_bit_is_noticed() -> None:
    packed = bytearray(gzip.compress(b"the register " * 100))
    packed[20] ^= 1

    with pytest.raises(Unfit) as refused:
        read([bytes(packed)])
    assert refused.value.passing


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
def test_the_limit_is_counted_after_inflating(size: int) -> None:
    packed = gzip.compress(bytes(size))
    if size <= LIMIT:
        assert len(read([packed])) == size
    else:
        with refuses(Unfit, match="expected at most 100000 bytes; found more"):
            read([packed])


def test_a_bomb_is_left_after_the_chunk_that_reaches_the_limit() -> None:
    taken = 0

    def wire() -> Iterator[bytes]:
        nonlocal taken
        bomb = zlib.compressobj(9, wbits=31)
        while True:
            taken += 1
            yield bomb.compress(bytes(1 << 16)) + bomb.flush(zlib.Z_SYNC_FLUSH)

    with refuses(Unfit, match="and stopped reading"):
        read(wire())
    assert taken == 2


def test_members_that_inflate_to_nothing_are_counted_too() -> None:
    with refuses(Unfit, match="found more"):
        read(gzip.compress(b"") for _ in range(LIMIT))


@pytest.mark.parametrize(
    ("announced", "found"), [("10", "found 9"), ("8", "found 9"), ("1000000", "announced")]
)
def test_the_announced_length_holds(announced: str, found: str) -> None:
    with refuses(Unfit, match=found):
        read([b"123456789"], encoding="", announced=announced)


@pytest.mark.parametrize("announced", ["", "many", "-1", "²", "9" * 5000])
def test_a_length_without_sense_is_no_promise(announced: str) -> None:
    assert read([b"123456789"], encoding="identity", announced=announced) == b"123456789"
