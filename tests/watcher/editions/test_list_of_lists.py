"""80 real editions of the EU's list of lists, and the 46 French lists, each believed by the one of its day.

What operators are told is held against `lists_of_lists`, a reader of the tests' own: each move and each
change of signers once, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import lists_of_lists
import pytest
import trusted_lists

from scrapers.eu_lotl.source import EuLotl
from scrapers.tl_fr.source import TlFr
from scrapers.trust import Root
from state.file.opening import open_store
from state.file.store import Store
from state.model import Event, Reason
from state.owed import outbox
from state.seen.events import log
from state.seen.looks import chain, evidence
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.prove.event.proof import prove
from watcher.prove.event.verify import verify
from watcher.prove.replay import rebuilt

# They share two memories that take a while to fill.
pytestmark = [pytest.mark.history, pytest.mark.xdist_group("list_of_lists")]

LOTL = EuLotl()
FRENCH = replace(TlFr(), signers=(), root=Root())
FEW = (295, 303, 321, 333, 335, 347, 351, 377, 378, 382, 385, 386, 390)
"""Editions of the list of lists before and after each kind of change; between two lies no year of silence."""
FRENCH_FEW = (126, 130, 137, 143, 146, 155, 165, 172, 174)
SHOWN = ("few", pytest.param("all", marks=pytest.mark.soak))
TOTALS = {len(FEW): (34, 88), 80: (36, 120)}
"""How many addresses and signers of all states change between so many editions."""


def _watching(store: Store) -> Watch:
    return Watch(store=store, providers=load_providers(store), operators="operators")


Pairs = list[tuple[lists_of_lists.Edition, lists_of_lists.Edition]]


def pairs(editions: Sequence[lists_of_lists.Edition]) -> Pairs:
    """Each edition with the one after it."""
    return list(pairwise(editions))


@dataclass(frozen=True)
class Years:
    """A memory of editions of the list of lists, and which."""

    store: Store
    shown: tuple[lists_of_lists.Edition, ...]


@pytest.fixture(scope="module", params=SHOWN)
def years(request: pytest.FixtureRequest) -> Iterator[Years]:
    """Each edition looked at on the day on which a mirror first saw it, and once more an hour later."""
    shown = tuple(one for one in lists_of_lists.editions() if request.param == "all" or one.number in FEW)
    with open_store(":memory:") as store:
        for edition in shown:
            for hour in range(2):
                at = edition.first_seen + timedelta(hours=hour)
                found = lists_of_lists.pages(edition.number, at)
                checked = look(LOTL, found, _watching(store), at)
                assert checked.run.believed, (edition.number, checked.run.message)
                assert checked.events == ()
        yield Years(store, shown)


@dataclass(frozen=True)
class Told:
    """One notice to operators: of which edition, and what it says of whom."""

    edition: int
    lines: tuple[tuple[str, str], ...]
    proof: Reason


@pytest.fixture(scope="module")
def told(years: Years) -> tuple[Told, ...]:
    found = []
    for notice in reversed(outbox.notices(years.store)):
        *lines, proof = notice.said
        assert (notice.kind, notice.subject, proof.code) == ("trust", "eu-lotl", "fact_proof")
        found.append(
            Told(
                edition=int(str(proof.values["number"])),
                lines=tuple((str(line.values["country"]), line.code) for line in lines),
                proof=proof,
            )
        )
    return tuple(found)


def test_every_move_and_every_change_of_signers_is_told_once_and_nothing_else(
    years: Years, told: tuple[Told, ...]
) -> None:
    expected = [
        (after.number, tuple((of, f"fact_list_{topic}_changed") for of, topic in changed))
        for before, after in pairs(years.shown)
        if (changed := tuple(lists_of_lists.changes(before.number, after.number)))
    ]
    assert [(one.edition, one.lines) for one in told] == expected


def test_france_moved_five_times_and_changed_its_signers_four_times(
    years: Years, told: tuple[Told, ...]
) -> None:
    counts = Counter(line for one in told for line in one.lines)
    assert counts["FR", "fact_list_address_changed"] == 5
    assert counts["FR", "fact_list_signers_changed"] == 4
    codes = Counter(code for one in told for _, code in one.lines)
    topics = ("fact_list_address_changed", "fact_list_signers_changed")
    assert tuple(codes[topic] for topic in topics) == TOTALS[len(years.shown)]
    assert counts["EU", "fact_list_signers_changed"] == 4  # its own: pivots 300, 335, 341 and 378


def test_the_days_of_the_editions_agree_with_what_was_kept_beside_them() -> None:
    editions = pairs(lists_of_lists.editions())
    moved = [after.number for before, after in editions if before.address != after.address]
    signed = [after.number for before, after in editions if before.signers != after.signers]
    assert (moved, signed) == ([299, 321, 333, 377, 386], [303, 347, 351, 382])


def test_the_step_to_version_six_tells_the_moves_of_that_day_alone(told: tuple[Told, ...]) -> None:
    versions = {edition.number: edition.version for edition in lists_of_lists.editions()}
    assert (versions[385], versions[386]) == ("5", "6")
    [step] = [one for one in told if one.edition == 386]
    assert Counter(code for _, code in step.lines) == {
        "fact_list_address_changed": 13,
        "fact_list_signers_changed": 1,
    }


def test_each_notice_carries_its_proof(years: Years, told: tuple[Told, ...]) -> None:
    for one in told:
        snapshot = evidence.snapshot(years.store, int(str(one.proof.values["snapshot"])))
        assert one.proof.values["sha256"] in snapshot.sha256s
        kept = evidence.pages(years.store, snapshot.id)
        assert kept[0].body == lists_of_lists.body(one.edition)


def test_the_years_of_the_list_of_lists_are_rebuilt_to_the_byte(years: Years) -> None:
    again = rebuilt(years.store, {"eu-lotl": LOTL})
    assert (again.difference, again.runs, again.taken) == ("", 2 * len(years.shown), {})
    assert again.head == chain.head(years.store)


# The French lists


@dataclass(frozen=True)
class French:
    """A memory of French editions, and which."""

    store: Store
    shown: tuple[trusted_lists.Edition, ...]


@pytest.fixture(scope="module", params=SHOWN)
def french(request: pytest.FixtureRequest) -> Iterator[French]:
    """Each French edition on its day, beside the list of lists of that day, without a pin."""
    editions = trusted_lists.editions()
    shown = tuple(one for one in editions if request.param == "all" or one.number in FRENCH_FEW)
    with open_store(":memory:") as store:
        for edition in shown:
            at = edition.first_seen
            lists = lists_of_lists.pages(lists_of_lists.of_day(at), at)
            found = (*lists, trusted_lists.saved(edition.number, at))
            run = look(FRENCH, found, _watching(store), at).run
            assert run.believed, (edition.number, run.message)
        yield French(store, shown)


def _facts(event: Event) -> tuple[object, ...]:
    return (event.kind, event.label, event.rows, event.provider, event.seen_at, event.changes)


def test_each_french_list_is_believed_by_the_list_of_lists_of_its_day_and_no_pin(french: French) -> None:
    for edition in french.shown:
        assert edition.signer in lists_of_lists.named(lists_of_lists.of_day(edition.first_seen))["FR"][1]
    # What they state is what they state by pins: the same events, of the same rows.
    with open_store(":memory:") as pinned:
        for edition in french.shown:
            page = trusted_lists.saved(edition.number, edition.first_seen)
            assert look(TlFr(), [page], _watching(pinned), edition.first_seen).run.believed
        expected = [_facts(event) for event in log.events(pinned)]
    assert [_facts(event) for event in log.events(french.store)] == expected
    assert len(expected) > 400


def test_nothing_is_told_of_whom_they_are_believed_by(french: French) -> None:
    assert [notice.kind for notice in outbox.notices(french.store) if notice.kind == "trust"] == []


def test_the_french_years_are_rebuilt_to_the_byte_from_what_was_kept(french: French) -> None:
    again = rebuilt(french.store, {"tl-fr": FRENCH})
    assert (again.difference, again.runs, again.taken) == ("", len(french.shown), {})


def test_an_evidence_file_holds_the_list_of_lists_beside_the_list(french: French) -> None:
    last = max(log.events(french.store), key=lambda event: event.id)
    claim = verify(prove(french.store, last.id))
    assert claim.shown.url.startswith("import:tl-fr-")
    assert lists_of_lists.body(385) in [page.body for page in claim.pages]
    assert TlFr().read(claim.pages).number == 174  # who has the file may walk the whole chain again
