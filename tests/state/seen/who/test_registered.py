"""Who is one with whom, held against the plain rule: whoever is linked by a number, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_memory import NOW

from state.file.opening import open_store
from state.file.store import Store
from state.model import Attestation, Known, Outcome, Run
from state.names import name_key
from state.seen.looks import runs
from state.seen.rows import listings
from state.seen.who import registered
from state.seen.who.providers import load_providers
from state.words.identifiers import identifier_key, spoken_so, typed
from state.words.kept import Transition

PROVIDERS = load_providers()
NUMBERS = ("VATBE-1000001", "NTRBE-1000001", "VATNL-2000002", "NTRDE-Bonn HRB 300003", "VATFR-00400000004")
ROW = st.tuples(
    st.sampled_from(["Asseco", "Zetes SA", "Byte"]), st.lists(st.sampled_from(NUMBERS), max_size=2)
)
LISTS = st.dictionaries(st.sampled_from(["FR", "BE", "NL", "DE"]), st.lists(ROW, min_size=1, max_size=3))
Lists = Mapping[str, Sequence[tuple[str, Sequence[str]]]]
Place = tuple[str, str]


def listed(store: Store, lists: Lists, order: Sequence[str]) -> dict[tuple[str, str, str], str]:
    """By state, holder and numbers, the slug of whose each row is, when lists are read in an order."""
    for number, state in enumerate(order, 1):
        source, at = f"tl-{state.lower()}", NOW + timedelta(days=number)
        rows = [
            Attestation(label="hds", holder=holder, country=state, extra=_printed(numbers), ref=f"{n}")
            for n, (holder, numbers) in enumerate(lists[state])
        ]
        with store.transaction():
            runs.record(store, Run(id=number, source=source, at=at, outcome=Outcome.OK, believed=True))
            whose, first = registered.whose(store, PROVIDERS, rows), listings.next_row(store)
            added = tuple(
                Known(
                    row=line,
                    attestation=row,
                    provider=whose(row.holder, source, row.label, row.country),
                    end_seen_at=at,
                )
                for line, row in enumerate(rows, first)
            )
            listings.accept(store, source, number, at, None, Transition(added=added))
            listings.restamp(store, registered.whose(store, PROVIDERS), in_states=True)
    return {
        (version.source, row.holder, row.extra.get("registration", "")): version.known.provider.slug
        for version in listings.versions(store)
        for row in [version.known.attestation]
    }


def _printed(numbers: Sequence[str]) -> dict[str, str]:
    return {"registration": "; ".join(numbers)} if numbers else {}


def _linked(lists: Lists) -> dict[Place, frozenset[str]]:
    """All numbers by which each holder abroad is linked to others, over as many steps as it takes."""
    own: dict[Place, set[str]] = {}
    for state, rows in lists.items():
        for holder, numbers in rows:
            own.setdefault((state, name_key(holder)), set()).update(numbers)
    grown = True
    while grown:
        grown = False
        for one in own.values():
            more = set().union(*(other for other in own.values() if one & other)) - one
            one |= more
            grown = grown or bool(more)
    return {place: frozenset(numbers) for place, numbers in own.items() if place[0] != "FR"}


@settings(max_examples=60, deadline=None)
@given(LISTS)
def test_holders_abroad_are_one_where_numbers_link_them_in_whatever_order_lists_are_read(
    lists: Lists,
) -> None:
    with open_store(":memory:") as store:
        found = listed(store, lists, sorted(lists))
    with open_store(":memory:") as store:
        assert listed(store, lists, sorted(lists, reverse=True)) == found
    slugs: dict[Place, set[str]] = {}
    for (source, holder, _), slug in found.items():
        slugs.setdefault((source[3:].upper(), name_key(holder)), set()).add(slug)
    assert all(len(own) == 1 for own in slugs.values())  # one holder of one state is one provider
    linked = _linked(lists)
    for one, numbers in linked.items():
        for other, others in linked.items():
            assert (slugs[one] == slugs[other]) == (one == other or bool(numbers & others))
    french = {slug for place, own in slugs.items() if place[0] == "FR" for slug in own}
    assert french == {name_key(holder).replace(" ", "-") for holder, _ in lists.get("FR", ())}


@pytest.mark.parametrize(
    ("prints", "key"),
    [
        (["VATBE-0463.006.734", "vatbe-0463006734", "VATBE - 0463 006 734"], "VATBE 0463006734"),
        (["VATES- A31501901", "VATES-A31501901"], "VATES A31501901"),
        (["VATLU-LU29222134", "VATLU-29222134", "TVALU-29222134"], "VATLU 29222134"),
        (["NTRSE-556633-0220", "NTRSE-5566330220"], "NTRSE 5566330220"),
        (["NTRRO-J40/781/2004"], "NTRRO J407812004"),
        (["VATGR-094014201", "VATEL-094014201"], "VATEL 094014201"),
        (["VATFR-12 345 678 901", "NTRFR-345678901", "NTRFR-345 678 901 00012"], "SIREN 345678901"),
        (["EUID ITRI.MI-1234567", "EUID-ITRI.MI-1234567"], "EUIDIT RIMI1234567"),
        (
            ["VATICAN BANK - 2", "ZETES SA (VATBE-0408425626)", "VATBE-", "VATBE-none", "PNOBE-85073003328"],
            None,
        ),
    ],
)
def test_prints_of_one_number_have_one_key_and_other_texts_none(prints: list[str], key: str | None) -> None:
    assert {identifier_key(one) for one in prints} == {key}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("0463.006.734", True), ("BE 0463 006 734", True), ("vatbe0463006734", True),
        ("VATBE-0463006734", True), ("0463006735", False), ("463006734", False), ("0463", False), ("", False),
    ],
)  # fmt: skip
def test_a_number_is_known_however_a_person_types_it(said: str, meant: bool) -> None:
    assert (typed(said) in spoken_so("VATBE-0463.006.734")) is meant
