"""What a child says is read again as it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from drawn_catalogue import Pencil, a_catalogue
from hds_layouts import LAYOUTS as HDS_LAYOUTS
from hds_layouts import hosts as certificates
from hypothesis import given
from hypothesis import strategies as st
from real_registers import hosts, looks
from toy_register import day
from trusted_lists import body as trusted_list

from scrapers.ans_hds.source import AnsHds
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.source import (
    Blocked,
    Doubtful,
    Explains,
    Explanation,
    LayoutChanged,
    Source,
    SourceError,
    Unreachable,
)
from scrapers.tl_fr.source import TlFr
from state.model import Attestation, Listing, Page, Reason
from watcher.look.apart.answer import Refusal, error_of, packed, refusal_of, unpacked

SEEN_AT = day("2026-03-05")
REASONS = st.recursive(
    st.builds(
        Reason, code=st.text(), values=st.dictionaries(st.text(), st.text() | st.integers(), max_size=2)
    ),
    lambda inner: st.builds(
        Reason,
        code=st.text(),
        values=st.dictionaries(
            st.text(),
            st.text()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | inner
            | st.lists(inner, max_size=2).map(tuple),
            max_size=3,
        ),
    ),
    max_leaves=4,
)


def page(body: bytes) -> Page:
    return Page(url="https://register.test/list", body=body, fetched_at=SEEN_AT)


def followed(name: str) -> tuple[Source, tuple[Page, ...]]:
    site = HDS_LAYOUTS[name](certificates()[::9])
    return AnsHds(), AnsHds(url=site.home).fetch(site.get)


DOCUMENTS: dict[str, Callable[[], tuple[Source, tuple[Page, ...]]]] = {
    "catalogue": lambda: (AnssiCatalogue(), (page(Pencil().catalogue(a_catalogue())),)),
    "hosts": lambda: (AnsHds(), (page(hosts()),)),
    "json-records": lambda: followed("json-records"),
    "cards": lambda: followed("cards"),
    "letter-pages": lambda: followed("letter-pages"),
    "list of today": lambda: (TlFr(), (page(trusted_list(174)),)),
    "list of a stranger": lambda: (TlFr(signers=()), (page(trusted_list(130)),)),
    "no list": lambda: (TlFr(), (page(b"<html><p>Site en maintenance</p></html>"),)),
}
"""Documents of every kind that we read, and whose they are."""


def read(source: Source, pages: tuple[Page, ...]) -> Listing | SourceError:
    try:
        return source.read(pages)
    except SourceError as error:
        return error


@cache
def reading(name: str) -> Listing | SourceError:
    """What is read of a document, once for answers of both sizes."""
    return read(*DOCUMENTS[name]())


@cache
def explanation(name: str) -> Explanation:
    source, pages = DOCUMENTS[name]()
    assert isinstance(source, Explains)
    return source.explain(pages)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_reading_comes_back_equal(name: str) -> None:
    found = reading(name)
    if isinstance(found, Listing):
        assert unpacked(Listing, packed(found)) == found
        assert [row.extra for row in found.attestations] == [
            dict(row.extra) for row in unpacked(Listing, packed(found)).attestations
        ]
    else:
        alike(found, error_of(unpacked(Refusal, packed(refusal_of(found)))))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_explanation_comes_back_equal(name: str) -> None:
    found = explanation(name)
    assert unpacked(Explanation, packed(found)) == found


def alike(one: SourceError, other: SourceError) -> None:
    assert type(other) is type(one)
    assert (other.reasons, other.source, other.passing) == (one.reasons, one.source, one.passing)
    if isinstance(one, Doubtful) and isinstance(other, Doubtful):
        assert other.listing == one.listing


ROW = Attestation(label="passi", holder="Café « Œuvre » \u2028")
ERRORS = (
    Unreachable(Reason.of("no_answer", address="https://a.test", fault="TimeoutError"), passing=True),
    Blocked(Reason.of("only_scripts"), source="ans-hds"),
    LayoutChanged("ans-hds", Reason.of("no_rows", said="x"), "p. 3"),
    Doubtful(Reason.of("doctype"), Reason.of("no_signer"), source="tl-fr"),
    Doubtful(listing=Listing(source="tl-fr", attestations=(ROW,), covers=frozenset({"passi"}))),
    SourceError(Reason.of("unknown_labels", found="['x']"), source="toy"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_refusal_comes_back_equal(error: SourceError) -> None:
    alike(error, error_of(unpacked(Refusal, packed(refusal_of(error)))))


@given(reason=REASONS)
def test_reasons_come_back_equal_and_of_the_same_types(reason: Reason) -> None:
    back = unpacked(Reason, packed(reason))
    assert back == reason
    assert repr(back) == repr(reason)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'{"source":1}', b"[" * 100_000, b'"\xff"', b"NaN", b"\xff\xfe[\x00"]
)
def test_what_is_no_listing_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        unpacked(Listing, body)


def test_a_field_of_another_type_is_refused() -> None:
    body = packed(Listing(source="toy", attestations=(ROW,), covers=frozenset()))
    for own, other in (
        (b'"page":0', b'"page":"0"'),
        (b'"extra":{}', b'"extra":{"a":1}'),
        (b'"label":"passi"', b'"label":null'),
        (b'"label":"passi"', b'"label":"\\ud800"'),
        (b'"label":"passi"', b'"label":["passi"]'),
        (b'"scope":[]', b'"scope":{}'),
        (b'"valid_from":null', b'"valid_from":"5 mars"'),
    ):
        assert own in body
        with pytest.raises(ValueError, match="validation error"):
            unpacked(Listing, body.replace(own, other))


def test_of_an_answer_that_is_wrong_everywhere_one_fault_is_said() -> None:
    """A child that was taken over must not fill the memory of the watch, or its log, with what is wrong."""
    body = packed([["no row"]] * 1000).replace(b"no row", b"no row" * 1000)
    with pytest.raises(ValueError, match="validation error") as refused:
        unpacked(tuple[Attestation, ...], body)
    assert len(str(refused.value)) < 300


def test_one_field_of_another_type_among_many_rows_is_refused() -> None:
    body = packed(Listing(source="toy", attestations=(ROW,) * 3, covers=frozenset()))
    for own, other in (
        (b'"page":0', b'"page":0.0'),
        (b'"label":"passi"', b'"label":null'),
        (b'"label":"passi"', b'"label":"\\udfff"'),
        (b'"label":"passi",', b""),
    ):
        first, last = body.split(own, 1)[0], body.rsplit(own, 1)[1]
        middle = body[len(first) + len(own) : len(body) - len(last) - len(own)]
        with pytest.raises(ValueError, match="validation error"):
            unpacked(Listing, first + own + middle + other + last)


def test_rows_that_do_not_state_the_same_fields_in_the_same_order_are_read_by_their_names() -> None:
    row = (
        b'{"label":"passi","holder":"A"}',
        b'{"holder":"A","label":"passi"}',
        b'{"label":"passi","holder":"A","page":2}',
    )
    body = b'{"source":"toy","attestations":[' + b",".join(row) + b'],"covers":["a\\\\ud800"]}'
    found = unpacked(Listing, body)
    assert [(one.label, one.holder, one.page) for one in found.attestations] == [
        ("passi", "A", 0), ("passi", "A", 0), ("passi", "A", 2),
    ]  # fmt: skip
    assert found.covers == frozenset({r"a\ud800"})


@pytest.mark.history
def test_real_editions_come_back_equal() -> None:
    for source, _, body in looks():
        found = read(source, (page(body),))
        if isinstance(found, Listing):
            assert unpacked(Listing, packed(found)) == found
